"""Puts the application together: create_app(settings, service)."""

import os

from anyio import CapacityLimiter
from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from normqa import __version__, errors
from normqa.schema.documents import ErrorBody
from normqa.serve.admin.routes import admin_routes
from normqa.serve.api import api_routes
from normqa.serve.pages.pages import WEB, Pages
from normqa.serve.pages.routes import page_routes
from normqa.serve.responses import error_reply, status_of, wants_html
from normqa.serve.security import HEADERS, SecurityHeaders
from normqa.service import Service
from normqa.settings import Settings

MAX_BODY_BYTES = 64_000
"""Of a request."""


def create_app(settings: Settings, service: Service) -> FastAPI:
    """Makes the web application.

    Args:
        settings: For what a request leaves open.
        service: What answers.
    """
    pages = Pages(service, settings)
    # More at once would only keep each other from the cores; documents and health do not queue behind them.
    at_once = CapacityLimiter(settings.questions_at_once or max(1, (os.cpu_count() or 1) // settings.workers))
    app = FastAPI(
        title="normqa",
        version=__version__,
        summary="Answers questions about a folder of documents by quoting them, word for word.",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        max_body_size=MAX_BODY_BYTES,
    )
    app.add_middleware(SecurityHeaders)

    @app.exception_handler(errors.NormqaError)
    def tell(request: Request, error: errors.NormqaError) -> Response:
        reply = _told(request, ErrorBody.of(error), status_of(error))
        if isinstance(error, errors.Unauthorised):
            reply.headers["WWW-Authenticate"] = "Bearer"
        return reply

    @app.exception_handler(HTTPException)
    def tell_http(request: Request, error: HTTPException) -> Response:
        body = {
            404: ErrorBody(
                code="unknown_path", message="There is nothing at this address.", hint="Start at /."
            ),
            405: ErrorBody(
                code="unknown_method",
                message="This address does not take that method.",
                hint="See /openapi.json.",
            ),
            413: ErrorBody(
                code="too_large",
                message=f"The request body has more than {MAX_BODY_BYTES:,} bytes.",
                hint="Send less.",
            ),
        }.get(error.status_code) or ErrorBody(
            code="http", message=str(error.detail), hint="See /openapi.json."
        )
        reply = _told(request, body, error.status_code)
        reply.headers.update(error.headers or {})
        return reply

    @app.exception_handler(ClientDisconnect)
    def tell_nobody(request: Request, error: ClientDisconnect) -> Response:  # noqa: ARG001
        return Response(status_code=400)

    @app.exception_handler(Exception)
    def tell_fault(request: Request, error: Exception) -> Response:  # noqa: ARG001 - the server logs it
        fault = ErrorBody(code="internal", message="normqa failed at this request.", hint="Please report it.")
        is_page = request.method == "GET" and wants_html(request)
        reply = pages.fault(request, fault, 500) if is_page else error_reply(500, fault)
        reply.headers.update(HEADERS)  # Starlette sends it past every middleware
        return reply

    def _told(request: Request, body: ErrorBody, status: int) -> Response:
        is_page = request.method == "GET" and (request.url.path in {"/", "/answer"} or wants_html(request))
        return pages.error(request, body, status) if is_page else error_reply(status, body)

    app.include_router(page_routes(pages, at_once))
    app.include_router(api_routes(service, pages, settings, at_once))
    if settings.admin_token:
        app.include_router(admin_routes(service, settings.admin_token.get_secret_value(), pages))
    app.mount("/static", StaticFiles(directory=WEB / "static"), name="static")
    return app
