"""Steps and timing that all programs share. The results of a step are printed as JSON."""

import json
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

TOP_K = 3
"""Number of passages per answer."""

SENTENCE = "The marmot of the north tower whistles at 4711 hertz."
QUESTION = "At how many hertz does the marmot of the north tower whistle?"

Row = dict[str, str]
"""A passage: its ``id``, the id of its ``document``, and its ``text``."""


class System(Protocol):
    """A program, created with its own folder and the folder of the encoder."""

    def load(self) -> None:
        """Load the encoder."""

    def build(self, rows: list[Row]) -> None:
        """Build an index and save it."""

    def open(self) -> None:
        """Load everything needed to answer from the saved index."""

    def ask(self, question: str) -> list[str]:
        """Return the texts that answer, best first."""

    def edit(self, rows: list[Row]) -> None:
        """Replace the passages of one document and save the index."""


def take_step(make: Callable[[Path, str], System]) -> None:
    """Run the step of the command line: STEP FOLDER ENCODER [QUESTION]."""
    step, folder, model, *questions = sys.argv[1:]
    place = Path(folder)
    system = make(place, model)
    if step == "start":
        system.open()
        print(json.dumps(system.ask(questions[0])), flush=True)
    else:
        figures = {"build": _build, "ask": _ask}[step](system, place.parent)
        print(json.dumps(figures))


def read_rows(path: Path) -> list[Row]:
    """Read passages from a file."""
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def save_rows(path: Path, rows: Sequence[Row]) -> None:
    """Write passages to a file."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def _build(system: System, work: Path) -> dict[str, float]:
    rows = read_rows(work / "passages.jsonl")
    system.load()
    start = time.perf_counter()
    system.build(rows)
    return {"build": len(rows) / (time.perf_counter() - start), "memory_build": _peak()}


def _ask(system: System, work: Path) -> dict[str, float]:
    """Ask all questions, then edit.

    Raises:
        RuntimeError: If the edit is not found.
    """
    questions = json.loads((work / "questions.json").read_text(encoding="utf-8"))
    rows = read_rows(work / "edited.jsonl")
    system.open()
    system.ask("What warms up?")
    times = []
    for question in questions:
        start = time.perf_counter()
        system.ask(question)
        times.append(time.perf_counter() - start)
    figures = {"ask": statistics.median(times) * 1000, "memory_ask": _peak()}
    start = time.perf_counter()
    system.edit(rows)
    found = system.ask(QUESTION)
    figures["edit"] = time.perf_counter() - start
    if not any(SENTENCE in text for text in found):
        raise RuntimeError(f"the edit is not found, but {found}")
    return figures


def _peak() -> float:
    """Return the peak resident memory in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
