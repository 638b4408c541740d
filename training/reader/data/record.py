"""Record which texts normqa has read for the questions of collections, and what the reader says of them.

Usage: python -m reader.data.record --reader DIR --qa DIR [--qa DIR …] --to FILE
"""

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from normqa.answer.models import Models
from normqa.build.progress import NoProgress
from normqa.evaluate.answering import QaOptions, ask_all
from normqa.evaluate.questions import read_questions
from normqa.models.load import load_encoder, load_reranker
from normqa.models.protocols import PairScore, Ranking, Reranker
from normqa.models.weights import ENCODER
from reader.data.pairs import Pair


class Recorder:
    """A reranker that remembers what it read.

    Args:
        reader: Reads.
    """

    def __init__(self, reader: Reranker) -> None:
        self._reader = reader
        self.name = reader.name
        self.fingerprint = reader.fingerprint
        self.read: dict[tuple[str, str], PairScore] = {}

    def scores(self, question: str, texts: Sequence[str], ranking: Ranking | None = None) -> list[PairScore]:
        """Return one score per text."""
        scores = self._reader.scores(question, texts, ranking)
        self.read |= {(question, text): score for text, score in zip(texts, scores, strict=True)}
        return scores


def main() -> None:
    """Ask all questions, those of filtered collections of their own document, and write the pairs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reader", required=True, help="name or folder of the trained reader")
    parser.add_argument("--qa", type=Path, required=True, action="append", help="folder of a collection")
    parser.add_argument("--to", type=Path, required=True)
    given = parser.parse_args()
    reader = load_reranker(given.reader)
    if reader is None:
        parser.error("Without a reader there is nothing to record.")
    recorder = Recorder(reader)
    with tempfile.TemporaryDirectory() as work:
        models = Models(load_encoder(ENCODER.packaged, Path(work)), recorder, calibration=None)
        for folder in given.qa:
            collection = read_questions(folder)
            own_documents = all(question.has_filter for question in collection.questions)
            options = QaOptions(own_documents, hold_out=0.0, limit=None, min_confidence=0.0)
            for _ in ask_all(collection, options, models, Path(work), NoProgress()):
                pass
    given.to.parent.mkdir(parents=True, exist_ok=True)
    with given.to.open("w", encoding="utf-8") as lines:
        lines.writelines(json.dumps({"part": 0, **asdict(pair)}) + "\n" for pair in recorded(recorder))


def recorded(recorder: Recorder) -> Iterator[Pair]:
    """Yield pairs whose targets are what the reader said."""
    for (question, text), score in recorder.read.items():
        if score.answer is None:
            raise SystemExit("The model is no reader: it gives no log-odds of an answer.")
        yield Pair(question, text, label=score.answer, relevance=score.relevance)


if __name__ == "__main__":
    main()
