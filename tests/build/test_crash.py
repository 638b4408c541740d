"""Invariant 4: if a build fails or is killed, the last good generation still answers."""

import errno
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from normqa.build.build import Built
from normqa.errors import EncoderUnavailable, IndexCorrupt, IndexMissing, IndexNotWritable
from normqa.index.generation import Generation
from normqa.index.lexical import LexicalIndex
from normqa.index.manifest import Manifest
from normqa.index.passages import PassageStore
from normqa.index.vectors.dense import DenseIndex
from normqa.models.hashing import HashingEncoder
from normqa.service import Service
from tests.build.builds import Builds, FailingEncoder, in_shards, names_in
from tests.conftest import asking


def failing_with(number: int) -> OSError:
    """The error of a system call."""
    return OSError(number, os.strerror(number))


DISK_FULL = failing_with(errno.ENOSPC)
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
WRITES = ("open", "os.mkdir", "os.rename", "os.fsync", "sqlite3.connect")
REMOVALS = ("os.remove", "os.rmdir", "shutil.rmtree")


@dataclass
class Fault:
    """Raises an error at one of the system calls that change a folder.

    Attributes:
        folder: The folder.
        events: Names of the calls, as audit events.
        call: Which of them fails, from 1.
        error: What is raised before it does its work.
        seen: How many were made.
    """

    folder: Path
    events: Sequence[str]
    call: int
    error: BaseException
    seen: int = 0

    def look(self, event: str, args: tuple[Any, ...]) -> None:
        """Counts the call if it changes the folder."""
        if event not in self.events or str(self.folder) not in str(args[0]):
            return
        if (event == "open" and not args[2] & WRITING) or "mode=ro" in str(args[0]):
            return
        self.seen += 1
        if self.seen == self.call:
            raise self.error


_FAULTS: list[Fault] = []


def _hook(event: str, args: tuple[Any, ...]) -> None:
    for fault in _FAULTS:
        fault.look(event, args)


@contextmanager
def fails_at(fault: Fault) -> Iterator[Fault]:
    """Lets a system call fail. Python audits all of them but fsync, which is replaced."""
    if not _FAULTS:
        sys.addaudithook(_hook)
    opened, real_open, real_fsync = dict[int, str](), os.open, os.fsync

    def note_open(path: Any, *args: Any, **named: Any) -> int:
        descriptor = real_open(path, *args, **named)
        opened[descriptor] = str(path)
        return descriptor

    def fsync(descriptor: int) -> None:
        fault.look("os.fsync", (opened[descriptor],))
        real_fsync(descriptor)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "open", note_open)
        patch.setattr(os, "fsync", fsync)
        _FAULTS[:] = [fault]
        try:
            yield fault
        finally:
            fault.events = ()


class Editions:
    """A corpus that says which edition it is, and an index of it."""

    def __init__(self, corpus: Path, index: Path) -> None:
        self.builds = Builds(corpus, index)
        self.edition = 0

    @property
    def index(self) -> Path:
        return self.builds.index

    def edit(self) -> None:
        """Changes a file, and adds or removes another. Each has one of four shards to itself."""
        self.edition += 1
        files = {
            "a.md": f"# Hotlines\n\nStates keep {self.edition} hotlines.\n",
            "h.md": "Norms guide states.\n",
            "d.md": "Treaties bind states.\n",
        }
        self.builds.write(dict(list(files.items())[: 2 + self.edition % 2]))

    def service(self) -> Service:
        """A service that has opened nothing yet."""
        return self.builds.service()

    def build(self, encoder: HashingEncoder | None = None, *, full: bool = False) -> Built:
        """Builds the edition and keeps two generations."""
        return self.builds(encoder, full=full, keep=2)

    def current(self) -> str:
        return self.builds.current()

    def answered(self) -> str:
        """What a fresh service quotes."""
        answer = self.service().ask(asking("How many hotlines do states keep?", 1))
        assert answer.generation == self.current()
        assert answer.warning is None
        return answer.quotes[0].text

    def check_that_a_whole_edition_answers(self, good: str) -> None:
        """The last good edition does, or the new one if it was published."""
        edition = self.edition - 1 if self.current() == good else self.edition
        assert self.answered() == f"States keep {edition} hotlines."

    def check_that_the_next_build_recovers(self) -> None:
        """The next build publishes the corpus and, once it writes, removes every trace of the failed one.

        That is a generation that was never current, or a shard that no generation uses.
        """
        previous = self.current()
        built = self.build()
        assert self.answered() == f"States keep {self.edition} hotlines."
        if not built.written:  # the failed build had published it
            assert self.build(full=True).written
            assert self.answered() == f"States keep {self.edition} hotlines."
        assert self.builds.generations() == {previous, self.current()}
        self.check_that_nothing_is_left()

    def check_that_nothing_is_left(self) -> None:
        """The index contains only whole generations and their shards."""
        assert names_in(self.index) == {"CURRENT", ".lock", "generations", "shards"}
        assert self.builds.shards() == self.builds.named_shards()
        for name in self.builds.generations():
            Generation.open(self.builds.folder, name)


@pytest.fixture
def editions(corpus: Path, index: Path) -> Editions:
    """The first edition, built."""
    editions = Editions(corpus, index)
    editions.edit()
    editions.build()
    return editions


@pytest.mark.parametrize(
    ("error", "events", "step"),
    [
        (DISK_FULL, WRITES, 1),
        (failing_with(errno.EIO), WRITES, 7),
        (failing_with(errno.EDQUOT), WRITES, 8),
        (failing_with(errno.EROFS), WRITES, 9),
        (KeyboardInterrupt(), WRITES + REMOVALS, 1),
    ],
    ids=["disk full", "disk broken", "quota exceeded", "disk read-only", "interrupted"],
)
def test_whichever_system_call_fails_a_whole_edition_answers_and_the_next_build_recovers(
    error: BaseException, events: Sequence[str], step: int, editions: Editions
) -> None:
    """Or every few calls, where the error differs only in its number."""
    raised = IndexNotWritable if isinstance(error, OSError) else type(error)
    failures = calls = 0
    for call in count(1, step):
        good = editions.current()
        editions.edit()
        with fails_at(Fault(editions.index, events, call, error)) as fault:
            try:
                editions.build()
            except raised:
                failures += 1
        if fault.seen < call:
            break
        calls += 1
        editions.check_that_a_whole_edition_answers(good)
        editions.check_that_the_next_build_recovers()
    assert failures >= 40 // step
    harmless = calls - failures
    assert harmless <= 3, "creating a folder that exists, twice, and naming the holder of the lock"


def test_if_the_first_build_fails_there_is_no_index_and_the_next_build_recovers(editions: Editions) -> None:
    failures = 0
    for call in count(1):
        editions.builds.index = editions.index.with_name(f"fresh {call}")
        with fails_at(Fault(editions.index, WRITES, call, DISK_FULL)) as fault:
            try:
                editions.build()
            except IndexNotWritable:
                failures += 1
                is_published = (editions.index / "CURRENT").exists()
            else:
                is_published = True
        if fault.seen < call:
            break
        if not is_published:
            with pytest.raises(IndexMissing):
                editions.answered()
        editions.build()
        assert editions.answered() == "States keep 1 hotlines."
        assert editions.builds.generations() == {editions.current()}
        editions.check_that_nothing_is_left()
    assert failures > 30


@pytest.mark.parametrize(("event", "call"), [("sqlite3.connect", 2), ("os.rename", 3)])
def test_a_failure_after_the_first_shard_leaves_the_shards_of_the_last_good_generation(
    event: str, call: int, editions: Editions
) -> None:
    """Two of four shards are rewritten. The third rename is that of the generation."""
    editions.builds.layout = in_shards(4)
    editions.build(full=True)
    good, shards = editions.current(), editions.builds.shards()
    editions.edit()
    fault = Fault(editions.index, (event,), call, DISK_FULL)
    with fails_at(fault), pytest.raises(IndexNotWritable):
        editions.build()
    assert editions.current() == good
    assert editions.builds.shards() == shards
    editions.check_that_a_whole_edition_answers(good)
    editions.check_that_the_next_build_recovers()


@pytest.mark.parametrize(
    ("part", "error"),
    [
        (PassageStore, sqlite3.OperationalError("database or disk is full")),
        (LexicalIndex, ValueError("IoError: no space")),
        (DenseIndex, RuntimeError("cannot write")),
    ],
)
def test_every_error_of_a_library_that_cannot_write_becomes_one_error(
    part: type, error: Exception, editions: Editions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is left to fill the disk, not even by a build that was killed before."""
    good = editions.current()
    editions.edit()
    (editions.index / "generations" / ".building-000001-20200101T000000.000000Z").mkdir()
    (editions.index / "shards" / ".building-000001-20200101T000000.000000Z-0").mkdir()

    def fail(*_: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(part, "build", fail)
        with pytest.raises(IndexNotWritable, match=str(error)) as fault:
            editions.build()
    assert "Free space" in fault.value.hint
    assert editions.builds.generations() == {good}
    assert editions.builds.shards() == {f"{good}-0"}
    assert editions.current() == good
    editions.check_that_a_whole_edition_answers(good)
    editions.check_that_the_next_build_recovers()


def test_a_generation_that_fails_its_check_is_not_published(
    editions: Editions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk changes a byte, which is found before CURRENT names the generation."""
    good = editions.current()
    editions.edit()
    write = Manifest.write

    def write_and_rot(manifest: Manifest, folder: Path) -> None:
        write(manifest, folder)
        with (editions.index / "shards" / f"{manifest.generation}-0" / "texts.sqlite").open("r+b") as file:
            file.write(b"X")

    with monkeypatch.context() as patch:
        patch.setattr(Manifest, "write", write_and_rot)
        with pytest.raises(IndexCorrupt, match=r"texts\.sqlite is corrupted"):
            editions.build()
    assert editions.current() == good
    assert editions.builds.generations() == {good}
    editions.check_that_a_whole_edition_answers(good)
    editions.check_that_the_next_build_recovers()


@pytest.mark.parametrize("shards", [1, 8])
@pytest.mark.parametrize("texts", [0, 1])
def test_if_the_encoder_fails_the_last_good_generation_answers(
    texts: int, shards: int, editions: Editions
) -> None:
    """Even if a shard or two were written already."""
    good = editions.current()
    editions.edit()
    editions.edit()
    (editions.builds.corpus / "e.md").write_text("Two of four files are new.\n")
    editions.builds.layout = in_shards(shards)
    with pytest.raises(EncoderUnavailable, match=f"text {texts + 1}"):
        editions.build(FailingEncoder(texts))
    assert editions.current() == good
    assert editions.answered() == "States keep 1 hotlines."
    assert editions.builds.shards() == editions.builds.named_shards()
    editions.check_that_the_next_build_recovers()


def test_everything_is_fsynced_before_it_gets_its_name(
    editions: Editions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First every file and folder of each shard, then those of the generation, then CURRENT."""
    calls, opened = list[str](), dict[int, str]()
    real_open, real_fsync = os.open, os.fsync

    def relative(path: Any) -> str:
        return os.path.relpath(path, editions.index)

    def note_open(path: Any, *args: Any, **named: Any) -> int:
        descriptor = real_open(path, *args, **named)
        opened[descriptor] = relative(path)
        return descriptor

    def fsync(descriptor: int) -> None:
        calls.append(f"fsync {opened[descriptor]}")
        real_fsync(descriptor)

    def noted(rename: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
        def note(path: Any, target: Any) -> None:
            calls.append(f"name {relative(target)}")
            rename(path, target)

        return note

    editions.builds.layout = in_shards(4)
    with monkeypatch.context() as patch:
        patch.setattr(os, "open", note_open)
        patch.setattr(os, "fsync", fsync)
        patch.setattr(os, "rename", noted(os.rename))
        patch.setattr(os, "replace", noted(os.replace))
        editions.build(full=True)
    name = editions.current()
    at = 0
    for folder in [*(f"shards/{name}-{place}" for place in range(4)), f"generations/{name}"]:
        parent, _, own = folder.partition("/")
        aside = f"{parent}/.building-{own}"
        parts = (path.relative_to(editions.index / folder) for path in (editions.index / folder).rglob("*"))
        end = calls.index(f"name {folder}")
        assert set(calls[at:end]) == {f"fsync {aside}", *(f"fsync {aside}/{part}" for part in parts)}
        assert calls[end + 1] == f"fsync {parent}"
        at = end + 2
    assert calls[at:] == ["fsync .CURRENT", "name CURRENT", "fsync ."]
