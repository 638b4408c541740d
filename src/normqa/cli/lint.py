"""The command ``normqa lint``."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from normqa.cli.options import CorpusOption

if TYPE_CHECKING:
    from normqa.lint.corpus import LintResult


def lint(
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
    corpus: CorpusOption = None,
) -> None:
    """Find what makes documents hard to quote."""
    from normqa.lint import corpus as linter
    from normqa.load.process.limits import limit_loaders
    from normqa.settings import read_settings

    settings = read_settings(corpus=corpus)
    limit_loaders(settings.load_seconds, settings.load_memory_mb, settings.load_pages)
    result = linter.lint(settings.corpus, settings.max_file_bytes, settings.skipped_files)
    if as_json:
        write_findings(result)
    else:
        show_findings(settings.corpus, result)
    if result.findings:
        raise typer.Exit(1)


def show_findings(corpus: Path, result: "LintResult") -> None:
    """Write one line per finding."""
    from normqa.cli.output import info, one_line, plural, write

    for finding in result.findings:
        place = f"{corpus / finding.file}:{finding.line}"
        write(one_line(f"{place}: {finding.what}. {finding.hint}") + "\n")
    count = plural(len(result.findings), "problem") if result.findings else "No problems"
    info(f"{count} in {plural(result.files, 'file')}.")


def write_findings(result: "LintResult") -> None:
    """Write the findings as JSON."""
    from normqa.cli.output import write

    body = {"files": result.files, "findings": [finding.to_dict() for finding in result.findings]}
    write(json.dumps(body, indent=1, ensure_ascii=False) + "\n")
