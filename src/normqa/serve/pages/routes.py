"""The routes of the pages that only browsers request."""

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response

from normqa.serve.pages.pages import WEB, Pages
from normqa.serve.snapshot import SnapshotOrError


def page_routes(pages: Pages, limiter: CapacityLimiter) -> APIRouter:
    """Return the routes.

    Args:
        pages: Renders the pages.
        limiter: Limits concurrent questions.
    """
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def ask(request: Request, snapshot: SnapshotOrError) -> Response:
        """Show the question form and the answer."""
        return await to_thread.run_sync(pages.ask, request, snapshot, limiter=limiter)

    @router.get("/answer")
    def permalink(request: Request, snapshot: SnapshotOrError) -> Response:
        """Show the quotes of a permalink."""
        return pages.permalink(request, snapshot)

    @router.get("/conversation.md")
    async def markdown(request: Request, snapshot: SnapshotOrError) -> Response:
        """Download the conversation as Markdown."""
        return await to_thread.run_sync(
            lambda: pages.export(request, snapshot, as_json=False), limiter=limiter
        )

    @router.get("/conversation.json")
    async def as_json(request: Request, snapshot: SnapshotOrError) -> Response:
        """Download the conversation as JSON."""
        return await to_thread.run_sync(
            lambda: pages.export(request, snapshot, as_json=True), limiter=limiter
        )

    @router.get("/favicon.ico")
    def favicon() -> Response:
        """Return the icon, at the address where browsers look for it."""
        return FileResponse(WEB / "static" / "favicon.svg", media_type="image/svg+xml")

    return router
