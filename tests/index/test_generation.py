"""A generation opens only if it is whole."""

import gc
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from normqa.answer.pipeline import AnswerPipeline
from normqa.build.build import BuildOptions, build
from normqa.errors import IndexCorrupt
from normqa.index.checksums import measure
from normqa.index.folder import IndexFolder
from normqa.index.generation import Generation
from normqa.index.manifest import MANIFEST_COPY, Manifest
from normqa.service import Service
from normqa.storage.folder import FolderHome
from tests.build.builds import Builds, flip_a_bit, listing, truncate
from tests.conftest import MAX_FILE_BYTES, asking

FILES = {"a.md": "# Norms\n\nStates agree on norms.\n", "b.md": "Hotlines help.\n\n- One.\n- Two.\n"}
CHANGED = {
    "a.md": FILES["a.md"],
    "b.md": "Treaties bind states, and norms guide them.\n",
    "c.md": "A third document.\n",
}


@dataclass(frozen=True, slots=True)
class Two:
    """An index with two generations of different text."""

    builds: Builds
    older: str
    newer: str

    @property
    def index(self) -> IndexFolder:
        return self.builds.folder

    def path(self, name: str | None = None) -> Path:
        """The folder of a generation, of the current one by default."""
        return self.index.generation(name or self.newer)

    def open(self) -> Generation:
        """Opens the current generation."""
        return Generation.open(self.index, self.newer)


@pytest.fixture
def two(builds: Builds) -> Two:
    """Builds the two generations."""
    older, newer = builds.of(FILES), builds.of(CHANGED)
    return Two(builds, older.generation, newer.generation)


def parts(index: IndexFolder, name: str) -> list[Path]:
    """Every file of a generation and its shards but its manifest and the locks that tantivy may leave."""
    path = index.generation(name)
    shards = [index.shard(shard.name) for shard in Manifest.read(path).shards]
    files = sorted(file for folder in (path, *shards) for file in folder.rglob("*") if file.is_file())
    return [file for file in files if file.name != "manifest.json" and not file.name.startswith(".")]


def same_part(path: Path, of: list[Path]) -> Path:
    """The file of another generation with the same role as ``path``.

    tantivy names its segment files at random, so only their suffix can be compared.
    """
    role = path.suffix, path.parent.name == "lexical"
    alike = [file for file in of if (file.suffix, file.parent.name == "lexical") == role]
    return next((file for file in alike if file.name == path.name), alike[0])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def append(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0")


DAMAGES: dict[str, Callable[[Path], object]] = {
    "removed": Path.unlink,
    "truncated": truncate,
    "emptied": empty,
    "lengthened": append,
    "first byte flipped": lambda path: flip_a_bit(path, 0),
    "middle byte flipped": lambda path: flip_a_bit(path, 0.5),
    "last byte flipped": lambda path: flip_a_bit(path, 1),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_part_is_found_and_named(damage: Callable[[Path], object], two: Two) -> None:
    two.open()
    files = parts(two.index, two.newer)
    assert len(files) > 12
    for path in files:
        whole = path.read_bytes()
        damage(path)
        with pytest.raises(IndexCorrupt) as corrupt:
            two.open()
        assert f"{path} is " in corrupt.value.message
        assert "normqa build" in corrupt.value.hint
        path.write_bytes(whole)
    two.open()


@pytest.mark.usefixtures("four_shards")
def test_damage_in_any_shard_is_found_and_named(builds: Builds) -> None:
    manifest = builds.of(CHANGED)
    for place in range(4):
        path = builds.shard(place) / "texts.sqlite"
        whole = path.read_bytes()
        flip_a_bit(path)
        with pytest.raises(IndexCorrupt, match=f"{path} is corrupted: checksum mismatch"):
            Generation.open(builds.folder, manifest.generation)
        path.write_bytes(whole)


@pytest.mark.parametrize("whose", ["older generation", "another index"])
def test_an_intact_part_of_another_generation_is_refused(whose: str, two: Two, tmp_path: Path) -> None:
    foreign = parts(two.index, two.older)
    if whose == "another index":
        other = Builds(tmp_path / "other", tmp_path / "other index")
        foreign = parts(other.folder, other.of({"x.md": "States keep hotlines.", "y.md": "Law."}).generation)
    swapped = set()
    for path in parts(two.index, two.newer):
        whole, its = path.read_bytes(), same_part(path, foreign).read_bytes()
        if its == whole:
            continue
        path.write_bytes(its)
        with pytest.raises(IndexCorrupt) as corrupt:
            two.open()
        assert f"{path} is corrupted: checksum mismatch" in corrupt.value.message
        path.write_bytes(whole)
        swapped.add(path.name)
    assert swapped > {
        "report.json",
        "files.json",
        "texts.sqlite",
        "passages.npy",
        "sentences.npy",
        "keys.npy",
    }


@pytest.fixture
def trusting(two: Two) -> IndexFolder:
    """The same folder, but every file counts as large and is trusted by its size and time."""
    return IndexFolder(two.builds.index, trust_above=0)


def test_a_changed_large_file_is_found_by_its_time(two: Two, trusting: IndexFolder) -> None:
    for path in parts(two.index, two.newer):
        whole, about = path.read_bytes(), path.stat()
        flip_a_bit(path)
        os.utime(path, ns=(0, about.st_mtime_ns + 1))
        with pytest.raises(IndexCorrupt, match="is corrupted: checksum mismatch") as corrupt:
            Generation.open(trusting, two.newer)
        assert str(path) in corrupt.value.message
        path.write_bytes(whole)


def test_a_changed_large_file_with_its_old_time_is_found_by_a_whole_check(
    two: Two, trusting: IndexFolder
) -> None:
    """The copy of the manifest is read in any case."""
    for path in parts(two.index, two.newer):
        if path.name == MANIFEST_COPY:
            continue
        whole, about = path.read_bytes(), path.stat()
        flip_a_bit(path)
        os.utime(path, ns=(about.st_mtime_ns, about.st_mtime_ns))
        trusting.checked_manifest(two.newer)
        with pytest.raises(IndexCorrupt, match="is corrupted: checksum mismatch") as corrupt:
            trusting.checked_manifest(two.newer, whole=True)
        assert str(path) in corrupt.value.message
        path.write_bytes(whole)
    trusting.checked_manifest(two.newer, whole=True)


@pytest.mark.parametrize(
    "suffix", [".npy", ".sqlite", ".json", ".fast", ".fieldnorm", ".idx", ".pos", ".term"]
)
def test_a_decayed_large_file_opens_or_is_reported_as_corrupt(
    suffix: str, two: Two, trusting: IndexFolder
) -> None:
    """With an unchanged time it is trusted; whatever then fails is reported like any other damage."""
    path = next(path for path in parts(two.index, two.newer) if path.suffix == suffix)
    whole, about = path.read_bytes(), path.stat()
    for place in range(24):
        flip_a_bit(path, place / 23)
        os.utime(path, ns=(about.st_mtime_ns, about.st_mtime_ns))
        with suppress(IndexCorrupt):
            Generation.open(trusting, two.newer)
        path.write_bytes(whole)


@pytest.mark.parametrize("damage", ["removed", "truncated", "emptied", "first byte flipped"])
def test_a_damaged_manifest_is_found_and_named(damage: str, two: Two) -> None:
    path = two.path() / "manifest.json"
    path.write_bytes(path.read_bytes().rstrip())
    DAMAGES[damage](path)
    with pytest.raises(IndexCorrupt) as corrupt:
        two.open()
    assert str(path) in corrupt.value.message


def test_the_manifest_of_another_generation_is_refused(two: Two) -> None:
    shutil.copyfile(two.path(two.older) / "manifest.json", two.path() / "manifest.json")
    with pytest.raises(IndexCorrupt, match=f"{two.path()} contains another generation, {two.older}"):
        two.open()


def test_a_renamed_generation_is_refused(two: Two) -> None:
    renamed = two.path().rename(two.path("000009-20260101T000000.000000Z"))
    with pytest.raises(IndexCorrupt, match=f"{renamed} contains another generation, {two.newer}"):
        Generation.open(two.index, renamed.name)


def test_a_missing_shard_is_named(two: Two) -> None:
    shutil.rmtree(two.builds.shard())
    with pytest.raises(IndexCorrupt, match=f"{two.builds.shard()}/.* is missing"):
        two.open()


def test_a_copied_index_opens(two: Two, tmp_path: Path) -> None:
    """Its files have other times, but all of them are small, so they are read."""
    copy = IndexFolder(tmp_path / "copy")
    shutil.copytree(two.index.path, copy.path, copy_function=shutil.copyfile)
    assert Generation.open(copy, copy.current().name).store.document_ids() == ["a", "b", "c"]


@pytest.mark.parametrize("name", ["texts.sqlite", "passages.npy"])
def test_parts_of_different_shards_do_not_belong_together(name: str, two: Two) -> None:
    """Even with matching checksums: the older shard has fewer passages than the newer one."""
    shutil.copyfile(two.index.shard(f"{two.older}-0") / name, two.builds.shard() / name)
    manifest = Manifest.read(two.path())
    shard = manifest.shards[0].model_copy(update={"parts": measure(two.builds.shard())})
    manifest.model_copy(update={"shards": (shard,)}).write(two.path())
    with pytest.raises(IndexCorrupt, match="do not belong together"):
        two.open()


@pytest.mark.parametrize("changed", ["dimension", "passages"])
def test_parts_that_differ_from_the_manifest_do_not_belong_together(changed: str, two: Two) -> None:
    manifest = Manifest.read(two.path())
    [shard] = manifest.shards
    more = shard.model_copy(update={"passages": shard.passages + 1})
    updates: dict[str, dict[str, object]] = {
        "dimension": {"dimension": 8},
        "passages": {"shards": (more,)},
    }
    manifest.model_copy(update=updates[changed]).write(two.path())
    with pytest.raises(IndexCorrupt, match="do not belong together"):
        two.open()


def test_opening_and_asking_writes_nothing_into_the_index(two: Two) -> None:
    """So the index may be read-only, or open in several processes."""
    index = two.index.path
    for path in index.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    index.chmod(0o555)
    before = listing(index)
    service = two.builds.service()
    assert service.ask(asking("What do treaties bind?", 1)).quotes
    assert service.documents()
    service.status()
    assert listing(index) == before


def test_a_dropped_generation_closes_its_databases(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = []

    class Connection(sqlite3.Connection):
        def close(self) -> None:
            closed.append(self)
            super().close()

    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", partial(connect, factory=Connection))
    generation = two.open()
    generation.store.document("a")
    assert closed == []
    gc.disable()
    try:
        del generation
        assert len(closed) == 1
    finally:
        gc.enable()


@pytest.fixture
def trusting_service(two: Two, trusting: IndexFolder, monkeypatch: pytest.MonkeyPatch) -> Service:
    """A service that trusts every file by size and time, as it trusts large files."""
    service = two.builds.service()
    monkeypatch.setattr(service, "_index", FolderHome(trusting))
    return service


def decay(path: Path, edit: Callable[[Path], object]) -> None:
    """Change a file and give it its old time."""
    modified = path.stat().st_mtime_ns
    edit(path)
    os.utime(path, ns=(modified, modified))


def to_huge_vectors(path: Path) -> None:
    vectors = np.load(path)
    np.save(path, np.full_like(vectors, 1e4))


def to_no_numbers(path: Path) -> None:
    vectors = np.load(path)
    np.save(path, np.full_like(vectors, np.nan))


@pytest.mark.parametrize("part", ["passages.npy", "sentences.npy"])
@pytest.mark.parametrize("edit", [to_huge_vectors, to_no_numbers])
def test_vectors_that_decayed_are_refused_and_the_next_build_repairs_them(
    part: str, edit: Callable[[Path], None], two: Two, trusting: IndexFolder, trusting_service: Service
) -> None:
    """A build of an unchanged corpus reads every byte of the index."""
    question = asking("What do treaties bind?", 1)
    right = trusting_service.ask(question).quotes
    path = two.builds.shard() / part
    decay(path, edit)
    with pytest.raises(IndexCorrupt, match=f"{path} is corrupted: checksum mismatch"):
        trusting_service.ask(question)
    options = BuildOptions(MAX_FILE_BYTES, keep=2)
    assert build(two.builds.corpus, trusting, two.builds.encoder, options).written
    assert trusting_service.ask(question).quotes == right
    assert not build(two.builds.corpus, trusting, two.builds.encoder, options).written


def test_another_error_than_damage_is_not_blamed_on_the_index(
    trusting_service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("a bug")

    monkeypatch.setattr(AnswerPipeline, "ask", fail)
    with pytest.raises(ValueError, match="a bug"):
        trusting_service.ask(asking("What do treaties bind?", 1))
