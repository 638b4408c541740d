"""Why a question was answered or refused, for editors."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.params import Depends
from fastapi.responses import Response

from normqa.errors import InvalidRequest
from normqa.schema.explanations import ExplanationBody
from normqa.schema.requests.queries import ExplainQuery
from normqa.serve.admin.page import AdminPage
from normqa.serve.middleware.proxy import root_of
from normqa.serve.queued import QueuedSnapshots
from normqa.serve.request.accept import wants_html
from normqa.serve.responses import json_reply


def add_explain_route(
    router: APIRouter, guarded: Sequence[Depends], page: AdminPage, snapshots: QueuedSnapshots
) -> None:
    """Add the route to those of the administration.

    Args:
        router: The routes of the administration.
        guarded: Let only administrators in.
        page: Renders the page.
        snapshots: Answer the question.
    """

    @router.get("/explain", dependencies=guarded, response_model=ExplanationBody)
    async def explain(asked: Annotated[ExplainQuery, Query()], request: Request) -> Response:
        """Answer a question, and report what every search found, read and scored. Nothing is recorded."""
        question = asked.to_question(snapshots.settings)
        if question is None:
            if wants_html(request):
                return await run_in_threadpool(page.explanation, request, explained=None)
            raise InvalidRequest("The question is missing.", "Give it as the parameter q.")
        explained = await snapshots.run(
            request, lambda snapshot, timer: ExplanationBody.of(snapshot.explain(question, timer))
        )
        if wants_html(request):
            return await run_in_threadpool(page.explanation, request, explained=explained)
        return json_reply(
            explained,
            headers={"Cache-Control": "no-store"},
            root=root_of(request),
            base_url=snapshots.settings.base_url,
        )
