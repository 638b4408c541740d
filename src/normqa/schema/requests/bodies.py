"""Requests in JSON and their rules, shared by the command line and the HTTP API."""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from normqa.answer.question import Question
from normqa.schema.errors import invalid_request
from normqa.schema.requests.rules import (
    MAX_BATCH,
    MAX_FILTERS,
    MAX_HISTORY,
    MAX_LISTED,
    Date,
    EarlierQuestion,
    Name,
    NotBlank,
    QuestionText,
    TopK,
)
from normqa.search.filters import Filters, first_day, last_day
from normqa.settings import Settings


class _Request(BaseModel):
    """A strict request: unknown fields are errors, and no value is converted to another type."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    @classmethod
    def parse(cls, values: Mapping[str, object] | bytes) -> Self:
        """Return the request with these fields.

        Args:
            values: The fields, or JSON.

        Raises:
            InvalidRequest: If a field breaks a rule. The message names the first such field.
        """
        try:
            if isinstance(values, bytes):
                return cls.model_validate_json(values)
            return cls.model_validate(values)
        except ValidationError as error:
            errors = error.errors(include_url=False, include_input=False)
            raise invalid_request(errors, "Change it and try again.") from None


class FiltersRequest(_Request):
    """The documents to search: those that pass every filter."""

    documents: Annotated[
        list[Name], Field(max_length=MAX_FILTERS, description="Document ids.", examples=[["strategies"]])
    ] = []
    folders: Annotated[
        list[Name],
        Field(
            max_length=MAX_FILTERS,
            description="Folders of the corpus; a document in one of them, at any depth, is enough. `.`"
            " stands for the documents that are in no folder.",
            examples=[[]],
        ),
    ] = []
    topics: Annotated[
        list[Name],
        Field(max_length=MAX_FILTERS, description="Topics; one match is enough.", examples=[["norms"]]),
    ] = []
    sources: Annotated[
        list[Name],
        Field(max_length=MAX_FILTERS, description="Sources; one match is enough.", examples=[[]]),
    ] = []
    date_from: Annotated[
        Date | None,
        Field(
            description="Earliest date: an ISO 8601 year, month or day. Documents without a date pass too.",
            examples=["2021"],
        ),
    ] = None
    date_to: Annotated[
        Date | None,
        Field(
            description="Latest date: an ISO 8601 year, month or day. Documents without a date pass too.",
            examples=["2023-05"],
        ),
    ] = None

    dated_only: Annotated[
        bool, Field(description="Whether to exclude documents without a date.", examples=[False])
    ] = False

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.date_from and self.date_to and first_day(self.date_from) > last_day(self.date_to):
            raise ValueError("date_from must not be later than date_to")
        return self

    def filters(self) -> Filters:
        """Return the filters as the search takes them."""
        return Filters(
            documents=tuple(self.documents),
            folders=tuple(self.folders),
            topics=tuple(self.topics),
            sources=tuple(self.sources),
            date_from=self.date_from,
            date_to=self.date_to,
            dated_only=self.dated_only,
        )


class _Asked(_Request):
    question: Annotated[
        QuestionText,
        Field(description="The question, in plain words.", examples=["Which strategy uses hotlines?"]),
    ]


class AskOptions(_Request):
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


class VerifyRequest(_Request):
    """A text to find in the documents."""

    text: Annotated[
        NotBlank,
        Field(description="The text to find, word for word.", examples=["establishment of hotlines"]),
    ]


class SearchRequest(_Request):
    """A search for passages."""

    query: Annotated[
        QuestionText,
        Field(description="A question or words to find.", examples=["Which strategy uses hotlines?"]),
    ]


class FetchRequest(_Request):
    """A document to read."""

    id: Annotated[
        Name,
        Field(
            description="An id that a search found, or the id of a document.",
            examples=["/documents/strategies?start=1602&end=1943"],
        ),
    ]


class ListRequest(_Request):
    """Which documents to list."""

    offset: Annotated[int, Field(ge=0, description="Number of documents to skip.", examples=[0])] = 0
    limit: Annotated[
        int, Field(ge=1, le=MAX_LISTED, description="Maximum number of documents.", examples=[100])
    ] = 100


class RebuildRequest(_Request):
    """How to rebuild the index."""

    full: Annotated[
        bool, Field(description="Encode every passage, even if nothing changed.", examples=[False])
    ] = False
    strict: Annotated[
        bool,
        Field(description="Fail if a file is skipped or its encoding is guessed.", examples=[False]),
    ] = False


class RollbackRequest(_Request):
    """The generation to roll back to."""

    generation: Annotated[
        Name, Field(description="Name of the generation.", examples=["000042-20260101T120000.000000Z"])
    ]


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
