"""Have a cross-encoder score units, so that the reader learns its sense of relevance, and from its mistakes.

Usage: python -m reader.teach --data DIR --squad DIR --start DIR --to FILE [--examples 20000]
"""

import argparse
import json
from pathlib import Path

from normqa.models.onnx.reranker import OnnxReranker
from reader.examples import adversarial_examples, general_examples
from reader.pairs import below


def main() -> None:
    """Write the scores of the units of the examples, as JSON by example id."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of training collections")
    parser.add_argument("--squad", type=Path, required=True, help="SQuAD 2.0 collection")
    parser.add_argument("--start", type=Path, required=True, help="folder of the cross-encoder")
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--examples", type=int, default=20000, help="most examples of the collections")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    teacher = OnnxReranker("teacher", given.start, threads=1)
    examples = general_examples(given.data, given.seed)[: given.examples]
    examples += adversarial_examples(given.squad, given.seed)
    scores = {}
    for example in examples:
        found = teacher.scores(example.question, [below(example.title, unit) for unit in example.units])
        scores[example.id] = [score.relevance for score in found]
    given.to.parent.mkdir(parents=True, exist_ok=True)
    given.to.write_text(json.dumps(scores), encoding="utf-8")


if __name__ == "__main__":
    main()
