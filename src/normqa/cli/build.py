"""The commands ``normqa build`` and ``normqa status``."""

from typing import TYPE_CHECKING, Annotated

import typer

from normqa.cli.options import CorpusOption, IndexOption, open_service

if TYPE_CHECKING:
    from normqa.build.status import Status


def build(
    full: Annotated[bool, typer.Option("--full", help="Encode everything again, even if unchanged.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Fail if a file is skipped or its encoding is guessed.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Report what a build would do, and write nothing.")
    ] = False,
    allow_empty: Annotated[
        bool,
        typer.Option("--allow-empty", help="Publish an empty index if the corpus contains no documents."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print a report of every file as JSON.")] = False,
    ray: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS", help="Load and encode on this Ray cluster; local starts one on this machine."
        ),
    ] = None,
    ray_cores: Annotated[
        int, typer.Option(metavar="N", min=1, help="CPU cores for each worker on the cluster.")
    ] = 1,
    corpus: CorpusOption = None,
    index: IndexOption = None,
) -> None:
    """Build the index from the corpus.

    Builds are incremental: only new text is encoded. A running server switches to the new index at its next
    request.
    """
    from normqa.cli.build_output import BuildProgress, show_build, write_build

    service = open_service(corpus=corpus, index=index)
    with BuildProgress() as progress:
        built = service.build(
            full=full,
            strict=strict,
            dry_run=dry_run,
            allow_empty=allow_empty,
            progress=progress,
            ray=ray,
            ray_cores=ray_cores,
        )
    if as_json:
        write_build(built)
    else:
        show_build(built)


STALE = 3
"""Exit code of ``normqa status --exit-code`` if the index is stale."""


def status(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the same JSON as GET /admin/status.")
    ] = False,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with 3 if the index is stale, so that a build is due.")
    ] = False,
    corpus: CorpusOption = None,
    index: IndexOption = None,
) -> None:
    """Show the current index and how the corpus differs."""
    found = open_service(corpus=corpus, index=index).status()
    if as_json:
        from normqa.cli.output import write
        from normqa.schema.builds import StatusBody

        write(StatusBody.of(found).to_json())
    else:
        show_status(found)
    if exit_code and found.drift:
        raise typer.Exit(STALE)


def show_status(status: "Status") -> None:
    """Write the current generation and its differences from the corpus."""
    from normqa.cli.output import one_line, write

    manifest, drift = status.manifest, status.drift
    lines = [
        f"generation  {manifest.generation}{' (rolled back to)' if status.rolled_back else ''}",
        f"built at    {manifest.built_at}",
        f"encoder     {manifest.encoder_name}",
        f"documents   {manifest.documents}",
        f"passages    {manifest.passages}",
        *([f"glyph maps  {status.glyph_map_bytes:,} bytes"] if status.glyph_map_bytes else []),
        *(
            f"skipped     {one_line(problem.path)}: {one_line(problem.reason)}"
            for problem in status.report.problems
            if problem.skipped
        ),
        *(f"added       {one_line(name)}" for name in drift.added),
        *(f"changed     {one_line(name)}" for name in drift.changed),
        *(f"renamed     {one_line(old)} to {one_line(new)}" for old, new in drift.renamed),
        *(f"removed     {one_line(name)}" for name in drift.removed),
        *(f"changed     the {name}" for name in drift.settings),
        _outcome(status),
    ]
    write("\n".join(lines) + "\n")


def _outcome(status: "Status") -> str:
    if status.drift:
        return "The index is stale: run normqa build."
    if status.rolled_back:
        return (
            "The index was rolled back, and has the documents of the corpus. normqa build ends the rollback."
        )
    return "The index is up to date."
