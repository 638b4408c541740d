"""Have a cross-encoder score units, so that the reader learns its sense of relevance.

Usage: python -m reader.teach --data DIR --start DIR --to FILE [--examples 15000]
"""

import argparse
import json
from pathlib import Path

from normqa.models.onnx.reranker import OnnxReranker
from reader.examples import capped, make_examples, rows


def main() -> None:
    """Write the scores of the units of the first examples, as JSON by example id."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of training collections")
    parser.add_argument("--start", type=Path, required=True, help="folder of the cross-encoder")
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--examples", type=int, default=15000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    teacher = OnnxReranker("teacher", given.start, threads=1)
    general = [row for row in rows(given.data) if row["split"] == "train"]
    scores = {}
    for example in make_examples(capped(general, given.seed, 1.0), given.seed)[: given.examples]:
        texts = [f"{example.title}\n{unit}".strip() for unit in example.units]
        scores[example.id] = [round(score, 3) for score in teacher.scores(example.question, texts)]
    given.to.parent.mkdir(parents=True, exist_ok=True)
    given.to.write_text(json.dumps(scores), encoding="utf-8")


if __name__ == "__main__":
    main()
