"""Choose the pairs that the reader learns from, and score their relevance by a cross-encoder.

The cross-encoder finds the wrong texts that look most right, and hands its sense of relevance on.

Usage: python -m reader.teach --data DIR --squad DIR --start DIR --to FILE [--examples 10000]
"""

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from math import isnan
from pathlib import Path

from normqa.models.onnx.reranker import OnnxReranker
from reader.examples import Example, adversarial_examples, general_examples
from reader.pairs import Choice, Pair, below, choose_pairs

GENERAL = Choice(right=1, wrong=2, whole=0.12, foreign=0.5)
ADVERSARIAL = Choice(right=1, wrong=2)

LAST = 0.2
"""Share of the pairs that come last, with a second round of the adversarial questions."""


def main() -> None:
    """Write the pairs as JSON lines, in two parts that are learnt one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of training collections")
    parser.add_argument("--squad", type=Path, required=True, help="SQuAD 2.0 collection")
    parser.add_argument("--start", type=Path, required=True, help="folder of the cross-encoder")
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--examples", type=int, default=10000, help="most examples of the collections")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    teacher = OnnxReranker("teacher", given.start, threads=1)
    general = general_examples(given.data, given.seed)[: given.examples]
    pairs = _chosen(general, teacher, GENERAL, given.seed)
    pairs += _chosen(adversarial_examples(given.squad, given.seed), teacher, ADVERSARIAL, given.seed)
    again = adversarial_examples(given.squad, given.seed + 1)  # cut and typed in another way
    random.Random(given.seed).shuffle(pairs)
    last = int(LAST * len(pairs))
    parts = pairs[last:], pairs[:last] + _chosen(again, teacher, ADVERSARIAL, given.seed)
    given.to.parent.mkdir(parents=True, exist_ok=True)
    with given.to.open("w", encoding="utf-8") as lines:
        for number, part in enumerate(parts):
            lines.writelines(json.dumps({"part": number, **asdict(pair)}) + "\n" for pair in part)


def _chosen(examples: Sequence[Example], teacher: OnnxReranker, choice: Choice, seed: int) -> list[Pair]:
    """Return pairs of examples, all with their relevance."""
    relevance = {}
    for example in examples:
        texts = [below(example.title, unit) for unit in example.units]
        relevance[example.id] = [score.relevance for score in teacher.scores(example.question, texts)]
    return list(_scored(choose_pairs(examples, relevance, choice, seed), teacher))


def _scored(pairs: Sequence[Pair], teacher: OnnxReranker) -> Iterator[Pair]:
    for pair in pairs:
        if isnan(pair.relevance):
            (score,) = teacher.scores(pair.question, [pair.text])
            yield replace(pair, relevance=score.relevance)
        else:
            yield pair


if __name__ == "__main__":
    main()
