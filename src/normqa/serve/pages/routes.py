"""The routes of the pages that only browsers request."""

from functools import partial

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, Response

from normqa.answer.searches import SearchCache
from normqa.errors import NormqaError
from normqa.serve.limits.queue import QuestionQueue
from normqa.serve.pages.conversation import Conversation
from normqa.serve.pages.pages import WEB, Pages
from normqa.serve.snapshot import RequestTimer, SnapshotOrError, opened
from normqa.snapshot import Snapshot
from normqa.timing.timer import Timer


def page_routes(pages: Pages, queue: QuestionQueue) -> APIRouter:
    """Return the routes.

    Args:
        pages: Renders the pages.
        queue: Runs the questions.
    """
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def ask(request: Request, snapshot: SnapshotOrError, timer: RequestTimer) -> Response:
        """Show the question form and the answer."""
        conversation = Conversation.read(request.query_params)
        if conversation is None:
            return await run_in_threadpool(pages.form, request, snapshot)
        return await queue.run(request, timer, partial(pages.ask, request, snapshot, conversation, timer))

    @router.get("/answer")
    def permalink(request: Request, snapshot: SnapshotOrError) -> Response:
        """Show the quotes of a permalink."""
        return pages.permalink(request, snapshot)

    @router.get("/conversation.md")
    async def markdown(request: Request, snapshot: SnapshotOrError) -> Response:
        """Download the conversation as Markdown."""
        return await export(request, snapshot, as_json=False)

    @router.get("/conversation.json")
    async def as_json(request: Request, snapshot: SnapshotOrError) -> Response:
        """Download the conversation as JSON."""
        return await export(request, snapshot, as_json=True)

    async def export(request: Request, snapshot: Snapshot | NormqaError, *, as_json: bool) -> Response:
        """Answer every question of a conversation again. Each waits for its own turn, as on the page."""
        questions, answers, cache = pages.questions(request), [], SearchCache()
        ask = opened(snapshot).ask
        for question in questions:
            timer = Timer()
            answers.append(await queue.run(request, timer, partial(ask, question, timer, cache)))
        return await run_in_threadpool(pages.export, request, answers, as_json=as_json)

    @router.get("/favicon.ico")
    def favicon() -> Response:
        """Return the icon, at the address where browsers look for it."""
        return FileResponse(WEB / "static" / "favicon.svg", media_type="image/svg+xml")

    return router
