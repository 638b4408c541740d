"""The routes that answer questions, verify texts and report the state of the index."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Request
from fastapi.responses import Response

from normqa.datatypes import Answer
from normqa.schema.answers import AnswerBody
from normqa.schema.builds import HealthBody
from normqa.schema.documents import VerifyBody
from normqa.schema.errors import ErrorBody
from normqa.schema.requests import AskRequest, VerifyRequest
from normqa.search.verify import Verification
from normqa.serve.documents import NO_INDEX
from normqa.serve.json_body import FromJson, JsonRoute
from normqa.serve.limits.queue import QuestionQueue
from normqa.serve.middleware.proxy import root_of
from normqa.serve.responses import json_reply
from normqa.serve.snapshot import RequestSnapshot, RequestTimer, open_snapshot
from normqa.settings import Settings

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
_ASK_ERRORS: dict[int | str, dict[str, Any]] = {
    404: {"model": ErrorBody, "description": "A filter names a document that does not exist."},
    **_BODY_ERRORS,
}

AskBody = Annotated[AskRequest, FromJson(), Body()]
VerificationBody = Annotated[VerifyRequest, FromJson(), Body()]


def api_routes(settings: Settings, queue: QuestionQueue) -> APIRouter:
    """Return the routes.

    Args:
        settings: Defaults for options that a request omits.
        queue: Runs questions and verifications.
    """
    router = APIRouter(route_class=JsonRoute)

    @router.post("/ask", response_model=AnswerBody, responses=_ASK_ERRORS)
    async def ask(asked: AskBody, request: Request, timer: RequestTimer) -> Response:
        """Answer a question with verbatim quotes, or report that the documents contain no answer."""

        # A snapshot as a parameter would be opened before the body is validated.
        def answer_question() -> Answer:
            return open_snapshot(request, timer).ask(asked.to_question(settings), timer)

        answer = await queue.run(request, timer, answer_question)
        stages = ", ".join(f"{stage};dur={spent:.1f}" for stage, spent in timer.milliseconds.items())
        return json_reply(AnswerBody.of(answer), headers={"Server-Timing": stages}, root=root_of(request))

    @router.post("/verify", response_model=VerifyBody, responses=_BODY_ERRORS)
    async def verify(asked: VerificationBody, request: Request, timer: RequestTimer) -> Response:
        """Check whether the documents contain a text, word for word, and report where."""

        def find_text() -> Verification:
            return open_snapshot(request, timer).verify(asked.text, timer.deadline)

        found = await queue.run(request, timer, find_text)
        return json_reply(VerifyBody.of(found))

    @router.get("/health", response_model=HealthBody, responses=NO_INDEX)
    def health(request: Request, snapshot: RequestSnapshot) -> Response:
        """Report the current generation. The status is 503 if questions cannot be answered."""
        if snapshot.opened is None:
            request.app.state.service.require_corpus()
        return json_reply(HealthBody.of(snapshot))

    return router
