"""What people see of a build and of what it leaves behind: progress on stderr, what stands on stdout."""

import json
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from normqa.build.build import Built
from normqa.build.status import Status
from normqa.cli.output import counted, one_line, printable, say, stderr, write
from normqa.index.history import GenerationInfo
from normqa.load.problem import Problem
from normqa.schema.builds import BuildBody

_ROWS = 30
"""So many files a build tells of in the terminal; as JSON it tells of all."""


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
        self._bar = Progress(*columns, console=stderr())
        self._task = self._bar.add_task(name, total=total)
        self._bar.start()

    def advance(self, count: int = 1) -> None:
        """Moves the bar."""
        if self._bar:
            self._bar.advance(self._task, count)

    def problem(self, problem: Problem) -> None:
        """Names the file and what is wrong with it."""
        what = "left out" if problem.skipped else "note"
        stderr().print(
            f"[yellow]{what}:[/] {escape(one_line(problem.path))}: {escape(printable(problem.reason))}"
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
            warnings = one_line("; ".join(row.warnings))
            counts = f"{row.passages:,}", f"{row.characters:,}"
            table.add_row(*map(escape, (one_line(row.file), row.change or "", *counts, warnings)))
        stderr().print(table)
        if len(rows) > _ROWS:
            say(f"… and {counted(len(rows) - _ROWS, 'more file')}; normqa build --json tells them all.")
    report, manifest = built.report, built.manifest
    removed = f"; {counted(len(report.update.removed), 'file')} removed" if report.update.removed else ""
    left_out = sum(problem.skipped for problem in report.problems)
    more = f"; {counted(left_out, 'file')} left out" if left_out else ""
    encoded = f"{counted(report.encoded, 'passage')} encoded, {report.reused:,} known"
    if built.written and manifest:
        seconds = sum(report.seconds.values())
        say(
            f"Built generation {manifest.generation}: {counted(manifest.documents, 'document')},"
            f" {counted(manifest.passages, 'passage')}{removed}{more}. {encoded}; {seconds:.1f} s."
        )
    elif manifest and not report.update and not report.encoded:
        say(
            f"Up to date: generation {manifest.generation}: {counted(manifest.documents, 'document')},"
            f" {counted(manifest.passages, 'passage')}{more}."
        )
    else:
        to_encode = f"{counted(report.encoded, 'passage')} to encode, {report.reused:,} known"
        say(f"Nothing was built{removed}{more}: {to_encode}.")


def write_build(built: Built) -> None:
    """Writes all that there is to say about a build, as JSON."""
    write(BuildBody.of(built).to_json())


def show_generations(found: Sequence[GenerationInfo]) -> None:
    """Writes the generations that stand, a line each."""
    for past in found:
        marks = [
            *(["in force"] if past.in_force else []),
            *(["rolled back to"] if past.rolled_back else []),
            *([f"damaged: {past.fault.message}"] if past.fault else []),
        ]
        held = (
            f"{counted(past.manifest.documents, 'document')}, {counted(past.manifest.passages, 'passage')}"
            if past.manifest
            else "unreadable"
        )
        write("  ".join([past.name, held, _changes(past), *(["; ".join(marks)] if marks else [])]) + "\n")


def write_generations(found: Sequence[GenerationInfo]) -> None:
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
            f"left out    {one_line(problem.path)}: {one_line(problem.reason)}"
            for problem in status.report.problems
            if problem.skipped
        ),
        *(f"added       {one_line(name)}" for name in drift.added),
        *(f"changed     {one_line(name)}" for name in drift.changed),
        *(f"renamed     {one_line(old)} to {one_line(new)}" for old, new in drift.renamed),
        *(f"removed     {one_line(name)}" for name in drift.removed),
        *(f"changed     the {name}" for name in drift.settings),
        "The index is stale: run normqa build." if drift else "The index is up to date.",
    ]
    write("\n".join(lines) + "\n")


def _changes(past: GenerationInfo) -> str:
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
