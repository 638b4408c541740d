"""Whether and where the documents contain a text, as JSON."""

from typing import Annotated

from pydantic import Field

from normqa.schema import examples
from normqa.schema.answers import IndexBody
from normqa.schema.body import Body
from normqa.schema.quotes import QuoteBody
from normqa.search.verify import Match, Status, Verification
from normqa.search.word_diff import DiffPart
from normqa.snapshot import Snapshot
from normqa.structure import Structure


class DiffBody(Body):
    """Consecutive words of both texts that correspond, with the white space after them."""

    sent: Annotated[str, Field(description="In the text that was sent.", examples=["Cyber security "])]
    document: Annotated[
        str, Field(description="In the document; equal if nothing differs.", examples=["cyber-security "])
    ]

    @classmethod
    def of(cls, part: DiffPart) -> "DiffBody":
        """Return the part as JSON."""
        return cls(sent=part.sent, document=part.document)


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
    quote: Annotated[
        QuoteBody,
        Field(description="The occurrence as a quote, with its document.", examples=[examples.QUOTE]),
    ]
    diff: Annotated[
        list[DiffBody],
        Field(
            description="Both texts in parts that correspond; empty if the match is exact.",
            examples=[[]],
        ),
    ]

    @classmethod
    def of(cls, match: Match, found: Verification, snapshot: Snapshot) -> "MatchBody":
        """Return the match as JSON, with its quote from the snapshot that found it."""
        document = snapshot.document(match.document_id)
        quote = document.quote(match.span, context=Structure(document).context_of(match.span))
        return cls(
            document=match.document_id,
            start=match.span.start,
            end=match.span.end,
            quote=QuoteBody.of(quote),
            diff=list(map(DiffBody.of, found.diff(quote.text))),
        )


class VerifyBody(Body):
    """Whether and where the documents contain a text."""

    status: Annotated[
        Status,
        Field(
            description=(
                "`exact`, `whitespace` if only white space differs, `presentation` if ligatures, quotation "
                "marks, hyphens or invisible characters differ as well, `case` if capitals do too, "
                "`separators` if quotation marks, hyphens or spaces are missing or added, or `not_found`."
            ),
            examples=["exact", "whitespace", "presentation", "case", "separators"],
        ),
    ]
    matches: Annotated[
        list[MatchBody],
        Field(
            description="The first 100 occurrences, in order of document id and start.",
            examples=[[examples.MATCH]],
        ),
    ]
    index: Annotated[IndexBody, Field(description="The index that was searched.", examples=[examples.INDEX])]

    @classmethod
    def of(cls, found: Verification, snapshot: Snapshot) -> "VerifyBody":
        """Return the verification as JSON, with quotes from the snapshot that found them."""
        matches = [MatchBody.of(match, found, snapshot) for match in found.matches]
        return cls(status=found.status, matches=matches, index=IndexBody.of(snapshot))
