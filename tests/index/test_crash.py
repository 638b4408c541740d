"""Invariant 4: whenever a build fails or is killed, the last good generation still answers."""

import errno
import itertools
import os
import pkgutil
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from normqa.datatypes import EmbeddedText
from normqa.embed.encoder import Advance, Encoded
from normqa.embed.hashing import HashingEncoder
from normqa.errors import EncoderUnavailable, IndexCorrupt, IndexMissing, IndexNotWritable
from normqa.index.generation import current_name
from normqa.service import Service
from tests.conftest import MAX_FILE_BYTES, asking, hashing_models

DISK_FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

STEPS = [
    "normqa.index.write.Store.build",
    "normqa.index.vectors.DenseIndex.build",
    "normqa.index.vectors.SentenceVectors.build",
    "normqa.index.write.LexicalIndex.build",
    "normqa.index.write.digests",
    "normqa.index.write.Manifest.write",
    "normqa.index.write.flush",
    "normqa.index.write.Generation.open",
    "normqa.index.write.publish",
    "normqa.index.generation.flush",
    "pathlib.Path.mkdir",
    "pathlib.Path.rename",
    "pathlib.Path.replace",
]
"""All that a build does to the disk."""


class Editions:
    """A corpus that says which edition it is, and an index of it."""

    def __init__(self, corpus: Path, index: Path) -> None:
        self.corpus = corpus
        self.index = index
        self.edition = 0

    def edit(self) -> None:
        """Changes a file, and adds one or removes it."""
        self.edition += 1
        (self.corpus / "a.md").write_text(f"# Hotlines\n\nStates keep {self.edition} hotlines.\n")
        (self.corpus / "b.md").write_text("Norms guide states.\n")
        if self.edition % 2:
            (self.corpus / "c.md").write_text("Treaties bind states.\n")
        else:
            (self.corpus / "c.md").unlink()

    def service(self, encoder: HashingEncoder | None = None) -> Service:
        """A service that has opened nothing yet."""
        return Service(self.corpus, self.index, hashing_models(encoder), MAX_FILE_BYTES)

    def answered(self) -> str:
        """What a fresh service quotes."""
        answer = self.service().ask(asking("How many hotlines do states keep?", 1))
        assert answer.generation == current_name(self.index)
        return answer.quotes[0].text

    def check_that_a_whole_edition_answers(self, good: str) -> None:
        """The last good one does, or the new one if it came to be in force."""
        edition = self.edition - 1 if current_name(self.index) == good else self.edition
        assert self.answered() == f"States keep {edition} hotlines."

    def check_that_the_next_build_recovers(self) -> None:
        """It puts the corpus as it is in force and leaves no trace of the one that failed."""
        for _ in range(
            2
        ):  # a thread of tantivy may hold a folder that was opened just now: it goes next time
            previous = current_name(self.index)
            built = self.service().build(full=True).manifest.generation
            assert self.answered() == f"States keep {self.edition} hotlines."
            beside = {path.name for path in self.index.iterdir()}
            generations = {path.name for path in (self.index / "generations").iterdir()}
            if (beside, generations) == ({"CURRENT", ".lock", "generations"}, {previous, built}):
                return
        pytest.fail(f"{beside} and {generations} are left")


@pytest.fixture
def editions(corpus: Path, index: Path) -> Editions:
    """The first edition, built."""
    editions = Editions(corpus, index)
    editions.edit()
    editions.service().build()
    return editions


@pytest.fixture
def no_power_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    """Saves the hundreds of builds below from waiting for the disk."""
    monkeypatch.setattr("os.fsync", lambda _: None)


def failing(step: str, call: int, error: BaseException, *, after: bool) -> Callable[..., Any]:
    """The step, but its ``call``-th call fails: before it has done its work, or after."""
    work, calls = pkgutil.resolve_name(step.replace(".Path.", ":Path.")), itertools.count(1)

    def fail(*args: Any, **named: Any) -> Any:
        fails = next(calls) == call
        if fails and not after:
            raise error
        result = work(*args, **named)
        if fails:
            raise error
        return result

    return fail


@pytest.mark.usefixtures("no_power_loss")
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(
    ("error", "after"),
    [(DISK_FULL, False), (KeyboardInterrupt(), True)],
    ids=["disk full before it", "interrupted after it"],
)
def test_whichever_step_fails_a_whole_edition_answers_and_the_next_build_recovers(
    step: str, error: BaseException, after: bool, editions: Editions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every call of every step, until there is none left to fail."""
    raised = IndexNotWritable if isinstance(error, OSError) else type(error)
    for call in itertools.count(1):
        good = current_name(editions.index)
        editions.edit()
        with monkeypatch.context() as patch:
            patch.setattr(step, failing(step, call, error, after=after))
            try:
                editions.service().build(full=True)
            except raised:
                pass
            else:
                break
        editions.check_that_a_whole_edition_answers(good)
        editions.check_that_the_next_build_recovers()
    assert call > 1, "the step was never called"


@pytest.mark.parametrize(
    ("step", "error"),
    [
        ("normqa.index.write.Store.build", sqlite3.OperationalError("database or disk is full")),
        ("normqa.index.write.LexicalIndex.build", ValueError("IoError: no space")),
    ],
)
def test_what_the_libraries_say_when_the_disk_is_full_becomes_one_error(
    step: str, error: Exception, editions: Editions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing of it stays to fill the disk, nor of a build that was killed before."""
    good = current_name(editions.index)
    editions.edit()
    (editions.index / "generations" / ".building-20200101T000000.000000Z").mkdir()
    with monkeypatch.context() as patch:
        patch.setattr(step, failing(step, 1, error, after=False))
        with pytest.raises(IndexNotWritable, match=str(error)) as fault:
            editions.service().build()
    assert "Free space" in fault.value.hint
    assert [path.name for path in (editions.index / "generations").iterdir()] == [good]
    assert current_name(editions.index) == good
    editions.check_that_a_whole_edition_answers(good)
    editions.check_that_the_next_build_recovers()


def test_a_generation_that_fails_its_check_is_not_put_in_force(
    editions: Editions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk changes a byte on its way; that comes out before the swap, not after."""
    good = current_name(editions.index)
    editions.edit()
    write = pkgutil.resolve_name("normqa.index.write:Manifest.write")

    def write_and_rot(manifest: Any, folder: Path) -> None:
        write(manifest, folder)
        with (folder / "texts.sqlite").open("r+b") as file:
            file.write(b"X")

    with monkeypatch.context() as patch:
        patch.setattr("normqa.index.write.Manifest.write", write_and_rot)
        with pytest.raises(IndexCorrupt, match=r"texts\.sqlite is not what was written"):
            editions.service().build()
    assert current_name(editions.index) == good
    editions.check_that_a_whole_edition_answers(good)
    editions.check_that_the_next_build_recovers()


class FailingEncoder(HashingEncoder):
    """Encodes so many texts and then fails."""

    def __init__(self, texts: int) -> None:
        super().__init__()
        self._left = texts

    def encode_passages(self, texts: Sequence[EmbeddedText], advance: Advance = lambda _: None) -> Encoded:
        if len(texts) > self._left:
            raise EncoderUnavailable(f"It failed at text {self._left + 1}.", "Try again.")
        return super().encode_passages(texts, advance)


@pytest.mark.parametrize("texts", [0, 1])
def test_when_the_encoder_fails_the_last_good_generation_answers(texts: int, editions: Editions) -> None:
    good = current_name(editions.index)
    editions.edit()
    editions.edit()
    (editions.corpus / "d.md").write_text("Two of three files are new.\n")
    with pytest.raises(EncoderUnavailable, match=f"text {texts + 1}"):
        editions.service(FailingEncoder(texts)).build()
    assert current_name(editions.index) == good
    assert editions.answered() == "States keep 1 hotlines."
    editions.check_that_the_next_build_recovers()


@pytest.mark.usefixtures("no_power_loss")
@pytest.mark.parametrize("step", STEPS)
def test_when_the_first_build_of_all_fails_there_is_no_index_yet(
    step: str, editions: Editions, monkeypatch: pytest.MonkeyPatch
) -> None:
    editions.index = editions.index.with_name("fresh")
    with monkeypatch.context() as patch:
        patch.setattr(step, failing(step, 1, DISK_FULL, after=False))
        with pytest.raises(IndexNotWritable):
            editions.service().build()
    with pytest.raises(IndexMissing):
        editions.answered()
    editions.service().build()
    assert editions.answered() == "States keep 1 hotlines."


def test_all_is_flushed_to_disk_before_it_is_named(
    editions: Editions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each file and folder of the generation before it gets its name, and that before CURRENT names it."""
    flush, told = pkgutil.resolve_name("normqa.index.generation:flush"), list[str]()
    replace, rename = Path.replace, Path.rename

    def tell(path: Path) -> None:
        told.append(f"flush {path.relative_to(editions.index)}")
        flush(path)

    def tell_replace(path: Path, target: Path) -> Path:
        told.append(f"name {target.relative_to(editions.index)}")
        return replace(path, target)

    def tell_rename(path: Path, target: Path) -> Path:
        told.append(f"name {target.relative_to(editions.index)}")
        return rename(path, target)

    monkeypatch.setattr("normqa.index.write.flush", tell)
    monkeypatch.setattr("normqa.index.generation.flush", tell)
    monkeypatch.setattr("pathlib.Path.replace", tell_replace)
    monkeypatch.setattr("pathlib.Path.rename", tell_rename)
    name = editions.service().build(full=True).manifest.generation
    folder = editions.index / "generations" / name
    aside = f"generations/.building-{name}"
    parts = {f"flush {aside}/{path.relative_to(folder).as_posix()}" for path in folder.rglob("*")}
    named = told.index(f"name generations/{name}")
    assert set(told[:named]) == {*parts, f"flush {aside}"}
    assert told[named + 1 :] == ["flush generations", "flush .CURRENT", "name CURRENT", "flush ."]


KILLER = '''
"""Builds each index in a process of its own and kills that: in the middle of writing, or at a renaming."""
import os, signal, sys, time
from pathlib import Path
from normqa.embed.hashing import HashingEncoder
from normqa.index.build import build
from normqa.index.progress import Silent

corpus, undisturbed, *others = map(Path, sys.argv[1:])

def start(index, renamings=None):
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        class Telling(Silent):
            def stage(self, name, total):
                if name == "Writing the index":
                    os.write(writing, b"w")
        left = iter(range(renamings or 0, -1, -1))
        def kill_at_renaming(event, args):
            if renamings is not None and event == "os.rename" and next(left) == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        sys.addaudithook(kill_at_renaming)
        build(corpus, index, HashingEncoder(), max_file_bytes=10_000_000, progress=Telling())
        os._exit(0)
    os.close(writing)
    os.read(reading, 1)
    return child

def end(child):
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

child, began = start(undisturbed), time.perf_counter()
assert end(child) == 0
duration = time.perf_counter() - began

for number, index in enumerate(others):
    if number < 2:
        child = start(index, renamings=number)
    else:
        child = start(index)
        time.sleep(duration * 0.9 * (number - 2) / len(others))
        os.kill(child, signal.SIGKILL)
    print(index.name, end(child))
'''


def test_a_build_that_is_killed_leaves_a_whole_edition_and_the_next_recovers(
    editions: Editions, tmp_path: Path
) -> None:
    """Real processes, a real SIGKILL: before either renaming, and at six instants while writing."""
    for number in range(200):
        (editions.corpus / f"filler {number}.md").write_text(f"# Filler\n\nDocument {number} says nothing.\n")
    good = editions.service().build().manifest.generation
    indexes = [Path(shutil.copytree(editions.index, tmp_path / f"index {n}")) for n in range(9)]
    editions.edit()
    killer = subprocess.run(
        [sys.executable, "-c", KILLER, editions.corpus, *indexes], check=True, capture_output=True, text=True
    )
    codes = [int(line.rpartition(" ")[2]) for line in killer.stdout.splitlines()]
    assert codes[:2] == [-9, -9], "killed at each of the two renamings"
    assert codes.count(-9) > 3
    assert len(codes) == 8
    assert len(list(indexes[1].glob("generations/.building-*"))) == 1, "killed before it had its name"
    assert len(list(indexes[2].glob("generations/2*"))) == 3, "killed before CURRENT named it"
    for index in indexes[1:]:
        editions.index = index
        editions.check_that_a_whole_edition_answers(good)
        editions.check_that_the_next_build_recovers()
