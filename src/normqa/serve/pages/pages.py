"""The pages."""

from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from normqa.datatypes import Answer, Document
from normqa.errors import NormqaError, UnknownDocument
from normqa.index.open_index import OpenIndex
from normqa.schema.documents import DocumentBody, ErrorBody
from normqa.schema.requests import MAX_QUESTION, MAX_TOP_K, AskRequest
from normqa.serve.pages.answer_view import AnswerView, ShownQuote, show_quote
from normqa.serve.pages.citations import cite_document, original_address, web_address
from normqa.serve.pages.conversation import Conversation
from normqa.serve.pages.document_view import DocumentView
from normqa.serve.pages.export import ConversationBody, as_markdown
from normqa.serve.pages.permalink import QuoteLink, read_links
from normqa.serve.pages.suggestions import suggested_questions
from normqa.serve.responses import json_reply
from normqa.service import Service
from normqa.settings import Settings

WEB = next(
    folder
    for folder in (
        Path(__file__).parents[2] / "web",
        Path(__file__).parents[4] / "web",
    )  # installed, in a checkout
    if folder.is_dir()
)
"""Folder of templates and static files."""

_FAULT = 500


class Pages:
    """Renders the pages.

    Args:
        service: What to show.
        settings: For what the page leaves open.
    """

    def __init__(self, service: Service, settings: Settings) -> None:
        self._service = service
        self._settings = settings
        self._offered: tuple[OpenIndex, list[Conversation]] | None = None
        environment = Environment(
            loader=FileSystemLoader(WEB / "templates"),
            autoescape=select_autoescape(default=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates = Jinja2Templates(env=environment)

    def ask(self, request: Request) -> Response:
        """The chat: a field for a question, and the answer to one if it was asked."""
        conversation = Conversation.read(request.query_params)
        if conversation is None:
            return self.render(request, "ask.html", conversation=None, offered=self._offer())
        answer = self._answer(conversation)
        shown = AnswerView.of(answer, self._settings.top_k, self._service.document)
        return self.render(request, "ask.html", conversation=conversation, answer=answer, shown=shown)

    def answer(self, request: Request) -> Response:
        """An answer by its permalink: what was quoted, as far as it still stands there."""
        question = AskRequest.parse({"question": request.query_params.get("q", "")}).question
        links = read_links(request.query_params.getlist("quote"))
        quotes = [self._linked(question, place, links) for place in range(len(links))]
        return self.render(
            request,
            "answer.html",
            conversation=Conversation(question),
            quotes=list(zip(links, quotes, strict=True)),
            gone=quotes.count(None),
        )

    def export(self, request: Request, *, as_json: bool) -> Response:
        """The whole conversation of an address, asked again."""
        conversation = Conversation.read(request.query_params)
        turns = [*conversation.before, conversation] if conversation else []
        answers = [self._answer(turn) for turn in turns]
        name = "conversation.json" if as_json else "conversation.md"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        if as_json:
            return json_reply(ConversationBody.of(answers), headers=headers)
        return Response(as_markdown(answers), headers=headers, media_type="text/markdown; charset=utf-8")

    def documents(self, request: Request) -> Response:
        """The list of documents."""
        documents = [DocumentBody.of(document) for document in self._service.documents()]
        return self.render(request, "documents.html", documents=documents)

    def document(self, request: Request, document: Document) -> Response:
        """One document, a span of it marked if the request names one."""
        view = DocumentView.of(document, request.query_params)
        return self.render(
            request,
            "document.html",
            document=DocumentBody.of(document),
            view=view,
            citation=cite_document(document),
            questions=list(map(Conversation, document.metadata.questions)),
            published=web_address(document.metadata.url),
            original=original_address(document.metadata.url, view.quoted) if view.quoted else None,
        )

    def error(self, request: Request, error: ErrorBody, status: int) -> Response:
        """What went wrong, and the way out."""
        return self.render(request, "error.html", status, **_failure(request, error, status))

    def fault(self, request: Request, error: ErrorBody, status: int) -> Response:
        """The same where something of ours is at fault: it looks at nothing that may be."""
        values = _failure(request, error, status)
        return self._drawn(request, "error.html", status, in_force=None, state=None, **values)

    def render(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:  # noqa: ANN401
        """A page of a template, with what every page says of the index."""
        in_force, state = self._state()
        return self._drawn(request, template, status, in_force=in_force, state=state, **values)

    def _drawn(self, request: Request, template: str, status: int, **values: Any) -> Response:  # noqa: ANN401
        context = {"answer": None, **values, "max_question": MAX_QUESTION}
        reply = self._templates.TemplateResponse(request, template, context, status)
        reply.headers["Vary"] = "Accept"
        return reply

    def _answer(self, turn: Conversation) -> Answer:
        """The answer, with more quotes than are shown at once."""
        asked = AskRequest.parse(
            {
                "question": turn.question,
                "history": list(turn.earlier),
                "top_k": min(2 * self._settings.top_k, MAX_TOP_K),
            }
        )
        return self._service.ask(asked.inquiry(self._settings))

    def _linked(self, question: str, place: int, links: tuple[QuoteLink, ...]) -> ShownQuote | None:
        """The quote at a place of a permalink; None if the text is not what it was."""
        link = links[place]
        try:
            document = self._service.document(link.document_id)
        except UnknownDocument:
            return None
        if not link.holds(document):
            return None
        return show_quote(document.quote(link.span), place + 1, question, links, lambda _: document)

    def _offer(self) -> list[Conversation]:
        """Questions for a first visit; they are looked for once a generation."""
        in_force, _ = self._state()
        if in_force is None:
            return []
        if self._offered is None or self._offered[0] is not in_force:
            questions = suggested_questions(in_force.generation.store)
            self._offered = in_force, list(map(Conversation, questions))
        return self._offered[1]

    def _state(self) -> tuple[OpenIndex | None, NormqaError | None]:
        """What is loaded, or why nothing is."""
        try:
            return self._service.current().opened, None
        except NormqaError as error:
            return None, error


def _failure(request: Request, error: ErrorBody, status: int) -> dict[str, Any]:
    """What the page of an error shows, and whether the server rather than the question is at fault."""
    conversation = Conversation.read(request.query_params) if request.url.path == "/" else None
    return {
        "error": error,
        "conversation": conversation,
        "failed": status >= _FAULT and conversation is not None,
    }
