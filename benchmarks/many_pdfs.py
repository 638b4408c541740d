"""Measure a build of many small PDF files: seconds, memory of each process, and processes that stay.

The files are made from the pages of real ones, one to ten pages each, and built with the hashing encoder.
"Peak" is the largest resident memory of a process; it is printed after each tenth of the build, so that a
leak shows as growth. Linux only.

Usage: python benchmarks/many_pdfs.py DIR [--files N]
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pypdfium2 as pdfium

_MAX_PAGES = 10


def make_files(sources: Path, target: Path, count: int) -> int:
    """Write PDF files of pages of others, and return how many pages they have."""
    documents = []
    for path in sorted(sources.rglob("*.pdf")):
        try:
            document = pdfium.PdfDocument(path)
        except pdfium.PdfiumError:
            continue
        if len(document):
            documents.append(document)
    chance = random.Random(0)
    pages = 0
    for number in range(count):
        source = documents[number % len(documents)]
        wanted = chance.randint(1, _MAX_PAGES)
        made = pdfium.PdfDocument.new()
        made.import_pages(source, [chance.randrange(len(source)) for _ in range(wanted)])
        made.save(target / f"{number:04}.pdf")
        made.close()
        pages += wanted
    return pages


def _family(process: int) -> Iterator[int]:
    """Yield a process and all below it."""
    yield process
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        for child in task.read_text().split():
            yield from _family(int(child))


def _memory(process: int, field: str) -> float:
    """Return a field of the memory of a process in MB."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) / 1024
    return 0.0


def main() -> None:
    """Build once and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=1000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        corpus, index = Path(scratch, "corpus"), Path(scratch, "index")
        corpus.mkdir()
        pages = make_files(given.folder, corpus, given.files)
        print(
            f"{given.files} files, {pages} pages, {sum(f.stat().st_size for f in corpus.iterdir()):,} bytes"
        )
        start = time.monotonic()
        messages = Path(scratch, "messages")
        build = subprocess.Popen(
            [sys.executable, "-m", "normqa", "build", "--corpus", str(corpus), "--index", str(index)],
            env=os.environ | {"NORMQA_ENCODER": "hashing"},
            stdout=subprocess.DEVNULL,
            stderr=messages.open("w"),
        )
        peaks: dict[int, float] = {}
        series: dict[int, list[float]] = {}
        while build.poll() is None:
            for process in list(_family(build.pid)):
                try:
                    peak, now = _memory(process, "VmHWM"), _memory(process, "VmRSS")
                except OSError:
                    continue
                peaks[process] = max(peak, peaks.get(process, 0.0))
                series.setdefault(process, []).append(now)
            time.sleep(0.5)
        seconds = time.monotonic() - start
        print(messages.read_text().strip().splitlines()[-1][:200])
        print(f"exit status {build.returncode}, {seconds:.0f} s, {seconds / pages * 1000:.0f} ms a page")
        for process, peak in sorted(peaks.items()):
            tenths = series[process][:: max(1, len(series[process]) // 10)]
            name = "parent" if process == build.pid else "child"
            print(f"{name:7} peak {peak:6.0f} MB, over time", *(f"{value:.0f}" for value in tenths))
        left = [process for process in peaks if Path(f"/proc/{process}").exists()]
        print(f"{len(peaks)} processes started, {len(left)} left")


if __name__ == "__main__":
    main()
