"""The command that looks at the notes: ``normqa lint``."""

from typing import Annotated

import typer

from normqa.cli.options import CorpusOption


def lint(
    as_json: Annotated[bool, typer.Option("--json", help="Print what is found as JSON.")] = False,
    corpus: CorpusOption = None,
) -> None:
    """Look for what keeps notes from being quoted well."""
    from normqa.cli import output_lint  # noqa: PLC0415 - what is slow to import is imported where it is used
    from normqa.lint.corpus import lint as look  # noqa: PLC0415
    from normqa.settings import read_settings  # noqa: PLC0415

    settings = read_settings(corpus=corpus)
    linted = look(settings.corpus, settings.max_file_bytes, settings.exclude)
    if as_json:
        output_lint.write_findings(linted)
    else:
        output_lint.show_findings(settings.corpus, linted)
    if linted.findings:
        raise typer.Exit(1)
