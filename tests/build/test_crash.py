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

from normqa.build.build import Built
from normqa.datatypes import EmbeddedText
from normqa.errors import EncoderUnavailable, IndexCorrupt, IndexMissing, IndexNotWritable
from normqa.index.generation import Generation, current
from normqa.models.hashing import HashingEncoder
from normqa.models.protocols import Advance, Encoded
from normqa.service import Service
from normqa.settings import Settings
from tests.build.builds import Builds, names_in, shards
from tests.conftest import asking, hashing_models

DISK_FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

STEPS = [
    "normqa.build.shards.write_files",
    "normqa.build.shards.PassageStore.build",
    "normqa.build.shards.LexicalIndex.build",
    "normqa.build.shards.measure",
    "normqa.build.encode.DenseIndex.build",
    "normqa.build.encode.SentenceVectors.build",
    "normqa.build.write.Report.write",
    "normqa.build.write.measure",
    "normqa.build.write.Manifest.write",
    "normqa.build.write.flush",
    "normqa.build.write.Generation.open",
    "normqa.build.write.publish",
    "normqa.index.generation.flush",
    "numpy.save",
    "pathlib.Path.mkdir",
    "pathlib.Path.rename",
    "pathlib.Path.replace",
    "pathlib.Path.write_bytes",
]
"""All that a build does to the disk."""


class Editions:
    """A corpus that says which edition it is, and an index of it."""

    def __init__(self, corpus: Path, index: Path) -> None:
        self.builds = Builds(corpus, index)
        self.edition = 0

    @property
    def index(self) -> Path:
        return self.builds.index

    def edit(self) -> None:
        """Changes a file, and adds one or removes it; each stands in its own one of four shards."""
        self.edition += 1
        files = {
            "a.md": f"# Hotlines\n\nStates keep {self.edition} hotlines.\n",
            "h.md": "Norms guide states.\n",
            "d.md": "Treaties bind states.\n",
        }
        self.builds.write(dict(list(files.items())[: 2 + self.edition % 2]))

    def service(self, encoder: HashingEncoder | None = None) -> Service:
        """A service that has opened nothing yet and keeps two generations."""
        return Service(
            Settings(corpus=self.builds.corpus, index=self.index, keep_generations=2), hashing_models(encoder)
        )

    def build(self, encoder: HashingEncoder | None = None, *, full: bool = False) -> Built:
        return self.service(encoder).build(full=full)

    def current(self) -> str:
        return current(self.index).name

    def answered(self) -> str:
        """What a fresh service quotes."""
        answer = self.service().ask(asking("How many hotlines do states keep?", 1))
        assert answer.generation == self.current()
        assert answer.warning is None
        return answer.quotes[0].text

    def check_that_a_whole_edition_answers(self, good: str) -> None:
        """The last good one does, or the new one if it came to be in force."""
        edition = self.edition - 1 if self.current() == good else self.edition
        assert self.answered() == f"States keep {edition} hotlines."

    def check_that_the_next_build_recovers(self) -> None:
        """It puts the corpus as it is in force; and once it writes, no trace is left of the one that failed.

        Neither a generation that was never in force, nor a shard that no generation names.
        """
        previous = self.current()
        built = self.build()
        assert self.answered() == f"States keep {self.edition} hotlines."
        if not built.written:  # the one that failed had come to be in force
            assert self.build(full=True).written
            assert self.answered() == f"States keep {self.edition} hotlines."
        assert self.builds.generations() == {previous, self.current()}
        self.check_that_nothing_is_left()

    def check_that_nothing_is_left(self) -> None:
        """Nothing stands but whole generations and their shards."""
        assert names_in(self.index) == {"CURRENT", ".lock", "generations", "shards"}
        assert self.builds.shards() == self.builds.named_shards()
        for name in self.builds.generations():
            Generation.open(self.index, name)


@pytest.fixture
def editions(corpus: Path, index: Path) -> Editions:
    """The first edition, built."""
    editions = Editions(corpus, index)
    editions.edit()
    editions.build()
    return editions


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
        good = editions.current()
        editions.edit()
        with monkeypatch.context() as patch:
            patch.setattr(step, failing(step, call, error, after=after))
            try:
                editions.build()
            except raised:
                pass
            else:
                break
        editions.check_that_a_whole_edition_answers(good)
        editions.check_that_the_next_build_recovers()
    assert call > 1, "the step was never called"


@pytest.mark.usefixtures("four_shards")
@pytest.mark.parametrize(
    "step", ["normqa.build.shards.PassageStore.build", "normqa.build.write.Manifest.write"]
)
def test_where_it_fails_between_two_shards_those_of_the_last_good_generation_stay(
    step: str, editions: Editions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first of its shards have their names already; they go, and the ones that are shared do not."""
    editions.build(full=True)
    good, standing = editions.current(), editions.builds.shards()
    call = 2 if "PassageStore" in step else 1
    editions.edit()
    with monkeypatch.context() as patch:
        patch.setattr(step, failing(step, call, DISK_FULL, after=False))
        with pytest.raises(IndexNotWritable):
            editions.build()
    assert editions.current() == good
    assert editions.builds.shards() == standing
    editions.check_that_a_whole_edition_answers(good)
    editions.check_that_the_next_build_recovers()


@pytest.mark.parametrize(
    ("step", "error"),
    [
        ("normqa.build.shards.PassageStore.build", sqlite3.OperationalError("database or disk is full")),
        ("normqa.build.shards.LexicalIndex.build", ValueError("IoError: no space")),
        ("normqa.build.encode.DenseIndex.build", RuntimeError("cannot write")),
    ],
)
def test_what_the_libraries_say_when_the_disk_is_full_becomes_one_error(
    step: str, error: Exception, editions: Editions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing of it stays to fill the disk, nor of a build that was killed before."""
    good = editions.current()
    editions.edit()
    (editions.index / "generations" / ".building-20200101T000000.000000Z").mkdir()
    (editions.index / "shards" / ".building-20200101T000000.000000Z-0").mkdir()
    with monkeypatch.context() as patch:
        patch.setattr(step, failing(step, 1, error, after=False))
        with pytest.raises(IndexNotWritable, match=str(error)) as fault:
            editions.build()
    assert "Free space" in fault.value.hint
    assert editions.builds.generations() == {good}
    assert editions.builds.shards() == {f"{good}-0"}
    assert editions.current() == good
    editions.check_that_a_whole_edition_answers(good)
    editions.check_that_the_next_build_recovers()


def test_a_generation_that_fails_its_check_is_not_put_in_force(
    editions: Editions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk changes a byte on its way; that comes out before the swap, not after."""
    good = editions.current()
    editions.edit()
    write = pkgutil.resolve_name("normqa.build.write:Manifest.write")

    def write_and_rot(manifest: Any, folder: Path) -> None:
        write(manifest, folder)
        with (editions.index / "shards" / f"{manifest.generation}-0" / "texts.sqlite").open("r+b") as file:
            file.write(b"X")

    with monkeypatch.context() as patch:
        patch.setattr("normqa.build.write.Manifest.write", write_and_rot)
        with pytest.raises(IndexCorrupt, match=r"texts\.sqlite is not what was written"):
            editions.build()
    assert editions.current() == good
    assert editions.builds.generations() == {good}
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
        self._left -= len(texts)
        return super().encode_passages(texts, advance)


@pytest.mark.parametrize("count", [1, 8])
@pytest.mark.parametrize("texts", [0, 1])
def test_when_the_encoder_fails_the_last_good_generation_answers(
    texts: int, count: int, editions: Editions
) -> None:
    """Also where a shard or two have been written already."""
    good = editions.current()
    editions.edit()
    editions.edit()
    (editions.builds.corpus / "e.md").write_text("Two of four files are new.\n")
    with shards(count):
        with pytest.raises(EncoderUnavailable, match=f"text {texts + 1}"):
            editions.build(FailingEncoder(texts))
        assert editions.current() == good
        assert editions.answered() == "States keep 1 hotlines."
        assert editions.builds.shards() == editions.builds.named_shards()
        editions.check_that_the_next_build_recovers()


@pytest.mark.parametrize("step", STEPS)
def test_when_the_first_build_of_all_fails_there_is_no_index_yet(
    step: str, editions: Editions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the next build leaves no trace of it."""
    editions.builds.index = editions.index.with_name("fresh")
    with monkeypatch.context() as patch:
        patch.setattr(step, failing(step, 1, DISK_FULL, after=False))
        with pytest.raises(IndexNotWritable):
            editions.build()
    with pytest.raises(IndexMissing):
        editions.answered()
    editions.build()
    assert editions.answered() == "States keep 1 hotlines."
    assert editions.builds.generations() == {editions.current()}
    editions.check_that_nothing_is_left()


def test_all_is_flushed_to_disk_before_it_is_named(
    editions: Editions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each file and folder of a shard, or of the generation, before that gets its name.

    All shards have theirs before the generation has, and that before CURRENT names it.
    """
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

    monkeypatch.setattr("normqa.build.write.flush", tell)
    monkeypatch.setattr("normqa.index.generation.flush", tell)
    monkeypatch.setattr("pathlib.Path.replace", tell_replace)
    monkeypatch.setattr("pathlib.Path.rename", tell_rename)
    with shards(4):
        editions.build(full=True)
    name = editions.current()
    written = [f"shards/{name}-{place}" for place in range(4)] + [f"generations/{name}"]
    at = 0
    for folder in written:
        parent, _, own = folder.partition("/")
        aside = f"{parent}/.building-{own}"
        parts = (path.relative_to(editions.index / folder) for path in (editions.index / folder).rglob("*"))
        end = told.index(f"name {folder}")
        assert set(told[at:end]) == {f"flush {aside}", *(f"flush {aside}/{part}" for part in parts)}
        assert told[end + 1] == f"flush {parent}"
        at = end + 2
    assert told[at:] == ["flush .CURRENT", "name CURRENT", "flush ."]


KILLER = '''
"""Builds indexes, each in a process of its own that is killed: at each renaming, and at 50 other instants."""
import os, signal, sys
from pathlib import Path
from normqa.models.hashing import HashingEncoder
from normqa.index import numbering
from normqa.build.build import BuildOptions, build

numbering._SHARD_BYTES, numbering._MOST_SHARDS = 1, 4
corpus, *indexes = map(Path, sys.argv[1:])
reading, writing = os.pipe()

def build_in_a_child(index, calls, at, act):
    """Does something at the at-th of certain calls to the system, and tells how many there were."""
    child = os.fork()
    if not child:
        seen = 0
        def look(event, args):
            nonlocal seen
            if event.startswith(calls):
                seen += 1
                if seen == at:
                    act()
        sys.addaudithook(look)
        build(corpus, index, HashingEncoder(), BuildOptions(max_file_bytes=10_000_000, keep=2))
        os.write(writing, seen.to_bytes(4))
        os._exit(0)
    return child

def end(child):
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

def count(calls):
    assert end(build_in_a_child(indexes.pop(), calls, 0, None)) == 0
    return int.from_bytes(os.read(reading, 4))

def kill_itself():
    os.kill(os.getpid(), signal.SIGKILL)

def kill_at(calls, at):
    return end(build_in_a_child(indexes.pop(), calls, at, kill_itself))

def kill_after(calls, at):
    child = build_in_a_child(indexes.pop(), calls, at, lambda: os.write(writing, bytes(4)))
    os.read(reading, 4)
    os.kill(child, signal.SIGKILL)
    return end(child)

ANY = ("open", "os.", "shutil.", "sqlite3.")
renamings, steps = count("os.rename"), count(ANY)
for at in range(1, renamings + 1):
    index = indexes[-1]
    print(index, "renaming", kill_at("os.rename", at))
for instant in range(50):
    index, at = indexes[-1], 1 + instant * (steps - 1) // 50
    if instant % 2:
        print(index, "after", kill_after(ANY, at))
    else:
        print(index, "at", kill_at(ANY, at))
'''


def test_a_build_that_is_killed_leaves_a_whole_edition_and_the_next_recovers(
    editions: Editions, tmp_path: Path
) -> None:
    """Real processes, a real SIGKILL: before each renaming, and at 50 instants spread over the whole build.

    They are spread over its calls to the system; half of them come from another process just after a call.
    """
    with shards(4):
        editions.build(full=True)
        good = editions.current()
        indexes = [Path(shutil.copytree(editions.index, tmp_path / f"index {n}")) for n in range(60)]
        editions.edit()
        killer = subprocess.run(
            [sys.executable, "-c", KILLER, editions.builds.corpus, *indexes],
            check=True,
            capture_output=True,
            text=True,
        )
        killed = [line.rsplit(" ", 2) for line in killer.stdout.splitlines()]
        codes = {
            how: [int(code) for _, when, code in killed if when == how] for how in ("renaming", "at", "after")
        }
        # Of four shards, that of the file that changed and that of the one that went; all, and the pointer.
        assert codes["renaming"] == [-9] * (2 + 1 + 1)
        assert codes["at"] == [-9] * 25
        assert len(codes["after"]) == 25
        assert codes["after"].count(-9) > 12
        unnamed, unpublished = (Path(index) for index, when, _ in killed[2:4])
        assert len(list(unnamed.glob("generations/.building-*"))) == 1, "killed before it had its name"
        assert len(list(unpublished.glob("generations/2*"))) == 3, "killed before CURRENT named it"
        for index, *_ in killed:
            editions.builds.index = Path(index)
            editions.check_that_a_whole_edition_answers(good)
            editions.check_that_the_next_build_recovers()
