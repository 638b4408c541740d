"""Requests in the query of an address, with the rules of the same fields in JSON."""

import json
import re
from typing import Annotated

from pydantic import Field, field_validator

from normqa.answer.question import Question
from normqa.schema.requests.filters import FiltersRequest
from normqa.schema.requests.questions import AskOptions, question_of
from normqa.schema.requests.rules import Name, QuestionText, integral
from normqa.search.filters import Filters
from normqa.settings import Settings

_LISTS = ("documents", "folders", "topics", "sources")
FILTERS = (*_LISTS, "date_from", "date_to", "dated_only")
"""Names of the filters in an address."""

MAX_LIMIT = 1000
MAX_OFFSET = 1_000_000_000

_SCALAR = re.compile(r"true|false|null|-?[0-9]{1,20}(\.[0-9]{1,20})?([eE][-+]?[0-9]{1,3})?")


_NUMBERS = ("top_k", "min_confidence", "limit", "offset")
_TRUTH_VALUES = ("resolve_history", "exact", "dated_only")


class _Query(FiltersRequest):
    """Filters in an address, where numbers and truth values are texts."""

    @field_validator(*_NUMBERS, *_TRUTH_VALUES, mode="before", check_fields=False)
    @classmethod
    def _from_text(cls, value: object) -> object:
        return integral(json.loads(value)) if isinstance(value, str) and _SCALAR.fullmatch(value) else value


class AskQuery(_Query, AskOptions):
    """A question with its options. A parameter for several values is repeated."""

    question: Annotated[
        QuestionText,
        Field(
            alias="q", description="The question, in plain words.", examples=["Which strategy uses hotlines?"]
        ),
    ]

    def to_question(self, settings: Settings) -> Question:
        """Return the question, with settings for the options that the request omits."""
        return question_of(self.question, self, self, settings)


class ExplainQuery(_Query, AskOptions):
    """A question to explain, with its options."""

    question: Annotated[
        QuestionText | None,
        Field(
            alias="q",
            description="The question; only a browser, which gets a form then, may leave it out.",
            examples=["Which strategy uses hotlines?"],
        ),
    ] = None

    def to_question(self, settings: Settings) -> Question | None:
        """Return the question, with settings for the options that the request omits."""
        return question_of(self.question, self, self, settings) if self.question else None


class DocumentsQuery(_Query):
    """Which documents to list. A parameter for several values is repeated."""

    q: Annotated[
        Name,
        Field(
            description="Words that id, title, source, authors, publisher or topics contain, in any order.",
            examples=["norms"],
        ),
    ] = ""
    limit: Annotated[
        int | None, Field(ge=1, le=MAX_LIMIT, description="Maximum documents. Default: all.", examples=[50])
    ] = None
    offset: Annotated[
        int, Field(ge=0, le=MAX_OFFSET, description="Documents to leave out first.", examples=[0])
    ] = 0


class TimelineQuery(_Query):
    """What a timeline is about. A parameter for several values is repeated."""

    q: Annotated[
        Name,
        Field(
            description="A question or words. If blank, the timeline is about all documents that pass.",
            examples=["Which strategy uses hotlines?"],
        ),
    ] = ""
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT, description="Maximum entries.", examples=[50])] = 50
    offset: Annotated[
        int, Field(ge=0, le=MAX_OFFSET, description="Entries to leave out first.", examples=[0])
    ] = 0

    def to_question(self, settings: Settings) -> Question | None:
        """Return the question; None without one."""
        return question_of(self.q, AskOptions(), self, settings) if self.q.strip() else None


def filter_pairs(filters: Filters) -> list[tuple[str, str]]:
    """Return filters as names and values in an address."""
    lists = [(name, value) for name in _LISTS for value in getattr(filters, name)]
    dates = [("date_from", filters.date_from), ("date_to", filters.date_to)]
    only = [("dated_only", "true")] if filters.dated_only else []
    return [*lists, *((name, day) for name, day in dates if day), *only]
