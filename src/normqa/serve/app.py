"""The web application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Match
from starlette.types import Scope

from normqa.errors import NormqaError
from normqa.schema.errors import ErrorBody
from normqa.serve.access.control import AccessControl
from normqa.serve.access.description import describe_access
from normqa.serve.access.rate import rate_limit
from normqa.serve.admin.routes import admin_routes
from normqa.serve.api import api_routes
from normqa.serve.brief.routes import brief_routes
from normqa.serve.check.routes import MAX_FORM_BYTES, check_routes
from normqa.serve.check.routes import PATH as CHECK_PATH
from normqa.serve.documents import document_routes
from normqa.serve.embed.page import PATH as EMBED_PATH
from normqa.serve.embed.page import EmbeddedPage
from normqa.serve.embed.routes import embed_routes
from normqa.serve.limits.queue import QuestionQueue
from normqa.serve.mcp.endpoint import PATH as MCP_PATH
from normqa.serve.mcp.endpoint import McpEndpoint
from normqa.serve.middleware.cors import CrossOrigin
from normqa.serve.middleware.head import HeadRequests
from normqa.serve.middleware.hosts import HostCheck, allowed_hosts
from normqa.serve.middleware.proxy import ForwardedHeaders, path_of
from normqa.serve.middleware.security import BodyLimit, SecurityHeaders, protect
from normqa.serve.observe.observer import Observer, note_failure
from normqa.serve.observe.probes import probe_routes
from normqa.serve.observe.request_log import id_header
from normqa.serve.openai.errors import openai_error
from normqa.serve.openai.requests import MAX_CHAT_BYTES
from normqa.serve.openai.routes import PATH as OPENAI_PATH
from normqa.serve.openai.routes import openai_routes
from normqa.serve.pages.pages import Pages
from normqa.serve.pages.routes import page_routes
from normqa.serve.question_log.routes import rating_routes
from normqa.serve.questions.export import export_routes
from normqa.serve.queued import QueuedSnapshots
from normqa.serve.redact import redact
from normqa.serve.reference.routes import has_reference, reference_routes
from normqa.serve.request.accept import wants_html
from normqa.serve.responses import (
    INTERNAL_ERROR,
    api_error_body,
    error_reply,
    headers_of,
    http_error_body,
    invalid_body,
    status_of,
)
from normqa.serve.snapshot import snapshot_or_error
from normqa.serve.timeline.routes import timeline_routes
from normqa.service import Service
from normqa.settings import Settings
from normqa.snapshot import Snapshot

_NO_ACCESS = {401, 403}
_METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")
_METHOD_NOT_ALLOWED = 405

API_VERSION = "1.0"
"""Version of the HTTP API; docs/http-api.md says what may change."""

MAX_BODY_BYTES = 64_000
"""Maximum size of a request body."""


def create_app(settings: Settings, service: Service) -> FastAPI:
    """Return the web application.

    Args:
        settings: Defaults for requests, and how many questions to answer at once.
        service: Opens the index and builds it.
    """
    pages = Pages(settings)
    embedded = EmbeddedPage(pages, settings.embed_origins)
    queue = QuestionQueue.of(settings)
    snapshots = QueuedSnapshots(settings, queue)
    mcp = McpEndpoint(snapshots, service.settings, settings.cors_origins)
    observer = Observer(settings, service, queue)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with mcp.lifespan(app):
            yield
        await run_in_threadpool(observer.close)

    app = FastAPI(
        title="normqa",
        version=API_VERSION,
        generate_unique_id_function=lambda route: route.name,
        summary="Answers questions about a folder of documents by quoting them verbatim.",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.service = service
    app.state.charge = queue.on_question = rate_limit(settings.rate_per_minute, settings.rate_burst)
    app.add_middleware(
        BodyLimit,
        max_bytes=MAX_BODY_BYTES,
        larger={f"{OPENAI_PATH}/chat/completions": MAX_CHAT_BYTES, CHECK_PATH: MAX_FORM_BYTES},
    )
    app.add_middleware(HeadRequests)
    if settings.keys or settings.user_header:
        app.add_middleware(AccessControl, settings=settings)
    if settings.cors_origins or settings.embed_origins:
        app.add_middleware(CrossOrigin, settings=settings)
    app.add_middleware(HostCheck, allowed=allowed_hosts(settings))
    app.add_middleware(ForwardedHeaders, trusted_hosts=settings.proxy_addresses, root_path=settings.root_path)
    app.add_middleware(SecurityHeaders)
    observer.install(app)
    _handle_errors(app, pages, embedded, service.settings)
    app.include_router(page_routes(pages, queue, settings))
    app.include_router(api_routes(settings, queue))
    app.add_route(MCP_PATH, mcp, methods=["POST"])  # type: ignore[arg-type]  # an ASGI application
    app.include_router(openai_routes(snapshots, service.settings))
    app.include_router(embed_routes(embedded, pages.assets, snapshots))
    app.include_router(check_routes(pages, snapshots))
    app.include_router(brief_routes(pages, settings))
    app.include_router(timeline_routes(pages, snapshots))
    app.include_router(document_routes(pages))
    app.include_router(probe_routes())
    app.include_router(export_routes(settings))
    if observer.question_log:
        app.include_router(rating_routes(pages, observer.question_log))
    if has_reference(settings):
        app.include_router(reference_routes(pages))
    if settings.admin_token:
        app.include_router(
            admin_routes(
                service,
                settings.admin_token.get_secret_value(),
                pages,
                snapshots,
                observer.question_log,
            )
        )
    if settings.keys or settings.user_header:
        describe_access(app, settings)
    app.include_router(pages.assets.routes())
    return app


def _handle_errors(app: FastAPI, pages: Pages, embedded: EmbeddedPage, settings: Settings) -> None:
    """Report every error as JSON, or as a page if a browser requests one."""

    @app.exception_handler(NormqaError)
    def report(request: Request, error: NormqaError) -> Response:
        note_failure(request, error.code)
        body = ErrorBody.of(error) if _wants_page(request) else api_error_body(error)
        if not path_of(request).startswith("/admin/"):
            body = body.model_copy(update={"message": redact(body.message, settings)})
        reply = respond(request, body, status_of(error))
        reply.headers.update(headers_of(error))
        return reply

    @app.exception_handler(RequestValidationError)
    def report_invalid(request: Request, error: RequestValidationError) -> Response:
        return report(request, invalid_body(request, error))

    @app.exception_handler(HTTPException)
    def report_http(request: Request, error: HTTPException) -> Response:
        reply = respond(request, http_error_body(error, MAX_BODY_BYTES), error.status_code)
        reply.headers.update(error.headers or {})
        if error.status_code == _METHOD_NOT_ALLOWED:  # Starlette names the methods of one route of the path
            reply.headers["Allow"] = ", ".join(_methods(app, request))
        return reply

    @app.exception_handler(ClientDisconnect)
    def ignore(request: Request, error: ClientDisconnect) -> Response:  # noqa: ARG001
        return Response(status_code=400)

    @app.exception_handler(Exception)
    def report_internal(request: Request, error: Exception) -> Response:  # noqa: ARG001 - the server logs it
        # The snapshot may be what failed, so the page does without.
        is_page = request.method == "GET" and wants_html(request)
        reply = error_page(request, INTERNAL_ERROR, 500) if is_page else error_reply(500, INTERNAL_ERROR)
        # Starlette runs this handler outside the middleware.
        protect(reply.headers)
        reply.headers.update({**id_header(request.scope), "Cache-Control": "no-store"})
        return reply

    def respond(request: Request, body: ErrorBody, status: int) -> Response:
        if path_of(request).startswith(f"{OPENAI_PATH}/"):
            return openai_error(body, status, settings)
        if _wants_page(request):
            # A sender without access learns nothing of the index.
            snapshot = None if status in _NO_ACCESS else snapshot_or_error(request)
            return error_page(request, body, status, snapshot)
        return error_reply(status, body)

    def error_page(
        request: Request, body: ErrorBody, status: int, snapshot: Snapshot | NormqaError | None = None
    ) -> Response:
        if path_of(request) == EMBED_PATH:
            return embedded.error(request, body, status)
        return pages.error(request, body, status, snapshot)


def _methods(app: FastAPI, request: Request) -> list[str]:
    """Return the methods that the address of a request supports."""
    return [method for method in _METHODS if _is_served(app, {**request.scope, "method": method})]


def _is_served(app: FastAPI, scope: Scope) -> bool:
    return any(route.matches(scope)[0] is Match.FULL for route in app.routes)


def _wants_page(request: Request) -> bool:
    path = path_of(request)
    if request.method == "GET":
        return path in {"/", "/answer", EMBED_PATH} or wants_html(request)
    return path == CHECK_PATH and wants_html(request)
