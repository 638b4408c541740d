"""Show progress on stderr during a build, then a table and a summary."""

from types import TracebackType
from typing import Self

from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from normqa.build.build import Built
from normqa.cli.output import info, one_line, plural, printable, stderr, write
from normqa.index.report import CorpusDiff
from normqa.load.problem import Problem
from normqa.schema.builds import BuildBody

_MAX_ROWS = 30
"""Maximum number of files in the table of a build; ``--json`` reports all."""


class BuildProgress:
    """Shows the stages of a build, a bar for long ones, and every problem with a file."""

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
        """Show that a stage begins; a total of 0 means that it is unknown."""
        self._close()
        if not total:
            info(f"{name} …")
            return
        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
        self._bar = Progress(*columns, console=stderr())
        self._task = self._bar.add_task(name, total=total)
        self._bar.start()

    def advance(self, count: int = 1) -> None:
        """Advance the bar."""
        if self._bar:
            self._bar.advance(self._task, count)

    def problem(self, problem: Problem) -> None:
        """Show a problem with a file."""
        label = "skipped" if problem.skipped else "note"
        path, reason = escape(one_line(problem.path)), escape(printable(problem.reason))
        stderr().print(f"[yellow]{label}:[/] {path}: {reason}")

    def _close(self) -> None:
        if self._bar:
            self._bar.stop()
        self._bar = None


def show_build(built: Built) -> None:
    """Print a table of the files that changed or have notes, and a summary line."""
    rows = [row for row in BuildBody.of(built).files if row.change or row.warnings]
    if rows:
        table = Table(box=None, pad_edge=False, header_style="dim")
        for heading in ("file", "change", "passages", "characters", "notes"):
            is_number = heading in {"passages", "characters"}
            table.add_column(heading, justify="right" if is_number else "left", overflow="fold")
        for row in rows[:_MAX_ROWS]:
            notes = one_line("; ".join(row.warnings))
            counts = f"{row.passages:,}", f"{row.characters:,}"
            table.add_row(*map(escape, (one_line(row.file), row.change or "", *counts, notes)))
        stderr().print(table)
        if len(rows) > _MAX_ROWS:
            info(
                f"… and {plural(len(rows) - _MAX_ROWS, 'more file')}; normqa build --json lists all of them."
            )
    _list_gone(built.report.update)
    info(_summary(built))


def _list_gone(update: CorpusDiff) -> None:
    """Print the old names of files that were renamed, and those of files that were removed."""
    gone = [f"renamed: {one_line(old)} to {one_line(new)}" for old, new in update.renamed]
    gone += [f"removed: {one_line(name)}" for name in update.removed]
    for line in gone[:_MAX_ROWS]:
        info(line)
    if len(gone) > _MAX_ROWS:
        info(f"… and {plural(len(gone) - _MAX_ROWS, 'more file')} renamed or removed.")


def write_build(built: Built) -> None:
    """Write the full report of a build as JSON."""
    write(BuildBody.of(built).to_json())


def _summary(built: Built) -> str:
    report, manifest = built.report, built.manifest
    removed = f"; {plural(len(report.update.removed), 'file')} removed" if report.update.removed else ""
    skipped = sum(problem.skipped for problem in report.problems)
    more = f"; {plural(skipped, 'file')} skipped" if skipped else ""
    size = (
        f"generation {manifest.generation}: {plural(manifest.documents, 'document')},"
        f" {plural(manifest.passages, 'passage')}"
        if manifest
        else ""
    )
    if built.written:
        seconds = sum(report.seconds.values())
        encoded = f"{plural(report.encoded, 'passage')} encoded, {report.reused:,} reused"
        return f"Built {size}{removed}{more}. {encoded}; {seconds:.1f} s."
    if manifest and not report.update and not report.encoded:
        return f"Up to date: {size}{more}."
    return (
        f"Dry run, nothing was built{removed}{more}: {plural(report.encoded, 'passage')} to encode,"
        f" {report.reused:,} to reuse."
    )
