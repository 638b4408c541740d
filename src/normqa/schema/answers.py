"""Answers and conversations as JSON."""

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from normqa.datatypes import Answer, AnswerPart, Band, Kind, Reason
from normqa.schema import examples
from normqa.schema.body import Body
from normqa.schema.errors import ErrorBody
from normqa.schema.quotes import QuoteBody
from normqa.snapshot import Snapshot

ROLLBACK_NOTICE = (
    "The index was rolled back to an older state of the documents. Text that has changed since may be quoted."
)
"""For every answer and page while the index is rolled back."""


class IndexBody(Body):
    """The generation that answered, and notices about the index."""

    generation: Annotated[
        str | None,
        Field(
            description="Name of the generation; null if there are no documents.",
            examples=[examples.INDEX["generation"]],
        ),
    ]
    built_at: Annotated[
        str | None,
        Field(description="Time of the build, ISO 8601 in UTC.", examples=[examples.INDEX["built_at"]]),
    ]
    rolled_back: Annotated[
        bool,
        Field(
            description="Whether an administrator rolled back to this generation. Text that has changed"
            " since may be quoted.",
            examples=[False],
        ),
    ]
    warning: Annotated[
        str | None,
        Field(description="Fault of the index; answers may be incomplete or outdated.", examples=[None]),
    ]

    @classmethod
    def of(cls, snapshot: Snapshot) -> "IndexBody":
        """Return the generation of a snapshot, and notices about it."""
        manifest = snapshot.generation.manifest if snapshot.generation else None
        return cls(
            generation=manifest.generation if manifest else None,
            built_at=manifest.built_at if manifest else None,
            rolled_back=snapshot.rolled_back,
            warning=snapshot.warning,
        )


class PartBody(Body):
    """One part of a question that asks several things."""

    question: Annotated[str, Field(description="The part, as a question.", examples=["Who proposed it?"])]
    searched_as: Annotated[
        str, Field(description="The part as it was searched.", examples=["Who proposed it? (hotlines)"])
    ]
    confidence: Annotated[
        float | None,
        Field(description="Probability that its quotes answer; null if uncalibrated.", examples=[0.8]),
    ]
    band: Annotated[Band, Field(description="The confidence as a word.", examples=["strong"])]
    quotes: Annotated[
        list[int],
        Field(
            description="Positions in `quotes`, from 0; empty if no answer to this part was found.",
            examples=[[0, 2]],
        ),
    ]

    @classmethod
    def of(cls, part: AnswerPart) -> "PartBody":
        """Return the part as JSON."""
        return cls(
            question=part.question,
            searched_as=part.searched_as,
            confidence=part.confidence,
            band=part.band,
            quotes=list(part.quotes),
        )


class AnswerBody(Body):
    """Quotes, or a refusal with near misses. The same question and generation give the same bytes."""

    status: Annotated[
        Literal["answered", "not_found"],
        Field(description="Whether the documents answer the question.", examples=["answered", "not_found"]),
    ]
    question: Annotated[
        str, Field(description="Question as it was asked.", examples=["Which strategy uses hotlines?"])
    ]
    searched_as: Annotated[
        str, Field(description="Question as it was searched.", examples=["Which strategy uses hotlines?"])
    ]
    confidence: Annotated[
        float | None,
        Field(description="Probability that the quotes answer; null if uncalibrated.", examples=[0.93]),
    ]
    band: Annotated[
        Band,
        Field(description="The confidence as a word.", examples=["strong", "uncalibrated"]),
    ]
    reason: Annotated[
        Reason | None,
        Field(description="Why there is no answer; null if there is one.", examples=[None]),
    ]
    kind: Annotated[
        Kind,
        Field(
            description="`list`: the quotes are the lead-in and every item, in document order; the best"
            " sentence comes before them if it says more."
            " `comparison`: they cover both sides, grouped by document.",
            examples=["passages", "list", "comparison"],
        ),
    ]
    quotes: Annotated[
        list[QuoteBody],
        Field(description="Quotes, best first; empty in a refusal.", examples=[[examples.QUOTE]]),
    ]
    has_best_sentence: Annotated[
        bool,
        Field(
            description="Whether the first quote of a list is the best sentence beside it.", examples=[False]
        ),
    ]
    has_lead_in: Annotated[
        bool,
        Field(description="Whether the first quote of the list itself introduces it.", examples=[False]),
    ]
    near_misses: Annotated[
        list[QuoteBody],
        Field(
            description="In a refusal, the passages that came closest. They are no answers.", examples=[[]]
        ),
    ]
    parts: Annotated[
        list[PartBody],
        Field(
            description="Parts of a question that asks several things, in order; else empty.", examples=[[]]
        ),
    ]
    absent: Annotated[
        list[str],
        Field(
            description="Names and numbers of the question that neither the quotes (or near misses) nor their"
            " titles and headings mention.",
            examples=[["2031"]],
        ),
    ]
    unknown: Annotated[
        list[str], Field(description="Those of `absent` that no document mentions.", examples=[["2031"]])
    ]
    items_left: Annotated[
        int,
        Field(
            description="Items of a long list that are not quoted; they are in its document.", examples=[0]
        ),
    ]
    index: Annotated[IndexBody, Field(description="The index that was searched.", examples=[examples.INDEX])]

    @classmethod
    def of(cls, answer: Answer) -> "AnswerBody":
        """Return the answer as JSON."""
        return cls(
            status=answer.status,
            question=answer.question,
            searched_as=answer.searched_as,
            confidence=answer.confidence,
            band=answer.band,
            reason=answer.reason,
            kind=answer.kind,
            quotes=[QuoteBody.of(quote) for quote in answer.quotes],
            has_best_sentence=answer.has_best_sentence,
            has_lead_in=answer.has_lead_in,
            near_misses=[QuoteBody.of(quote) for quote in answer.near_misses],
            parts=[PartBody.of(part) for part in answer.parts],
            absent=list(answer.absent),
            unknown=list(answer.unknown),
            items_left=answer.items_left,
            index=IndexBody(
                generation=answer.generation,
                built_at=answer.built_at,
                rolled_back=answer.rolled_back,
                warning=answer.warning,
            ),
        )


class ConversationBody(Body):
    """The answers of a conversation."""

    conversation: Annotated[list[AnswerBody], Field(description="Answers, oldest first.", examples=[[]])]

    @classmethod
    def of(cls, answers: Iterable[Answer]) -> "ConversationBody":
        """Return the answers as JSON."""
        return cls(conversation=[AnswerBody.of(answer) for answer in answers])


class BatchItemBody(Body):
    """The answer to one of several questions, or the error that prevented one."""

    question: Annotated[str, Field(description="The question.", examples=["Which strategy uses hotlines?"])]
    answer: Annotated[
        AnswerBody | None, Field(description="The answer; null if there is an error.", examples=[None])
    ]
    error: Annotated[
        ErrorBody | None, Field(description="The error; null if there is an answer.", examples=[None])
    ]


class BatchBody(Body):
    """What became of questions that were asked together."""

    answers: Annotated[
        list[BatchItemBody], Field(description="One entry per question, in their order.", examples=[[]])
    ]
