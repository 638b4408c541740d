"""A generation is whole or it does not open; CURRENT names one or nothing answers."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from normqa.embed.hashing import HashingEncoder
from normqa.errors import IndexCorrupt, IndexMissing
from normqa.index.build import build
from normqa.index.generation import Generation, current_name, generation_folder, publish
from normqa.index.manifest import Manifest
from tests.conftest import MAX_FILE_BYTES, WriteCorpus

FILES = {"a.md": "# Norms\n\nStates agree on norms.\n", "b.md": "Hotlines help.\n\n- One.\n- Two.\n"}


@dataclass(frozen=True, slots=True)
class Two:
    """An index with two generations of different text, the newer one in force."""

    index: Path
    older: str
    newer: str

    @property
    def folder(self) -> Path:
        """Of the generation in force."""
        return generation_folder(self.index, self.newer)

    def same_part_of_older(self, path: Path) -> Path:
        """The file of the older generation that does what ``path`` does in the newer one.

        tantivy names its segment files by chance, so their suffix has to do.
        """
        folder = generation_folder(self.index, self.older) / path.parent.relative_to(self.folder)
        alike = [each for each in folder.iterdir() if each.suffix == path.suffix]
        return next((each for each in alike if each.name == path.name), alike[0])


@pytest.fixture
def two(write_corpus: WriteCorpus, index: Path) -> Two:
    """Builds the two generations."""
    older = build(write_corpus(FILES), index, HashingEncoder(), max_file_bytes=MAX_FILE_BYTES)
    changed = {"b.md": "Treaties bind states, and norms guide them.\n", "c.md": "A third document.\n"}
    newer = build(write_corpus(changed), index, HashingEncoder(), max_file_bytes=MAX_FILE_BYTES)
    return Two(index, older.manifest.generation, newer.manifest.generation)


def parts(two: Two) -> list[Path]:
    """Every file of the generation in force but its manifest."""
    files = sorted(path for path in two.folder.rglob("*") if path.is_file())
    assert len(files) > 5
    return [path for path in files if path.name != "manifest.json"]


def remove(path: Path) -> None:
    path.unlink()


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def append(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0")


def flip_a_bit_at(share: float) -> Callable[[Path], None]:
    def flip(path: Path) -> None:
        content = bytearray(path.read_bytes())
        if content:
            content[int(share * (len(content) - 1))] ^= 0b100
        path.write_bytes(content)

    return flip


DAMAGES = {
    "removed": remove,
    "truncated": truncate,
    "emptied": empty,
    "lengthened": append,
    "first byte flipped": flip_a_bit_at(0),
    "middle byte flipped": flip_a_bit_at(0.5),
    "last byte flipped": flip_a_bit_at(1),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_generation_with_a_damaged_part_does_not_open_and_names_it(
    damage: Callable[[Path], None], two: Two
) -> None:
    Generation.open(two.index, two.newer)
    for path in parts(two):
        whole = path.read_bytes()
        damage(path)
        if path.exists() and path.read_bytes() == whole:
            continue  # an empty file cannot be shortened
        with pytest.raises(IndexCorrupt) as corrupt:
            Generation.open(two.index, two.newer)
        assert f"{path} is " in corrupt.value.message
        assert "normqa build --full" in corrupt.value.hint
        path.write_bytes(whole)
    Generation.open(two.index, two.newer)


def test_a_part_of_another_generation_is_no_part_of_this_one(two: Two) -> None:
    swapped = 0
    for path in parts(two):
        whole, foreign = path.read_bytes(), two.same_part_of_older(path).read_bytes()
        if foreign == whole:
            continue
        path.write_bytes(foreign)
        with pytest.raises(IndexCorrupt) as corrupt:
            Generation.open(two.index, two.newer)
        assert f"{path} is not what was written there" in corrupt.value.message
        path.write_bytes(whole)
        swapped += 1
    assert swapped >= 5


@pytest.mark.parametrize("damage", ["removed", "truncated", "emptied", "first byte flipped"])
def test_a_generation_with_a_damaged_manifest_does_not_open_and_names_it(damage: str, two: Two) -> None:
    path = two.folder / "manifest.json"
    content = path.read_bytes().rstrip()
    path.write_bytes(content)
    DAMAGES[damage](path)
    with pytest.raises(IndexCorrupt) as corrupt:
        Generation.open(two.index, two.newer)
    assert str(path) in corrupt.value.message


def test_the_manifest_of_another_generation_does_not_open_this_one(two: Two) -> None:
    path = two.folder / "manifest.json"
    path.write_bytes(two.same_part_of_older(path).read_bytes())
    with pytest.raises(IndexCorrupt):
        Generation.open(two.index, two.newer)


def test_a_generation_under_another_name_does_not_open(two: Two) -> None:
    renamed = two.folder.rename(two.folder.with_name("20260101T000000.000000Z"))
    with pytest.raises(IndexCorrupt, match="do not belong together"):
        Generation.open(two.index, renamed.name)


def test_parts_whose_counts_differ_do_not_belong_together(two: Two) -> None:
    manifest = Manifest.read(two.folder)
    dropped = dict(list(manifest.documents.items())[1:])
    for changes in ({"passages": manifest.passages + 1}, {"documents": dropped}):
        manifest.model_copy(update=changes).write(two.folder)
        with pytest.raises(IndexCorrupt, match="do not belong together"):
            Generation.open(two.index, two.newer)


def test_without_a_pointer_there_is_no_index_yet(two: Two) -> None:
    (two.index / "CURRENT").unlink()
    with pytest.raises(IndexMissing) as missing:
        current_name(two.index)
    assert missing.value.hint == "Run normqa build."


def test_without_an_index_folder_there_is_no_index_yet(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        current_name(tmp_path / "nowhere")


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
        b"{newer}\0",
        b"{newer}x",
        b".building-{newer}",
        b"\xff\xfe\x00",
        b"x" * 300,
        b"x" * 100_000,
    ],
)
def test_a_pointer_that_is_not_the_plain_name_of_a_generation_is_corrupt(content: bytes, two: Two) -> None:
    shutil.copytree(two.folder, two.folder.with_name(f".building-{two.newer}"))
    (two.index / "CURRENT").write_bytes(content.replace(b"{newer}", two.newer.encode()))
    with pytest.raises(IndexCorrupt) as corrupt:
        current_name(two.index)
    assert str(two.index / "CURRENT") in corrupt.value.message
    assert "normqa build --full" in corrupt.value.hint


def test_a_pointer_to_a_generation_that_is_gone_is_corrupt_though_another_is_there(two: Two) -> None:
    two.folder.rename(two.index / "elsewhere")
    with pytest.raises(IndexCorrupt, match="CURRENT names no generation"):
        current_name(two.index)


def test_a_pointer_that_is_a_folder_is_corrupt(two: Two) -> None:
    (two.index / "CURRENT").unlink()
    (two.index / "CURRENT").mkdir()
    with pytest.raises(IndexCorrupt, match="CURRENT cannot be read"):
        current_name(two.index)


def test_publishing_puts_a_generation_in_force_and_leaves_only_the_pointer(two: Two) -> None:
    """A rollback by hand is the same one step."""
    before = sorted(path.name for path in two.index.iterdir())
    assert current_name(two.index) == two.newer
    publish(two.index, two.older)
    assert current_name(two.index) == two.older
    assert sorted(path.name for path in two.index.iterdir()) == before
    assert (two.index / "CURRENT").read_text() == f"{two.older}\n"
