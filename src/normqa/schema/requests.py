"""What comes in as JSON, and its rules. The command line keeps to the same ones."""

from datetime import date
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from normqa.answer.pipeline import Question
from normqa.errors import InvalidRequest
from normqa.search.filters import ISO_DATE, Filters, first_day, last_day
from normqa.settings import Settings

MAX_QUESTION = 2000
MAX_HISTORY = 20
MAX_TOP_K = 20
MAX_FILTERS = 100


def _clean(text: str) -> str:
    if "\0" in text:
        raise ValueError("must not hold U+0000")
    if any(0xD800 <= ord(c) <= 0xDFFF for c in text):  # noqa: PLR2004 - the surrogates' range
        raise ValueError("must not hold lone surrogates")
    return text


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be blank")
    return _clean(text)


def _date(text: str) -> str:
    try:
        if ISO_DATE.fullmatch(text) and date.fromisoformat(first_day(text)):
            return text
    except ValueError:
        pass
    raise ValueError("must be a year, month or day like 2021, 2021-05 or 2021-05-31")


QuestionText = Annotated[str, Field(max_length=MAX_QUESTION), AfterValidator(_not_blank)]
EarlierQuestion = Annotated[str, Field(max_length=MAX_QUESTION), AfterValidator(_clean)]
Name = Annotated[str, Field(max_length=MAX_QUESTION), AfterValidator(_clean)]
Date = Annotated[str, AfterValidator(_date)]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    @classmethod
    def parse(cls, body: bytes | dict[str, object]) -> Self:
        """Reads a request.

        Raises:
            InvalidRequest: If it breaks a rule; the first is told.
        """
        try:
            return cls.model_validate_json(body) if isinstance(body, bytes) else cls.model_validate(body)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, first["loc"])) or "The request body"
            fields = ", ".join(cls.model_fields)
            hint = f"Send a JSON object in UTF-8; its fields are: {fields}. /openapi.json describes them."
            raise InvalidRequest(
                f"{where}: {first['msg'].removeprefix('Value error, ')}.",
                hint if isinstance(body, bytes) else "Change it and try again.",
            ) from None


class FiltersRequest(_Request):
    """Which documents are searched: those that pass every filter that is given."""

    documents: Annotated[
        list[Name], Field(max_length=MAX_FILTERS, description="Ids.", examples=[["strategies"]])
    ] = []
    topics: Annotated[
        list[Name], Field(max_length=MAX_FILTERS, description="One of them is enough.", examples=[["norms"]])
    ] = []
    sources: Annotated[
        list[Name], Field(max_length=MAX_FILTERS, description="One of them is enough.", examples=[[]])
    ] = []
    date_from: Annotated[
        Date | None,
        Field(
            description="ISO 8601, to the year, month or day; documents without a date are left out.",
            examples=["2021"],
        ),
    ] = None
    date_to: Annotated[Date | None, Field(description="Likewise.", examples=["2023-05"])] = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.date_from and self.date_to and first_day(self.date_from) > last_day(self.date_to):
            raise ValueError("date_from must not be later than date_to")
        return self

    def filters(self) -> Filters:
        """The filters."""
        return Filters(
            documents=tuple(self.documents),
            topics=tuple(self.topics),
            sources=tuple(self.sources),
            date_from=self.date_from,
            date_to=self.date_to,
        )


class AskRequest(_Request):
    """A question."""

    question: Annotated[
        QuestionText,
        Field(description="What to look for, in plain words.", examples=["Which strategy uses hotlines?"]),
    ]
    top_k: Annotated[
        int | None,
        Field(ge=1, le=MAX_TOP_K, description="Most quotes of an answer that is not a list.", examples=[3]),
    ] = None
    history: Annotated[
        list[EarlierQuestion],
        Field(max_length=MAX_HISTORY, description="ReusableShards questions, oldest first.", examples=[[]]),
    ] = []
    resolve_history: Annotated[
        bool,
        Field(
            description="Whether a question that leans on an earlier one may be searched with what it means.",
            examples=[True],
        ),
    ] = True
    min_confidence: Annotated[
        float | None,
        Field(ge=0, le=1, description="An answer with less confidence is a refusal.", examples=[0.5]),
    ] = None
    filters: Annotated[
        FiltersRequest | None, Field(description="Which documents are searched.", examples=[{}])
    ] = None

    def inquiry(self, settings: Settings) -> Question:
        """What is asked, the rest as the settings say."""
        return Question(
            question=self.question,
            top_k=self.top_k or settings.top_k,
            min_confidence=settings.min_confidence if self.min_confidence is None else self.min_confidence,
            filters=self.filters.filters() if self.filters else Filters(),
            history=tuple(self.history) if self.resolve_history else (),
        )


class VerifyRequest(_Request):
    """A text that may or may not stand in the documents."""

    text: Annotated[
        str,
        AfterValidator(_not_blank),
        Field(description="The text to look for, word for word.", examples=["establishment of hotlines"]),
    ]


class RebuildRequest(_Request):
    """How to rebuild the index; without a body, as ``normqa build`` does."""

    full: Annotated[
        bool, Field(description="Build although nothing has changed, and encode all.", examples=[False])
    ] = False
    strict: Annotated[
        bool, Field(description="Build nothing if a file is left out or guessed at.", examples=[False])
    ] = False


class RollbackRequest(_Request):
    """Which generation to go back to."""

    generation: Annotated[Name, Field(description="Its name.", examples=["20260101T120000.000000Z"])]
