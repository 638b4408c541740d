"""The question log for editors: what was not answered, what was not helpful, and lines for a gold set."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.params import Depends
from fastapi.responses import Response

from normqa.errors import InvalidRequest
from normqa.serve.admin.page import AdminPage
from normqa.serve.question_log.log import QuestionLog
from normqa.serve.question_log.review import SELECTIONS, Selection, gold_lines, grouped, select
from normqa.service import Service

_MAX_SHOWN = 100
"""Groups of questions on the page."""


def add_question_routes(
    router: APIRouter, guarded: Sequence[Depends], page: AdminPage, log: QuestionLog, service: Service
) -> None:
    """Add the routes to those of the administration.

    Args:
        router: The routes of the administration.
        guarded: Let only administrators in.
        page: Renders the page.
        log: The questions.
        service: Has the documents that were quoted.
    """

    @router.get("/questions", dependencies=guarded, include_in_schema=False)
    def questions(request: Request) -> Response:
        """Show the questions that need an editor."""
        rows = log.rows()
        groups = {name: grouped(select(rows, name)) for name in SELECTIONS}
        return page.questions(
            request, rows=rows, groups=groups, most=_MAX_SHOWN, days=log.days, lost=log.lost
        )

    @router.get("/questions.jsonl", dependencies=guarded, include_in_schema=False)
    def export(request: Request) -> Response:
        """Download questions as lines of a gold set."""
        selection = _selection(request.query_params.get("of", "unanswered"))
        lines = gold_lines(select(log.rows(), selection), service.document)
        headers = {
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{selection}.jsonl"',
        }
        return Response(lines.encode("utf-8", "replace"), headers=headers, media_type="application/jsonl")


def _selection(name: str) -> Selection:
    if name not in SELECTIONS:
        raise InvalidRequest(f"There is no selection {name!r}.", f"Choose one of {', '.join(SELECTIONS)}.")
    return name
