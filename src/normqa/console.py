"""What people see in the terminal: progress and problems on stderr, answers on stdout."""

import json
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from normqa.datatypes import Answer, Quote
from normqa.errors import NormqaError
from normqa.index.build import Built
from normqa.index.history import Past
from normqa.index.status import Status
from normqa.load.problem import Problem
from normqa.search.verify import Verification
from normqa.serve.build_body import BuildBody

_ROWS = 30
"""So many files a build tells of in the terminal; as JSON it tells of all."""

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
        _stderr.print(
            f"[yellow]{what}:[/] {escape(_one_line(problem.path))}: {escape(_printable(problem.reason))}"
        )

    def _close(self) -> None:
        if self._bar:
            self._bar.stop()
        self._bar = None


def show_build(built: Built) -> None:
    """Tells what a build has come to: the files that it touched or has something to say of, and in all."""
    rows = [row for row in BuildBody.of(built).files if row.change or row.warnings]
    if rows:
        table = Table(box=None, pad_edge=False, header_style="dim")
        for heading in ("file", "", "passages", "characters", ""):
            table.add_column(heading, justify="right" if heading[-1:] == "s" else "left", overflow="fold")
        for row in rows[:_ROWS]:
            warnings = _one_line("; ".join(row.warnings))
            counts = f"{row.passages:,}", f"{row.characters:,}"
            table.add_row(*map(escape, (_one_line(row.file), row.change or "", *counts, warnings)))
        _stderr.print(table)
        if len(rows) > _ROWS:
            say(f"… and {_count(len(rows) - _ROWS, 'more file')}; normqa build --json tells them all.")
    report, manifest = built.report, built.manifest
    removed = f"; {_count(len(report.update.removed), 'file')} removed" if report.update.removed else ""
    left_out = sum(problem.skipped for problem in report.problems)
    more = f"; {_count(left_out, 'file')} left out" if left_out else ""
    encoded = f"{_count(report.encoded, 'passage')} encoded, {report.saved:,} known"
    if built.written and manifest:
        seconds = sum(report.seconds.values())
        say(
            f"Built generation {manifest.generation}: {_count(manifest.documents, 'document')},"
            f" {_count(manifest.passages, 'passage')}{removed}{more}. {encoded}; {seconds:.1f} s."
        )
    elif manifest and not report.update and not report.encoded:
        say(
            f"Up to date: generation {manifest.generation}: {_count(manifest.documents, 'document')},"
            f" {_count(manifest.passages, 'passage')}{more}."
        )
    else:
        to_encode = f"{_count(report.encoded, 'passage')} to encode, {report.saved:,} known"
        say(f"Nothing was built{removed}{more}: {to_encode}.")


def write_build(built: Built) -> None:
    """Writes all that there is to say about a build, as JSON."""
    write(BuildBody.of(built).to_json())


def show_generations(found: Sequence[Past]) -> None:
    """Writes the generations that stand, a line each."""
    for past in found:
        marks = [
            *(["in force"] if past.in_force else []),
            *(["rolled back to"] if past.rolled_back else []),
            *([f"damaged: {past.fault.message}"] if past.fault else []),
        ]
        held = (
            f"{_count(past.manifest.documents, 'document')}, {_count(past.manifest.passages, 'passage')}"
            if past.manifest
            else "unreadable"
        )
        write("  ".join([past.name, held, _changes(past), *(["; ".join(marks)] if marks else [])]) + "\n")


def write_generations(found: Sequence[Past]) -> None:
    """Writes the generations that stand, with their reports, as JSON."""
    told = [
        {
            "generation": past.name,
            "in_force": past.in_force,
            "rolled_back": past.rolled_back,
            "built_at": past.manifest.built_at if past.manifest else None,
            "documents": past.manifest.documents if past.manifest else None,
            "passages": past.manifest.passages if past.manifest else None,
            "fault": past.fault.message if past.fault else None,
            "report": past.report.model_dump(mode="json") if past.report else None,
        }
        for past in found
    ]
    write(json.dumps(told, indent=1) + "\n")


def show_answer(answer: Answer) -> None:
    """Writes an answer for people."""
    if answer.warning:
        say(f"warning: {answer.warning}")
    if answer.rolled_back:
        say("warning: The index was rolled back; what has changed since may be quoted.")
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
        f"generation  {manifest.generation}{' (rolled back to)' if status.rolled_back else ''}",
        f"built at    {manifest.built_at}",
        f"encoder     {manifest.encoder_name}",
        f"documents   {manifest.documents}",
        f"passages    {manifest.passages}",
        *(
            f"left out    {_one_line(problem.path)}: {_one_line(problem.reason)}"
            for problem in status.report.problems
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
        write(_printable(f"{match.document_id} [{match.span.start}, {match.span.end})\n"))


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


def _changes(past: Past) -> str:
    if past.report is None:
        return ""
    update = past.report.update
    told = (
        f"{len(files):,} {what}"
        for what, files in (
            ("added", update.added),
            ("changed", update.changed),
            ("renamed", update.renamed),
            ("removed", update.removed),
        )
        if files
    )
    return ", ".join(told) or "no file changed"


def _one_line(text: str) -> str:
    """A file's name, or what is said of it, whose control characters must not reach the terminal."""
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
