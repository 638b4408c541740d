"""Measure what a build on a Ray cluster of one machine costs beyond a build in one process.

Both build the same corpus of drawn words in full, in alternating order. All processes that a build starts are
counted. Those of Ray use a share of a core as long as the build takes, so let nothing else run. Vectors of
both indexes are compared. Needs the extra normqa[ray] and Linux.

Usage: python benchmarks/cluster.py TEXTS [--documents N] [--rounds N]
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
from harness import draw_corpus, words_of

from normqa.index.folder import IndexFolder
from normqa.index.generation import Generation

_UTIME = 11
"""Place of the user time in /proc/PID/stat, after the name of the command."""

_LOOK_SECONDS = 0.5


def main() -> None:
    """Print CPU and elapsed seconds of each build, their ratio, and the largest difference of vectors."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("texts", type=Path)
    parser.add_argument("--documents", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        corpus, local, cluster = (Path(work, name) for name in ("corpus", "local", "cluster"))
        draw_corpus(corpus, given.documents, words_of(given.texts))
        ratios = []
        for turn in range(given.rounds):
            builds = {"local": (local, ()), "ray": (cluster, ("--ray", "local"))}
            order = list(builds) if turn % 2 else list(reversed(builds))
            cpu = {}
            for name in order:
                cpu[name], elapsed = _build(corpus, *builds[name])
                print(f"{name:8} {cpu[name]:8.1f} CPU s {elapsed:8.1f} s", flush=True)
            ratios.append(cpu["ray"] / cpu["local"])
        vectors = [_vectors(index) for index in (local, cluster)]
        print(f"passages                {len(vectors[0])}")
        print(f"ratio of CPU seconds    {statistics.median(ratios):.3f}")
        print(f"largest difference      {np.abs(vectors[0] - vectors[1]).max():.1e}")


def _build(corpus: Path, index: Path, options: tuple[str, ...]) -> tuple[float, float]:
    """Return CPU and elapsed seconds of a full build."""
    command = [sys.executable, "-m", "normqa", "build", "--full", f"--corpus={corpus}", f"--index={index}"]
    usage = _Usage()
    start = time.perf_counter()
    with subprocess.Popen(
        [*command, *options], env=os.environ | usage.mark, stdout=subprocess.DEVNULL
    ) as process:
        while process.poll() is None:
            usage.look()
            time.sleep(_LOOK_SECONDS)
    if process.returncode:
        raise RuntimeError(f"the build failed with {process.returncode}")
    return usage.seconds, time.perf_counter() - start


class _Usage:
    """The CPU time of all processes that inherit an environment variable.

    Ray does not wait for its workers, so the system does not add them up.

    Attributes:
        mark: The variable.
    """

    def __init__(self) -> None:
        self.mark = {"BENCHMARK_RUN": str(time.time_ns())}
        self._ticks: dict[Path, int] = {}
        self._others: set[Path] = set()

    def look(self) -> None:
        """Read the CPU time of each process so far."""
        [(name, value)] = self.mark.items()
        for process in set(Path("/proc").glob("[0-9]*")) - self._others:
            with suppress(OSError):
                if process in self._ticks or f"{name}={value}".encode() in (process / "environ").read_bytes():
                    fields = (process / "stat").read_text().rpartition(")")[2].split()
                    self._ticks[process] = int(fields[_UTIME]) + int(fields[_UTIME + 1])
                else:
                    self._others.add(process)

    @property
    def seconds(self) -> float:
        """CPU seconds of all of them, as far as seen."""
        return sum(self._ticks.values()) / os.sysconf("SC_CLK_TCK")


def _vectors(index: Path) -> np.ndarray:
    folder = IndexFolder(index)
    dense = Generation.open(folder, folder.current().name).dense
    return dense.vectors(np.arange(dense.size))


if __name__ == "__main__":
    main()
