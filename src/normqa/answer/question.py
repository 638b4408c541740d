"""A question and its options."""

from dataclasses import dataclass

from normqa.errors import InvalidRequest
from normqa.search.filters import Filters


@dataclass(frozen=True, slots=True)
class Question:
    """A question and its options.

    Attributes:
        text: Not blank.
        top_k: Maximum number of quotes of an answer that is not a list.
        min_confidence: Refuse answers with less confidence.
        filters: The documents to search.
        history: Earlier questions, oldest first.
        exact: Search the text exactly as typed: typos are not corrected, acronyms not spelled out, and
            neither parts nor earlier questions are searched.
    """

    text: str
    top_k: int
    min_confidence: float
    filters: Filters = Filters()  # noqa: RUF009 - frozen
    history: tuple[str, ...] = ()
    exact: bool = False

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise InvalidRequest("The question is blank.", "Ask in plain words.")
        if any("\ud800" <= character <= "\udfff" for character in self.text):
            raise InvalidRequest("The question contains a lone surrogate.", "Ask in plain words.")
        if self.top_k < 1:
            raise InvalidRequest(f"top_k is {self.top_k}.", "Ask for at least one quote.")
        if not 0 <= self.min_confidence <= 1:
            raise InvalidRequest(f"min_confidence is {self.min_confidence}.", "Give a number from 0 to 1.")
        self.filters.check()
