"""Checksums of the files of an index."""

import os
from hashlib import sha256
from pathlib import Path

import pytest

from normqa.errors import IndexCorrupt
from normqa.index.checksums import FileChecksum, check, file_sha256, measure

LARGE = 1_000_001
"""Files of more than a million bytes are trusted by size and time."""


def rewrite(path: Path, content: bytes) -> None:
    """Writes other content and puts the time of the last change back."""
    modified = path.stat().st_mtime_ns
    path.write_bytes(content)
    os.utime(path, ns=(modified, modified))


def test_a_digest_is_that_of_sha256sum(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"Text")
    # printf Text | sha256sum
    assert (
        file_sha256(tmp_path / "file") == "71988c4d8e0803ba4519f0b2864c1331c14a1890bf8694e251379177bfedb5c3"
    )


def test_every_file_but_locks_is_measured(tmp_path: Path) -> None:
    (tmp_path / "lexical").mkdir()
    (tmp_path / "texts.sqlite").write_bytes(b"texts")
    (tmp_path / "lexical" / "meta.json").write_bytes(b"")
    (tmp_path / "lexical" / ".tantivy-meta.lock").write_bytes(b"")
    os.utime(tmp_path / "texts.sqlite", ns=(1, 2))
    os.utime(tmp_path / "lexical" / "meta.json", ns=(3, 4))
    assert measure(tmp_path) == {
        "texts.sqlite": FileChecksum(size=5, modified=2, sha256=sha256(b"texts").hexdigest()),
        "lexical/meta.json": FileChecksum(size=0, modified=4, sha256=sha256(b"").hexdigest()),
    }


def test_a_missing_or_changed_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "texts.sqlite"
    path.write_bytes(b"texts")
    parts = measure(tmp_path)
    check(tmp_path, parts)
    for content in (b"tests", b"text", b"texts!"):
        path.write_bytes(content)
        with pytest.raises(IndexCorrupt, match=f"{path} is corrupted: checksum mismatch") as corrupt:
            check(tmp_path, parts)
        assert "normqa build" in corrupt.value.hint
    path.unlink()
    with pytest.raises(IndexCorrupt, match=f"{path} is missing"):
        check(tmp_path, parts)
    path.mkdir()
    with pytest.raises(IndexCorrupt, match=str(path)):
        check(tmp_path, parts)


def test_a_touched_or_copied_file_is_intact(tmp_path: Path) -> None:
    (tmp_path / "small").write_bytes(b"texts")
    (tmp_path / "large").write_bytes(bytes(LARGE))
    parts = measure(tmp_path)
    for name in parts:
        os.utime(tmp_path / name, (0, 0))
    check(tmp_path, parts)


def test_a_changed_small_file_with_its_old_time_is_found(tmp_path: Path) -> None:
    (tmp_path / "small").write_bytes(bytes(LARGE - 1))
    parts = measure(tmp_path)
    rewrite(tmp_path / "small", bytes(LARGE - 2) + b"1")
    with pytest.raises(IndexCorrupt, match="small is corrupted: checksum mismatch"):
        check(tmp_path, parts)


def test_a_changed_large_file_is_found_by_its_time_or_size(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(bytes(LARGE))
    os.utime(path, (0, 0))
    parts = measure(tmp_path)
    path.write_bytes(bytes(LARGE - 1) + b"1")
    with pytest.raises(IndexCorrupt, match="large is corrupted: checksum mismatch"):
        check(tmp_path, parts)
    path.write_bytes(bytes(LARGE + 1))
    os.utime(path, (0, 0))
    with pytest.raises(IndexCorrupt, match="large is corrupted: checksum mismatch"):
        check(tmp_path, parts)


def test_a_changed_large_file_with_its_old_time_is_found_by_a_whole_check(
    tmp_path: Path,
) -> None:
    """Otherwise it is trusted, so that opening costs the same however large the index is."""
    (tmp_path / "large").write_bytes(bytes(LARGE))
    parts = measure(tmp_path)
    rewrite(tmp_path / "large", bytes(LARGE - 1) + b"1")
    check(tmp_path, parts)
    with pytest.raises(IndexCorrupt, match="large is corrupted: checksum mismatch"):
        check(tmp_path, parts, whole=True)
