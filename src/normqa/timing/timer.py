"""Measure how long the stages of an answer or a build take."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from normqa.timing.deadline import Deadline


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage that has ended.

    Attributes:
        name: Its name.
        start: Reading of the timer's clock at its start, in seconds.
        end: The same at its end.
    """

    name: str
    start: float
    end: float


@dataclass(slots=True)
class Timer:
    """Elapsed time by stage. Stages do not nest: starting one ends the one before.

    Attributes:
        milliseconds: By name of the stage, in order of first start. A repeated stage adds to its time.
        stages: Every stage that has ended, in order.
        clock: Returns seconds.
        deadline: Checked at the start of every stage.
    """

    milliseconds: dict[str, float] = field(default_factory=dict)
    stages: list[Stage] = field(default_factory=list)
    clock: Callable[[], float] = time.perf_counter
    deadline: Deadline = field(default_factory=Deadline)
    _running: tuple[str, float] | None = None

    def start(self, name: str) -> None:
        """Start a stage and end the one before.

        Raises:
            Abandoned: If nobody waits for the result.
            DeadlineExceeded: If the time is over.
        """
        self.stop()
        self.deadline.check()
        self._running = name, self.clock()

    def stop(self) -> None:
        """End the current stage, if there is one."""
        if self._running:
            name, started = self._running
            ended = self.clock()
            self.milliseconds[name] = self.milliseconds.get(name, 0.0) + (ended - started) * 1000
            self.stages.append(Stage(name, started, ended))
            self._running = None

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time the body as a stage."""
        self.start(name)
        try:
            yield
        finally:
            self.stop()
