"""Whether and where the documents contain a text, as JSON."""

from typing import Annotated, Any

from pydantic import Field

from normqa.schema import examples
from normqa.schema.answers import IndexBody
from normqa.schema.body import Body
from normqa.schema.quotes import QuoteBody
from normqa.search.quotations.check import Check, CheckedText
from normqa.search.quotations.find import Quotation
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
    """A place in a document: an occurrence of the text, or the nearest one."""

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
        Field(description="The place as a quote, with its document.", examples=[examples.QUOTE]),
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


class _VerifiedBody(Body):
    text: Annotated[
        str,
        Field(
            description="The text that was sought, without quotation marks or a citation around it.",
            examples=["establishment of hotlines"],
        ),
    ]
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
            description="The first 100 occurrences, or 10 of a quotation, in order of document id and start.",
            examples=[[examples.MATCH]],
        ),
    ]
    nearest: Annotated[
        MatchBody | None,
        Field(
            description="The place that resembles the text most, if the text does not appear and is no"
            " longer than 5,000 characters; null for a text with quotations.",
            examples=[None],
        ),
    ]

    @staticmethod
    def _fields(checked: CheckedText, snapshot: Snapshot) -> dict[str, Any]:
        """Return the fields above."""
        found, nearest = checked.found, checked.nearest
        return {
            "text": found.text,
            "status": found.status,
            "matches": [MatchBody.of(match, found, snapshot) for match in found.matches],
            "nearest": MatchBody.of(nearest, found, snapshot) if nearest else None,
        }


class QuotationBody(_VerifiedBody):
    """Whether and where the documents contain a quotation."""

    start: Annotated[
        int, Field(description="First code point of the quotation in the text that was sent.", examples=[13])
    ]
    end: Annotated[int, Field(description="One past its last code point.", examples=[38])]

    @classmethod
    def of(cls, quotation: Quotation, checked: CheckedText, snapshot: Snapshot) -> "QuotationBody":
        """Return the quotation as JSON."""
        span = quotation.span
        return cls(start=span.start, end=span.end, **cls._fields(checked, snapshot))


class VerifyBody(_VerifiedBody):
    """Whether and where the documents contain a text, or else what it quotes."""

    quotations: Annotated[
        list[QuotationBody],
        Field(
            description="The first 50 quotations in a text that does not appear as a whole, in order.",
            examples=[[]],
        ),
    ]
    index: Annotated[IndexBody, Field(description="The index that was searched.", examples=[examples.INDEX])]

    @classmethod
    def of(cls, checked: Check, snapshot: Snapshot) -> "VerifyBody":
        """Return the result as JSON, with quotes from the snapshot that found them."""
        return cls(
            quotations=[QuotationBody.of(*quotation, snapshot) for quotation in checked.quotations],
            index=IndexBody.of(snapshot),
            **cls._fields(checked.whole, snapshot),
        )
