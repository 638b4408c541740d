"""The pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from normqa.datatypes import BlockKind, Document, Span
from normqa.errors import NormqaError
from normqa.index.in_force import InForce
from normqa.serve.answer_body import QuoteBody
from normqa.serve.bodies import DocumentBody, ErrorBody
from normqa.serve.requests import MAX_QUESTION, AskRequest
from normqa.service import Service
from normqa.settings import Settings

WEB = next(
    folder
    for folder in (
        Path(__file__).parents[1] / "web",
        Path(__file__).parents[3] / "web",
    )  # installed, in a checkout
    if folder.is_dir()
)
"""Folder of templates and static files."""


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a document's text of one kind."""

    kind: BlockKind | None
    text: str


class Pages:
    """Renders the pages.

    Args:
        service: What to show.
        settings: For what the page leaves open.
    """

    def __init__(self, service: Service, settings: Settings) -> None:
        self._service = service
        self._settings = settings
        environment = Environment(
            loader=FileSystemLoader(WEB / "templates"),
            autoescape=select_autoescape(default=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates = Jinja2Templates(env=environment)

    def ask(self, request: Request, question: str | None) -> Response:
        """The chat: a field for a question, and the answer to one if it was asked."""
        if question is None or not question.strip():
            return self._page(request, "ask.html", question="")
        asked = AskRequest.parse({"question": question})
        answer = self._service.ask(asked.inquiry(self._settings))
        quotes = [
            (QuoteBody.of(quote), _marked(quote.text, quote.span, quote.answer)) for quote in answer.quotes
        ]
        near_misses = [(QuoteBody.of(quote), ("", "", quote.text)) for quote in answer.near_misses]
        # The quotes of a comparison come grouped by document already.
        groups = groupby(quotes, key=lambda each: each[0].document.id)
        sides = [(own[0][0].document.title, own) for _, group in groups if (own := list(group))]
        return self._page(
            request,
            "ask.html",
            question=question,
            answer=answer,
            quotes=quotes,
            sides=sides,
            near_misses=near_misses,
        )

    def documents(self, request: Request) -> Response:
        """The list of documents."""
        documents = [DocumentBody.of(document) for document in self._service.documents()]
        return self._page(request, "documents.html", documents=documents)

    def document(self, request: Request, document: Document) -> Response:
        """One document, a span of it marked if the request names one."""
        span, unmarked = _requested_span(request, document)
        parts = [
            list(_runs(document, part))
            for part in (Span(0, span.start), span, Span(span.end, len(document.text)))
        ]
        return self._page(
            request,
            "document.html",
            document=DocumentBody.of(document),
            before=parts[0],
            marked=parts[1],
            after=parts[2],
            unmarked=unmarked,
        )

    def error(self, request: Request, error: ErrorBody, status: int) -> Response:
        """What went wrong, and the way out."""
        question = request.query_params.get("q", "")[:MAX_QUESTION] if request.url.path == "/" else ""
        return self._page(request, "error.html", status, error=error, question=question)

    def render(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:  # noqa: ANN401
        """A page that is not one of these, from its own template."""
        return self._page(request, template, status, **values)

    def _page(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:  # noqa: ANN401
        values = {"answer": None, "quotes": [], "sides": [], "near_misses": [], **values}
        in_force, state = self._state()
        context = {**values, "in_force": in_force, "state": state, "max_question": MAX_QUESTION}
        reply = self._templates.TemplateResponse(request, template, context, status)
        reply.headers["Vary"] = "Accept"
        return reply

    def _state(self) -> tuple[InForce | None, NormqaError | None]:
        """What is loaded, or why nothing is."""
        try:
            return self._service.in_force(), None
        except NormqaError as error:
            return None, error


def _marked(text: str, span: Span, answer: Span) -> tuple[str, str, str]:
    """The text of a quote before, in and after the sentence that answers; none where that is all of it."""
    if span == answer:
        return "", "", text
    start, end = answer.start - span.start, answer.end - span.start
    return text[:start], text[start:end], text[end:]


def _requested_span(request: Request, document: Document) -> tuple[Span, str | None]:
    """The span that the request names, empty if none; and why it cannot be marked, if it cannot."""
    start, end = (request.query_params.get(name) for name in ("start", "end"))
    if start is None and end is None:
        return Span(0, 0), None
    numbers = [int(n) for n in (start, end) if n and n.isascii() and n.isdigit() and len(n) < 10]  # noqa: PLR2004
    if len(numbers) == 2 and numbers[0] < numbers[1] <= len(document.text):  # noqa: PLR2004
        return Span(*numbers), None
    return Span(0, 0), "The link names a place that this document does not have, so nothing is marked."


def _runs(document: Document, part: Span) -> Iterator[Run]:
    """The characters of a part, all of them, in runs of one kind of block or of none."""
    position = part.start
    for block in document.blocks:
        start, end = max(block.span.start, part.start), min(block.span.end, part.end)
        if start < end:
            if position < start:
                yield Run(None, document.text[position:start])
            yield Run(block.kind, document.text[start:end])
            position = end
    if position < part.end:
        yield Run(None, document.text[position : part.end])
