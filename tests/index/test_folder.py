"""The index folder: names, CURRENT, the lock, and what is written and removed."""

import json
import os
import shutil
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from normqa.build.build import BuildOptions, build
from normqa.errors import EncoderUnavailable, IndexBusy, IndexCorrupt, IndexMissing, IndexNotWritable
from normqa.index.disk.pointer import Pointer
from normqa.index.folder import IndexFolder
from normqa.index.history import generations, roll_back
from tests.build.builds import Builds, names_in

NOON = datetime(2026, 1, 2, 12, 0, 0, 67, UTC)


def backwards() -> Iterator[datetime]:
    """A clock that steps back by an hour each time."""
    return (NOON - number * timedelta(hours=1) for number in range(99))


@pytest.fixture
def names(builds: Builds) -> list[str]:
    """Three generations, the oldest first."""
    return [builds.of({"a.md": f"States keep {number} hotlines."}, keep=9).generation for number in (1, 2, 3)]


def test_a_name_is_a_counter_and_the_time_in_utc(index: Path) -> None:
    folder = IndexFolder(index, clock=lambda: NOON)
    assert folder.next_name() == ("000001-20260102T120000.000067Z", NOON)
    folder.generation("000041-20260102T120000.000067Z").mkdir(parents=True)
    assert folder.next_name()[0] == "000042-20260102T120000.000067Z"


def test_the_counter_outgrows_its_six_digits(index: Path) -> None:
    folder = IndexFolder(index, clock=lambda: NOON)
    for counter in (999_999, 1_000_000):
        name, _ = folder.next_name() if counter > 999_999 else (f"{counter}-20260102T120000.000067Z", NOON)
        folder.generation(name).mkdir(parents=True)
    newest, older = folder.generation_names()
    assert (newest[:8], older[:7]) == ("1000000-", "999999-")
    assert folder.next_name()[0].startswith("1000001-")


def test_only_generations_are_listed_newest_first(builds: Builds, names: list[str]) -> None:
    """A name without a counter is of an old format, and older than the others."""
    old = "20291231T000000.000000Z"
    for name in (old, f".building-{names[-1]}", "notes"):
        builds.folder.generation(name).mkdir()
    assert builds.folder.generation_names() == [*names[::-1], old]
    assert IndexFolder(builds.index / "nowhere").generation_names() == []


def test_order_does_not_depend_on_the_clock(builds: Builds) -> None:
    """The clock steps back before every build: the newest stay, and a rollback says so."""
    times = backwards()
    folder, encoder = IndexFolder(builds.index, clock=lambda: next(times)), builds.encoder
    built = []
    for number in range(5):
        builds.write({"a.md": f"States keep {number} hotlines."})
        manifest = build(builds.corpus, folder, encoder, BuildOptions(10_000_000, keep=3)).manifest
        assert manifest
        built.append(manifest)
    assert [manifest.built_at for manifest in built] == sorted((m.built_at for m in built), reverse=True)
    names = [manifest.generation for manifest in built]
    assert folder.current() == Pointer(names[-1])
    assert [past.name for past in generations(folder)] == names[:1:-1]
    assert roll_back(folder, None, encoder.fingerprint).generation == names[-2]
    assert folder.current() == Pointer(names[-2], rolled_back_from=names[-1])
    assert roll_back(folder, names[-1], encoder.fingerprint).generation == names[-1]
    assert folder.current() == Pointer(names[-1])


@pytest.mark.usefixtures("names")
def test_without_current_there_is_no_index(builds: Builds) -> None:
    (builds.index / "CURRENT").unlink()
    for folder in (builds.folder, IndexFolder(builds.index / "nowhere")):
        assert folder.current_or_none() is None
        with pytest.raises(IndexMissing) as missing:
            folder.current()
        assert missing.value.hint == "Run normqa build."


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
        b"../generations/{newest}",
        b"./{newest}",
        b"{newest}/lexical",
        b"{newest}\n{newest}",
        b"{newest}\nrolled",
        b"{newest}\n\nrolled back",
        b"{newest}\nrolled back\nrolled back",
        b"{newest}\nrolled back\n{newest}\n{newest}",
        b"{newest}\nrolled back\n../{newest}",
        b"rolled back\n{newest}",
        b"{newest} rolled back",
        b"{newest}\0",
        b"{newest}x",
        b"1-{newest}",
        b"-{newest}",
        b".building-{newest}",
        b"3-20200101T000000.000000Z",
        b"000003",
        b"000001-20200101T000000.000000Z",
        b"20200101T000000.000000Z",
        b"\xff\xfe\x00",
        b"x" * 300,
        b"x" * 100_000,
    ],
)
def test_current_must_be_the_plain_name_of_a_generation(
    content: bytes, builds: Builds, names: list[str]
) -> None:
    newest = builds.folder.generation(names[-1])
    shutil.copytree(newest, newest.with_name(f".building-{names[-1]}"))
    (builds.index / "CURRENT").write_bytes(content.replace(b"{newest}", names[-1].encode()))
    assert builds.folder.current_or_none() is None
    with pytest.raises(IndexCorrupt) as corrupt:
        builds.folder.current()
    assert str(builds.index / "CURRENT") in corrupt.value.message
    assert "normqa build" in corrupt.value.hint


def test_current_must_not_name_a_generation_that_is_gone(builds: Builds, names: list[str]) -> None:
    shutil.rmtree(builds.folder.generation(names[-1]))
    with pytest.raises(IndexCorrupt, match="CURRENT names no generation"):
        builds.folder.current()


@pytest.mark.usefixtures("names")
def test_current_must_not_be_a_folder(builds: Builds) -> None:
    (builds.index / "CURRENT").unlink()
    (builds.index / "CURRENT").mkdir()
    with pytest.raises(IndexCorrupt, match="CURRENT cannot be read"):
        builds.folder.current()


def test_publishing_writes_current_and_nothing_else(builds: Builds, names: list[str]) -> None:
    """The second line marks a rollback, and the third names the newest generation."""
    before = names_in(builds.index)
    folder = builds.folder
    assert folder.current() == Pointer(names[2])
    folder.publish(names[0], rolled_back_from=names[2])
    assert folder.current() == folder.current_or_none() == Pointer(names[0], rolled_back_from=names[2])
    assert (builds.index / "CURRENT").read_text() == f"{names[0]}\nrolled back\n{names[2]}\n"
    folder.publish(names[0])
    assert folder.current() == Pointer(names[0])
    assert (builds.index / "CURRENT").read_text() == f"{names[0]}\n"
    assert names_in(builds.index) == before


def test_a_rollback_that_does_not_name_the_newest_generation_is_one(builds: Builds, names: list[str]) -> None:
    """Earlier versions wrote only the mark. Then any generation may have been current."""
    (builds.index / "CURRENT").write_text(f"{names[0]}\nrolled back\n")
    assert builds.folder.current() == Pointer(names[0], rolled_back_from="")
    assert builds.folder.current().rolled_back
    assert builds.folder.ever_current() == names[::-1]


def test_a_newer_generation_may_have_been_current_only_after_a_rollback(
    builds: Builds, names: list[str]
) -> None:
    folder = builds.folder
    assert folder.ever_current() == names[::-1]
    folder.publish(names[1])
    assert folder.ever_current() == names[1::-1]
    folder.publish(names[0], rolled_back_from=names[1])
    assert folder.ever_current() == names[1::-1]
    folder.publish(names[0], rolled_back_from=names[2])
    assert folder.ever_current() == names[::-1]


def test_a_folder_written_aside_gets_its_name_at_the_end(index: Path) -> None:
    index.mkdir()
    target = IndexFolder(index).shard("1")
    with IndexFolder(index).write_aside(target) as aside:
        (aside / "part").write_bytes(b"x")
        assert not target.exists()
    assert names_in(target) == {"part"}
    assert names_in(target.parent) == {"1"}


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), RuntimeError("x"), ValueError("x")]
)
def test_what_fails_while_it_is_written_aside_is_a_write_error(error: Exception, index: Path) -> None:
    index.mkdir()
    folder = IndexFolder(index)
    reason = "No space left on device" if isinstance(error, OSError) else "x"
    expected = pytest.raises(IndexNotWritable, match=rf"{index} cannot be written \({reason}\)")
    with expected, folder.write_aside(folder.shard("1")):
        raise error
    assert not folder.shard("1").exists()


def test_an_error_of_normqa_is_not_called_a_write_error(index: Path) -> None:
    with pytest.raises(EncoderUnavailable), IndexFolder(index).as_write_error():
        raise EncoderUnavailable("It is gone.", "Get it.")


def test_a_second_builder_learns_who_holds_the_lock_and_since_when(index: Path) -> None:
    began = datetime.now(UTC).replace(microsecond=0)
    with IndexFolder(index).build_lock(), pytest.raises(IndexBusy) as busy, IndexFolder(index).build_lock():
        pass
    expected = (
        f"Another process is building in {index} (process {os.getpid()} on {socket.gethostname()}, since "
    )
    assert busy.value.message.startswith(expected)
    since = datetime.fromisoformat(busy.value.message.removeprefix(expected).removesuffix(")."))
    assert began <= since <= datetime.now(UTC)
    assert busy.value.hint == "Wait until it has finished."


@pytest.mark.parametrize("content", [None, b"", b"\xff", b"[]", b"{}", b"null", b'{"pid": null}'])
def test_an_unreadable_holder_is_not_named(content: bytes | None, index: Path) -> None:
    with IndexFolder(index).build_lock():
        holder = index / ".lock-holder"
        holder.unlink()
        if content is not None:
            holder.write_bytes(content)
        with pytest.raises(IndexBusy) as busy, IndexFolder(index).build_lock():
            pass
    assert busy.value.message == f"Another process is building in {index}."


def test_a_refused_builder_leaves_the_holder_named(index: Path) -> None:
    with IndexFolder(index).build_lock():
        for _ in range(2):
            with pytest.raises(IndexBusy, match=f"process {os.getpid()}"), IndexFolder(index).build_lock():
                pass


def test_a_released_lock_is_free_and_names_nobody(index: Path) -> None:
    for _ in range(2):
        with IndexFolder(index).build_lock():
            assert json.loads((index / ".lock-holder").read_bytes())["pid"] == os.getpid()
        assert names_in(index) == {".lock"}


def test_the_files_of_a_killed_holder_do_not_block(index: Path) -> None:
    index.mkdir()
    (index / ".lock").touch()
    (index / ".lock-holder").write_text('{"pid": 1, "host": "gone", "since": "2020-01-01T00:00:00+00:00"}')
    with (
        IndexFolder(index).build_lock(),
        pytest.raises(IndexBusy, match=f"process {os.getpid()}"),
        IndexFolder(index).build_lock(),
    ):
        pass
    assert names_in(index) == {".lock"}


def test_an_error_inside_the_lock_is_not_called_a_write_error(index: Path) -> None:
    """The corpus or an encoder may raise it."""
    with pytest.raises(FileNotFoundError), IndexFolder(index).build_lock():
        raise FileNotFoundError("model.onnx")
    with IndexFolder(index).build_lock():
        pass


def test_a_folder_that_cannot_be_locked_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    index = tmp_path / "file" / "index"
    with (
        pytest.raises(IndexNotWritable, match=f"{index} cannot be written") as fault,
        IndexFolder(index).build_lock(),
    ):
        pass
    assert "another index folder" in fault.value.hint


def test_an_interrupt_releases_the_lock(index: Path) -> None:
    with pytest.raises(KeyboardInterrupt), IndexFolder(index).build_lock():
        raise KeyboardInterrupt
    with IndexFolder(index).build_lock():
        pass
