"""The commands that move a build: ``normqa export`` and ``normqa import``."""

from pathlib import Path
from typing import Annotated

import typer

from normqa.cli.options import IndexOption, open_service


def export(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="File to write, or a folder in which to name it.")
    ],
    index: IndexOption = None,
) -> None:
    """Write the current build into one file, after checking every byte of it."""
    from normqa.cli import output
    from normqa.index.folder import IndexFolder
    from normqa.index.transfer.pack import export_current
    from normqa.settings import read_settings

    manifest, path = export_current(IndexFolder(read_settings(index=index).index), file)
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
