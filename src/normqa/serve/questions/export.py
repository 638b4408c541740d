"""Answers as files for reference managers, writers and annotation tools."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from normqa.citations.export import Export
from normqa.citations.formats import FORMATS, Format, FormatName
from normqa.datatypes import Answer, Quote
from normqa.schema.errors import ErrorBody
from normqa.schema.requests.rules import MAX_QUESTION, Name
from normqa.serve.documents import NO_INDEX
from normqa.serve.errors import QuoteChanged
from normqa.serve.middleware.proxy import root_of
from normqa.serve.pages.permalink import MAX_QUOTES, QUOTE_PATTERN, QuoteLink
from normqa.serve.snapshot import RequestSnapshot
from normqa.settings import Settings
from normqa.snapshot import Snapshot

_FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file.", "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}
}
_ERRORS: dict[int | str, dict[str, Any]] = {
    404: {"model": ErrorBody, "description": "The document of a quote does not exist."},
    409: {"model": ErrorBody, "description": "The text of a document has changed since it was quoted."},
    422: {"model": ErrorBody, "description": "A parameter is unknown or breaks a rule."},
    **NO_INDEX,
}


class CiteQuery(BaseModel):
    """The quotes to cite."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    quote: Annotated[
        list[Annotated[str, Field(max_length=MAX_QUESTION, pattern=QUOTE_PATTERN)]],
        Field(
            min_length=1,
            max_length=MAX_QUOTES,
            description="START-END-HASH-ID of a quote. HASH is the first 16 digits of `sha256`.",
            examples=[["1602-1943-09107895b0d65aef-strategies"]],
        ),
    ]
    format: Annotated[FormatName, Field(description="Format of the file.", examples=["ris"])] = "csl-json"
    q: Annotated[
        Name,
        Field(
            max_length=MAX_QUESTION,
            description="The question that the quotes answer.",
            examples=["Which strategy uses hotlines?"],
        ),
    ] = ""


def export_routes(settings: Settings) -> APIRouter:
    """Return the routes.

    Args:
        settings: Have the address of the server.
    """
    router = APIRouter(tags=["Citations"])

    @router.get("/cite", response_class=Response, responses=_FILE | _ERRORS)
    def cite(query: Annotated[CiteQuery, Query()], request: Request, snapshot: RequestSnapshot) -> Response:
        """Return citations of quotes. Nothing is searched."""
        quotes = tuple(_quote(snapshot, link) for link in query.quote)
        answer = unrated(query.q, quotes, snapshot)
        return export_reply(request, FORMATS[query.format], [answer], snapshot, "quotes", settings)

    return router


def export_reply(
    request: Request,
    format_: Format,
    answers: Sequence[Answer],
    snapshot: Snapshot,
    name: str,
    settings: Settings,
) -> Response:
    """Return answers as a file to download.

    Args:
        request: The request.
        format_: Format of the file.
        answers: The answers.
        snapshot: The snapshot that answered.
        name: Name of the file without its extension.
        settings: Have the address of the server.
    """
    export = Export(
        answers, lambda document_id: snapshot.document(document_id).text, settings.base_url, root_of(request)
    )
    headers = {"Content-Disposition": f'attachment; filename="{name}.{format_.extension}"'}
    return Response(format_.render(export), headers=headers, media_type=format_.media_type)


def _quote(snapshot: Snapshot, text: str) -> Quote:
    start, end, _, document_id = text.split("-", 3)
    document = snapshot.document(document_id)
    quote = QuoteLink.parse(text).quote(document) if int(start) < int(end) else None
    if quote is None:
        raise QuoteChanged(document_id)
    return quote


def unrated(question: str, quotes: tuple[Quote, ...], snapshot: Snapshot) -> Answer:
    """Return quotes that somebody chose as an answer, whose confidence nothing estimates."""
    manifest = snapshot.generation.manifest if snapshot.generation else None
    return Answer(
        question=question,
        searched_as=question,
        kind="passages",
        quotes=quotes,
        has_lead_in=False,
        near_misses=(),
        confidence=None,
        band="uncalibrated",
        reason=None,
        generation=manifest.generation if manifest else None,
        built_at=manifest.built_at if manifest else None,
        rolled_back=snapshot.rolled_back,
        warning=snapshot.warning,
    )
