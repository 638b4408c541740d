"""What a generation says of itself."""

import hashlib
import json
from pathlib import Path

import pytest

from normqa.errors import IndexCorrupt
from normqa.index.manifest import FORMAT, DocumentEntry, Manifest, ProblemEntry, Recipe, digests


def a_manifest(**changes: object) -> Manifest:
    return Manifest(
        format=FORMAT,
        generation="20260101T120000.000000Z",
        built_at="2026-01-01T12:00:00+00:00",
        encoder_name="hashing",
        recipe=Recipe(encoder="e", splitter="s", loader="l", files={"Übersicht 検証.md": "0" * 64}),
        documents={"Übersicht 検証": DocumentEntry(sha256="1" * 64, passages=3)},
        passages=3,
        dimension=8,
        problems=[ProblemEntry(path="a.pdf", reason="not read", skipped=True)],
        parts={},
    ).model_copy(update=changes)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    manifest = a_manifest(parts={"texts.sqlite": "2" * 64})
    manifest.write(tmp_path)
    assert Manifest.read(tmp_path) == manifest


def test_a_missing_manifest_is_named(tmp_path: Path) -> None:
    with pytest.raises(IndexCorrupt, match=r"manifest\.json is missing") as corrupt:
        Manifest.read(tmp_path)
    assert "normqa build --full" in corrupt.value.hint


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b"\xff\xfe", b'{"format": %d}' % FORMAT])
def test_an_unreadable_manifest_is_named(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_bytes(content)
    with pytest.raises(IndexCorrupt, match=r"manifest\.json cannot be read"):
        Manifest.read(tmp_path)


def test_a_manifest_with_a_field_that_is_not_known_is_not_read(tmp_path: Path) -> None:
    fields = json.loads(a_manifest().model_dump_json()) | {"colour": "blue"}
    (tmp_path / "manifest.json").write_text(json.dumps(fields))
    with pytest.raises(IndexCorrupt, match=r"manifest\.json cannot be read"):
        Manifest.read(tmp_path)


@pytest.mark.parametrize("other", [FORMAT - 1, FORMAT + 1])
def test_another_format_is_refused_with_both_numbers(other: int, tmp_path: Path) -> None:
    a_manifest(format=other).write(tmp_path)
    with pytest.raises(IndexCorrupt, match=f"has format {other}; this normqa reads format {FORMAT}"):
        Manifest.read(tmp_path)


def test_digests_name_every_file_but_the_manifest(tmp_path: Path) -> None:
    (tmp_path / "lexical").mkdir()
    (tmp_path / "texts.sqlite").write_bytes(b"texts")
    (tmp_path / "lexical" / ".meta").write_bytes(b"")
    (tmp_path / "manifest.json").write_bytes(b"{}")
    assert digests(tmp_path) == {
        "texts.sqlite": hashlib.sha256(b"texts").hexdigest(),
        "lexical/.meta": hashlib.sha256(b"").hexdigest(),
    }


def test_a_part_that_is_missing_or_changed_is_named(tmp_path: Path) -> None:
    (tmp_path / "texts.sqlite").write_bytes(b"texts")
    manifest = a_manifest(parts=digests(tmp_path))
    manifest.check_parts(tmp_path)
    (tmp_path / "texts.sqlite").write_bytes(b"tests")
    with pytest.raises(IndexCorrupt, match=r"texts\.sqlite is not what was written"):
        manifest.check_parts(tmp_path)
    (tmp_path / "texts.sqlite").unlink()
    with pytest.raises(IndexCorrupt, match=r"texts\.sqlite is missing"):
        manifest.check_parts(tmp_path)
