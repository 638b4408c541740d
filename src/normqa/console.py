"""What people see in the terminal: progress and problems on stderr, answers on stdout."""

import json
import sys
import unicodedata
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from normqa.datatypes import Answer, Quote
from normqa.errors import NormqaError
from normqa.index.build import BuildReport
from normqa.load.problem import Problem
from normqa.search.verify import Verification
from normqa.service import Status

_stderr = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)


def say(line: str) -> None:
    """Tells what is going on."""
    _stderr.print(line, markup=False)


def complain(error: NormqaError) -> None:
    """Tells what went wrong, and the way out."""
    _stderr.print(f"[bold red]error:[/] {escape(error.message)}")
    if error.hint:
        _stderr.print(f"  {escape(error.hint)}")


def write(text: str | bytes) -> None:
    """Writes an answer, in UTF-8 whatever the terminal's encoding."""
    sys.stdout.buffer.write(text if isinstance(text, bytes) else text.encode("utf-8", "replace"))
    sys.stdout.flush()


class BuildProgress:
    """Shows a build: each step as it begins, a bar for the long ones, and every problem with a file."""

    def __init__(self) -> None:
        self._bar: Progress | None = None
        self._task = TaskID(0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def stage(self, name: str, total: int) -> None:
        """Shows that a stage begins."""
        self._close()
        if not total:
            say(f"{name} …")
            return
        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
        self._bar = Progress(*columns, console=_stderr)
        self._task = self._bar.add_task(name, total=total)
        self._bar.start()

    def advance(self, count: int = 1) -> None:
        """Moves the bar."""
        if self._bar:
            self._bar.advance(self._task, count)

    def problem(self, problem: Problem) -> None:
        """Names the file and what is wrong with it."""
        what = "left out" if problem.skipped else "note"
        _stderr.print(f"[yellow]{what}:[/] {escape(_one_line(problem.path))}: {escape(problem.reason)}")

    def _close(self) -> None:
        if self._bar:
            self._bar.stop()
        self._bar = None


def show_build(report: BuildReport) -> None:
    """Tells what a build has come to."""
    manifest = report.manifest
    done = "Built" if report.built else "Up to date:"
    left_out = sum(problem.skipped for problem in manifest.problems)
    more = f"; {_count(left_out, 'file')} left out" if left_out else ""
    say(
        f"{done} generation {manifest.generation}: {_count(len(manifest.documents), 'document')},"
        f" {_count(manifest.passages, 'passage')}{more}."
    )


def show_answer(answer: Answer) -> None:
    """Writes an answer for people."""
    if answer.searched_as != answer.question.strip():
        write(_printable(f"Searched as: {answer.searched_as}\n"))
    if answer.reason == "empty_index":
        write("There are no documents to search.\n")
    elif answer.reason:
        write("The documents hold no answer to this question.\n")
        if answer.near_misses:
            write("\nWhat came nearest, but does not answer:\n")
    for number, quote in enumerate(answer.quotes or answer.near_misses, 1):
        write(_printable(f"\n[{number}] {quote.text}\n    — {_cited(quote)}\n"))
    if answer.quotes and answer.confidence is not None:
        write(f"\nConfidence: {answer.band} ({answer.confidence:.2f})\n")


def show_status(status: Status) -> None:
    """Writes what is in force, and what differs from the corpus."""
    manifest, drift = status.manifest, status.drift
    lines = [
        f"generation  {manifest.generation}",
        f"built at    {manifest.built_at}",
        f"encoder     {manifest.encoder_name}",
        f"documents   {len(manifest.documents)}",
        f"passages    {manifest.passages}",
        *(
            f"left out    {_one_line(problem.path)}: {problem.reason}"
            for problem in manifest.problems
            if problem.skipped
        ),
        *(f"added       {_one_line(name)}" for name in drift.added),
        *(f"changed     {_one_line(name)}" for name in drift.changed),
        *(f"renamed     {_one_line(old)} to {_one_line(new)}" for old, new in drift.renamed),
        *(f"removed     {_one_line(name)}" for name in drift.removed),
        *(f"changed     the {name}" for name in drift.settings),
        "The index is stale: run normqa build." if drift else "The index is up to date.",
    ]
    write("\n".join(lines) + "\n")


def show_verification(found: Verification) -> None:
    """Writes where a text stands."""
    told = {
        "exact": "The text stands word for word in:",
        "whitespace": "But for blanks and line breaks, the text stands in:",
        "not_found": "The text does not stand in the documents.",
    }
    write(told[found.status] + "\n")
    for match in found.matches:
        write(f"{match.document_id} [{match.span.start}, {match.span.end})\n")


def show_figures(
    figures: Mapping[str, Any], intervals: Mapping[str, Any], *, as_json: bool, group: str = ""
) -> None:
    """Writes figures, each with its 95 % interval if it has one; groups of them one after the other."""
    if as_json:
        write(json.dumps({**figures, "intervals": intervals}) + "\n")
        return
    for name, value in figures.items():
        if isinstance(value, Mapping):
            show_figures(value, intervals.get(name, {}), as_json=False, group=f"{group}{name} ")
        else:
            low, high = intervals.get(name, (None, None))
            number = f"{value:,}" if isinstance(value, int) else f"{value:.4g}"
            interval = "" if low is None else f"   [{low:.4g}, {high:.4g}]"
            write(f"{group + name:32} {number}{interval}\n")


def _printable(text: str) -> str:
    """The text without the control characters by which a document could command the terminal."""
    controls = {c for c in text if unicodedata.category(c) == "Cc"} - {"\n", "\t"}
    return text.translate(dict.fromkeys(map(ord, controls), "\N{REPLACEMENT CHARACTER}"))


def _cited(quote: Quote) -> str:
    cited = quote.citation
    parts = [cited.title, " › ".join(cited.section), cited.source or "", cited.date or ""]
    place = f"{cited.document_id} [{quote.span.start}, {quote.span.end})"
    return ", ".join([*(part for part in parts if part), place])


def _one_line(name: str) -> str:
    """A file's name, whose control characters must not reach the terminal."""
    return repr(name)[1:-1]


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
