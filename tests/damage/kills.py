"""Kill processes while they build, roll back, export a model or start, and check what they leave.

Half of the kills come from the process itself, at a call that opens, names, removes or fsyncs something, and
are spread evenly over these calls. The others come from outside, at random instants.
"""

import os
import random
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from normqa.errors import IndexBusy, IndexCorrupt, IndexMissing, UnknownGeneration
from normqa.index.history import roll_back
from normqa.index.manifest import FORMAT
from tests.damage.processes import calls_and_seconds, fork, killed, result_of
from tests.damage.scene import Scene
from tests.test_invariants import MEMORY

_IN_A_ROW = 3
"""Every fifth time, as many processes are killed, one after the other, before anything is checked."""


@dataclass(frozen=True)
class Deed:
    """Something that a process does to an index until it is killed.

    Attributes:
        name: Its name.
        prepare: Makes the scene as it is before.
        act: Does it.
        edition: Edition of the corpus.
        quoted: Editions that may be quoted afterwards; negative where the answer must report a rollback.
        may_refuse: Whether there may be no index that can be read.
    """

    name: str
    prepare: Callable[[Scene], object]
    act: Callable[[Scene], object]
    edition: int
    quoted: tuple[int, ...]
    may_refuse: bool = False

    def prepared(self, folder: Path) -> None:
        """Make the scene as it is before."""
        scene = Scene(folder)
        scene.use_temporary_folder()
        self.prepare(scene)
        scene.write(self.edition)

    def done(self, folder: Path) -> None:
        """Do it."""
        scene = Scene(folder)
        scene.use_temporary_folder()
        self.act(scene)

    def faults(self, folder: Path) -> list[str]:
        """Return what is wrong after a kill: first with the answers, then with the next build."""
        scene = Scene(folder)
        scene.use_temporary_folder()
        try:
            answer = scene.ask()
        except (IndexMissing, IndexCorrupt) as error:
            wrong = [] if self.may_refuse else [str(error)]
        else:
            found = [scene.faults_of(answer, abs(n), rolled_back=n < 0) for n in self.quoted]
            wrong = min(found, key=len)
            if answer.generation != scene.builds.current():
                wrong.append("another generation answers than the current one")
        return wrong + scene.faults_of_recovery(self.edition)


def _built(*editions: int) -> Callable[[Scene], object]:
    def build(scene: Scene) -> None:
        for edition in editions:
            scene.build(edition)

    return build


def _rolled_back(scene: Scene) -> None:
    _built(1, 2)(scene)
    _roll_back(scene)


def _of_old_format(scene: Scene) -> None:
    _built(1, 2)(scene)
    for path in scene.builds.index.glob("generations/*/manifest*.json"):
        path.write_text(path.read_text().replace(f'"format": {FORMAT}', f'"format": {FORMAT - 1}'))


def _roll_back(scene: Scene) -> None:
    with suppress(UnknownGeneration):  # the kill before came too late
        roll_back(scene.builds.folder, None, scene.builds.encoder.fingerprint)


def _start(scene: Scene) -> None:
    scene.build()
    scene.ask()


def _build_beside_another(scene: Scene) -> None:
    """Build while another process, which is not killed, tries to build too."""
    rival = fork(partial(_build_unless_busy, scene))
    _build_unless_busy(scene)
    os.waitpid(rival, 0)


def _build_unless_busy(scene: Scene) -> None:
    with suppress(IndexBusy):
        scene.build()


def _build_fully(scene: Scene) -> None:
    scene.build(full=True)


DEEDS = (
    Deed("first start", _built(), _start, 1, (1,), may_refuse=True),
    Deed("full build", _built(1), _build_fully, 2, (1, 2)),
    Deed("build that adds a document", _built(1, 2), Scene.build, 3, (2, 3)),
    Deed("build that removes a document", _built(1), Scene.build, 2, (1, 2)),
    Deed("two builds at once", _built(1, 2), _build_beside_another, 3, (2, 3)),
    Deed("build over an old format", _of_old_format, _start, 3, (3,), may_refuse=True),
    Deed("rollback", _built(1, 2), _roll_back, 2, (2, -1)),
    Deed("build after a rollback", _rolled_back, _start, 3, (-1, 3)),
    Deed("export of a model", _built(1, 2), Scene.export, 2, (2,)),
)


@dataclass(frozen=True)
class Killed:
    """What came of the kills of a deed.

    Attributes:
        kills: Number of kills.
        in_time: How many of them came before the deed was done.
        faults: What was wrong after some of them.
    """

    kills: int
    in_time: int
    faults: list[str]


def kill(deed: Deed, kills: int, seed: int = 0) -> Killed:
    """Do a deed again and again, and kill it every time."""
    chance, in_time, faults = random.Random(f"{seed} {deed.name}"), 0, []
    # A thread of tantivy may still look at an index that it has just opened, hence the errors ignored.
    with tempfile.TemporaryDirectory(dir=MEMORY, ignore_cleanup_errors=True) as here:
        before, trial = Path(here) / "before", Path(here) / "trial"
        result_of(partial(deed.prepared, before))
        shutil.copytree(before, trial)
        calls, seconds = calls_and_seconds(partial(deed.done, trial))
        done = 0
        while done < kills:
            shutil.rmtree(trial, ignore_errors=True)
            shutil.copytree(before, trial)
            instants = []
            for _ in range(min(kills - done, _IN_A_ROW if done % 5 == 4 else 1)):
                act = partial(deed.done, trial)
                if done % 2:
                    after = chance.random() * seconds
                    in_time += killed(act, after_seconds=after)
                    instants.append(f"after {after} seconds")
                else:
                    call = 1 + done * calls // kills
                    in_time += killed(act, at_call=call)
                    instants.append(f"at call {call}")
                done += 1
            found = result_of(partial(deed.faults, trial))
            if found:
                faults.append(f"{', '.join(instants)}: {found}")
    return Killed(kills, in_time, faults)


def run(kills: int, seed: int) -> bool:
    """Spread a number of kills over all deeds, print figures, and return whether nothing was wrong."""
    is_right = True
    for number, deed in enumerate(DEEDS):
        result = kill(deed, (kills + number) // len(DEEDS), seed)
        print(f"{deed.name}: {result.kills} kills, {result.in_time} in time, {len(result.faults)} faults")
        for fault in result.faults:
            print(f"  {fault}")
        is_right = is_right and not result.faults and 2 * result.in_time >= result.kills
    return is_right
