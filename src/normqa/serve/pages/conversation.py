"""A conversation in an address: a question and the questions before it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from normqa.schema.requests.rules import MAX_HISTORY
from normqa.search.filters import Filters
from normqa.serve.pages.scope.scope import Scope

MAX_HISTORY_BYTES = 6000
"""Maximum length of the earlier questions in an address. Browsers and servers reject long addresses."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A question and the questions before it, asked of the same documents.

    Attributes:
        question: Empty for the form before a first question.
        earlier: Oldest first.
        exact: Whether to search the question exactly as written.
        scope: The documents that are searched.
    """

    question: str
    earlier: tuple[str, ...] = ()
    exact: bool = False
    scope: Scope = Scope()  # noqa: RUF009 - frozen

    @classmethod
    def read(cls, query: QueryParams) -> "Conversation | None":
        """Return the conversation in an address; None if there is no question."""
        question = query.get("q", "")
        if not question.strip():
            return None
        earlier = _newest(earlier_questions(query))
        return cls(question, earlier, query.get("exact") == "1", Scope.read(query))

    @property
    def address(self) -> str:
        """Address of the answer."""
        return f"/?{self.query}"

    @property
    def query(self) -> str:
        """Query string of the address."""
        exact = [("exact", "1")] if self.exact else []
        asked = [("q", self.question)] if self.question else []
        return urlencode([*asked, *exact, *self.scope.pairs, *_after(self.earlier)])

    @property
    def history(self) -> tuple[str, ...]:
        """Questions to send with the next question, oldest first."""
        return _newest([*self.earlier, self.question])

    @property
    def next_query(self) -> str:
        """The scope and the history as a query string."""
        return urlencode([*self.scope.pairs, *_after(self.history)])

    @property
    def as_written(self) -> "Conversation":
        """The question alone, searched exactly as written."""
        return Conversation(self.question, exact=True, scope=self.scope)

    def asking(self, question: str) -> "Conversation":
        """Return another question alone, asked of the same documents."""
        return Conversation(question, scope=self.scope)

    @property
    def before(self) -> list["Conversation"]:
        """The conversation at every earlier question, oldest first."""
        return [
            Conversation(question, self.earlier[:place], scope=self.scope)
            for place, question in enumerate(self.earlier)
        ]


def address_asking(question: str) -> Callable[[Filters], str]:
    """Return what gives the address that asks a question of the documents that pass filters."""
    return lambda filters: Conversation(question, scope=Scope.of(filters)).address


def earlier_questions(query: QueryParams) -> list[str]:
    """Return every earlier question in an address, oldest first."""
    return [earlier for earlier in query.getlist("after") if earlier.strip()]


def _newest(questions: Sequence[str]) -> tuple[str, ...]:
    """Return the newest questions that fit into an address, but at least one if there is one."""
    kept = list(questions[-MAX_HISTORY:])
    while len(kept) > 1 and len(urlencode(_after(kept))) > MAX_HISTORY_BYTES:
        del kept[0]
    return tuple(kept)


def _after(questions: Sequence[str]) -> list[tuple[str, str]]:
    return [("after", question) for question in questions]
