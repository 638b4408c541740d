"""Report the progress of a build."""

import time
from typing import Protocol

from normqa.load.problem import Problem


class Progress(Protocol):
    """Receives the progress of a build."""

    def stage(self, name: str, total: int) -> None:
        """Begin a stage with ``total`` steps; 0 if unknown."""

    def advance(self, count: int = 1) -> None:
        """Count more steps of the stage as done."""

    def problem(self, problem: Problem) -> None:
        """Report a file that was skipped, or whose encoding was guessed."""


class NoProgress:
    """Ignores progress."""

    def stage(self, name: str, total: int) -> None:
        """Ignore the stage."""

    def advance(self, count: int = 1) -> None:
        """Ignore the steps."""

    def problem(self, problem: Problem) -> None:
        """Ignore the problem."""


class TimedProgress:
    """Measures the duration of each stage and passes progress on.

    Args:
        progress: Receives the progress.
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._starts: list[tuple[str, float]] = []
        self.advance = progress.advance
        self.problem = progress.problem

    def stage(self, name: str, total: int) -> None:
        """Begin a stage."""
        self._starts.append((name, time.perf_counter()))
        self._progress.stage(name, total)

    @property
    def seconds(self) -> dict[str, float]:
        """Duration of each stage; of the last one, until now."""
        ends = [*(start for _, start in self._starts[1:]), time.perf_counter()]
        return {name: round(end - start, 3) for (name, start), end in zip(self._starts, ends, strict=True)}
