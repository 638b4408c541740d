"""Choose texts of other passages that a search finds for a question and a reader takes for answers.

Most texts that are read for a question are of passages that do not answer it. If people wrote a question so
that its own passage does not answer it, hardly any other passage does. Neither does a text of another passage
that lacks the words of the answer.

Usage: python -m reader.data.elsewhere --data DIR --squad DIR --start READER --again FILE --to FILE
"""

import argparse
import random
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from normqa.datatypes import EmbeddedText
from normqa.index.analyzer import tokenize
from normqa.models.load import load_encoder, load_reranker
from normqa.models.protocols import Encoder, Reranker
from normqa.models.weights import ENCODER
from reader.data.examples import capped, rows, squad_rows, units
from reader.data.pairs import Pair, below, likely, read_all_pairs, write_pairs

SOURCES = frozenset({"squad2_train", "squad2_open"})
"""Sources whose questions without an answer people wrote."""

FOUND = 10
"""Texts that are found for a question."""

WORDS = 0.6
"""Weight of the similarity of words; that of the vectors is 1."""

LEAST = (-4.5, -2.0)
"""Least log-odds of the likeliest and the second text. The reader knows already that others do not answer."""

AGAIN = 1 / 3
"""Share of the pairs of the own passages that are learnt again."""


class Passages:
    """Searches the texts of passages.

    Args:
        passages: Title and text of each.
        encoder: Encodes them.
    """

    def __init__(self, passages: Sequence[tuple[str, str]], encoder: Encoder) -> None:
        self._encoder = encoder
        found = [
            (number, below(title, " ".join(span.of(text).split())))
            for number, (title, text) in enumerate(passages)
            for span in units(text)
        ]
        self.texts = [text for _, text in found]
        self.owners = [number for number, _ in found]
        self._vectors = encoder.encode_passages([EmbeddedText(text) for text in self.texts]).passages
        self._words = TfidfVectorizer(analyzer=tokenize, sublinear_tf=True)
        self._matrix = self._words.fit_transform(self.texts)

    def search(self, question: str) -> Sequence[int]:
        """Return the numbers of the texts that are most similar to a question, best first."""
        vectors = self._vectors @ self._encoder.encode_question(question)[0]
        words = (self._matrix @ self._words.transform([question]).T).toarray().ravel()
        similar = vectors + WORDS * words
        return [int(number) for number in np.argsort(-similar)[:FOUND]]


def main() -> None:
    """Write the pairs as JSON lines, with some of those that were learnt before."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of training collections")
    parser.add_argument("--squad", type=Path, required=True, help="SQuAD 2.0 collection")
    parser.add_argument("--start", required=True, help="folder of the reader")
    parser.add_argument("--again", type=Path, required=True, help="JSON lines that reader.data.teach wrote")
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    reader = load_reranker(given.start)
    if reader is None:
        parser.error("Without a model there is nothing to learn from.")
    questions = [
        row
        for row in chain(rows(given.data), squad_rows(given.squad))
        if row["source"] in SOURCES and row["split"] == "train"
    ]
    questions = capped(questions, given.seed)
    with tempfile.TemporaryDirectory() as cache:
        encoder = load_encoder(ENCODER.packaged, Path(cache))
        pairs = [
            pair
            for source in sorted(SOURCES)
            for pair in found_elsewhere(
                [row for row in questions if row["source"] == source], encoder, reader
            )
        ]
    chance = random.Random(given.seed)
    known = read_all_pairs(given.again)
    pairs += chance.sample(known, int(AGAIN * len(known)))
    chance.shuffle(pairs)
    write_pairs(given.to, [pairs])


def found_elsewhere(rows: Sequence[Mapping[str, Any]], encoder: Encoder, reader: Reranker) -> Iterator[Pair]:
    """Yield for each question up to two texts of other passages that do not answer it."""
    if not rows:
        return
    passages = list(dict.fromkeys((row["title"], row["passage"]) for row in rows))
    numbers = {passage: number for number, passage in enumerate(passages)}
    searched = Passages(passages, encoder)
    for row in rows:
        answers = [str(answer["text"]).casefold() for answer in row["answers"]]
        texts = [
            searched.texts[number]
            for number in searched.search(row["question"])
            if searched.owners[number] != numbers[row["title"], row["passage"]]
            and not any(answer in searched.texts[number].casefold() for answer in answers)
        ]
        scores = reader.scores(row["question"], texts)
        likeliest = sorted(zip(scores, texts, strict=True), key=lambda found: -likely(found[0]))
        for (score, text), least in zip(likeliest, LEAST, strict=False):
            if likely(score) > least:
                yield Pair(row["question"], text, label=0.0, relevance=score.relevance)
