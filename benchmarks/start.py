"""Measure the time from process start to the first answer, compared to importing sentence-transformers.

Alternating rounds run ``normqa ask`` on a built index, and a process that imports sentence-transformers,
loads the same weights and encodes the question. ``NORMQA_RERANKER=none`` omits the reranker.

Usage: python benchmarks/start.py [--corpus DIR] [--rounds N]
"""

import argparse
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from harness import paired, show

from normqa.models.weights import ENCODER, ORIGINAL_ENCODER, find_model

QUESTION = "Which measures build confidence among states?"
LIBRARY = """
from sentence_transformers import SentenceTransformer
SentenceTransformer({model!r}, local_files_only=True).encode({question!r})
"""


def main() -> None:
    """Print both medians and their ratio."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    model = str(find_model(ENCODER.packaged, ORIGINAL_ENCODER))
    with tempfile.TemporaryDirectory() as index:
        where = ["--corpus", str(given.corpus), "--index", index]
        _run("-m", "normqa", "build", *where)
        ask = partial(_run, "-m", "normqa", "ask", QUESTION, "--json", *where)
        library = partial(_run, "-c", LIBRARY.format(model=model, question=QUESTION))
        ask()
        library()
        times = [paired(ask, library, turn) for turn in range(given.rounds)]
    show("normqa ask", [a for a, _ in times], [b for _, b in times], "sentence-transformers")


def _run(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)


if __name__ == "__main__":
    main()
