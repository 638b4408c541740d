"""How a build tells what it does while it does it."""

from typing import Protocol

from normqa.load.problem import Problem


class Progress(Protocol):
    """Somebody who watches a build."""

    def stage(self, name: str, total: int) -> None:
        """A stage begins, with so many things to do."""

    def advance(self, count: int = 1) -> None:
        """So many more of them are done."""

    def problem(self, problem: Problem) -> None:
        """A file was left out, or read with a guess."""


class Silent:
    """Nobody watches."""

    def stage(self, name: str, total: int) -> None:
        """Ignores it."""

    def advance(self, count: int = 1) -> None:
        """Ignores it."""

    def problem(self, problem: Problem) -> None:
        """Ignores it."""
