"""A generation is whole or it does not open; CURRENT names one or nothing answers."""

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from normqa.errors import IndexCorrupt, IndexMissing
from normqa.index.checksums import measure
from normqa.index.generation import (
    Generation,
    Pointer,
    checked_manifest,
    current,
    files_of,
    generation_folder,
    generation_name,
    generation_names,
    inputs_of,
    publish,
    shard_folder,
)
from normqa.index.manifest import COPY, Manifest
from tests.build.builds import Builds, flip_a_bit, listing, shards, truncate
from tests.conftest import asking

FILES = {"a.md": "# Norms\n\nStates agree on norms.\n", "b.md": "Hotlines help.\n\n- One.\n- Two.\n"}
CHANGED = {
    "a.md": FILES["a.md"],
    "b.md": "Treaties bind states, and norms guide them.\n",
    "c.md": "A third document.\n",
}


@dataclass(frozen=True, slots=True)
class Two:
    """An index with two generations of different text, the newer one in force."""

    builds: Builds
    older: str
    newer: str

    @property
    def index(self) -> Path:
        return self.builds.index

    @property
    def folder(self) -> Path:
        """Of the generation in force."""
        return generation_folder(self.index, self.newer)


@pytest.fixture
def two(builds: Builds) -> Two:
    """Builds the two generations."""
    older, newer = builds.of(FILES), builds.of(CHANGED)
    return Two(builds, older.generation, newer.generation)


def parts(index: Path, name: str) -> list[Path]:
    """Every file of a generation and its shards but its manifest."""
    folder = generation_folder(index, name)
    named = [shard_folder(index, shard.name) for shard in Manifest.read(folder).shards]
    files = sorted(path for each in (folder, *named) for path in each.rglob("*") if path.is_file())
    return [path for path in files if path.name != "manifest.json"]


def same_part(path: Path, of: list[Path]) -> Path:
    """The file of another generation that does what ``path`` does.

    tantivy names its segment files by chance, so their suffix has to do.
    """
    alike = [
        each
        for each in of
        if (each.suffix, each.parent.name == "lexical") == (path.suffix, path.parent.name == "lexical")
    ]
    return next((each for each in alike if each.name == path.name), alike[0])


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
def test_a_generation_with_a_damaged_part_does_not_open_and_names_it(
    damage: Callable[[Path], object], two: Two
) -> None:
    Generation.open(two.index, two.newer)
    files = parts(two.index, two.newer)
    assert len(files) > 12
    for path in files:
        whole = path.read_bytes()
        damage(path)
        with pytest.raises(IndexCorrupt) as corrupt:
            Generation.open(two.index, two.newer)
        assert f"{path} is " in corrupt.value.message
        assert "normqa build" in corrupt.value.hint
        path.write_bytes(whole)
    Generation.open(two.index, two.newer)


@pytest.mark.usefixtures("four_shards")
def test_whichever_shard_is_damaged_is_named(builds: Builds) -> None:
    manifest = builds.of(CHANGED)
    for place in range(4):
        path = builds.shard(place) / "texts.sqlite"
        whole = path.read_bytes()
        flip_a_bit(path)
        with pytest.raises(IndexCorrupt, match=f"{path} is not what was written there"):
            Generation.open(builds.index, manifest.generation)
        path.write_bytes(whole)


@pytest.mark.parametrize("whose", ["of the older generation", "of another index"])
def test_a_part_of_another_generation_is_no_part_of_this_one(whose: str, two: Two, tmp_path: Path) -> None:
    """Though it is as good in itself."""
    foreign = parts(two.index, two.older)
    if whose == "of another index":
        other = Builds(tmp_path / "other", tmp_path / "other index")
        foreign = parts(other.index, other.of({"x.md": "States keep hotlines.", "y.md": "Law."}).generation)
    swapped = set()
    for path in parts(two.index, two.newer):
        whole, its = path.read_bytes(), same_part(path, foreign).read_bytes()
        if its == whole:
            continue
        path.write_bytes(its)
        with pytest.raises(IndexCorrupt) as corrupt:
            Generation.open(two.index, two.newer)
        assert f"{path} is not what was written there" in corrupt.value.message
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
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets every file of more than a byte count as large: believed by its size and time."""
    monkeypatch.setattr("normqa.index.checksums._SMALL_BYTES", 1)


@pytest.mark.usefixtures("large")
def test_a_large_part_that_was_changed_is_found_by_its_time(two: Two) -> None:
    for path in parts(two.index, two.newer):
        whole, about = path.read_bytes(), path.stat()
        flip_a_bit(path)
        os.utime(path, ns=(0, about.st_mtime_ns + 1))
        with pytest.raises(IndexCorrupt, match="is not what was written there") as corrupt:
            Generation.open(two.index, two.newer)
        assert str(path) in corrupt.value.message
        path.write_bytes(whole)


@pytest.mark.usefixtures("large")
def test_a_large_part_that_was_changed_and_given_its_old_time_is_found_when_all_is_read(two: Two) -> None:
    """But for the manifest's copy, which is always read."""
    for path in parts(two.index, two.newer):
        if path.name == COPY:
            continue
        whole, about = path.read_bytes(), path.stat()
        flip_a_bit(path)
        os.utime(path, ns=(about.st_mtime_ns, about.st_mtime_ns))
        checked_manifest(two.index, two.newer)
        with pytest.raises(IndexCorrupt, match="is not what was written there") as corrupt:
            checked_manifest(two.index, two.newer, whole=True)
        assert str(path) in corrupt.value.message
        path.write_bytes(whole)
    checked_manifest(two.index, two.newer, whole=True)


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize(
    "suffix", [".npy", ".sqlite", ".json", ".fast", ".fieldnorm", ".idx", ".pos", ".term"]
)
def test_a_large_part_that_decayed_on_the_disk_opens_or_is_told_to_be_corrupt(suffix: str, two: Two) -> None:
    """Where its time has not changed it is believed; what then cannot be read is told like any damage."""
    path = next(path for path in parts(two.index, two.newer) if path.suffix == suffix)
    whole, about = path.read_bytes(), path.stat()
    for place in range(24):
        flip_a_bit(path, place / 23)
        os.utime(path, ns=(about.st_mtime_ns, about.st_mtime_ns))
        with suppress(IndexCorrupt):
            Generation.open(two.index, two.newer)
        path.write_bytes(whole)


@pytest.mark.parametrize("damage", ["removed", "truncated", "emptied", "first byte flipped"])
def test_a_generation_with_a_damaged_manifest_does_not_open_and_names_it(damage: str, two: Two) -> None:
    path = two.folder / "manifest.json"
    path.write_bytes(path.read_bytes().rstrip())
    DAMAGES[damage](path)
    with pytest.raises(IndexCorrupt) as corrupt:
        Generation.open(two.index, two.newer)
    assert str(path) in corrupt.value.message


def test_the_manifest_of_another_generation_does_not_open_this_one(two: Two) -> None:
    shutil.copyfile(generation_folder(two.index, two.older) / "manifest.json", two.folder / "manifest.json")
    with pytest.raises(IndexCorrupt, match=f"{two.folder} holds another generation, {two.older}"):
        Generation.open(two.index, two.newer)


def test_a_generation_under_another_name_does_not_open(two: Two) -> None:
    renamed = two.folder.rename(two.folder.with_name("20260101T000000.000000Z"))
    with pytest.raises(IndexCorrupt, match=f"{renamed} holds another generation, {two.newer}"):
        Generation.open(two.index, renamed.name)


def test_a_shard_that_is_gone_is_named(two: Two) -> None:
    shutil.rmtree(two.builds.shard())
    with pytest.raises(IndexCorrupt, match=f"{two.builds.shard()}/.* is missing"):
        Generation.open(two.index, two.newer)


def test_an_index_that_was_copied_still_opens(two: Two, tmp_path: Path) -> None:
    """With other times for its files; all of them are small, so they are read."""
    copied = tmp_path / "copied"
    shutil.copytree(two.index, copied, copy_function=shutil.copyfile)
    assert Generation.open(copied, current(copied).name).store.document_ids() == ["a", "b", "c"]


@pytest.mark.parametrize("name", ["texts.sqlite", "passages.npy"])
def test_parts_of_different_shards_do_not_belong_together(name: str, two: Two) -> None:
    """Whatever their checksums say: of the older shard, which has fewer passages, and of the newer."""
    shutil.copyfile(shard_folder(two.index, f"{two.older}-0") / name, two.builds.shard() / name)
    manifest = Manifest.read(two.folder)
    shard = manifest.shards[0].model_copy(update={"parts": measure(two.builds.shard())})
    manifest.model_copy(update={"shards": (shard,)}).write(two.folder)
    with pytest.raises(IndexCorrupt, match="do not belong together"):
        Generation.open(two.index, two.newer)


@pytest.mark.parametrize("changes", [{"dimension": 8}, {"shards": 1}])
def test_parts_that_differ_from_the_manifest_do_not_belong_together(
    changes: dict[str, int], two: Two
) -> None:
    """A vector has another dimension, or a shard a passage more."""
    manifest = Manifest.read(two.folder)
    [shard] = manifest.shards
    more = shard.model_copy(update={"passages": shard.passages + 1})
    manifest.model_copy(update=changes if "dimension" in changes else {"shards": (more,)}).write(two.folder)
    with pytest.raises(IndexCorrupt, match="do not belong together"):
        Generation.open(two.index, two.newer)


def test_what_a_generation_was_made_of_is_told_by_its_shards(tmp_path: Path) -> None:
    with shards(4):
        builds = Builds(tmp_path / "corpus", tmp_path / "index")
        manifest = builds.of(CHANGED)
        files = files_of(builds.index, manifest)
        assert list(files) == ["a.md", "b.md", "c.md"]
        recipe = inputs_of(manifest, files_of(builds.index, manifest))
        assert recipe.fingerprints == manifest.fingerprints
        assert recipe.files == {name: entry.sha256 for name, entry in files.items()}


def test_a_generation_is_named_by_when_it_was_built_and_they_are_told_newest_first(two: Two) -> None:
    assert generation_name(datetime(2026, 1, 2, 3, 4, 5, 67, UTC)) == "20260102T030405.000067Z"
    (two.index / "generations" / "20200101T000000.000000Z").mkdir()
    (two.index / "generations" / f".building-{two.newer}").mkdir()
    (two.index / "generations" / "notes").mkdir()
    assert generation_names(two.index) == [two.newer, two.older, "20200101T000000.000000Z"]
    assert generation_names(two.index / "nowhere") == []


def test_opening_and_asking_writes_nothing_into_the_index(two: Two) -> None:
    """So it may be read-only, or open in several processes."""
    for path in two.index.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    two.index.chmod(0o555)
    before = listing(two.index)
    service = two.builds.service()
    assert service.ask(asking("What do treaties bind?", 1)).quotes
    assert service.documents()
    service.status()
    assert listing(two.index) == before


def test_without_a_pointer_there_is_no_index_yet(two: Two) -> None:
    (two.index / "CURRENT").unlink()
    with pytest.raises(IndexMissing) as missing:
        current(two.index)
    assert missing.value.hint == "Run normqa build."


def test_without_an_index_folder_there_is_no_index_yet(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        current(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b".",
        b"..",
        b"/",
        b"/etc",
        b"../../corpus",
        b"../generations/{newer}",
        b"./{newer}",
        b"{newer}/lexical",
        b"{newer}\n{newer}",
        b"{newer}\nrolled",
        b"{newer}\n\nrolled back",
        b"{newer}\nrolled back\nrolled back",
        b"rolled back\n{newer}",
        b"{newer} rolled back",
        b"{newer}\0",
        b"{newer}x",
        b".building-{newer}",
        b"20200101T000000.000000Z",
        b"\xff\xfe\x00",
        b"x" * 300,
        b"x" * 100_000,
    ],
)
def test_a_pointer_that_is_not_the_plain_name_of_a_generation_is_corrupt(content: bytes, two: Two) -> None:
    shutil.copytree(two.folder, two.folder.with_name(f".building-{two.newer}"))
    (two.index / "CURRENT").write_bytes(content.replace(b"{newer}", two.newer.encode()))
    with pytest.raises(IndexCorrupt) as corrupt:
        current(two.index)
    assert str(two.index / "CURRENT") in corrupt.value.message
    assert "normqa build" in corrupt.value.hint


def test_a_pointer_to_a_generation_that_is_gone_is_corrupt_though_another_is_there(two: Two) -> None:
    two.folder.rename(two.index / "elsewhere")
    with pytest.raises(IndexCorrupt, match="CURRENT names no generation"):
        current(two.index)


def test_a_pointer_that_is_a_folder_is_corrupt(two: Two) -> None:
    (two.index / "CURRENT").unlink()
    (two.index / "CURRENT").mkdir()
    with pytest.raises(IndexCorrupt, match="CURRENT cannot be read"):
        current(two.index)


def test_publishing_puts_a_generation_in_force_and_leaves_only_the_pointer(two: Two) -> None:
    """Whether that is a rollback stands in the second line."""
    before = sorted(path.name for path in two.index.iterdir())
    assert current(two.index) == Pointer(two.newer)
    publish(two.index, two.older, rolled_back=True)
    assert current(two.index) == Pointer(two.older, rolled_back=True)
    assert (two.index / "CURRENT").read_text() == f"{two.older}\nrolled back\n"
    publish(two.index, two.older)
    assert current(two.index) == Pointer(two.older)
    assert (two.index / "CURRENT").read_text() == f"{two.older}\n"
    assert sorted(path.name for path in two.index.iterdir()) == before
