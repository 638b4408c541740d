"""Errors as JSON, and invalid requests as errors."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from normqa.errors import InvalidRequest, NormqaError
from normqa.schema.body import Body

MAX_FAULTS = 100
"""Maximum invalid fields that an error lists."""

_MAX_IN_MESSAGE = 5


class FaultBody(Body):
    """What is wrong with one field of a request."""

    field: Annotated[
        str,
        Field(description="Path of the field; empty for the whole request.", examples=["filters.date_to"]),
    ]
    message: Annotated[str, Field(description="What is wrong with it.", examples=["must not be blank"])]


class ErrorBody(Body):
    """What happened, and what to do about it."""

    code: Annotated[str, Field(description="Stable code for programs.", examples=["invalid"])]
    message: Annotated[
        str, Field(description="What happened, and to what.", examples=["question: must not be blank."])
    ]
    hint: Annotated[str, Field(description="What to do.", examples=["Send a JSON object in UTF-8 …"])]
    errors: Annotated[
        tuple[FaultBody, ...],
        Field(
            description=f"Every invalid field of a request, at most {MAX_FAULTS}. Only where there is one.",
            exclude_if=lambda faults: not faults,
            examples=[[{"field": "question", "message": "must not be blank"}]],
        ),
    ] = ()

    @classmethod
    def of(cls, error: NormqaError) -> "ErrorBody":
        """Return the error as JSON."""
        faults = error.faults if isinstance(error, InvalidRequest) else ()
        listed = tuple(FaultBody(field=field, message=message) for field, message in faults)
        return cls(code=error.code, message=error.message, hint=error.hint, errors=listed)


def invalid_request(errors: Sequence[Mapping[str, Any]], hint: str) -> InvalidRequest:
    """Return validation errors as one error of this program.

    Args:
        errors: As pydantic reports them. A location without a field is the whole request.
        hint: What to do.
    """
    faults = tuple(
        (".".join(map(str, error["loc"])), error["msg"].removeprefix("Value error, "))
        for error in errors[:MAX_FAULTS]
    )
    sentences = [f"{field or 'The request body'}: {reason}." for field, reason in faults[:_MAX_IN_MESSAGE]]
    more = len(errors) - len(sentences)
    if more:
        sentences.append(f"{more} more {'field is' if more == 1 else 'fields are'} invalid.")
    return InvalidRequest(" ".join(sentences), hint, faults)
