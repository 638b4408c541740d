"""A build that does not finish loses no vectors that took long to encode."""

import shutil

import numpy as np
import pytest

from normqa.build.encoding import journal, vectors
from normqa.build.encoding.encode import PassageVectors
from normqa.build.encoding.journal import VectorJournal
from normqa.errors import EncoderUnavailable
from tests.build.builds import Builds, FailingEncoder, flip_a_bit, names_in

FILES = {f"{letter}.md": f"States keep hotline {letter}.\n" for letter in "abcdefgh"}


@pytest.fixture
def unfinished(builds: Builds, monkeypatch: pytest.MonkeyPatch) -> Builds:
    """The encoder failed after five of eight passages, each of which took long."""
    monkeypatch.setattr(journal, "_SECONDS", 0.0)
    monkeypatch.setattr(vectors, "BATCH", 1)
    builds.write(FILES)
    with pytest.raises(EncoderUnavailable):
        builds(FailingEncoder(5))
    return builds


def test_the_next_build_encodes_only_what_is_left(unfinished: Builds) -> None:
    assert unfinished.encoding(FILES) == 3
    assert unfinished.manifest().passages == 8
    assert ".journal" not in names_in(unfinished.index)


def test_vectors_from_the_journal_are_those_of_a_full_build(unfinished: Builds) -> None:
    unfinished.of(FILES)
    resumed = unfinished.generation().dense.vectors(np.arange(8))
    unfinished.of(FILES, full=True)
    assert np.array_equal(resumed, unfinished.generation().dense.vectors(np.arange(8)))


def test_a_damaged_journal_is_not_used(unfinished: Builds) -> None:
    parts = unfinished.folder.journal_parts()
    assert len(parts) == 5
    flip_a_bit(parts[0] / "passages.npy")
    (parts[1] / "keys.npy").unlink()
    shutil.copytree(parts[2], parts[2].with_name(f".building-{parts[2].name}"))
    shutil.rmtree(parts[2])
    assert unfinished.encoding(FILES) == 6
    assert ".journal" not in names_in(unfinished.index)


def test_a_dry_run_leaves_the_journal_and_a_full_build_ignores_it(unfinished: Builds) -> None:
    assert unfinished(dry_run=True).report.encoded == 3
    assert len(unfinished.folder.journal_parts()) == 5
    assert unfinished.encoding(FILES, full=True) == 8


def test_a_build_without_changes_removes_the_journal(builds: Builds) -> None:
    builds.of(FILES)
    part = builds.folder.journal_part("left")
    part.mkdir(parents=True)
    builds(dry_run=True)
    assert part.is_dir()
    assert not builds().written
    assert ".journal" not in names_in(builds.index)


@pytest.mark.parametrize(("seconds", "parts"), [(0.4, 0), (0.6, 1)])
def test_many_vectors_are_kept_only_if_they_took_a_second(
    seconds: float, parts: int, builds: Builds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "_PASSAGES", 2)
    builds.index.mkdir()
    kept = VectorJournal(builds.folder, builds.folder.next_name()[0], 2)
    ones = PassageVectors(np.ones(2, np.float32), np.ones((1, 2), np.float16))
    for key in (b"1" * 32, b"2" * 32):
        kept.add({key: ones}, seconds)
    assert len(builds.folder.journal_parts()) == parts


def test_a_full_disk_costs_the_journal_only(unfinished: Builds) -> None:
    shutil.rmtree(unfinished.index / ".journal")
    (unfinished.index / ".journal").write_text("no folder")
    assert unfinished.encoding(FILES) == 8
