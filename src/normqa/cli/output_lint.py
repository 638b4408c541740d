"""What people see of what there is to mend in a corpus."""

import json
from pathlib import Path

from normqa.cli.output import counted, one_line, say, write
from normqa.lint.corpus import LintResult


def show_findings(corpus: Path, linted: LintResult) -> None:
    """Writes what there is to mend in the corpus, a line each."""
    for each in linted.findings:
        write(one_line(f"{corpus / each.file}:{each.line}: {each.what}. {each.hint}") + "\n")
    found = counted(len(linted.findings), "finding") if linted.findings else "Nothing to mend"
    say(f"{found} in {counted(linted.files, 'file')}.")


def write_findings(linted: LintResult) -> None:
    """Writes what there is to mend in the corpus, as JSON."""
    told = {"files": linted.files, "findings": [each.to_dict() for each in linted.findings]}
    write(json.dumps(told, indent=1, ensure_ascii=False) + "\n")
