"""The route that rates an answer."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from normqa.errors import NormqaError
from normqa.schema.errors import invalid_request
from normqa.serve.admin.guard import check_origin
from normqa.serve.errors import AnswerNotLogged
from normqa.serve.pages.pages import Pages
from normqa.serve.question_log.log import QuestionLog
from normqa.serve.question_log.rating import RatingForm
from normqa.serve.question_log.row import Complaint, Rating
from normqa.serve.request.accept import wants_html
from normqa.serve.request.form import form_of
from normqa.serve.responses import public_error_body, status_of


class _RatingRequest(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    token: Annotated[str, Field(min_length=1, max_length=100)]
    rating: Rating
    complaint: Complaint | None = None


def rating_routes(pages: Pages, log: QuestionLog) -> APIRouter:
    """Return the routes.

    Args:
        pages: Renders the replies.
        log: Has the answers.
    """
    router = APIRouter(include_in_schema=False)

    @router.post("/rate")
    async def rate(request: Request) -> Response:
        """Rate an answer, and offer to give a reason."""
        try:
            check_origin(request)
            asked = _parse(await form_of(request))
            if not await run_in_threadpool(log.rate, asked.token, asked.rating, asked.complaint):
                raise AnswerNotLogged
        except NormqaError as error:
            if not wants_html(request):
                raise
            body = public_error_body(error, request.app.state.service.settings)
            return pages.error(request, body, status_of(error))
        form = RatingForm(asked.token, asked.rating, asked.complaint)
        return pages.render(request, "rated.html", None, rating=form)  # kept, so that readers can go back

    return router


def _parse(form: dict[str, str]) -> _RatingRequest:
    try:
        return _RatingRequest.model_validate(form)
    except ValidationError as error:
        raise invalid_request(error.errors(), "Send the fields token, rating and complaint.") from None
