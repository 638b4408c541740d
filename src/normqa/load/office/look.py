"""How a run of text looks, as far as it changes its meaning."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from normqa.load.inline import InlineText


@dataclass(frozen=True, slots=True)
class Look:
    """How a run of text looks.

    Attributes:
        hidden: Whether it is not shown.
        struck: Whether it is struck out.
        script: ``sup``, ``sub`` or empty.
    """

    hidden: bool = False
    struck: bool = False
    script: str = ""

    @contextmanager
    def applied_to(self, text: InlineText) -> Iterator[None]:
        """Give this look to what is added to a text meanwhile."""
        marks = [mark for mark in (self.script, "s" if self.struck else "") if mark]
        for mark in marks:
            text.start(mark)
        yield
        for mark in reversed(marks):
            text.end(mark)
