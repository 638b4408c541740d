"""What to find, read or list of the documents."""

from typing import Annotated

from pydantic import Field

from normqa.schema.requests.rules import MAX_LISTED, Name, NotBlank, QuestionText
from normqa.schema.requests.strict import StrictRequest


class VerifyRequest(StrictRequest):
    """A text to find in the documents."""

    text: Annotated[
        NotBlank,
        Field(description="The text to find, word for word.", examples=["establishment of hotlines"]),
    ]


class SearchRequest(StrictRequest):
    """A search for passages."""

    query: Annotated[
        QuestionText,
        Field(description="A question or words to find.", examples=["Which strategy uses hotlines?"]),
    ]


class FetchRequest(StrictRequest):
    """A document to read."""

    id: Annotated[
        Name,
        Field(
            description="An id that a search found, or the id of a document.",
            examples=["/documents/strategies?start=1602&end=1943"],
        ),
    ]


class ListRequest(StrictRequest):
    """Which documents to list."""

    offset: Annotated[int, Field(ge=0, description="Number of documents to skip.", examples=[0])] = 0
    limit: Annotated[
        int, Field(ge=1, le=MAX_LISTED, description="Maximum number of documents.", examples=[100])
    ] = 100
