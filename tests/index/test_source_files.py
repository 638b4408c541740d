"""What a shard says of the files that it was made of."""

from pathlib import Path

import pytest

from normqa.errors import IndexCorrupt
from normqa.index.source_files import FileEntry, read_files, write_files


def test_what_is_written_is_read(tmp_path: Path) -> None:
    files = {
        "sub/Übersicht 検証.md": FileEntry(
            sha256="0" * 64, document="sub/Übersicht 検証", text_sha256="1" * 64, characters=9, passages=2
        ),
        "empty.md": FileEntry(sha256="2" * 64, problem="it has no text"),
    }
    write_files(tmp_path, files)
    assert read_files(tmp_path) == files


def test_a_shard_of_no_file_says_so(tmp_path: Path) -> None:
    write_files(tmp_path, {})
    assert read_files(tmp_path) == {}


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b"\xff", b'{"a.md": {}}'])
def test_what_cannot_be_read_is_named(content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "files.json").write_bytes(content)
    with pytest.raises(IndexCorrupt, match=f"{tmp_path / 'files.json'} cannot be read") as corrupt:
        read_files(tmp_path)
    assert "normqa build" in corrupt.value.hint
