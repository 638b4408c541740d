"""The routes of the pages that only a browser asks for."""

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response

from normqa.serve.pages.pages import WEB, Pages


def page_routes(pages: Pages, at_once: CapacityLimiter) -> APIRouter:
    """The routes.

    Args:
        pages: What is shown.
        at_once: How many questions are answered at once.
    """
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def ask(request: Request) -> Response:
        """The chat."""
        return await to_thread.run_sync(pages.ask, request, limiter=at_once)

    @router.get("/answer")
    def answer(request: Request) -> Response:
        """An answer by its permalink."""
        return pages.answer(request)

    @router.get("/conversation.md")
    async def markdown(request: Request) -> Response:
        """The conversation as Markdown."""
        return await to_thread.run_sync(lambda: pages.export(request, as_json=False), limiter=at_once)

    @router.get("/conversation.json")
    async def as_json(request: Request) -> Response:
        """The conversation as JSON."""
        return await to_thread.run_sync(lambda: pages.export(request, as_json=True), limiter=at_once)

    @router.get("/favicon.ico")
    def favicon() -> Response:
        """The icon, where browsers look for it."""
        return FileResponse(WEB / "static" / "favicon.svg", media_type="image/svg+xml")

    return router
