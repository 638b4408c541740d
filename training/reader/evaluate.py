"""Measure a reader or reranker on paragraphs that hold the answer, or seem to.

Prints, for the SQuAD 2.0 articles that are never trained on, how well the best score of a paragraph tells
questions that it answers from adversarial ones that it does not (AUROC), and how often the best sentence is
the one that answers.

Usage: python -m reader.evaluate --squad DIR MODEL [MODEL …]
"""

import argparse
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from normqa.models.load import load_reranker
from normqa.models.protocols import Reranker
from reader.data.examples import answers, squad_rows, units
from reader.data.pairs import below, likely


def main() -> None:
    """Print one line per model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="+", help="names or folders")
    parser.add_argument("--squad", type=Path, required=True, help="SQuAD 2.0 collection")
    given = parser.parse_args()
    rows = [row for row in squad_rows(given.squad) if row["split"] == "valid"]
    for name in given.models:
        if model := load_reranker(name):
            print(f"{name}: {measure(model, rows)}", flush=True)


def measure(model: Reranker, rows: Iterable[Mapping[str, Any]]) -> str:
    """Return AUROC and hit rate as a line."""
    best: dict[bool, list[float]] = {True: [], False: []}
    hits = []
    for row in rows:
        spans = units(row["passage"])
        scores = _scores(model, row, [" ".join(span.of(row["passage"]).split()) for span in spans])
        best[row["answerable"]].append(max(scores))
        right = [answers(span, row) for span in spans]
        if any(right):
            hits.append(right[int(np.argmax(scores))])
    found = [*best[True], *best[False]]
    answerable = [1] * len(best[True]) + [0] * len(best[False])
    return f"AUROC {roc_auc_score(answerable, found):.3f}, hit@1 {np.mean(hits):.3f} of {len(hits)}"


def _scores(model: Reranker, row: Mapping[str, Any], texts: list[str]) -> list[float]:
    scores = model.scores(row["question"], [below(row["title"], text) for text in texts])
    return [likely(score) for score in scores]


if __name__ == "__main__":
    main()
