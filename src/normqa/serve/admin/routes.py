"""The administration routes: status, rebuild, rollback, and the page with its session."""

import time
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Body, Depends, Request, Security
from fastapi.responses import RedirectResponse, Response
from fastapi.security import HTTPBearer

from normqa.errors import NormqaError
from normqa.schema.builds import HealthBody, StatusBody
from normqa.schema.errors import ErrorBody
from normqa.schema.requests.builds import RebuildRequest, RollbackRequest
from normqa.serve.admin.audit import log_action
from normqa.serve.admin.explain import add_explain_route
from normqa.serve.admin.guard import Guard, check_origin
from normqa.serve.admin.page import AdminPage
from normqa.serve.admin.questions import add_question_routes
from normqa.serve.admin.rebuild import stream_rebuild
from normqa.serve.admin.sessions import COOKIE, Sessions, delete_cookie, set_cookie
from normqa.serve.errors import ForeignOrigin, RateLimited, TooManyAttempts, Unauthorised
from normqa.serve.middleware.proxy import root_of
from normqa.serve.pages.pages import Pages
from normqa.serve.question_log.log import QuestionLog
from normqa.serve.queued import QueuedSnapshots
from normqa.serve.request.accept import wants_html
from normqa.serve.request.form import form_of
from normqa.serve.request.json_body import FromJson, JsonRoute
from normqa.serve.responses import json_reply
from normqa.service import Service

_NO_STORE = {"Cache-Control": "no-store"}
# Only describes the token; the guard checks it.
_TOKEN = HTTPBearer(scheme_name="adminToken", description="The setting `admin_token`.", auto_error=False)
_ERRORS: dict[int | str, dict[str, Any]] = {
    code: {"model": ErrorBody, "description": description}
    for code, description in {
        401: "The token is missing or wrong.",
        403: "A page of another site sent the request.",
        404: "No build with this name is kept.",
        409: "The corpus cannot be indexed, or another process is building.",
        413: "The body is too large.",
        422: "The body is not JSON, or a field breaks a rule.",
        429: "The address sent too many wrong tokens.",
        503: "There is no usable index.",
    }.items()
}
_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events of the build; the last one is `done` or `error`.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}
_ROLLBACK_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": RollbackRequest.model_json_schema()}},
    }
}

RebuildBody = Annotated[RebuildRequest, FromJson(), Body()]


def admin_routes(
    service: Service,
    token: str,
    pages: Pages,
    snapshots: QueuedSnapshots,
    question_log: QuestionLog | None = None,
) -> APIRouter:
    """Return the routes. All but the sign-in require the token or a session.

    Args:
        service: Builds and rolls back.
        token: The administrator's token.
        pages: Renders templates.
        snapshots: Explain answers.
        question_log: Shown to editors; None if no questions are logged.
    """
    sessions = Sessions(token, service.settings.index_folder)
    guard, page = Guard(token, sessions), AdminPage(service, pages)

    class AdminRoute(JsonRoute):
        """A route that shows its errors to a browser on the page."""

        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def handle_or_show(request: Request) -> Response:
                try:
                    return await handle(request)
                except NormqaError as error:
                    if not wants_html(request):
                        raise
                    # Without access a browser gets the sign-in form, which shows nothing of the index.
                    is_rejected = isinstance(
                        error, Unauthorised | ForeignOrigin | TooManyAttempts | RateLimited
                    )
                    show = page.sign_in if is_rejected else page.overview
                    return await to_thread.run_sync(show, request, error)

            return handle_or_show

    router = APIRouter(prefix="/admin", tags=["Administration"], responses=_ERRORS, route_class=AdminRoute)
    guarded = [Depends(guard), Security(_TOKEN)]

    @router.get("", include_in_schema=False)
    def overview(request: Request) -> Response:
        """Show the page, or the sign-in form."""
        return page.overview(request) if guard.is_signed_in(request) else page.sign_in(request)

    @router.post("/login", include_in_schema=False)
    async def login(request: Request) -> Response:
        """Start a session."""
        check_origin(request)
        request.app.state.charge(request)
        await guard.check(request, (await form_of(request)).get("token", "").encode())
        reply = _to_page(request)
        set_cookie(request, reply, sessions.begin(time.time()))
        log_action(request, "sign-in")
        return reply

    @router.post("/logout", dependencies=guarded, include_in_schema=False)
    def logout(request: Request) -> Response:
        """End the session, also for copies of the cookie."""
        if guard.is_signed_in(request):
            sessions.end(request.cookies[COOKIE])
        log_action(request, "sign-out")
        reply = _to_page(request)
        delete_cookie(request, reply)
        return reply

    @router.get("/status", dependencies=guarded, response_model=StatusBody)
    def get_status() -> Response:
        """Compare the index with the corpus."""
        return json_reply(StatusBody.of(service.status()), headers=_NO_STORE)

    @router.post("/rebuild", dependencies=guarded, response_class=Response, responses=_EVENTS)
    def rebuild(request: Request, asked: RebuildBody = RebuildRequest()) -> Response:  # noqa: B008 - frozen
        """Build the index and stream events. A browser without JavaScript waits for the page."""
        log_action(request, "full rebuild" if asked.full else "rebuild")
        if not wants_html(request):
            return stream_rebuild(service, asked)
        built = service.build(full=asked.full, strict=asked.strict)
        return _to_page(request, "built" if built.written else "unchanged")

    @router.post("/rollback", dependencies=guarded, response_model=HealthBody, openapi_extra=_ROLLBACK_BODY)
    def roll_back(
        request: Request, asked: Annotated[RollbackRequest, Depends(_rollback_request)]
    ) -> Response:
        """Roll back to a generation."""
        log_action(request, "rollback", asked.generation)
        service.roll_back(asked.generation)
        if wants_html(request):
            return _to_page(request, "rolled-back")
        return json_reply(HealthBody.of(service.current()), headers=_NO_STORE)

    add_explain_route(router, guarded, page, snapshots)
    if question_log:
        add_question_routes(router, guarded, page, question_log, service)
    return router


async def _rollback_request(request: Request) -> RollbackRequest:
    """Read the form of the page, or JSON."""
    return RollbackRequest.parse(await (form_of(request) if wants_html(request) else request.body()))


def _to_page(request: Request, done: str = "") -> Response:
    """Redirect a browser to the page, which reports what was done."""
    page = f"{root_of(request)}/admin"
    return RedirectResponse(f"{page}?done={done}" if done else page, 303, _NO_STORE)
