"""Render the pages."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from fastapi import Request
from fastapi.responses import JSONResponse, Response
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from normqa.answer.question import Question
from normqa.citations.page_metadata import highwire_tags, schema_org
from normqa.citations.reference import web_address
from normqa.datatypes import NEAR_MISSES_HEADING, Document
from normqa.errors import NormqaError, UnknownDocument
from normqa.schema.answers import ROLLBACK_NOTICE
from normqa.schema.documents import DocumentBody, document_href
from normqa.schema.errors import ErrorBody
from normqa.schema.requests.questions import AskRequest
from normqa.schema.requests.rules import MAX_QUESTION, MAX_TOP_K
from normqa.search.filters import Filters
from normqa.serve.assets.assets import Assets
from normqa.serve.errors import ConversationTooLong
from normqa.serve.middleware.proxy import path_of, root_of
from normqa.serve.pages.citations import cite_document, original_address
from normqa.serve.pages.conversation import Conversation, address_asking, earlier_questions
from normqa.serve.pages.corpus.digest import CorpusDigest
from normqa.serve.pages.corpus.offers import Offers
from normqa.serve.pages.permalink import QuoteLink, read_links
from normqa.serve.pages.scope.choices import AddressOf
from normqa.serve.pages.scope.scope import Scope
from normqa.serve.pages.scope.view import ScopeView
from normqa.serve.pages.views.answer import AnswerView
from normqa.serve.pages.views.document import DocumentView, Place
from normqa.serve.pages.views.documents import DocumentsView
from normqa.serve.pages.views.quote import ShownQuote, show_quote
from normqa.serve.question_log.rating import offer_rating
from normqa.serve.snapshot import opened
from normqa.settings import Settings
from normqa.snapshot import Snapshot
from normqa.timing.timer import Timer

if TYPE_CHECKING:
    from normqa.index.backend import DocumentStore

WEB = next(
    folder
    for folder in (Path(__file__).parents[2] / "web", Path(__file__).parents[4] / "web")
    if folder.is_dir()
)
"""Folder of templates and static files, in a wheel or in a checkout."""

_SERVER_ERROR = 500
_SUGGESTED = 8
_LISTED = 40
"""Known questions that the field of the first page offers without JavaScript."""


class Pages:
    """Renders pages from the snapshot of a request.

    Args:
        settings: Defaults for questions.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.assets = Assets(WEB / "static")
        # Of the documents that some reader may see; dropped with them, because their files would stay open.
        self._digests: WeakKeyDictionary[DocumentStore, CorpusDigest] = WeakKeyDictionary()
        environment = Environment(
            loader=FileSystemLoader(WEB / "templates"),
            autoescape=select_autoescape(default=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.policies["urlize.rel"] = None  # links open in the same tab, and no page sends a referrer
        self._templates = Jinja2Templates(env=environment)

    def form(self, request: Request, snapshot: Snapshot | NormqaError) -> Response:
        """Render the question form."""
        digest, scope = self.digest(snapshot), Scope.read(request.query_params)
        filters = scope.request.filters()
        return self.render(
            request,
            "ask.html",
            snapshot,
            conversation=None,
            scope=self.scope(snapshot, filters, address_asking("")),
            pairs=scope.pairs,
            start=scope.query,
            examples=[Conversation(example, scope=scope) for example in digest.examples_in(filters)],
            known_questions=digest.known.questions[:_LISTED],
        )

    def suggest(self, request: Request, snapshot: Snapshot | NormqaError) -> Response:
        """Return known questions and headings that complete what is typed, as JSON."""
        found = []
        if isinstance(snapshot, Snapshot) and snapshot.generation:
            completions = self.digest(snapshot).completions(snapshot.generation.store)
            found = completions.find(request.query_params.get("q", "")[:MAX_QUESTION], _SUGGESTED)
        return JSONResponse({"suggestions": found})

    def ask(
        self,
        request: Request,
        snapshot: Snapshot | NormqaError,
        conversation: Conversation,
        timer: Timer,
    ) -> Response:
        """Render the answer to the last question of a conversation.

        Raises:
            InvalidRequest: If the question breaks a rule.
            IndexFault: If there is no usable index.
        """
        question = self._question(conversation)
        snapshot = opened(snapshot)
        rating = offer_rating(request)
        answer = snapshot.ask(question, timer)
        view = AnswerView.of(answer, self._settings.top_k, snapshot)
        digest = self.digest(snapshot)
        return self.render(
            request,
            "ask.html",
            snapshot,
            conversation=conversation,
            answer=answer,
            view=view,
            scope=self.scope(snapshot, question.filters, address_asking(answer.by_itself)),
            pairs=conversation.scope.pairs,
            rating=None if answer.refusal else rating,
            common=digest.common,
            offers=Offers.of(conversation, answer, snapshot, digest.known_in(question.filters)),
        )

    def permalink(self, request: Request, snapshot: Snapshot | NormqaError) -> Response:
        """Render the quotes of a permalink that the documents still contain.

        Raises:
            InvalidRequest: If the address breaks a rule.
            IndexFault: If there is no usable index.
        """
        question = AskRequest.parse({"question": request.query_params.get("q", "")}).question
        links = read_links(request.query_params.getlist("quote"))
        snapshot = opened(snapshot)
        quotes = [_linked_quote(snapshot, question, place, links) for place in range(len(links))]
        return self.render(
            request,
            "permalink.html",
            snapshot,
            conversation=Conversation(question),
            quotes=list(zip(links, quotes, strict=True)),
            missing=quotes.count(None),
            common=self.digest(snapshot).common,
            tags=_shared_tags(snapshot, quotes),
            page_url=self._settings.base_url and f"{self._settings.base_url}/answer?{request.url.query}",
        )

    def questions(self, request: Request) -> list[Question]:
        """Return the questions of the conversation in an address.

        Raises:
            ConversationTooLong: If the address contains more questions than a page would show.
        """
        conversation = Conversation.read(request.query_params)
        if conversation is None:
            return []
        if len(conversation.earlier) < len(earlier_questions(request.query_params)):
            raise ConversationTooLong(len(conversation.earlier))
        return list(map(self._question, [*conversation.before, conversation]))

    def documents(self, request: Request, snapshot: Snapshot, view: DocumentsView) -> Response:
        """Render a list of documents."""
        common = self.digest(snapshot).common
        return self.render(request, "documents.html", snapshot, view=view, common=common)

    def document(self, request: Request, snapshot: Snapshot, document: Document, place: Place) -> Response:
        """Render a document with a place marked."""
        glyphs, base_url = snapshot.glyph_map(document.id), self._settings.base_url
        page_url = f"{base_url}{document_href(document.id)}" if base_url else None
        view = DocumentView.of(document, place, request.query_params, glyphs)
        return self.render(
            request,
            "document.html",
            snapshot,
            document=DocumentBody.of(document),
            view=view,
            only=Conversation("", scope=Scope.within(document.id)),
            citation=cite_document(document),
            tags=highwire_tags(document),
            schema_org=schema_org(document, page_url),
            questions=list(map(Conversation, document.metadata.questions)),
            published=web_address(document.metadata.url),
            original=original_address(document.metadata.url, view.quoted) if view.quoted else None,
        )

    def error(
        self,
        request: Request,
        error: ErrorBody,
        status: int,
        snapshot: Snapshot | NormqaError | None = None,
    ) -> Response:
        """Render an error, with a link to try again if the server failed to answer a question."""
        conversation = Conversation.read(request.query_params) if path_of(request) == "/" else None
        failed = status >= _SERVER_ERROR and conversation is not None
        return self.render(
            request, "error.html", snapshot, status, error=error, conversation=conversation, failed=failed
        )

    def render(
        self,
        request: Request,
        template: str,
        snapshot: Snapshot | NormqaError | None,
        status: int = 200,
        **values: Any,  # noqa: ANN401 - the variables of the template
    ) -> Response:
        """Render a template.

        Args:
            request: The request.
            template: File name.
            snapshot: The index that the page reports on: its notices, or the error that prevents one.
            status: HTTP status.
            **values: Variables of the template.
        """
        is_open = isinstance(snapshot, Snapshot)
        context = {
            "root": root_of(request),
            "static": root_of(request) + self.assets.folder,
            "snapshot": snapshot if is_open else None,
            "index_error": None if is_open else snapshot,
            "rollback_notice": ROLLBACK_NOTICE,
            "near_misses_heading": NEAR_MISSES_HEADING,
            "max_question": MAX_QUESTION,
            "question_log": request.app.state.question_log,
            **values,
        }
        reply = self._templates.TemplateResponse(request, template, context, status)
        reply.headers["Vary"] = "Accept"
        return reply

    def _question(self, turn: Conversation) -> Question:
        """Return a question that asks for up to twice the quotes that the page shows at first."""
        asked = AskRequest.parse(
            {
                "question": turn.question,
                "history": list(turn.earlier),
                "exact": turn.exact,
                "filters": turn.scope.request,
                "top_k": min(2 * self._settings.top_k, MAX_TOP_K),
            }
        )
        return asked.to_question(self._settings)

    def scope(
        self, snapshot: Snapshot | NormqaError, filters: Filters, address_of: AddressOf
    ) -> ScopeView | None:
        """Return what narrows a search; None without documents.

        Args:
            snapshot: The snapshot that is searched.
            filters: What narrows it now.
            address_of: Returns the address of the page for other documents.

        Raises:
            UnknownDocument: If a filter names a document that does not exist.
        """
        if not isinstance(snapshot, Snapshot) or snapshot.generation is None:
            return None
        return ScopeView.of(
            self.digest(snapshot).facets(filters),
            filters,
            lambda document_id: snapshot.document(document_id).title,
            address_of,
        )

    def digest(self, snapshot: Snapshot | NormqaError | None) -> CorpusDigest:
        """Return what is known of all documents, which is read once for readers of the same groups."""
        if not isinstance(snapshot, Snapshot) or snapshot.generation is None:
            return CorpusDigest()
        store = snapshot.generation.store
        digest = self._digests.get(store)
        if digest is None:
            digest = self._digests[store] = CorpusDigest.of(store)
        return digest


def _shared_tags(snapshot: Snapshot, quotes: Sequence[ShownQuote | None]) -> list[tuple[str, str]]:
    """Return the citation tags of the document that all quotes are from; none if there are several."""
    ids = {quote.body.document.id for quote in quotes if quote}
    return highwire_tags(snapshot.document(ids.pop())) if len(ids) == 1 else []


def _linked_quote(
    snapshot: Snapshot, question: str, place: int, links: tuple[QuoteLink, ...]
) -> ShownQuote | None:
    """Return a quote of a permalink; None if the document's text has changed or is gone."""
    link = links[place]
    try:
        document = snapshot.document(link.document_id)
    except UnknownDocument:
        return None
    quote = link.quote(document)
    return show_quote(quote, place + 1, question, links, document) if quote else None
