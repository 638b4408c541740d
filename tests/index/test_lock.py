"""One builder at a time."""

import json
import os
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest

from normqa.errors import IndexBusy, IndexNotWritable
from normqa.index.lock import alone
from tests.build.builds import names_in


def test_the_second_is_told_which_process_holds_the_lock_where_and_since_when(index: Path) -> None:
    began = datetime.now(UTC).replace(microsecond=0)
    with alone(index), pytest.raises(IndexBusy) as busy, alone(index):
        pass
    told = f"Another process is building in {index} (process {os.getpid()} on {socket.gethostname()}, since "
    assert busy.value.message.startswith(told)
    since = datetime.fromisoformat(busy.value.message.removeprefix(told).removesuffix(")."))
    assert began <= since <= datetime.now(UTC)
    assert busy.value.hint == "Wait until it is done."


@pytest.mark.parametrize("content", [None, b"", b"\xff", b"[]", b"{}", b"null", b'{"pid": null}'])
def test_a_holder_that_cannot_be_read_is_not_named(content: bytes | None, index: Path) -> None:
    with alone(index):
        holder = index / ".lock-holder"
        holder.unlink()
        if content is not None:
            holder.write_bytes(content)
        with pytest.raises(IndexBusy) as busy, alone(index):
            pass
    assert busy.value.message == f"Another process is building in {index}."


def test_the_second_leaves_the_holder_named_for_the_third(index: Path) -> None:
    with alone(index):
        for _ in range(2):
            with pytest.raises(IndexBusy, match=f"process {os.getpid()}"), alone(index):
                pass


def test_when_it_is_done_the_lock_is_free_and_nobody_is_named(index: Path) -> None:
    for _ in range(2):
        with alone(index):
            assert json.loads((index / ".lock-holder").read_bytes())["pid"] == os.getpid()
        assert names_in(index) == {".lock"}


def test_what_a_killed_holder_left_holds_nobody_up(index: Path) -> None:
    index.mkdir()
    (index / ".lock").touch()
    (index / ".lock-holder").write_text('{"pid": 1, "host": "gone", "since": "2020-01-01T00:00:00+00:00"}')
    with alone(index), pytest.raises(IndexBusy, match=f"process {os.getpid()}"), alone(index):
        pass
    assert names_in(index) == {".lock"}


def test_what_cannot_be_written_inside_is_told_of_the_folder(index: Path) -> None:
    with pytest.raises(IndexNotWritable, match=f"{index} cannot be written") as fault, alone(index):
        (index / ".lock" / "below").mkdir()
    assert "--index" in fault.value.hint
    with alone(index):
        pass


def test_any_other_error_inside_passes_and_frees_the_lock(index: Path) -> None:
    with pytest.raises(KeyboardInterrupt), alone(index):
        raise KeyboardInterrupt
    with alone(index):
        pass
