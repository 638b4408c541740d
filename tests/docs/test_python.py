"""docs/python.md: its code runs, and it documents every public name."""

import re
from pathlib import Path
from typing import Any

import pytest

import normqa
from normqa.service import Service
from tests.conftest import WriteCorpus
from tests.docs.pages import PAGES, code_blocks, names, section

PAGE = "docs/python.md"


@pytest.fixture
def _docs(tmp_path: Path, write_corpus: WriteCorpus, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder ``docs`` of two documents, encoded without a model."""
    write_corpus(
        {
            "birds/pelican.md": "# Pelicans\n\nThe pelican eats herring.\n",
            "walrus.md": "# Walruses\n\nThe walrus eats clams. The walrus sleeps on ice.\n",
        }
    ).rename(tmp_path / "docs")
    monkeypatch.setenv("NORMQA_ENCODER", "hashing")
    monkeypatch.setenv("NORMQA_RERANKER", "none")
    monkeypatch.setenv("NORMQA_CACHE", str(tmp_path / "cache"))


@pytest.mark.usefixtures("_docs")
def test_code_of_the_page_runs_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    blocks = code_blocks(PAGE, "python")
    assert len(blocks) > 5
    variables: dict[str, Any] = {}
    for block in blocks:
        exec(compile(block, PAGE, "exec"), variables)
    out = capsys.readouterr().out
    assert "[1] The pelican eats herring.\n" in out
    assert "exact [('birds/pelican', Span(start=" in out
    assert "unknown_document" in out


@pytest.mark.usefixtures("_docs")
def test_code_of_the_readme_runs(capsys: pytest.CaptureFixture[str]) -> None:
    [block] = code_blocks("README.md", "python")
    Path("docs").rename("corpus")
    exec(compile(block, "README.md", "exec"), {})
    assert capsys.readouterr().out.strip()


def test_documented_names_are_the_public_names() -> None:
    documented = [name.removeprefix("normqa.") for name in names(section(PAGE, "## Names"), "name")]
    assert sorted(documented) == sorted(normqa.__all__)
    assert all(hasattr(normqa, name) for name in normqa.__all__)


@pytest.mark.parametrize("name", ["Answer", "Quote", "Citation", "Document"])
def test_documented_attributes_exist(name: str) -> None:
    [row] = re.findall(rf"^\| `normqa.{name}` \| [^:]*: (.*) \|$", PAGES[PAGE], re.MULTILINE)
    attributes = re.findall(r"`(\w+)`", row)
    assert len(attributes) > 5
    assert all(hasattr(getattr(normqa, name), attribute) for attribute in attributes)


def test_documented_methods_and_arguments_exist() -> None:
    methods = [name.partition("(")[0] for name in names(PAGES[PAGE], "method")]
    assert len(methods) > 5
    assert all(callable(getattr(Service, method)) for method in methods)
    arguments = names(section(PAGE, "## Ask"), "argument")
    assert {*arguments} <= {*Service.ask.__annotations__}
    build = re.search(r"`build\(…\)`.*Arguments: (.*)\. \|", PAGES[PAGE])
    assert build
    assert {*re.findall(r"`(\w+)`", build[1])} == {*Service.build.__annotations__} - {"return"}
