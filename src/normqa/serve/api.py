"""The JSON routes."""

from typing import Annotated, Any

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import PlainTextResponse, Response
from pydantic import BaseModel

from normqa.errors import UnknownDocument
from normqa.schema import examples
from normqa.schema.answers import AnswerBody
from normqa.schema.documents import DocumentBody, DocumentsBody, ErrorBody, HealthBody, VerifyBody
from normqa.schema.requests import AskRequest, VerifyRequest
from normqa.serve.pages.pages import Pages
from normqa.serve.responses import json_reply, wants_html
from normqa.service import Service
from normqa.settings import Settings
from normqa.timer import Timer

_ERRORS: dict[int | str, dict[str, Any]] = {
    404: {"model": ErrorBody, "description": "A filter names a document that there is not."},
    413: {"model": ErrorBody, "description": "The body is too large."},
    422: {"model": ErrorBody, "description": "The request breaks a rule."},
    503: {"model": ErrorBody, "description": "There is no index to answer from."},
}
_UNKNOWN: dict[int | str, dict[str, Any]] = {
    404: {"model": ErrorBody, "description": "No such document."},
    503: _ERRORS[503],
    "default": {"model": ErrorBody, "description": "Anything else that is wrong."},
}
_TEXT: dict[int | str, dict[str, Any]] = {
    200: {"description": "The text.", "content": {"text/plain": {"schema": {"type": "string"}}}}
}
_VARY = {"Vary": "Accept"}

DocumentId = Annotated[
    str, Path(description="Its path in the corpus, without a final .md.", examples=["strategies"])
]
# Read by the page, which has words for what it cannot mark; here they are described.
_MARKED = [
    {
        "name": name,
        "in": "query",
        "description": f"{what} code point to mark on the page.",
        "schema": {"type": "integer", "minimum": 0, "examples": [examples.SPAN[name]]},
    }
    for name, what in (("start", "First"), ("end", "One past the last"))
]


async def _body(request: Request) -> bytes:
    return await request.body()


def _described(model: type[BaseModel]) -> dict[str, Any]:
    """Describes the body in the API's description; it is parsed here, so that every fault is told alike."""
    schema = model.model_json_schema()
    schema = _inlined(schema, schema.pop("$defs", {}))
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def _inlined(schema: Any, definitions: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    """The schema with every reference replaced by what it refers to: a part of a description has no root."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            return _inlined(definitions[schema["$ref"].rpartition("/")[2]], definitions)
        return {key: _inlined(value, definitions) for key, value in schema.items()}
    return [_inlined(each, definitions) for each in schema] if isinstance(schema, list) else schema


def api_routes(service: Service, pages: Pages, settings: Settings, at_once: CapacityLimiter) -> APIRouter:
    """The routes for programs; those of documents show a page to a client that asks for one.

    Args:
        service: What answers.
        pages: What is shown to a browser.
        settings: For what a request leaves open.
        at_once: How many questions are answered at once.
    """
    router = APIRouter()

    @router.post("/ask", response_model=AnswerBody, responses=_ERRORS, openapi_extra=_described(AskRequest))
    async def ask(request: Request) -> Response:
        """Answers a question by quoting the documents, or says that they hold no answer."""
        return await to_thread.run_sync(answered, await request.body(), limiter=at_once)

    def answered(body: bytes) -> Response:
        asked = AskRequest.parse(body)
        timer = Timer()
        answer = service.ask(asked.inquiry(settings), timer=timer)
        timing = ", ".join(f"{stage};dur={spent:.1f}" for stage, spent in timer.milliseconds.items())
        return json_reply(AnswerBody.of(answer), headers={"Server-Timing": timing})

    @router.post(
        "/verify", response_model=VerifyBody, responses=_ERRORS, openapi_extra=_described(VerifyRequest)
    )
    def verify(body: Annotated[bytes, Depends(_body)]) -> Response:
        """Says whether a text stands in the documents word for word, and where."""
        return json_reply(VerifyBody.of(service.verify(VerifyRequest.parse(body).text)))

    @router.get("/documents", response_model=DocumentsBody, responses={503: _ERRORS[503]})
    def documents(request: Request) -> Response:
        """Lists all documents."""
        if wants_html(request):
            return pages.documents(request)
        found = service.documents()
        return json_reply(DocumentsBody(documents=[DocumentBody.of(each) for each in found]), headers=_VARY)

    @router.get(
        "/documents/{document_id:path}/text",
        response_class=Response,
        responses=_TEXT | _UNKNOWN,
    )
    def text(request: Request, document_id: DocumentId) -> Response:
        """The canonical text of a document, in which every start and end counts code points."""
        try:
            return PlainTextResponse(service.document(document_id).text)
        except UnknownDocument:
            return document_named_text(request, document_id)

    @router.get("/documents/{document_id:path}/text/", include_in_schema=False)
    def document_named_text(request: Request, document_id: DocumentId) -> Response:
        """The document ``{id}/text``; the final slash keeps it apart from the text of ``{id}``."""
        return document(request, f"{document_id}/text")

    @router.get(
        "/documents/{document_id:path}",
        response_model=DocumentBody,
        responses=_UNKNOWN,
        openapi_extra={"parameters": _MARKED},
    )
    def document(request: Request, document_id: DocumentId) -> Response:
        """One document; as a page, with the characters from ``start`` to ``end`` marked."""
        found = service.document(document_id)
        return (
            pages.document(request, found)
            if wants_html(request)
            else json_reply(DocumentBody.of(found), headers=_VARY)
        )

    @router.get("/health", response_model=HealthBody, responses={503: _ERRORS[503]})
    def health() -> Response:
        """Says what is loaded; 503 as long as nothing can be answered, unless the corpus is empty."""
        return json_reply(HealthBody.of(service.current()))

    return router
