"""Record what the reader says of pairs, and of the texts that normqa reads for the questions of collections.

Usage: python -m reader.data.record --reader DIR [--pairs FILE] --qa DIR [--qa DIR …] --to FILE
"""

import argparse
import math
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from normqa.answer.models import Models
from normqa.build.progress import NoProgress
from normqa.evaluate.answering import QaOptions, ask_all
from normqa.evaluate.questions import read_questions
from normqa.models.load import load_encoder, load_reranker
from normqa.models.protocols import PairScore, Ranking, Reranker
from normqa.models.weights import ENCODER
from reader.data.pairs import Pair, read_all_pairs, write_pair

LEAST_CHANCE = 1e-6
"""No target is surer than this."""

EXTREME = 30.0
"""Log-odds beyond this are as sure as this."""


class Recorder:
    """A reranker that hands on what it reads.

    Args:
        reader: Reads.
        record: Is called once with each pair, whose targets are what the reader says of it.
    """

    def __init__(self, reader: Reranker, record: Callable[[Pair], object]) -> None:
        self._reader = reader
        self._record = record
        self._read: set[tuple[str, str]] = set()
        self.name = reader.name
        self.fingerprint = reader.fingerprint

    def scores(self, question: str, texts: Sequence[str], ranking: Ranking | None = None) -> list[PairScore]:
        """Return one score per text."""
        scores = self._reader.scores(question, texts, ranking)
        for text, score in zip(texts, scores, strict=True):
            if (question, text) not in self._read:
                self._read.add((question, text))
                self._record(Pair(question, text, label=_log_odds(score), relevance=score.relevance))
        return scores


def main() -> None:
    """Write the pairs, then those of all questions; filtered collections are asked of the own document.

    Until the end, the file is called .part, with all that was read so far.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reader", required=True, help="name or folder of the trained reader")
    parser.add_argument("--pairs", type=Path, help="JSON lines that reader.data.teach wrote")
    parser.add_argument("--qa", type=Path, required=True, action="append", help="folder of a collection")
    parser.add_argument("--to", type=Path, required=True)
    given = parser.parse_args()
    reader = load_reranker(given.reader)
    if reader is None:
        parser.error("Without a reader there is nothing to record.")
    given.to.parent.mkdir(parents=True, exist_ok=True)
    unfinished = given.to.with_suffix(".part")
    with unfinished.open("w", encoding="utf-8") as lines, tempfile.TemporaryDirectory() as work:
        for pair in read_all_pairs(given.pairs) if given.pairs else []:
            write_pair(lines, 0, with_score(pair, reader))
        recorder = Recorder(reader, partial(write_pair, lines, 1))
        models = Models(load_encoder(ENCODER.packaged, Path(work)), recorder, calibration=None)
        for folder in given.qa:
            collection = read_questions(folder)
            own_documents = all(question.has_filter for question in collection.questions)
            options = QaOptions(own_documents, hold_out=0.0, limit=None, min_confidence=0.0)
            for _ in ask_all(collection, options, models, Path(work), NoProgress()):
                lines.flush()
    unfinished.replace(given.to)


def with_score(pair: Pair, reader: Reranker) -> Pair:
    """Return a pair with the reader's relevance, and halfway between its log-odds and the label.

    Halfway is the mean of both probabilities, as log-odds.
    """
    (score,) = reader.scores(pair.question, [pair.text])
    sure = (_probability(_log_odds(score)) + pair.label) / 2
    sure = min(max(sure, LEAST_CHANCE), 1 - LEAST_CHANCE)
    return replace(pair, label=math.log(sure / (1 - sure)), relevance=score.relevance)


def _log_odds(score: PairScore) -> float:
    if score.answer is None:
        raise SystemExit("The model is no reader: it gives no log-odds of an answer.")
    return score.answer


def _probability(log_odds: float) -> float:
    return 1 / (1 + math.exp(-max(-EXTREME, min(EXTREME, log_odds))))


if __name__ == "__main__":
    main()
