"""A conversation, as an address carries it: the question, and those asked before it."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from normqa.schema.requests import MAX_HISTORY

MAX_CARRIED_BYTES = 6000
"""Of the earlier questions in an address; servers and browsers give up on long ones."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A question, and those before it.

    Attributes:
        question: Not blank.
        earlier: Oldest first.
    """

    question: str
    earlier: tuple[str, ...] = ()

    @classmethod
    def read(cls, query: QueryParams) -> "Conversation | None":
        """The conversation of an address; None where it asks nothing."""
        question = query.get("q", "")
        if not question.strip():
            return None
        return cls(question, _newest([each for each in query.getlist("after") if each.strip()]))

    @property
    def address(self) -> str:
        """The page that answers the question."""
        return f"/?{self.query}"

    @property
    def query(self) -> str:
        """The same without the page, for other views of the conversation."""
        return urlencode([("q", self.question), *_after(self.earlier)])

    @property
    def carried(self) -> tuple[str, ...]:
        """What the next question comes after."""
        return _newest([*self.earlier, self.question])

    @property
    def next_query(self) -> str:
        """The same as the part of an address."""
        return urlencode(_after(self.carried))

    @property
    def alone(self) -> "Conversation":
        """The question by itself, which is searched as it is written."""
        return Conversation(self.question)

    @property
    def before(self) -> list["Conversation"]:
        """The conversation at each earlier question, oldest first."""
        return [Conversation(each, self.earlier[:place]) for place, each in enumerate(self.earlier)]


def _newest(questions: Sequence[str]) -> tuple[str, ...]:
    """The last of the questions, as many as an address may carry, but at least one if there is one."""
    kept = list(questions[-MAX_HISTORY:])
    while len(kept) > 1 and len(urlencode(_after(kept))) > MAX_CARRIED_BYTES:
        del kept[0]
    return tuple(kept)


def _after(questions: Sequence[str]) -> list[tuple[str, str]]:
    return [("after", each) for each in questions]
