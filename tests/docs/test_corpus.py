"""docs/corpus.md: formats, front matter and rules of ``normqa lint``."""

import re
from collections.abc import Callable

from normqa.lint.corpus import lint
from normqa.load.formats import FORMATS
from normqa.service import Service
from tests.conftest import MAX_FILE_BYTES, WriteCorpus
from tests.docs.pages import code_blocks, names, section

PAGE = "docs/corpus.md"


def test_formats_are_read(write_corpus: WriteCorpus, make_service: Callable[..., Service]) -> None:
    files = {"a.md": "One.", "b.markdown": "Two.", "c.txt": "Three.", "d": "Four.", "e.rst": "Five."}
    write_corpus(files)
    built = make_service().build()
    assert {*built.files} == {"a.md", "b.markdown", "c.txt", "d"}


def test_all_formats_are_listed() -> None:
    listed = re.findall(r"\.[a-z]+", " ".join(names(section(PAGE, "## Formats"), "suffix")))
    assert {*listed, ""} == {*FORMATS}


def test_every_key_of_the_front_matter_is_read_and_explained(
    write_corpus: WriteCorpus, make_service: Callable[..., Service]
) -> None:
    [example] = code_blocks(PAGE, "yaml")
    write_corpus({"note.md": f"{example}\nNorms guide states.\n"})
    service = make_service()
    service.build()
    document = service.document("note")
    metadata = document.metadata
    values = {name: getattr(metadata, name) for name in metadata.__dataclass_fields__}
    assert all(values.values()), values
    assert names(section(PAGE, "## Front matter"), "key") == [*values]


def test_every_rule_of_lint_is_explained(write_corpus: WriteCorpus) -> None:
    """The corpus breaks every rule, and the table has no rule that it does not break."""
    head = "---\ntitle: A\ntopics: [unknown]\ndate: 2024\nsource: us\nreferences: [B]\n---\n"
    long = "word " * 50
    prose = f"It opens so. See [this](gone.md). {long}.\n\n{f'A sentence of {long[:100]}. ' * 10}\n"
    guide = "---\ntopics: [known]\n---\nWrite well.\n"
    corpus = write_corpus({"a.md": head + prose, "b.xlsx": b"PK", "CONTRIBUTING.md": guide})
    rules = {finding.rule for finding in lint(corpus, MAX_FILE_BYTES, ("CONTRIBUTING.md",)).findings}
    assert {*names(section(PAGE, "## Lint"), "rule")} == rules
