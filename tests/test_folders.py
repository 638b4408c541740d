"""An index inside the corpus is no part of it, and a corpus inside the index is refused."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from normqa.errors import InvalidSettings
from normqa.folders import is_in, patterns_of_index
from normqa.lint.corpus import lint
from normqa.load.corpus import first_file
from normqa.serve.refresh.watch import watch
from normqa.service import Service
from normqa.settings import Settings
from tests.conftest import WriteCorpus, hashing_models

MakeService = Callable[[Path], Service]


@pytest.fixture
def make(corpus: Path) -> MakeService:
    """Make a service over the corpus, with an index that a test chooses."""
    return lambda index: Service(Settings(corpus=corpus, index=index), hashing_models())


@pytest.mark.parametrize("name", ["index", "deep/[x]*?/index", ".index", "Über uns", "a.md"])
def test_index_inside_the_corpus_is_no_part_of_it(
    name: str, write_corpus: WriteCorpus, make: MakeService
) -> None:
    corpus = write_corpus({"b.md": "The pelican eats herring.\n"})
    service = make(corpus / name)
    for _ in range(2):
        built = service.build()
        assert list(built.files) == ["b.md"]
        assert built.report.problems == ()
    assert not built.written
    assert not service.status().drift
    settings = service.settings
    assert lint(corpus, settings.max_file_bytes, settings.skipped_files).files == 1
    (corpus / "b.md").unlink()
    assert first_file(corpus, settings.max_file_bytes, settings.skipped_files) is None


def test_files_beside_the_index_are_read(write_corpus: WriteCorpus, make: MakeService) -> None:
    corpus = write_corpus({"index.md": "Pelicans.\n", "indexes/a.md": "Herring.\n", "in/index": "Squid.\n"})
    assert list(make(corpus / "index").build().files) == ["in/index", "index.md", "indexes/a.md"]


def test_links_are_followed(tmp_path: Path, write_corpus: WriteCorpus, make: MakeService) -> None:
    corpus = write_corpus({"b.md": "The pelican eats herring.\n"})
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.symlink_to(corpus / "real")
    (corpus / "real").mkdir()
    (corpus / "link").symlink_to(outside)
    for index in (corpus / "link", inside):
        built = make(index).build()
        assert list(built.files) == ["b.md"]
    assert is_in(corpus / "link", str(corpus / "link" / "CURRENT"))
    assert is_in(inside, str(corpus / "real" / "CURRENT"))
    assert not is_in(inside, str(corpus / "reality"))


def test_index_elsewhere_adds_no_pattern(tmp_path: Path) -> None:
    assert patterns_of_index(tmp_path / "corpus", tmp_path / "index") == ()
    assert patterns_of_index(tmp_path / "corpus", tmp_path / "corpus-index") == ()


def test_relative_paths_are_compared(tmp_path: Path) -> None:
    assert os.path.realpath(tmp_path) == str(Path.cwd())
    assert patterns_of_index(Path(), Path("index")) == ("index", "index/*")
    assert patterns_of_index(Path("a/.."), Path("a/../b/c")) == ("b/c", "b/c/*")


@pytest.mark.parametrize("index", [".", "..", "sub/..", "../corpus", "../link"])
def test_corpus_in_the_index_is_refused(
    index: str, write_corpus: WriteCorpus, make: MakeService, tmp_path: Path
) -> None:
    corpus = write_corpus({"sub/b.md": "The pelican eats herring.\n"})
    (tmp_path / "link").symlink_to(corpus)
    with pytest.raises(InvalidSettings, match="Choose another folder for the index"):
        make(corpus / index)
    assert [path.name for path in corpus.rglob("*")] == ["sub", "b.md"]


def test_watch_ignores_the_index(write_corpus: WriteCorpus, make: MakeService) -> None:
    """A build that saw its own files change would never end."""
    corpus = write_corpus({"b.md": "The pelican eats herring.\n"})
    service = make(corpus / "index")
    service.build()
    builds, stop = list[str](), threading.Event()
    build = service.build

    def count_build() -> object:
        builds.append("")
        if len(builds) == 1:
            (corpus / "index" / "shards" / "x").write_text("")
            threading.Timer(2.5, stop.set).start()  # longer than two rounds of the watch
        return build()

    service.build = count_build  # type: ignore[method-assign, assignment]
    watch(service, corpus, stop, lambda _: None, lambda _: None)
    assert len(builds) == 1
