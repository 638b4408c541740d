"""A corpus to look at, and what is found in it."""

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
    """Looks at a corpus of these files and the guide."""

    def look(files: dict[str, str | bytes]) -> LintResult:
        corpus = write_corpus({"CONTRIBUTING.md": GUIDE} | files)
        return lint(corpus, MAX_FILE_BYTES, ("CONTRIBUTING.md",))

    return look


@pytest.fixture
def found(look: Look) -> Found:
    """What is found in a note whose body is this: line after the front matter, rule, and what is wrong."""

    def found(body: str, **beside: str) -> list[tuple[int, str, str]]:
        files = {name.replace("_", "/") + ".md": HEAD + text for name, text in beside.items()}
        linted = look({"notes/heron.md": HEAD + body, **files})
        first = HEAD.count("\n")
        return [
            (each.line - first, each.rule, each.what)
            for each in linted.findings
            if each.file == "notes/heron.md"
        ]

    return found
