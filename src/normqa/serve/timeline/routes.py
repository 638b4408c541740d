"""The route of timelines. A browser gets a page."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from normqa.schema.requests.queries import TimelineQuery, filter_pairs
from normqa.schema.timelines import TimelineBody, timeline_href
from normqa.serve.api import QUERY_ERRORS
from normqa.serve.middleware.proxy import root_of
from normqa.serve.pages.pages import Pages
from normqa.serve.queued import QueuedSnapshots
from normqa.serve.request.accept import wants_html
from normqa.serve.request.json_body import JsonRoute
from normqa.serve.responses import json_reply
from normqa.serve.snapshot import snapshot_or_error
from normqa.serve.timeline.view import TimelineView
from normqa.snapshot import Snapshot
from normqa.timing.timer import Timer


def timeline_routes(pages: Pages, snapshots: QueuedSnapshots) -> APIRouter:
    """Return the routes.

    Args:
        pages: Renders the page.
        snapshots: Reads the documents.
    """
    router = APIRouter(route_class=JsonRoute, tags=["Questions"])

    @router.get("/timeline", response_model=TimelineBody, responses=QUERY_ERRORS)
    async def get_timeline(request: Request, asked: Annotated[TimelineQuery, Query()]) -> Response:
        """Return quotes with dates, in order: those that a question finds, or all of some documents."""

        def read(snapshot: Snapshot, timer: Timer) -> TimelineBody:
            timeline = snapshot.timeline(asked.to_question(snapshots.settings), asked.filters(), timer)
            return TimelineBody.of(timeline, asked, snapshot)

        body = await snapshots.run(request, read)
        if wants_html(request):
            return await run_in_threadpool(show, request, asked, body)
        base_url = snapshots.settings.base_url
        return json_reply(body, headers={"Vary": "Accept"}, root=root_of(request), base_url=base_url)

    def show(request: Request, asked: TimelineQuery, body: TimelineBody) -> Response:
        snapshot = snapshot_or_error(request)
        filters = asked.filters()
        scope = pages.scope(snapshot, filters, lambda others: timeline_href(asked, others))
        pairs, view = filter_pairs(filters), TimelineView.of(body)
        return pages.render(
            request,
            "timeline.html",
            snapshot,
            pairs=pairs,
            body=body,
            view=view,
            scope=scope,
            conversation=None,
        )

    return router
