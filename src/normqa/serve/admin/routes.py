"""The routes for whoever edits the corpus: see how it stands, rebuild the index, go back."""

import time
from collections.abc import Callable, Coroutine
from typing import Annotated, Any
from urllib.parse import parse_qsl

from anyio import to_thread
from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from fastapi.routing import APIRoute

from normqa.errors import ForeignOrigin, NormqaError, Unauthorised
from normqa.schema.builds import StatusBody
from normqa.schema.documents import HealthBody
from normqa.schema.requests import RebuildRequest, RollbackRequest
from normqa.serve.admin.guard import Guard, check_origin
from normqa.serve.admin.page import AdminPage
from normqa.serve.admin.rebuild import stream_rebuild
from normqa.serve.pages.pages import Pages
from normqa.serve.responses import json_reply, wants_html
from normqa.service import Service

_FRESH = {"Cache-Control": "no-store"}


def admin_routes(service: Service, token: str, pages: Pages) -> APIRouter:
    """The routes: the page and its form, and those that ask for the token or the page's cookie.

    Args:
        service: What builds.
        token: Whoever has it may use them.
        pages: What the page is rendered like.
    """
    guard, page = Guard(token), AdminPage(service, pages)

    class Told(APIRoute):
        """Shows a browser on the page what went wrong; programs get it as they do anywhere."""

        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def handle_and_tell(request: Request) -> Response:
                try:
                    return await handle(request)
                except NormqaError as error:
                    if not wants_html(request):
                        raise
                    # Only whoever was let in is shown how things stand.
                    refused = isinstance(error, Unauthorised | ForeignOrigin)
                    show = page.sign_in if refused else page.overview
                    return await to_thread.run_sync(show, request, error)

            return handle_and_tell

    router = APIRouter(prefix="/admin", include_in_schema=False, route_class=Told)
    guarded = [Depends(guard)]

    @router.get("")
    def overview(request: Request) -> Response:
        """The page, or the form that asks for the token."""
        return page.overview(request) if guard.is_signed_in(request) else page.sign_in(request)

    @router.post("/login")
    async def login(request: Request) -> Response:
        """Gives a cookie for the token."""
        check_origin(request)
        await guard.check(_form(await request.body()).get("token", "").encode())
        reply = _back()
        guard.sessions.begin(request, reply, time.time())
        return reply

    @router.post("/logout", dependencies=guarded)
    def logout() -> Response:
        """Takes the cookie back."""
        reply = _back()
        guard.sessions.end(reply)
        return reply

    @router.get("/status", dependencies=guarded)
    def status() -> Response:
        """Holds the index against the corpus."""
        return json_reply(StatusBody.of(service.status()), headers=_FRESH)

    @router.post("/rebuild", dependencies=guarded)
    def rebuild(request: Request, body: Annotated[bytes, Depends(_body)]) -> Response:
        """Builds the index, and tells of it while it does, or at its end to a browser without script."""
        asked = RebuildRequest.parse(body or b"{}")
        if not wants_html(request):
            return stream_rebuild(service, asked)
        built = service.build(full=asked.full, strict=asked.strict)
        return _back("built" if built.written else "unchanged")

    @router.post("/rollback", dependencies=guarded)
    def rollback(request: Request, body: Annotated[bytes, Depends(_body)]) -> Response:
        """Goes back to a generation."""
        is_page = wants_html(request)
        asked = RollbackRequest.parse(dict(_form(body)) if is_page else body)
        service.roll_back(asked.generation)
        return (
            _back("rolled-back") if is_page else json_reply(HealthBody.of(service.current()), headers=_FRESH)
        )

    return router


async def _body(request: Request) -> bytes:
    return await request.body()


def _form(body: bytes) -> dict[str, str]:
    return dict(parse_qsl(body.decode(errors="replace")))


def _back(done: str = "") -> Response:
    """Sends a browser back to the page, which says what has been done."""
    return RedirectResponse(f"/admin?done={done}" if done else "/admin", 303, _FRESH)
