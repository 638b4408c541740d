"""Verifications as JSON."""

from typing import Annotated, Literal

from pydantic import Field

from normqa.schema import examples
from normqa.schema.body import Body
from normqa.search.verify import Verification


class MatchBody(Body):
    """One occurrence of the text."""

    document: Annotated[str, Field(description="Id of the document.", examples=["strategies"])]
    start: Annotated[
        int,
        Field(
            description="First code point in the document's canonical text.",
            examples=[examples.MATCH["start"]],
        ),
    ]
    end: Annotated[int, Field(description="One past the last code point.", examples=[examples.MATCH["end"]])]


class VerifyBody(Body):
    """Whether and where the documents contain a text."""

    status: Annotated[
        Literal["exact", "whitespace", "not_found"],
        Field(
            description="`exact`, `whitespace` if only whitespace differs, or `not_found`.",
            examples=["exact", "whitespace"],
        ),
    ]
    matches: Annotated[
        list[MatchBody],
        Field(
            description="The first 100 occurrences, in order of document id and start.",
            examples=[[examples.MATCH]],
        ),
    ]

    @classmethod
    def of(cls, found: Verification) -> "VerifyBody":
        """Return the verification as JSON."""
        matches = [
            MatchBody(document=match.document_id, start=match.span.start, end=match.span.end)
            for match in found.matches
        ]
        return cls(status=found.status, matches=matches)
