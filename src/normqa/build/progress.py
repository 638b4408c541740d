"""How a build tells what it does while it does it."""

import time
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


class NoProgress:
    """Nobody watches."""

    def stage(self, name: str, total: int) -> None:
        """Ignores it."""

    def advance(self, count: int = 1) -> None:
        """Ignores it."""

    def problem(self, problem: Problem) -> None:
        """Ignores it."""


class TimedProgress:
    """Notes how long the stages take, and passes on what it is told.

    Args:
        progress: Who watches.
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._began: list[tuple[str, float]] = []
        self.advance = progress.advance
        self.problem = progress.problem

    def stage(self, name: str, total: int) -> None:
        """A stage begins."""
        self._began.append((name, time.perf_counter()))
        self._progress.stage(name, total)

    @property
    def seconds(self) -> dict[str, float]:
        """How long each stage took; the last, until now."""
        ends = [*(began for _, began in self._began[1:]), time.perf_counter()]
        return {name: round(end - began, 3) for (name, began), end in zip(self._began, ends, strict=True)}
