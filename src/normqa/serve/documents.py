"""The routes of documents: their lists, texts, pages and originals. Browsers get some of them as pages."""

from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import PlainTextResponse, Response
from pydantic import BeforeValidator

from normqa.errors import InvalidRequest, UnknownDocument, UnknownPage
from normqa.schema import examples
from normqa.schema.documents import DocumentBody, DocumentsBody, is_reserved
from normqa.schema.errors import ErrorBody
from normqa.schema.requests.queries import DocumentsQuery
from normqa.serve.middleware.proxy import root_of
from normqa.serve.originals.files import OriginalFile, read_original
from normqa.serve.originals.pictures import DEFAULT_SCALE, MAX_SCALE, MIN_SCALE, PagePictures, read_scale
from normqa.serve.pages.pages import Pages
from normqa.serve.pages.views.document import MAX_OFFSET, Place, read_code_point
from normqa.serve.pages.views.documents import DocumentsView
from normqa.serve.request.accept import wants_html
from normqa.serve.request.json_body import JsonRoute
from normqa.serve.responses import json_reply
from normqa.serve.snapshot import RequestSnapshot
from normqa.snapshot import Snapshot

if TYPE_CHECKING:
    from normqa.service import Service

NO_INDEX: dict[int | str, dict[str, Any]] = {
    503: {"model": ErrorBody, "description": "There is no usable index."}
}
"""The reply of every route that reads the index."""

_LIST_ERRORS: dict[int | str, dict[str, Any]] = {
    404: {"model": ErrorBody, "description": "A filter names a document that does not exist."},
    422: {"model": ErrorBody, "description": "A parameter is unknown or breaks a rule."},
    **NO_INDEX,
}
_DOCUMENT_ERRORS: dict[int | str, dict[str, Any]] = {
    404: {"model": ErrorBody, "description": "The document does not exist."},
    **NO_INDEX,
    "default": {"model": ErrorBody, "description": "Any other error."},
}
_ORIGINAL_ERRORS: dict[int | str, dict[str, Any]] = {
    409: {"model": ErrorBody, "description": "The file has changed since it was indexed."},
    **_DOCUMENT_ERRORS,
}
_TEXT: dict[int | str, dict[str, Any]] = {
    200: {"description": "The text.", "content": {"text/plain": {"schema": {"type": "string"}}}}
}
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file.", "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}
}
_PICTURE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The picture.", "content": {"image/png": {}}}
}
_VARY = {"Vary": "Accept"}
_PICTURE_POLICY = {
    # Browsers lay a picture out with styles of their own.
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; style-src 'unsafe-inline';"
    " frame-ancestors 'none'"
}
_PICTURES_AT_ONCE = 2

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
Number = Annotated[str, Path(description="Number of the page in the file, from 1.", examples=["1"])]
Scale = Annotated[
    float,
    BeforeValidator(read_scale),
    Query(
        description=f"Pixels a point, from {MIN_SCALE:g} to {MAX_SCALE:g}.",
        examples=[DEFAULT_SCALE],
        json_schema_extra={"minimum": MIN_SCALE, "maximum": MAX_SCALE},
    ),
]


def document_routes(pages: Pages) -> APIRouter:
    """Return the routes.

    Args:
        pages: Renders the pages of documents.
    """
    router = APIRouter(route_class=JsonRoute, tags=["Documents"])
    pictures = PagePictures()
    limiter = CapacityLimiter(_PICTURES_AT_ONCE)

    @router.get("/documents/", include_in_schema=False)
    @router.get("/documents", response_model=DocumentsBody, responses=_LIST_ERRORS)
    def list_documents(
        request: Request, snapshot: RequestSnapshot, query: Annotated[DocumentsQuery, Query()]
    ) -> Response:
        """List documents by id: all of them, or those that pass filters and contain words."""
        found = snapshot.summaries(query.filters(), query.q)
        if wants_html(request):
            view = DocumentsView.of(found, request.query_params, query.offset, query.limit)
            return pages.documents(request, snapshot, view)
        end = None if query.limit is None else query.offset + query.limit
        body = DocumentsBody(
            documents=list(map(DocumentBody.of, found[query.offset : end])),
            total=len(found),
            next_href=_page_from(request, end) if end is not None and end < len(found) else None,
        )
        return json_reply(body, headers=_VARY, root=root_of(request))

    @router.get(
        "/documents/{document_id:path}/text", response_class=Response, responses=_TEXT | _DOCUMENT_ERRORS
    )
    def get_text(request: Request, snapshot: RequestSnapshot, document_id: DocumentId) -> Response:
        """Return the canonical text of a document. Every `start` and `end` counts its code points."""
        try:
            return PlainTextResponse(snapshot.document(document_id).text)
        except UnknownDocument:
            return _document(request, snapshot, f"{document_id}/text", Place())

    @router.get(
        "/documents/{document_id:path}/original", response_class=Response, responses=_FILE | _ORIGINAL_ERRORS
    )
    def get_original(request: Request, snapshot: RequestSnapshot, document_id: DocumentId) -> Response:
        """Return the file that the document was made from, if it is still the file that was indexed."""
        try:
            file = _original(request, snapshot, document_id)
        except UnknownDocument:
            return _document(request, snapshot, f"{document_id}/original", Place())
        return Response(file.body, headers=file.headers)

    @router.get(
        "/documents/{document_id:path}/pages/{number}.png",
        response_class=Response,
        responses=_PICTURE | _ORIGINAL_ERRORS,
    )
    async def get_page_picture(
        request: Request,
        snapshot: RequestSnapshot,
        document_id: DocumentId,
        number: Number,
        start: Start = None,
        end: End = None,
        scale: Scale = DEFAULT_SCALE,
    ) -> Response:
        """Return a page of a PDF file as a picture, with `start` to `end` marked."""

        def draw() -> Response:
            place = Place(start, end)
            try:
                document, glyphs = snapshot.document(document_id), snapshot.glyph_map(document_id)
            except UnknownDocument:
                return _document(request, snapshot, f"{document_id}/pages/{number}.png", place)
            page = read_code_point(number) or 0
            if glyphs is None or not 1 <= page <= len(document.pages):
                raise UnknownPage(document_id, number)
            span = place.span_in(document)
            boxes = [box for box in glyphs.boxes(span) if box.page == page] if span else []
            file = _original(request, snapshot, document_id)
            picture = pictures.draw(file.body, file.sha256, page, boxes, scale)
            return Response(picture, headers=_PICTURE_POLICY, media_type="image/png")

        return await to_thread.run_sync(draw, limiter=limiter)

    @router.get("/documents/{document_id:path}", response_model=DocumentBody, responses=_DOCUMENT_ERRORS)
    def get_document(
        request: Request,
        snapshot: RequestSnapshot,
        document_id: DocumentId,
        start: Start = None,
        end: End = None,
    ) -> Response:
        """Return a document without its text. A browser gets a page that marks `start` to `end`."""
        # The address of the document `x/text` ends with a slash to differ from the text of the document `x`.
        named = document_id.removesuffix("/")
        return _document(request, snapshot, named if is_reserved(named) else document_id, Place(start, end))

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

    return router


def _page_from(request: Request, offset: int) -> str:
    """Return the address of the same list from another document on."""
    others = [(name, value) for name, value in request.query_params.multi_items() if name != "offset"]
    return f"/documents?{urlencode([*others, ('offset', offset)])}"


def _original(request: Request, snapshot: Snapshot, document_id: str) -> OriginalFile:
    service: Service = request.app.state.service
    settings = service.settings
    return read_original(settings.corpus, snapshot.original(document_id), settings.max_file_bytes)
