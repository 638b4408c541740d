"""Choose the pairs that the reader learns from, and score their relevance by a cross-encoder or a reader.

It finds the wrong texts that look most right, a reader those that it takes for answers, and hands its sense
of relevance on.

Usage: python -m reader.data.teach --data DIR --squad DIR --start DIR --to FILE [--examples 10000]
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import isnan
from pathlib import Path

from normqa.models.load import load_reranker
from normqa.models.protocols import PairScore, Reranker
from reader.data.examples import Example, adversarial_examples, general_examples
from reader.data.pairs import Choice, Pair, below, choose_pairs, write_pairs

GENERAL = Choice(right=1, wrong=2, whole=0.12, foreign=0.5)
ADVERSARIAL = Choice(right=1, wrong=3)

TOGETHER = 3000
"""Examples of the collections among which similar units are looked for."""

ROUNDS = 3
"""How often the adversarial questions are learnt, each time cut and typed in another way."""

LAST = 0.2
"""Share of the pairs that come last, with the last round of the adversarial questions."""


def main() -> None:
    """Write the pairs as JSON lines, in two parts that are learnt one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of training collections")
    parser.add_argument("--squad", type=Path, required=True, help="SQuAD 2.0 collection")
    parser.add_argument("--start", type=Path, required=True, help="folder of the cross-encoder or reader")
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--examples", type=int, default=35000, help="most examples of the collections")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    teacher = load_reranker(str(given.start))
    if teacher is None:
        parser.error("Without a model there is nothing to learn from.")
    general = general_examples(given.data, given.seed)[: given.examples]
    pairs = [
        pair
        for start in range(0, len(general), TOGETHER)
        for pair in _chosen(general[start : start + TOGETHER], teacher, GENERAL, given.seed + start)
    ]
    *rounds, last_round = (
        _chosen(adversarial_examples(given.squad, seed), teacher, ADVERSARIAL, seed)
        for seed in range(given.seed, given.seed + ROUNDS)
    )
    pairs += [pair for pairs_of_round in rounds for pair in pairs_of_round]
    random.Random(given.seed).shuffle(pairs)
    last = int(LAST * len(pairs))
    parts = pairs[last:], pairs[:last] + last_round
    write_pairs(given.to, parts)


def _chosen(examples: Sequence[Example], teacher: Reranker, choice: Choice, seed: int) -> list[Pair]:
    """Return pairs of examples, all with their relevance."""
    scores: dict[str, list[PairScore]] = {}
    for example in examples:
        texts = [below(example.title, unit) for unit in example.units]
        scores[example.id] = teacher.scores(example.question, texts)
    return list(_scored(choose_pairs(examples, scores, choice, seed), teacher))


def _scored(pairs: Sequence[Pair], teacher: Reranker) -> Iterator[Pair]:
    for pair in pairs:
        if isnan(pair.relevance):
            (score,) = teacher.scores(pair.question, [pair.text])
            yield replace(pair, relevance=score.relevance)
        else:
            yield pair


if __name__ == "__main__":
    main()
