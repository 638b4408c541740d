"""Targets of the pairs that a narrow reader learns from."""

import math
from collections.abc import Sequence

import pytest

from normqa.models.protocols import PairScore, Ranking


class Unsure:
    """A reader that takes every text to answer with a probability of a half."""

    name = fingerprint = "unsure"

    def scores(self, question: str, texts: Sequence[str], ranking: Ranking | None = None) -> list[PairScore]:
        del question, ranking
        return [PairScore(relevance=2.5, answer=0.0) for _ in texts]


@pytest.mark.parametrize(("label", "sure"), [(0.0, 0.25), (1.0, 0.75)])
def test_target_of_a_labelled_pair_is_halfway_to_the_label(label: float, sure: float) -> None:
    from reader.data.pairs import Pair
    from reader.data.record import with_score

    pair = with_score(Pair("Who wrote it?", "Experts wrote it.", label, relevance=-3.0), Unsure())
    assert pair.relevance == 2.5
    assert pair.label == pytest.approx(math.log(sure / (1 - sure)))


def test_text_is_recorded_once_with_what_the_reader_says() -> None:
    from reader.data.pairs import Pair
    from reader.data.record import Recorder

    recorded: list[Pair] = []
    recorder = Recorder(Unsure(), recorded.append)
    for _ in range(2):
        recorder.scores("Who wrote it?", ["Experts wrote it.", "Nobody knows."])
    assert recorded == [
        Pair("Who wrote it?", text, label=0.0, relevance=2.5)
        for text in ("Experts wrote it.", "Nobody knows.")
    ]
