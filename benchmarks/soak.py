"""Send mixed requests to a server for a long time while its corpus changes.

The server runs ``normqa serve --watch`` on a copy of a corpus. Clients ask plain and follow-up questions,
open pages, verify texts, download conversations, and hang up. Meanwhile files are written, renamed and
removed, and the index is rebuilt. The command prints latencies, memory and open files. It fails if a request
fails, or if memory or open files grow after the first third.

Usage: python benchmarks/soak.py [--minutes N] [--clients N] [--corpus DIR]
"""

import argparse
import http.client
import itertools
import json
import random
import re
import shutil
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from harness import server_process

QUESTIONS = (
    "Which strategy uses hotlines?",
    "What are confidence-building measures?",
    "Which norms protect critical infrastructure?",
    "What is the difference between the GGE and the OEWG?",
    "Who takes part in them?",
    "What colour is the soaked walrus?",
)
EDIT_SECONDS = 5.0
SAMPLE_SECONDS = 5.0
ALLOWED_GROWTH = 1.1
"""Memory in the last third relative to the middle third."""

ALLOWED_FILES = 10


@dataclass
class Record:
    """What was measured so far.

    Attributes:
        seconds: Latencies by kind of request.
        statuses: Number of responses by status.
        memory: Megabytes in use, in order of time.
        files: Open files, in order of time.
    """

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    statuses: Counter[object] = field(default_factory=Counter)
    memory: list[float] = field(default_factory=list)
    files: list[int] = field(default_factory=list)


def main() -> None:
    """Run the soak and print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    given = parser.parse_args()
    record, stop = Record(), threading.Event()
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus"
        shutil.copytree(given.corpus, corpus)
        places = ["--corpus", str(corpus), "--index", str(Path(folder) / "index")]
        with server_process("--watch", *places) as (process, address):
            threads = [threading.Thread(target=_edit, args=(corpus, stop))]
            threads += [
                threading.Thread(target=_request, args=(address, random.Random(seed), record, stop))
                for seed in range(given.clients)
            ]
            for thread in threads:
                thread.start()
            end = time.monotonic() + given.minutes * 60
            while time.monotonic() < end and process.poll() is None:
                time.sleep(SAMPLE_SECONDS)
                _sample(process.pid, record)
            stop.set()
            for thread in threads:
                thread.join()
            has_died = process.poll() is not None
    faults = _report(record)
    if has_died:
        faults.append("the server died")
    print("\n".join(f"FAILED: {fault}" for fault in faults) or "No faults.")
    sys.exit(bool(faults))


def _edit(corpus: Path, stop: threading.Event) -> None:
    """Write, edit, rename and remove a file in turn."""
    path, other = corpus / "soak.md", corpus / "soaked.md"
    for number in itertools.count():
        path.write_text(f"# Walruses\n\nThe soaked walrus number {number} is grey.\n", encoding="utf-8")
        if stop.wait(EDIT_SECONDS):
            return
        path.replace(other)
        if stop.wait(EDIT_SECONDS):
            return
        other.unlink()
        if stop.wait(EDIT_SECONDS):
            return


def _request(address: tuple[str, int], draw: random.Random, record: Record, stop: threading.Event) -> None:
    """Send requests of random kinds, one after another."""
    while not stop.is_set():
        question, earlier = draw.choice(QUESTIONS), draw.sample(QUESTIONS, 2)
        asked = {"question": question, "history": draw.choice([earlier, []])}
        kind, method, path, body = draw.choice(
            [
                ("ask", "POST", "/ask", json.dumps(asked)),
                ("page", "GET", f"/?{urlencode([('q', question), ('after', earlier[0])])}", None),
                ("conversation", "GET", f"/conversation.md?{urlencode({'q': question})}", None),
                ("documents", "GET", "/documents", None),
                ("document", "GET", "/documents/strategies", None),
                ("verify", "POST", "/verify", json.dumps({"text": "hotlines"})),
                ("health", "GET", "/health", None),
                ("hang up", "POST", "/ask", json.dumps(asked)),
            ]
        )
        if kind == "hang up":
            _hang_up(address, method, path, str(body))
            continue
        start = time.perf_counter()
        try:
            connection = http.client.HTTPConnection(*address, timeout=60)
            connection.request(method, path, body)
            status: object = connection.getresponse().status
        except OSError as error:
            status = repr(error)
        finally:
            connection.close()
        record.seconds[kind].append(time.perf_counter() - start)
        record.statuses[status] += 1


def _hang_up(address: tuple[str, int], method: str, path: str, body: str) -> None:
    """Send a request and close the connection without reading the response."""
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(address) as client:
        client.sendall((head + body).encode())


def _sample(process: int, record: Record) -> None:
    folder = Path(f"/proc/{process}")
    status = (folder / "status").read_text(encoding="ascii")
    # Mapped files count as shared; what a leak adds is anonymous memory.
    found = re.search(r"RssAnon:\s+(\d+)", status)
    record.memory.append(int(found[1]) / 1024 if found else 0.0)
    record.files.append(len(list((folder / "fd").iterdir())))


def _report(record: Record) -> list[str]:
    """Print the figures, and return what is wrong."""
    for kind, seconds in sorted(record.seconds.items()):
        percentiles = statistics.quantiles(seconds, n=100) if len(seconds) > 1 else [seconds[0]] * 99
        print(
            f"{kind:14} {len(seconds):7} requests  median {percentiles[49] * 1000:7.0f} ms"
            f"  p99 {percentiles[98] * 1000:7.0f} ms"
        )
    print("statuses", dict(record.statuses))
    third = max(1, len(record.memory) // 3)
    memory = [statistics.median(part) for part in (record.memory[third : 2 * third], record.memory[-third:])]
    files = [max(part) for part in (record.files[third : 2 * third], record.files[-third:])]
    print(f"memory  middle third {memory[0]:.0f} MB, last third {memory[1]:.0f} MB")
    print(f"files   middle third {files[0]}, last third {files[1]}")
    faults = [
        f"{count} times {status}" for status, count in record.statuses.items() if status != http.client.OK
    ]
    if memory[1] > memory[0] * ALLOWED_GROWTH:
        faults.append("memory grows")
    if files[1] > files[0] + ALLOWED_FILES:
        faults.append("open files grow")
    return faults


if __name__ == "__main__":
    main()
