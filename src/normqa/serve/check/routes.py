"""The page that checks a quotation, or a whole text with quotations, as ``POST /verify`` does."""

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from normqa.schema.requests.documents import VerifyRequest
from normqa.schema.verifications import VerifyBody
from normqa.serve.pages.pages import Pages
from normqa.serve.queued import QueuedSnapshots
from normqa.serve.request.form import form_of
from normqa.serve.snapshot import SnapshotOrError, snapshot_or_error

PATH = "/check"

MAX_TEXT = 60_000
"""Maximum characters that the form accepts."""

MAX_FORM_BYTES = 3 * MAX_TEXT + 1000
"""Maximum size of the form, where most bytes take three characters."""


def check_routes(pages: Pages, snapshots: QueuedSnapshots) -> APIRouter:
    """Return the routes.

    Args:
        pages: Renders the page.
        snapshots: Verifies the text.
    """
    router = APIRouter(include_in_schema=False)

    @router.get(PATH)
    def form(request: Request, snapshot: SnapshotOrError) -> Response:
        """Show the form."""
        return pages.render(request, "check.html", snapshot, sent="", result=None, max_text=MAX_TEXT)

    @router.post(PATH)
    async def check(request: Request) -> Response:
        """Show whether the text, or what it quotes, appears in the documents."""
        asked = VerifyRequest.parse({"text": (await form_of(request)).get("text", "")})
        result = await snapshots.run(
            request,
            lambda snapshot, timer: VerifyBody.of(snapshot.check(asked.text, timer.deadline), snapshot),
        )
        return await run_in_threadpool(_show, request, asked.text, result)

    def _show(request: Request, sent: str, result: VerifyBody) -> Response:
        snapshot = snapshot_or_error(request)
        return pages.render(request, "check.html", snapshot, sent=sent, result=result, max_text=MAX_TEXT)

    return router
