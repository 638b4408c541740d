"""The routes of the pages that only browsers request."""

from collections.abc import Awaitable, Callable
from functools import partial

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, Response

from normqa.answer.searches import SearchCache
from normqa.citations.formats import EXTENSIONS, Format
from normqa.serve.limits.queue import QuestionQueue
from normqa.serve.pages.conversation import Conversation
from normqa.serve.pages.pages import WEB, Pages
from normqa.serve.pages.validator import CACHING, etag_of, unchanged
from normqa.serve.questions.export import export_reply
from normqa.serve.snapshot import RequestTimer, SnapshotOrError, opened
from normqa.settings import Settings
from normqa.snapshot import Snapshot
from normqa.timing.timer import Timer


def page_routes(pages: Pages, queue: QuestionQueue, settings: Settings) -> APIRouter:
    """Return the routes.

    Args:
        pages: Renders the pages.
        queue: Runs the questions.
        settings: Have the address of the server.
    """
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def ask(request: Request, snapshot: SnapshotOrError, timer: RequestTimer) -> Response:
        """Show the question form and the answer."""
        etag = None
        if isinstance(snapshot, Snapshot):
            etag = etag_of(request, snapshot, settings, pages.assets.version)
        if known := unchanged(request, etag):
            return known
        conversation = Conversation.read(request.query_params)
        if conversation is None:
            reply = await run_in_threadpool(pages.form, request, snapshot)
        else:
            answer = partial(pages.ask, request, snapshot, conversation, timer)
            reply = await queue.run(request, timer, answer)
        if etag:
            reply.headers.update({"ETag": etag, **CACHING})
        return reply

    @router.get("/suggest")
    def suggest(request: Request, snapshot: SnapshotOrError) -> Response:
        """Complete what is typed."""
        return pages.suggest(request, snapshot)

    @router.get("/answer")
    def permalink(request: Request, snapshot: SnapshotOrError) -> Response:
        """Show the quotes of a permalink."""
        return pages.permalink(request, snapshot)

    def download_as(file: Format) -> Callable[..., Awaitable[Response]]:
        async def conversation(request: Request, snapshot: SnapshotOrError) -> Response:
            """Download the conversation. Each of its questions waits for its own turn again."""
            questions, answers, cache = pages.questions(request), [], SearchCache()
            found = opened(snapshot)
            for question in questions:
                timer = Timer()
                answers.append(await queue.run(request, timer, partial(found.ask, question, timer, cache)))
            reply = partial(export_reply, request, file, answers, found, "conversation", settings)
            return await run_in_threadpool(reply)

        return conversation

    for extension, file in EXTENSIONS.items():
        router.add_api_route(f"/conversation.{extension}", download_as(file))

    @router.get("/favicon.ico")
    def favicon() -> Response:
        """Return the icon, at the address where browsers look for it."""
        return FileResponse(WEB / "static" / "favicon.svg", media_type="image/svg+xml")

    return router
