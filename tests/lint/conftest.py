"""A small corpus to lint, and its findings."""

from collections.abc import Callable

import pytest

from normqa.lint.corpus import LintResult, lint
from tests.conftest import MAX_FILE_BYTES, WriteCorpus

HEAD = """---
title: Herons
topics: [birds]
date: 2024-05-01
source: us
references: ["On herons, 1900"]
questions: ["What do herons eat?"]
---
"""
GUIDE = """---
topics: [birds, bird-song, fish]
verbatim: [old/*]
---
## Check

Look twice.
"""

Look = Callable[..., LintResult]
Found = Callable[..., list[tuple[int, str, str]]]


@pytest.fixture
def look(write_corpus: WriteCorpus) -> Look:
    """Lint a corpus of these files and the guide."""

    def look(files: dict[str, str | bytes]) -> LintResult:
        corpus = write_corpus({"CONTRIBUTING.md": GUIDE} | files)
        return lint(corpus, MAX_FILE_BYTES, ("CONTRIBUTING.md",))

    return look


@pytest.fixture
def found(look: Look) -> Found:
    """Return the findings in a note with this body: line after the front matter, rule, and fault."""

    def found(body: str, **beside: str) -> list[tuple[int, str, str]]:
        files = {name.replace("_", "/") + ".md": HEAD + text for name, text in beside.items()}
        linted = look({"notes/heron.md": HEAD + body, **files})
        first = HEAD.count("\n")
        return [
            (finding.line - first, finding.rule, finding.what)
            for finding in linted.findings
            if finding.file == "notes/heron.md"
        ]

    return found
