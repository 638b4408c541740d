"""The routes that answer questions, verify texts and report the state of the index."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request
from fastapi.responses import Response
from pydantic import Discriminator, Tag

from normqa.answer.question import Question
from normqa.datatypes import Answer
from normqa.schema.answers import AnswerBody, BatchBody
from normqa.schema.builds import HealthBody
from normqa.schema.errors import ErrorBody
from normqa.schema.requests.documents import VerifyRequest
from normqa.schema.requests.queries import AskQuery
from normqa.schema.requests.questions import AskRequest, BatchRequest
from normqa.schema.verifications import VerifyBody
from normqa.serve.documents import NO_INDEX
from normqa.serve.limits.queue import QuestionQueue
from normqa.serve.middleware.proxy import root_of
from normqa.serve.observe.observer import note_failure
from normqa.serve.questions.batch import answer_batch
from normqa.serve.request.json_body import FromJson, JsonRoute
from normqa.serve.responses import json_reply
from normqa.serve.snapshot import RequestSnapshot, RequestTimer, open_snapshot
from normqa.settings import Settings
from normqa.timing.timer import Timer

_NO_ANSWER: dict[int | str, dict[str, Any]] = {
    429: {
        "model": ErrorBody,
        "description": "The client has asked too much, if the server limits that.",
        "headers": {
            "Retry-After": {
                "description": "Seconds after which to try again.",
                "schema": {"type": "integer"},
            }
        },
    },
    503: {
        "model": ErrorBody,
        "description": "There is no usable index, too many questions wait, or the answer took too long.",
        "headers": {
            "Retry-After": {
                "description": "Seconds after which to try again, if the server is overloaded.",
                "schema": {"type": "integer"},
            }
        },
    },
}
_BODY_ERRORS: dict[int | str, dict[str, Any]] = {
    413: {"model": ErrorBody, "description": "The body is too large."},
    422: {"model": ErrorBody, "description": "The body is not JSON, or a field breaks a rule."},
    **_NO_ANSWER,
}
_UNKNOWN: dict[int | str, dict[str, Any]] = {
    404: {"model": ErrorBody, "description": "A filter names a document that does not exist."},
}
_ASK_ERRORS = _UNKNOWN | _BODY_ERRORS
QUERY_ERRORS: dict[int | str, dict[str, Any]] = {
    **_UNKNOWN,
    422: {"model": ErrorBody, "description": "A parameter is unknown or breaks a rule."},
    **_NO_ANSWER,
}


def _kind_of(body: object) -> str:
    """Name the model of a body, whose errors are then those of that model alone."""
    return (BatchRequest if isinstance(body, dict) and "questions" in body else AskRequest).__name__


AskBody = Annotated[
    Annotated[AskRequest, Tag(AskRequest.__name__)] | Annotated[BatchRequest, Tag(BatchRequest.__name__)],
    Discriminator(_kind_of),
    FromJson(),
    Body(),
]
VerificationBody = Annotated[VerifyRequest, FromJson(), Body()]


def api_routes(settings: Settings, queue: QuestionQueue) -> APIRouter:
    """Return the routes.

    Args:
        settings: Defaults for options that a request omits.
        queue: Runs questions and verifications.
    """
    router = APIRouter(route_class=JsonRoute)

    @router.post("/ask", tags=["Questions"], response_model=AnswerBody | BatchBody, responses=_ASK_ERRORS)
    async def ask(asked: AskBody, request: Request, timer: RequestTimer) -> Response:
        """Answer a question with verbatim quotes, or report that no answer was found.

        With `questions` in place of `question`, answer several.
        """
        if isinstance(asked, AskRequest):
            return await reply(asked.to_question(settings), request, timer)

        async def answer_one(one: AskRequest) -> Answer:
            return await answer(one.to_question(settings), request, Timer())

        on_failure = partial(note_failure, request)
        body = await answer_batch(asked, answer_one, request.app.state.service.settings, on_failure)
        return json_reply(body, root=root_of(request), base_url=settings.base_url)

    @router.get("/ask", tags=["Questions"], response_model=AnswerBody, responses=QUERY_ERRORS)
    async def get_answer(
        asked: Annotated[AskQuery, Query()], request: Request, timer: RequestTimer
    ) -> Response:
        """Answer a question as `POST /ask` does."""
        return await reply(asked.to_question(settings), request, timer)

    async def reply(question: Question, request: Request, timer: Timer) -> Response:
        body = AnswerBody.of(await answer(question, request, timer))
        stages = ", ".join(f"{stage};dur={spent:.1f}" for stage, spent in timer.milliseconds.items())
        return json_reply(
            body, headers={"Server-Timing": stages}, root=root_of(request), base_url=settings.base_url
        )

    async def answer(question: Question, request: Request, timer: Timer) -> Answer:
        # A snapshot as a parameter would be opened before the request is validated.
        def answer_question() -> Answer:
            return open_snapshot(request, timer).ask(question, timer)

        return await queue.run(request, timer, answer_question)

    @router.post("/verify", tags=["Questions"], response_model=VerifyBody, responses=_BODY_ERRORS)
    async def verify(asked: VerificationBody, request: Request, timer: RequestTimer) -> Response:
        """Check whether the documents contain a text, word for word, and report where."""

        def find_text() -> VerifyBody:
            snapshot = open_snapshot(request, timer)
            return VerifyBody.of(snapshot.check(asked.text, timer.deadline), snapshot)

        return json_reply(
            await queue.run(request, timer, find_text), root=root_of(request), base_url=settings.base_url
        )

    @router.get("/health", tags=["Index"], response_model=HealthBody, responses=NO_INDEX)
    def get_health(request: Request, snapshot: RequestSnapshot) -> Response:
        """Report the current generation. The status is 503 if questions cannot be answered."""
        if snapshot.opened is None:
            request.app.state.service.require_corpus()
        return json_reply(HealthBody.of(snapshot))

    return router
