"""Compare this checkout with another one: builds, start to first answer, and ``/ask``.

Both run in this Python environment, on a copy of the same corpus, in alternating order. Every ratio is this
checkout relative to the other one, the median over pairs; less than 1 is faster.

Usage: python benchmarks/versions.py OTHER_CHECKOUT --questions tests/gold/gold.jsonl
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
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from harness import Client, seconds, server_process

HERE = Path(__file__).parents[1]
QUESTION = "Which strategy uses hotlines?"


class Checkout:
    """One version of normqa with an index of its own.

    Args:
        root: Root of the checkout.
        corpus: Folder of documents, which both versions share.
        index: Folder of the index.
    """

    def __init__(self, root: Path, corpus: Path, index: Path) -> None:
        self._corpus = corpus
        self._options = ["--corpus", str(corpus), "--index", str(index)]
        self._environment = {**os.environ, "PYTHONPATH": str(root / "src")}

    def run(self, *arguments: str) -> None:
        """Run a command of normqa to its end."""
        subprocess.run(
            [sys.executable, "-m", "normqa", *arguments, *self._options],
            env=self._environment,
            capture_output=True,
            check=True,
        )

    def build_edit(self) -> None:
        """Append a paragraph to the first document and build."""
        path = min(self._corpus.rglob("*.md"))
        path.write_text(f"{path.read_text(encoding='utf-8')}\n\nEdited at {time.time_ns()}.\n", "utf-8")
        self.run("build")

    @contextmanager
    def served(self) -> Iterator[Client]:
        """Serve the index and yield a client that has asked one question."""
        options = ["--no-build", *self._options]
        with server_process(*options, environment=self._environment) as (_, address):
            client = Client(address)
            client.ask(QUESTION)
            yield client


def compare(name: str, actions: Sequence[Callable[[], object]], pairs: int) -> None:
    """Print the ratio of this checkout's action to the other one's, in alternating order."""
    ratios, times = [], []
    for turn in range(pairs):
        order = (0, 1) if turn % 2 else (1, 0)
        spent = {place: seconds(actions[place]) for place in order}
        ratios.append(spent[0] / spent[1])
        times.append((spent[0], spent[1]))
    ours, theirs = (statistics.median(column) for column in zip(*times, strict=True))
    low, high = min(ratios), max(ratios)
    print(f"{name}: {statistics.median(ratios):.3f} [{low:.3f}, {high:.3f}], {ours:.3f} s and {theirs:.3f} s")


def _ask_next(client: Client, questions: Iterator[str]) -> None:
    client.ask(next(questions))


def main() -> None:
    """Print one line per figure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("other", type=Path)
    parser.add_argument("--questions", type=Path, required=True, help="JSON lines with a field `question`")
    parser.add_argument("--limit", type=int, default=200, help="number of questions")
    given = parser.parse_args()
    lines = given.questions.read_text(encoding="utf-8").splitlines()[: given.limit]
    questions = [json.loads(line)["question"] for line in lines]
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        corpus = Path(folder) / "corpus"
        shutil.copytree(HERE / "corpus", corpus)
        roots = (HERE, given.other.resolve())
        both = [Checkout(root, corpus, Path(folder) / f"index-{place}") for place, root in enumerate(roots)]
        for checkout in both:
            checkout.run("build")
        compare("full build", [partial(c.run, "build", "--full") for c in both], 5)
        compare("nothing to build", [partial(c.run, "build") for c in both], 11)
        compare("build after an edit", [c.build_edit for c in both], 11)
        compare("start to first answer", [partial(c.run, "ask", QUESTION, "--json") for c in both], 15)
        clients = [stack.enter_context(checkout.served()) for checkout in both]
        asks = [partial(_ask_next, client, iter(questions)) for client in clients]
        compare("/ask", asks, len(questions))


if __name__ == "__main__":
    main()
