"""Questions that one request asks together."""

from collections.abc import Awaitable, Callable

from normqa.datatypes import Answer
from normqa.errors import Abandoned, NormqaError
from normqa.schema.answers import AnswerBody, BatchBody, BatchItemBody
from normqa.schema.requests.questions import AskRequest, BatchRequest
from normqa.serve.responses import public_error_body
from normqa.settings import Settings


async def answer_batch(
    asked: BatchRequest,
    answer: Callable[[AskRequest], Awaitable[Answer]],
    settings: Settings,
    on_failure: Callable[[str], None],
) -> BatchBody:
    """Answer questions one after the other, so that a batch takes no more room in the queue than a question.

    Args:
        asked: The questions and their options.
        answer: Answers one of them.
        settings: Name the folders that errors must not show.
        on_failure: Called with the code of every error.

    Raises:
        Abandoned: If the client has left.
    """

    async def item(question: str) -> BatchItemBody:
        try:
            answered = AnswerBody.of(await answer(asked.request(question)))
        except Abandoned:
            raise
        except NormqaError as error:
            on_failure(error.code)
            fault = public_error_body(error, settings)
            return BatchItemBody(question=question, answer=None, error=fault)
        return BatchItemBody(question=question, answer=answered, error=None)

    return BatchBody(answers=[await item(question) for question in asked.questions])
