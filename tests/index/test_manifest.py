"""The manifest of a generation."""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from normqa.errors import IndexCorrupt
from normqa.index.checksums import FileChecksum
from normqa.index.manifest import FORMAT, Fingerprints, Manifest, ShardEntry

SHARD = ShardEntry(
    name="000001-20260101T120000.000000Z-0",
    key="0" * 64,
    documents=2,
    passages=3,
    parts={"texts.sqlite": FileChecksum(size=5, modified=1, sha256="1" * 64)},
)
OTHER_SHARD = SHARD.model_copy(
    update={"name": "000000-20251231T235959.999999Z-1", "documents": 4, "passages": 5}
)


def a_manifest(**changes: object) -> Manifest:
    return Manifest(
        format=FORMAT,
        generation="000001-20260101T120000.000000Z",
        built_at="2026-01-01T12:00:00+00:00",
        encoder_name="Übersicht 検証",
        fingerprints=Fingerprints(encoder="e", splitter="s", loader="l", lexical="x"),
        dimension=8,
        shards=(SHARD, OTHER_SHARD),
        parts={"report.json": FileChecksum(size=7, modified=2, sha256="2" * 64)},
    ).model_copy(update=changes)


def change(folder: Path, edit: Callable[[dict[str, Any]], object]) -> None:
    """Edits the manifest in a folder."""
    content = json.loads((folder / "manifest.json").read_bytes())
    edit(content)
    (folder / "manifest.json").write_text(json.dumps(content))


def test_a_manifest_is_read_as_it_was_written(tmp_path: Path) -> None:
    a_manifest().write(tmp_path)
    assert Manifest.read(tmp_path) == a_manifest()


def test_documents_and_passages_are_counted_over_all_shards() -> None:
    assert a_manifest().documents == 2 + 4
    assert a_manifest().passages == 3 + 5


def test_a_missing_manifest_is_named(tmp_path: Path) -> None:
    with pytest.raises(IndexCorrupt, match=r"manifest\.json is missing") as corrupt:
        Manifest.read(tmp_path)
    assert "normqa build" in corrupt.value.hint


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b"\xff\xfe", b'{"format": %d}' % FORMAT])
def test_an_unreadable_manifest_is_named(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_bytes(content)
    with pytest.raises(IndexCorrupt, match=r"manifest\.json cannot be read"):
        Manifest.read(tmp_path)


def test_an_unknown_field_is_refused(tmp_path: Path) -> None:
    a_manifest().write(tmp_path)
    change(tmp_path, lambda content: content.update(colour="blue"))
    with pytest.raises(IndexCorrupt, match=r"manifest\.json cannot be read"):
        Manifest.read(tmp_path)


def test_a_changed_number_is_found_by_the_digest(tmp_path: Path) -> None:
    """Nothing else records these numbers."""
    a_manifest().write(tmp_path)
    change(tmp_path, lambda content: content["shards"][0].update(documents=3))
    with pytest.raises(IndexCorrupt, match=r"manifest\.json is corrupted: checksum mismatch"):
        Manifest.read(tmp_path)


def test_a_manifest_without_its_digest_is_refused(tmp_path: Path) -> None:
    a_manifest().write(tmp_path)
    change(tmp_path, lambda content: content.pop("sha256"))
    with pytest.raises(IndexCorrupt, match=r"manifest\.json is corrupted: checksum mismatch"):
        Manifest.read(tmp_path)


def test_a_flipped_bit_changes_nothing_or_is_found(tmp_path: Path) -> None:
    """A flipped blank between fields changes nothing."""
    a_manifest(shards=(SHARD,)).write(tmp_path)
    path = tmp_path / "manifest.json"
    whole = path.read_bytes()
    for place in range(len(whole)):
        flipped = bytearray(whole)
        flipped[place] ^= 0b100
        path.write_bytes(flipped)
        with suppress(IndexCorrupt):
            assert Manifest.read(tmp_path) == a_manifest(shards=(SHARD,))


@pytest.mark.parametrize("other", [FORMAT - 1, FORMAT + 1])
def test_another_format_is_refused_with_both_numbers(other: int, tmp_path: Path) -> None:
    a_manifest(format=other).write(tmp_path)
    with pytest.raises(
        IndexCorrupt, match=f"has format {other}; this version of normqa reads format {FORMAT}"
    ):
        Manifest.read(tmp_path)


@pytest.mark.parametrize(
    "name", ["", "/etc", "a/b", "x", "..\\x", "000001-20260101T120000.000000Z-0/lexical"]
)
def test_a_shard_name_must_be_a_plain_name(name: str, tmp_path: Path) -> None:
    a_manifest(shards=(SHARD.model_copy(update={"name": name}),)).write(tmp_path)
    with pytest.raises(IndexCorrupt, match=r"manifest\.json cannot be read"):
        Manifest.read(tmp_path)
