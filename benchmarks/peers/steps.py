"""The steps that every peer takes, and their clocks. What a step came to is printed as JSON."""

import json
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

TOP_K = 3
"""How many passages answer."""

SENTENCE = "The marmot of the north tower whistles at 4711 hertz."
QUESTION = "At how many hertz does the marmot of the north tower whistle?"

Row = dict[str, str]
"""A passage: its ``id``, that of its ``document``, and its ``text``."""


class System(Protocol):
    """What a peer is used by; made with the folder that is its own, and the encoder's."""

    def load(self) -> None:
        """Loads the encoder."""

    def build(self, rows: list[Row]) -> None:
        """Makes an index and saves it."""

    def open(self) -> None:
        """Loads all that answers from the saved index."""

    def ask(self, question: str) -> list[str]:
        """Texts that answer, best first."""

    def edit(self, rows: list[Row]) -> None:
        """Puts these, all of one document, in the place of those that it had, and saves the index."""


def take_step(make: Callable[[Path, str], System]) -> None:
    """Takes the step that the command line names: STEP FOLDER ENCODER [QUESTION]."""
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
    """Passages from a file."""
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def save_rows(path: Path, rows: Sequence[Row]) -> None:
    """Writes passages into a file."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def _build(system: System, work: Path) -> dict[str, float]:
    rows = read_rows(work / "passages.jsonl")
    system.load()
    start = time.perf_counter()
    system.build(rows)
    return {"build": len(rows) / (time.perf_counter() - start), "memory_build": _peak()}


def _ask(system: System, work: Path) -> dict[str, float]:
    """Asks all, then edits.

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
    """MiB that were resident at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
