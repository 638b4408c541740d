"""The routes of the widget and of the page to show in a frame."""

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from normqa.schema.requests.questions import AskRequest
from normqa.serve.assets.assets import Assets
from normqa.serve.embed.page import PATH, EmbeddedPage
from normqa.serve.queued import QueuedSnapshots


def embed_routes(page: EmbeddedPage, assets: Assets, snapshots: QueuedSnapshots) -> APIRouter:
    """Return the routes.

    Args:
        page: Renders the page.
        assets: Has the script of the widget.
        snapshots: Answers the questions.
    """
    router = APIRouter(include_in_schema=False)
    settings = snapshots.settings

    @router.get("/embed.js")
    async def widget(request: Request) -> Response:
        """Return the script that defines the element `<norm-qa>`."""
        reply = assets.reply(request, "embed.js", "no-cache")  # the address does not change with the content
        if settings.embed_origins:
            reply.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return reply

    @router.get(PATH)
    async def embedded(request: Request) -> Response:
        """Show the form and the answer."""
        question = request.query_params.get("q", "")
        if not question.strip():
            return page.form(request)
        asked = AskRequest.parse({"question": question}).to_question(settings)
        return await run_in_threadpool(page.answer, request, await snapshots.ask(request, asked))

    return router
