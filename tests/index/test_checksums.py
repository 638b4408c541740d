"""Whether files are still what was written."""

import os
from hashlib import sha256
from pathlib import Path

import pytest

from normqa.errors import IndexCorrupt
from normqa.index.checksums import FileChecksum, check, measure

LARGE = 1_000_001
"""Files of more than a million bytes are believed by their size and time."""


def rewrite(path: Path, content: bytes) -> None:
    """Writes other content and puts the time of the last change back."""
    modified = path.stat().st_mtime_ns
    path.write_bytes(content)
    os.utime(path, ns=(modified, modified))


def test_every_file_in_a_folder_and_below_is_measured_but_for_locks(tmp_path: Path) -> None:
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


def test_a_file_that_is_missing_or_changed_is_named(tmp_path: Path) -> None:
    path = tmp_path / "texts.sqlite"
    path.write_bytes(b"texts")
    parts = measure(tmp_path)
    check(tmp_path, parts)
    for content in (b"tests", b"text", b"texts!"):
        path.write_bytes(content)
        with pytest.raises(IndexCorrupt, match=f"{path} is not what was written there") as corrupt:
            check(tmp_path, parts)
        assert "normqa build" in corrupt.value.hint
    path.unlink()
    with pytest.raises(IndexCorrupt, match=f"{path} is missing"):
        check(tmp_path, parts)
    path.mkdir()
    with pytest.raises(IndexCorrupt, match=str(path)):
        check(tmp_path, parts)


def test_a_file_that_was_touched_or_copied_is_still_the_same(tmp_path: Path) -> None:
    (tmp_path / "small").write_bytes(b"texts")
    (tmp_path / "large").write_bytes(bytes(LARGE))
    parts = measure(tmp_path)
    for name in parts:
        os.utime(tmp_path / name, (0, 0))
    check(tmp_path, parts)


def test_a_small_file_that_was_changed_and_given_its_old_time_is_found(tmp_path: Path) -> None:
    (tmp_path / "small").write_bytes(bytes(LARGE - 1))
    parts = measure(tmp_path)
    rewrite(tmp_path / "small", bytes(LARGE - 2) + b"1")
    with pytest.raises(IndexCorrupt, match="small is not what was written there"):
        check(tmp_path, parts)


def test_a_large_file_that_was_changed_is_found_by_its_time_or_its_size(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(bytes(LARGE))
    os.utime(path, (0, 0))
    parts = measure(tmp_path)
    path.write_bytes(bytes(LARGE - 1) + b"1")
    with pytest.raises(IndexCorrupt, match="large is not what was written there"):
        check(tmp_path, parts)
    path.write_bytes(bytes(LARGE + 1))
    os.utime(path, (0, 0))
    with pytest.raises(IndexCorrupt, match="large is not what was written there"):
        check(tmp_path, parts)


def test_a_large_file_that_was_changed_and_given_its_old_time_is_found_when_all_is_read(
    tmp_path: Path,
) -> None:
    """Otherwise it is believed, so that opening costs the same however large it is."""
    (tmp_path / "large").write_bytes(bytes(LARGE))
    parts = measure(tmp_path)
    rewrite(tmp_path / "large", bytes(LARGE - 1) + b"1")
    check(tmp_path, parts)
    with pytest.raises(IndexCorrupt, match="large is not what was written there"):
        check(tmp_path, parts, whole=True)
