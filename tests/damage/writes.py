"""Let builds fail at writes of any library: no file may grow beyond a size, as if the disk were full.

Python sees only its own writes. This limit holds for SQLite, NumPy and tantivy too.
"""

import resource
import shutil
from functools import partial
from pathlib import Path

from normqa.errors import IndexNotWritable
from tests.damage.processes import result_of
from tests.damage.scene import Scene, folder_in_memory

_LARGEST_FILE = 16_384
"""Bytes of the largest file of a shard here: its texts."""


def run(sizes: int, seed: int) -> bool:
    """Build with limits from nothing to enough, print figures, and return whether nothing was wrong."""
    faults, refused = [], 0
    limits = [seed + number * (_LARGEST_FILE + 1) // sizes for number in range(sizes)]
    with folder_in_memory() as here:
        scene = Scene(here / "before")
        result_of(partial(scene.build, 1))
        scene.write(2)
        for limit in limits:
            trial = Path(shutil.copytree(scene.folder, here / f"limit {limit}"))
            is_refused, found = result_of(partial(_build_within, trial, limit))
            refused += is_refused
            faults += [f"limit {limit}: {found}"] if found else []
            shutil.rmtree(trial)
    print(
        f"limited files: {len(limits)} limits, {refused} builds refused, {len(faults)} faults",
        *faults,
        sep="\n  ",
    )
    return not faults and refused > sizes // 2


def _build_within(folder: Path, limit: int) -> tuple[bool, list[str]]:
    """Build with a limit, then without; return whether the first was refused, and what was wrong."""
    scene = Scene(folder)
    scene.use_temporary_folder()
    before, (_, hard) = scene.builds.current(), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        scene.build()
    except IndexNotWritable:
        is_refused = True
    else:
        is_refused = False
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    wrong = scene.faults_of(scene.ask(), 1 if is_refused else 2)
    if is_refused and scene.builds.generations() != {before}:
        wrong.append(f"left {sorted(scene.builds.generations() - {before})}")
    return is_refused, wrong + scene.faults_of_recovery(2)
