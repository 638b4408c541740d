"""The commands for finished builds.

``normqa generations``, ``rollback``, ``verify-index``, ``export`` and ``import``.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from normqa.cli.options import IndexOption, open_service

if TYPE_CHECKING:
    from collections.abc import Sequence

    from normqa.index.history import GenerationInfo
    from normqa.storage.home import IndexHome


def generations(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the builds and their reports as JSON.")
    ] = False,
    index: IndexOption = None,
) -> None:
    """List the builds that are kept, newest first."""
    found = _home(index).generations()
    if as_json:
        write_generations(found)
    else:
        show_generations(found)


def rollback(
    generation: Annotated[
        str | None,
        typer.Argument(
            metavar="GENERATION", help="Name of the build. [default: the build before the current one]"
        ),
    ] = None,
    index: IndexOption = None,
) -> None:
    """Answer from an older build until the next build.

    Every answer reports the rollback.
    """
    from normqa.cli import output

    manifest = open_service(index=index).roll_back(generation)
    output.info(f"Generation {manifest.generation}, built at {manifest.built_at}, is now current.")


def verify_index(index: IndexOption = None) -> None:
    """Check every byte of the builds that are kept."""
    from normqa.cli import output

    home = _home(index)
    found = home.generations(whole=True)
    if not found:
        output.write("There is no index yet.\n")
        return
    show_generations(found)
    home.current()  # raises if the pointer is damaged
    if any(generation.fault for generation in found):
        raise typer.Exit(1)


def export(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="File to write, or a folder in which to name it.")
    ],
    index: IndexOption = None,
) -> None:
    """Write the current build into one file, after checking every byte of it."""
    from normqa.cli import output

    manifest, path = _home(index).export(file)
    output.info(f"Exported generation {manifest.generation} to {path}.")


def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="File that normqa export has written.")],
    index: IndexOption = None,
) -> None:
    """Answer from the build in a file, after checking every byte of it.

    A build that is older than the current one counts as a rollback.
    """
    from normqa.cli import output

    manifest = open_service(index=index).import_generation(file, allow_older=True)
    output.info(f"Generation {manifest.generation}, built at {manifest.built_at}, is now current.")


def show_generations(found: "Sequence[GenerationInfo]") -> None:
    """Write one line per generation."""
    from normqa.cli.output import plural, write

    for generation in found:
        manifest = generation.manifest
        size = (
            f"{plural(manifest.documents, 'document')}, {plural(manifest.passages, 'passage')}"
            if manifest
            else "unreadable"
        )
        marks = [
            *(["current"] if generation.in_force else []),
            *(["rolled back to"] if generation.rolled_back else []),
            *([f"damaged: {generation.fault.message}"] if generation.fault else []),
        ]
        columns = [generation.name, size, _changes(generation), "; ".join(marks)]
        write("  ".join(columns).rstrip() + "\n")


def write_generations(found: "Sequence[GenerationInfo]") -> None:
    """Write the generations and their reports as JSON."""
    from normqa.cli.output import write

    rows = [
        {
            "generation": generation.name,
            "in_force": generation.in_force,
            "rolled_back": generation.rolled_back,
            "built_at": generation.manifest.built_at if generation.manifest else None,
            "documents": generation.manifest.documents if generation.manifest else None,
            "passages": generation.manifest.passages if generation.manifest else None,
            "fault": generation.fault.message if generation.fault else None,
            "report": generation.report.model_dump(mode="json") if generation.report else None,
        }
        for generation in found
    ]
    write(json.dumps(rows, indent=1) + "\n")


def _changes(generation: "GenerationInfo") -> str:
    if generation.report is None:
        return ""
    update = generation.report.update
    changes = {
        "added": update.added,
        "changed": update.changed,
        "renamed": update.renamed,
        "removed": update.removed,
    }
    return (
        ", ".join(f"{len(files):,} {change}" for change, files in changes.items() if files)
        or "no file changed"
    )


def _home(index: str | None) -> "IndexHome":
    from normqa.settings import read_settings
    from normqa.storage.open import open_home

    return open_home(read_settings(index=index))
