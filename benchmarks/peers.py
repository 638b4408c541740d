"""Compare normqa with other programs: same texts, same encoder weights, every step in its own process.

txtai (hybrid), LlamaIndex with FAISS, and a plain script of sentence-transformers and FAISS (``peers/``)
index the texts that normqa's encoder sees, and answer with the best three. normqa quotes, once with its
default reranker and once with ``NORMQA_RERANKER=none``. It runs the weights in onnxruntime, the others in
torch, all on the CPU with their own defaults. Every program takes every step once per round, and the
order changes from round to round. The medians are printed as Markdown.

build    Passages per second, from passages in memory to an index on disk. Loading libraries and encoder
         is excluded. normqa starts from the files: reading and splitting are included.
ask      The median question, in the process that has the index open.
edit     In the same process: a document gets a new section, the index on disk contains it, and an answer
         shows it. The clock starts for normqa when the file is saved, and for the others when they
         receive the new passages of the document. LlamaIndex can do this correctly only once; see its
         module.
start    From the start of a process to its first answer from the index on disk; ``normqa ask --json``.
memory   Peak resident memory of the process that asks, before the edit, and of the process that builds.
         Linux.

Usage: pip install -c constraints.txt -e . -r benchmarks/peers-requirements.txt
       python benchmarks/peers.py CORPUS --questions FILE.jsonl [--rounds N] [--limit N]

The corpus is a folder of Markdown or plain text. A line of the file has a "text" or a "question".
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

# Nothing large is imported here: a process starts with the peak memory of its parent.
from normqa.models.weights import ENCODER, ORIGINAL_ENCODER, RERANKER, find_model

SCRIPTS = Path(__file__).with_suffix("")
OFFLINE = {"HF_HUB_OFFLINE": "1", "CUDA_VISIBLE_DEVICES": "", "NORMQA_ENCODER": ENCODER.packaged}

Figures = dict[str, float]
"""Results of the steps, by measure."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A program to measure.

    Attributes:
        name: Name in the table.
        package: Distribution whose version is printed.
        script: Script that takes the steps.
        reranker: Reranker of normqa.
    """

    name: str
    package: str
    script: str
    reranker: str = RERANKER.packaged


PEERS = (
    Peer("normqa", "normqa", "with_normqa.py"),
    Peer("normqa, no reranker", "normqa", "with_normqa.py", "none"),
    Peer("txtai, hybrid", "txtai", "with_txtai.py"),
    Peer("LlamaIndex, FAISS", "llama-index-core", "with_llamaindex.py"),
    Peer("plain script, FAISS", "sentence-transformers", "with_faiss.py"),
)
MEASURES = {
    "build": ("passages/s", "{:.1f}"),
    "start": ("start to answer, s", "{:.2f}"),
    "ask": ("warm p50, ms", "{:.1f}"),
    "edit": ("edit to answer, s", "{:.3f}"),
    "memory_ask": ("asking, MiB", "{:.0f}"),
    "memory_build": ("building, MiB", "{:.0f}"),
}
"""Heading and format of each column."""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--limit", type=int, help="maximum number of questions")
    given = parser.parse_args()
    rows = map(json.loads, given.questions.read_text(encoding="utf-8").splitlines())
    questions = [row.get("question") or row["text"] for row in rows][: given.limit]
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        (work / "questions.json").write_text(json.dumps(questions), encoding="utf-8")
        about = _result("prepare.py", str(given.corpus), folder)
        rounds = [_round(work, given.corpus, questions, number) for number in range(given.rounds)]
    print(f"{about['passages']:,.0f} passages, {len(questions)} questions, {len(rounds)} rounds", end="; ")
    print(", ".join(f"{name} {version(name)}" for name in ("torch", "faiss-cpu", "onnxruntime")), end="\n\n")
    print(_table(rounds))


def _round(work: Path, corpus: Path, questions: Sequence[str], number: int) -> dict[Peer, Figures]:
    """Run every step of every program, one step after another."""
    model = str(find_model(ENCODER.packaged, ORIGINAL_ENCODER))
    first = number % len(PEERS)
    places = {peer: work / f"{number}-{peer.name}" for peer in PEERS[first:] + PEERS[:first]}
    figures: dict[Peer, Figures] = {peer: {} for peer in PEERS}
    for peer, place in places.items():
        shutil.copytree(corpus, place / "corpus")
        figures[peer] |= _result(peer.script, "build", str(place), model, reranker=peer.reranker)
    for peer, place in places.items():
        figures[peer] |= _result(peer.script, "ask", str(place), model, reranker=peer.reranker)
    for peer, place in places.items():
        figures[peer]["start"] = _start(peer, place, model, questions[number % len(questions)])
        shutil.rmtree(place)
    return figures


def _start(peer: Peer, place: Path, model: str, question: str) -> float:
    """Return the seconds until a new process has answered."""
    command = [str(SCRIPTS / peer.script), "start", str(place), model, question]
    if peer.package == "normqa":
        where = ["--corpus", str(place / "corpus"), "--index", str(place / "index")]
        command = ["-m", "normqa", "ask", question, "--json", *where]
    start = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, *command],
        env=_environment(peer.reranker),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        said = process.stdout.readline() if process.stdout else ""
        seconds = time.perf_counter() - start
        json.loads(said + (process.stdout.read() if process.stdout else ""))
    return seconds


def _result(script: str, *arguments: str, reranker: str = RERANKER.packaged) -> Figures:
    """Return the last line that a script prints, as JSON.

    Raises:
        RuntimeError: If it fails.
    """
    done = subprocess.run(
        [sys.executable, str(SCRIPTS / script), *arguments],
        env=_environment(reranker),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{script} {' '.join(arguments)}\n{done.stderr}")
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def _environment(reranker: str) -> dict[str, str]:
    return os.environ | OFFLINE | {"NORMQA_RERANKER": reranker}


def _table(rounds: Sequence[dict[Peer, Figures]]) -> str:
    rows = [["", *(heading for heading, _ in MEASURES.values())]]
    for peer in PEERS:
        medians = {name: statistics.median(figures[peer][name] for figures in rounds) for name in MEASURES}
        cells = [form.format(medians[name]) for name, (_, form) in MEASURES.items()]
        rows.append([f"{peer.name} ({version(peer.package)})", *cells])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    rule = ["-" * widths[0], *(f"{'-' * (width - 1)}:" for width in widths[1:])]
    padded = [[row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])] for row in rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in [padded[0], rule, *padded[1:]])


if __name__ == "__main__":
    main()
