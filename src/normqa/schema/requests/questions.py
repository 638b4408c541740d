"""Questions to answer, one or several together."""

from typing import Annotated

from pydantic import Field

from normqa.answer.question import Question
from normqa.schema.requests.filters import FiltersRequest
from normqa.schema.requests.rules import MAX_BATCH, MAX_HISTORY, EarlierQuestion, QuestionText, TopK
from normqa.schema.requests.strict import StrictRequest
from normqa.search.filters import Filters
from normqa.settings import Settings


class _Asked(StrictRequest):
    question: Annotated[
        QuestionText,
        Field(description="The question, in plain words.", examples=["Which strategy uses hotlines?"]),
    ]


class AskOptions(StrictRequest):
    """How to answer a question."""

    top_k: Annotated[
        TopK | None,
        Field(
            description="Maximum quotes per answer. Lists have up to 100 items. Default: the setting.",
            examples=[3],
        ),
    ] = None
    history: Annotated[
        list[EarlierQuestion],
        Field(max_length=MAX_HISTORY, description="Earlier questions, oldest first.", examples=[[]]),
    ] = []
    resolve_history: Annotated[
        bool,
        Field(
            description="Whether to complete a follow-up question with words of earlier ones.",
            examples=[True],
        ),
    ] = True
    exact: Annotated[
        bool,
        Field(
            description="Whether to search the question exactly as typed: typos are not corrected, acronyms"
            " not spelled out, and neither parts nor earlier questions searched.",
            examples=[False],
        ),
    ] = False
    min_confidence: Annotated[
        float | None,
        Field(
            ge=0,
            le=1,
            description="Refuse answers with less confidence. Default: the setting.",
            examples=[0.5],
        ),
    ] = None


class _BodyOptions(AskOptions):
    filters: Annotated[
        FiltersRequest | None, Field(description="The documents to search.", examples=[{}])
    ] = None


class AskRequest(_BodyOptions, _Asked):
    """A question with its options."""

    def to_question(self, settings: Settings) -> Question:
        """Return the question, with settings for the options that the request omits."""
        return question_of(self.question, self, self.filters, settings)


class BatchRequest(_BodyOptions):
    """Questions that are asked together, with the same options."""

    questions: Annotated[
        list[str],
        Field(
            min_length=1,
            max_length=MAX_BATCH,
            description="Questions to ask together, in place of `question`. A question that breaks a rule"
            " gets an error in place of its answer.",
            examples=[["Which strategy uses hotlines?", "Who takes part in them?"]],
        ),
    ]

    def request(self, question: str) -> AskRequest:
        """Return one of the questions with the options.

        Raises:
            InvalidRequest: If the question breaks a rule.
        """
        return AskRequest.parse({**self.model_dump(exclude={"questions"}), "question": question})


def question_of(
    question: str, options: AskOptions, filters: FiltersRequest | None, settings: Settings
) -> Question:
    """Return a question, with settings for the options that are omitted."""
    least = options.min_confidence
    return Question(
        question,
        top_k=options.top_k or settings.top_k,
        min_confidence=settings.min_confidence if least is None else least,
        filters=filters.filters() if filters else Filters(),
        history=tuple(options.history) if options.resolve_history else (),
        exact=options.exact,
    )
