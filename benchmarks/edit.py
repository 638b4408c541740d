"""Measure the time from an edit to its answer: save one file of many under ``normqa serve --watch``.

The clock runs from the save to an answer that quotes the new text. The server is a process of its own; it
is asked over a socket as soon as it reports a new generation. With ``NORMQA_ENCODER=hashing``, the first
build takes no time for encoding, and the time of an edit excludes the encoding of one passage.

Usage: python benchmarks/edit.py TEXTS [--documents N] [--edits N] [--index INDEX]

INDEX may be a Milvus Lite file, which runs in the process of the server.
"""

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

from harness import Client, cut_corpus, server_process, texts_of

from normqa.settings import read_settings
from normqa.storage.open import open_home


def main() -> None:
    """Print the time of each edit, and how many passages were encoded for the last one."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("texts", type=Path)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--edits", type=int, default=5)
    parser.add_argument("--index", help="where to keep the index for the next run")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        corpus, index = Path(folder) / "corpus", given.index or str(Path(folder) / "index")
        cut_corpus(corpus, given.documents, texts_of(given.texts))
        with server_process("--watch", "--corpus", str(corpus), "--index", index) as (process, address):
            time.sleep(1)  # until the watch has begun
            before = _cpu_seconds(process.pid)
            times = [_edit(corpus, address, number) for number in range(given.edits)]
            cpu = (_cpu_seconds(process.pid) - before) / given.edits
        newest = open_home(read_settings(index=index)).generations()[0]
    if newest.manifest and newest.report:
        print(f"{newest.manifest.documents:,} documents, {newest.manifest.passages:,} passages")
        print(f"encoded for the last edit: {newest.report.encoded}; {newest.report.seconds}")
    print(f"seconds from the save to the answer: {', '.join(f'{spent:.2f}' for spent in times)}")
    print(f"median {statistics.median(times):.2f}")
    print(f"CPU seconds of the server for each edit: {cpu:.2f}")


def _cpu_seconds(process: int) -> float:
    """Return the CPU time of a process, in its own code and in the system, so far."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _edit(corpus: Path, address: tuple[str, int], number: int) -> float:
    path = sorted(corpus.rglob("*.md"))[number * 7]
    sentence = f"The marmot of edit {number} whistles at {time.time_ns()}."
    client = Client(address)
    text, before = path.read_text(encoding="utf-8"), client.health()
    path.write_text(f"{text}\n## Marmots\n\n{sentence}\n", encoding="utf-8")
    start = time.perf_counter()
    while client.health() == before:
        time.sleep(0.02)
    answer = client.ask(f"At what does the marmot of edit {number} whistle?")
    spent = time.perf_counter() - start
    if sentence.encode() not in answer:
        raise RuntimeError(answer)
    return spent


if __name__ == "__main__":
    main()
