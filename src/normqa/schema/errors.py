"""Errors as JSON, and invalid requests as errors."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from normqa.errors import InvalidRequest, NormqaError
from normqa.schema.body import Body


class ErrorBody(Body):
    """What happened, and what to do about it."""

    code: Annotated[str, Field(description="Stable code for programs.", examples=["invalid"])]
    message: Annotated[
        str, Field(description="What happened, and to what.", examples=["question: must not be blank."])
    ]
    hint: Annotated[str, Field(description="What to do.", examples=["Send a JSON object in UTF-8 …"])]

    @classmethod
    def of(cls, error: NormqaError) -> "ErrorBody":
        """Return the error as JSON."""
        return cls(code=error.code, message=error.message, hint=error.hint)


def invalid_request(errors: Sequence[Mapping[str, Any]], hint: str) -> InvalidRequest:
    """Return the first validation error as an error of this program.

    Args:
        errors: As pydantic reports them. A location without a field is the whole request.
        hint: What to do.
    """
    field = ".".join(map(str, errors[0]["loc"])) or "The request body"
    reason = errors[0]["msg"].removeprefix("Value error, ")
    return InvalidRequest(f"{field}: {reason}.", hint)
