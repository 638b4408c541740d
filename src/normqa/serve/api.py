"""The routes of the JSON API. Browsers get the routes of documents as pages."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Query, Request
from fastapi.responses import PlainTextResponse, Response
from pydantic import BeforeValidator

from normqa.datatypes import Answer
from normqa.errors import InvalidRequest, UnknownDocument
from normqa.schema import examples
from normqa.schema.answers import AnswerBody
from normqa.schema.builds import HealthBody
from normqa.schema.documents import DocumentBody, DocumentsBody, VerifyBody
from normqa.schema.errors import ErrorBody
from normqa.schema.requests import AskRequest, VerifyRequest
from normqa.search.verify import Verification
from normqa.serve.accept import wants_html
from normqa.serve.json_body import FromJson, JsonRoute
from normqa.serve.limits.queue import QuestionQueue
from normqa.serve.pages.document_view import MAX_OFFSET, Place, read_code_point
from normqa.serve.pages.pages import Pages
from normqa.serve.proxy import root_of
from normqa.serve.responses import json_reply
from normqa.serve.snapshot import RequestSnapshot, RequestTimer, open_snapshot
from normqa.service import Snapshot
from normqa.settings import Settings

_NO_INDEX: dict[int | str, dict[str, Any]] = {
    503: {"model": ErrorBody, "description": "There is no usable index."}
}
_NO_ANSWER: dict[int | str, dict[str, Any]] = {
    503: {
        "model": ErrorBody,
        "description": "There is no usable index, too many questions wait, or the answer took too long.",
        "headers": {
            "Retry-After": {
                "description": "Seconds after which to try again, if the server is overloaded.",
                "schema": {"type": "integer"},
            }
        },
    }
}
_BODY_ERRORS: dict[int | str, dict[str, Any]] = {
    413: {"model": ErrorBody, "description": "The body is too large."},
    422: {"model": ErrorBody, "description": "The body is not JSON, or a field breaks a rule."},
    **_NO_ANSWER,
}
_ASK_ERRORS: dict[int | str, dict[str, Any]] = {
    404: {"model": ErrorBody, "description": "A filter names a document that does not exist."},
    **_BODY_ERRORS,
}
_DOCUMENT_ERRORS: dict[int | str, dict[str, Any]] = {
    404: {"model": ErrorBody, "description": "The document does not exist."},
    **_NO_INDEX,
    "default": {"model": ErrorBody, "description": "Any other error."},
}
_TEXT: dict[int | str, dict[str, Any]] = {
    200: {"description": "The text.", "content": {"text/plain": {"schema": {"type": "string"}}}}
}
_VARY = {"Vary": "Accept"}

AskBody = Annotated[AskRequest, FromJson(), Body()]
VerificationBody = Annotated[VerifyRequest, FromJson(), Body()]
DocumentId = Annotated[
    str, Path(description="Path of the document in the corpus, without a final .md.", examples=["strategies"])
]
# A page shows the document even if it cannot mark the place, so only JSON rejects a value.
Start = Annotated[
    int | None,
    BeforeValidator(read_code_point),
    Query(
        description="First code point to mark on the page.",
        examples=[examples.SPAN["start"]],
        json_schema_extra={"minimum": 0, "maximum": MAX_OFFSET},
    ),
]
End = Annotated[
    int | None,
    BeforeValidator(read_code_point),
    Query(
        description="One past the last code point to mark on the page.",
        examples=[examples.SPAN["end"]],
        json_schema_extra={"minimum": 0, "maximum": MAX_OFFSET},
    ),
]


def api_routes(pages: Pages, settings: Settings, queue: QuestionQueue) -> APIRouter:
    """Return the routes.

    Args:
        pages: Renders the pages of documents.
        settings: Defaults for options that a request omits.
        queue: Runs questions and verifications.
    """
    router = APIRouter(route_class=JsonRoute)

    @router.post("/ask", response_model=AnswerBody, responses=_ASK_ERRORS)
    async def ask(asked: AskBody, request: Request, timer: RequestTimer) -> Response:
        """Answer a question with verbatim quotes, or report that the documents contain no answer."""

        # A snapshot as a parameter would be opened before the body is validated.
        def answer_question() -> Answer:
            return open_snapshot(request, timer).ask(asked.to_question(settings), timer)

        answer = await queue.run(request, timer, answer_question)
        stages = ", ".join(f"{stage};dur={spent:.1f}" for stage, spent in timer.milliseconds.items())
        return json_reply(AnswerBody.of(answer), headers={"Server-Timing": stages}, root=root_of(request))

    @router.post("/verify", response_model=VerifyBody, responses=_BODY_ERRORS)
    async def verify(asked: VerificationBody, request: Request, timer: RequestTimer) -> Response:
        """Check whether the documents contain a text, word for word, and report where."""

        def find_text() -> Verification:
            return open_snapshot(request, timer).verify(asked.text, timer.deadline)

        found = await queue.run(request, timer, find_text)
        return json_reply(VerifyBody.of(found))

    @router.get("/documents/", include_in_schema=False)
    @router.get("/documents", response_model=DocumentsBody, responses=_NO_INDEX)
    def documents(request: Request, snapshot: RequestSnapshot) -> Response:
        """List the documents."""
        if wants_html(request):
            return pages.documents(request, snapshot)
        bodies = [DocumentBody.of(document) for document in snapshot.summaries()]
        return json_reply(DocumentsBody(documents=bodies), headers=_VARY, root=root_of(request))

    @router.get(
        "/documents/{document_id:path}/text", response_class=Response, responses=_TEXT | _DOCUMENT_ERRORS
    )
    def text(request: Request, snapshot: RequestSnapshot, document_id: DocumentId) -> Response:
        """Return the canonical text of a document. Every `start` and `end` counts its code points."""
        try:
            return PlainTextResponse(snapshot.document(document_id).text)
        except UnknownDocument:
            return _document(request, snapshot, f"{document_id}/text", Place())

    @router.get("/documents/{document_id:path}/text/", include_in_schema=False)
    def document_named_text(
        request: Request,
        snapshot: RequestSnapshot,
        document_id: DocumentId,
        start: Start = None,
        end: End = None,
    ) -> Response:
        """Return the document `{id}/text`, whose address ends with a slash to differ from a text's."""
        return _document(request, snapshot, f"{document_id}/text", Place(start, end))

    @router.get("/documents/{document_id:path}", response_model=DocumentBody, responses=_DOCUMENT_ERRORS)
    def document(
        request: Request,
        snapshot: RequestSnapshot,
        document_id: DocumentId,
        start: Start = None,
        end: End = None,
    ) -> Response:
        """Return a document without its text. A browser gets a page that marks `start` to `end`."""
        return _document(request, snapshot, document_id, Place(start, end))

    def _document(request: Request, snapshot: Snapshot, document_id: str, place: Place) -> Response:
        found = snapshot.document(document_id)
        if wants_html(request):
            return pages.document(request, snapshot, found, place)
        if not place.is_readable:
            raise InvalidRequest(
                f"start and end must be whole numbers from 0 to {MAX_OFFSET}.",
                "Count code points in the text of the document.",
            )
        return json_reply(DocumentBody.of(found), headers=_VARY, root=root_of(request))

    @router.get("/health", response_model=HealthBody, responses=_NO_INDEX)
    def health(request: Request, snapshot: RequestSnapshot) -> Response:
        """Report the current generation. The status is 503 if questions cannot be answered."""
        if snapshot.opened is None:
            request.app.state.service.require_corpus()
        return json_reply(HealthBody.of(snapshot))

    return router
