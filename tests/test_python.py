"""The Python interface: ``import normqa`` and what it offers."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import normqa
from normqa.errors import InvalidRequest, InvalidSettings, NothingUsable
from normqa.service import Service
from tests.conftest import WriteCorpus

MODELS: dict[str, Any] = {"encoder": "hashing", "reranker": "none"}


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NORMQA_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def library(write_corpus: WriteCorpus) -> Service:
    """A folder of two documents, opened and built."""
    corpus = write_corpus({"heron.md": "# Herons\n\nHerons eat eels.", "owl.md": "# Owls\n\nOwls eat mice."})
    return normqa.open(corpus, **MODELS)


def test_open_builds_a_missing_index_and_answers(library: Service) -> None:
    answer = library.ask("What do herons eat?", top_k=1)
    assert isinstance(answer, normqa.Answer)
    assert [quote.text for quote in answer.quotes] == ["Herons eat eels."]
    assert isinstance(answer.quotes[0], normqa.Quote)
    assert isinstance(answer.quotes[0].citation, normqa.Citation)


def test_open_rebuilds_a_stale_index(library: Service, write_corpus: WriteCorpus, corpus: Path) -> None:
    write_corpus({"heron.md": "# Herons\n\nHerons eat frogs."})
    stale = normqa.open(corpus, build=False, **MODELS)
    assert stale.ask("What do herons eat?", top_k=1).quotes[0].text == "Herons eat eels."
    fresh = normqa.open(corpus, **MODELS)
    assert fresh.ask("What do herons eat?", top_k=1).quotes[0].text == "Herons eat frogs."
    assert library.ask("What do herons eat?", top_k=1).quotes[0].text == "Herons eat frogs."


def test_documents_and_verify_look_at_the_same_texts(library: Service) -> None:
    assert [document.id for document in library.documents()] == ["heron", "owl"]
    document = library.document("owl")
    assert isinstance(document, normqa.Document)
    [match] = library.verify("Owls eat mice.").matches
    assert match.span.of(document.text) == "Owls eat mice."


def test_two_folders_have_two_indexes(library: Service, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "heron.md").write_text("# Herons\n\nHerons eat newts.")
    second = normqa.open(other, **MODELS)
    assert second.ask("What do herons eat?", top_k=1).quotes[0].text == "Herons eat newts."
    assert library.ask("What do herons eat?", top_k=1).quotes[0].text == "Herons eat eels."
    assert second.settings.index_folder != library.settings.index_folder


def test_the_configured_corpus_shares_the_index_of_the_command_line(
    write_corpus: WriteCorpus, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    corpus = write_corpus({"owl.md": "Owls eat mice."})
    monkeypatch.setenv("NORMQA_CORPUS", str(corpus))
    assert normqa.open(corpus, **MODELS).settings.index_folder == Path("index")
    assert normqa.open(corpus, index=tmp_path / "own", **MODELS).settings.index_folder == tmp_path / "own"


def test_a_folder_without_documents_cannot_be_built(corpus: Path) -> None:
    with pytest.raises(NothingUsable):
        normqa.open(corpus, **MODELS)
    assert normqa.open(corpus, build=False, **MODELS).ask("Why?").reason == "empty_index"


def test_an_unknown_setting_is_refused(corpus: Path) -> None:
    with pytest.raises(InvalidSettings, match="'top' in the call"):
        normqa.open(corpus, top=3)


@pytest.mark.parametrize(
    ("question", "options"), [(" ", {}), ("Why?", {"top_k": 0}), ("Why?", {"min_confidence": 1.5})]
)
def test_an_unusable_question_is_refused(library: Service, question: str, options: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        library.ask(question, **options)


def test_importing_normqa_loads_nothing_heavy() -> None:
    code = "import sys, normqa; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    heavy = {"numpy", "faiss", "tantivy", "pydantic", "fastapi", "torch", "onnxruntime", "rich", "typer"}
    assert heavy.isdisjoint(loaded.split())
