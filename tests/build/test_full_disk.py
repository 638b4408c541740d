"""A disk that is really full: a small one in memory, which a child process mounts for itself."""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from normqa.errors import NormqaError
from normqa.index.history import generations
from normqa.service import Service
from normqa.settings import Settings
from tests.build.builds import Builds, in_shards, names_in
from tests.conftest import ROOT, asking, hashing_models, roll_back
from tests.serve.conftest import client_of

QUESTION = "How many hotlines do states keep?"
NAMESPACES = ["unshare --user --map-root-user --mount", "unshare --mount"]
MOUNT = 'mount -t tmpfs -o size=2m normqa "$0" && exec "$@"'
LARGE = "".join(f"Sentence {number} is about something else.\n\n" for number in range(1100))
"""The vectors of its sentences alone, each 1024 numbers of two bytes, take more than the disk has."""


@dataclass(frozen=True)
class Seen:
    """The state after an act: its error, what is quoted, the names in the index folder, and what is wrong."""

    act: str
    error: list[str] | None
    quote: str
    standing: list[str]
    wrong: list[str]


class Scene:
    """A corpus, and its index on the disk."""

    def __init__(self, corpus: Path, disk: Path) -> None:
        self.builds = Builds(corpus, disk / "index", layout=in_shards(4))
        self.disk, self.filler = disk, disk / "filler"

    def edit(self, edition: int, more: str = "") -> None:
        """Two of three files change, each in its own one of four shards."""
        hotlines = f"States keep {edition} hotlines.\n"
        self.builds.write(
            {"a.md": hotlines, "d.md": f"Edition {edition}. {more}\n", "h.md": "Norms guide.\n"}
        )

    def leave(self, free: int) -> None:
        """Fill the disk except for this many bytes."""
        self.filler.unlink(missing_ok=True)
        about = os.statvfs(self.disk)
        with self.filler.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, about.f_bavail * about.f_frsize - free)

    def service(self) -> Service:
        """A service that has opened nothing yet."""
        return Service(Settings(corpus=self.builds.corpus, index=self.builds.index), hashing_models())

    def ask(self) -> str:
        return self.service().ask(asking(QUESTION, 1)).quotes[0].text

    def after(self, name: str, act: Callable[[], object]) -> Seen:
        error = None
        try:
            act()
        except NormqaError as fault:
            error = [fault.code, fault.message, fault.hint]
        index, own, named = self.builds.index, self.builds.shards(), self.builds.named_shards()
        stray = names_in(index) - {"CURRENT", ".lock", "generations", "shards"} | own ^ named
        damage = [str(past.fault) for past in generations(self.builds.folder, whole=True) if past.fault]
        return Seen(name, error, self.ask(), sorted(self.builds.generations() | own), [*stray, *damage])

    def build(self, name: str) -> Seen:
        """Builds, with an inverted file."""
        return self.after(name, lambda: self.builds(keep=2, ann_threshold=0))

    def play(self) -> Iterator[Seen]:
        """All that is done."""
        self.edit(1)
        yield self.build("the first build")
        self.edit(2, LARGE)
        yield self.build("too much")
        self.edit(2)
        self.leave(0)
        yield self.build("nothing free")
        client = client_of(self.service())
        asked = {"question": QUESTION}
        yield self.after("a server that starts", lambda: client.post("/ask", json=asked).raise_for_status())
        os.environ["TMPDIR"], tempfile.tempdir = str(self.disk), None  # as in a process that starts
        yield self.after("a process whose temporary folder is full", self.ask)
        page, free = os.sysconf("SC_PAGESIZE"), 0
        while (seen := self.build("a page more free each time")).error:
            yield seen
            self.leave(free := free + page)
        yield seen
        self.leave(0)
        yield self.after("a rollback", lambda: roll_back(self.builds.index))
        self.edit(3)
        self.filler.unlink()
        yield self.build("free again")
        killed = self.builds.index / "shards" / ".building-000001-20200101T000000.000000Z-0"
        killed.mkdir()
        self.leave(0)
        self.filler.rename(killed / "texts.sqlite")
        self.edit(4)
        yield self.build("full of what a killed build left")


@pytest.fixture(scope="module")
def play(tmp_path_factory: pytest.TempPathFactory) -> list[Seen]:
    """Return the state after each act."""
    corpus, disk = tmp_path_factory.mktemp("corpus"), tmp_path_factory.mktemp("disk")
    refusals = []
    for namespace in NAMESPACES:
        mounted = [*namespace.split(), "sh", "-c", MOUNT, str(disk)]
        try:
            subprocess.run([*mounted, "true"], check=True, capture_output=True, text=True)
        except (OSError, subprocess.CalledProcessError) as error:
            refusals.append((getattr(error, "stderr", None) or str(error)).strip())
            continue
        player = [*mounted, sys.executable, "-m", __name__, str(corpus), str(disk)]
        printed = subprocess.run(player, check=True, cwd=ROOT, stdout=subprocess.PIPE).stdout
        return [Seen(**seen) for seen in json.loads(printed)]
    pytest.skip(f"this process may not mount a disk of its own: {'; '.join(refusals)}")


def test_a_full_disk_gives_one_error_and_leaves_the_index_unchanged(play: list[Seen]) -> None:
    """Free one more page each time until a build succeeds, so that it fails at each of its files."""
    failing = {"too much", "nothing free", "a page more free each time", "a rollback"}
    assert {seen.act for seen in play if seen.error} == failing
    for before, after in pairwise(play):
        if after.error:
            code, message, hint = after.error
            assert code == "index_not_writable"
            assert re.match(r"The index folder /\S+/index cannot be written \(.+\)\.", message)
            assert hint.startswith("Free space ")
            assert (after.quote, after.standing) == (before.quote, before.standing)


def test_the_index_is_always_whole_and_contains_nothing_else(play: list[Seen]) -> None:
    assert [seen for seen in play if seen.wrong] == []


def test_reading_needs_no_space_and_builds_succeed_with_some(play: list[Seen]) -> None:
    """A build frees the space of what a killed build left."""
    assert [(seen.act, seen.quote) for seen in play if not seen.error] == [
        ("the first build", "States keep 1 hotlines."),
        ("a server that starts", "States keep 1 hotlines."),
        ("a process whose temporary folder is full", "States keep 1 hotlines."),
        ("a page more free each time", "States keep 2 hotlines."),
        ("free again", "States keep 3 hotlines."),
        ("full of what a killed build left", "States keep 4 hotlines."),
    ]


if __name__ == "__main__":
    json.dump([asdict(seen) for seen in Scene(*map(Path, sys.argv[1:])).play()], sys.stdout)
