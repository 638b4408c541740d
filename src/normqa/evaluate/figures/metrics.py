"""Measure judged answers: are the right sentences quoted, and are unanswerable questions refused?"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from normqa.evaluate.figures.bootstrap import RESAMPLES, Chosen, intervals

TOP_K = 3
"""An answer is right if one of this many first quotes hits."""

BINS = 10
"""Bins of the reliability diagram and the calibration error."""

CONSISTENCY_RESAMPLES = 200
"""Draws for the calibration error by chance."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of one question of a judged collection.

    Attributes:
        question_id: Its id in the collection.
        question: As it was asked.
        answerable: Whether the collection marks an answer.
        held_out: Whether its documents were left out of the index.
        hit_rank: Rank of the first quote that hits, from 1; None if none of the first three does.
        confidence: The score compared with the refusal threshold; finite, higher is more confident.
        answered: Whether the question is answered at the threshold in use.
        quote_characters: Lengths of the quotes in characters.
        exact: Whether every quote equals its slice of the text.
        quotes: The quotes, or the near misses of a refusal.
        expected: The marked answers.
        seconds: Time to the answer.
    """

    question_id: str
    question: str
    answerable: bool
    held_out: bool
    hit_rank: int | None
    confidence: float
    answered: bool
    quote_characters: tuple[int, ...]
    exact: bool
    quotes: tuple[str, ...]
    expected: tuple[str, ...]
    seconds: float

    def hits(self, top_k: int = TOP_K) -> bool:
        """Return whether one of the first ``top_k`` quotes hits."""
        return self.hit_rank is not None and self.hit_rank <= top_k

    @property
    def has_answer(self) -> bool:
        """Whether the collection marks an answer and its document is in the index."""
        return self.answerable and not self.held_out


@dataclass(frozen=True, slots=True)
class Bin:
    """Outcomes of similar confidence.

    Attributes:
        confidence: Their mean confidence.
        share: The share of right answers, from 0 to 1.
        count: Number of outcomes.
    """

    confidence: float
    share: float
    count: int


Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]


def measure_answers(
    outcomes: Sequence[Outcome], resamples: int = RESAMPLES
) -> tuple[dict[str, float], dict[str, tuple[float, float]]]:
    """Measure answers. A figure whose population is empty is left out.

    A question *has an answer* if the collection marks one and its document is in the index.

    - ``sentence_hit@1``, ``sentence_hit@3``: share of questions with an answer of which the first quote, or
      one of the first three, hits.
    - ``false_refusal_rate``: share of questions with an answer that were refused.
    - ``false_answer_rate``: share of held-out questions that were answered; of unanswerable questions if none
      was held out. If there are both kinds, ``false_answer_rate_unanswerable`` covers the latter.
    - ``auroc_unanswerable``, ``auroc_held_out``: probability that a question with an answer gets more
      confidence than a question of that kind (Fawcett 2006; ties count half).
    - ``ece``: expected calibration error over ten bins of equal mass (Naeini et al. 2015; Guo et al. 2017,
      arXiv:1706.04599); left out if a confidence is not a probability. It is biased upwards, so the interval
      of a small one may lie above it.
    - ``ece_by_chance``: mean ``ece`` if every confidence were right. A small set of questions shows this
      error by chance.
    - ``exact``: share of all questions. ``quote_characters``: median length of all quotes, in characters.

    Args:
        outcomes: The judged questions.
        resamples: Number of bootstrap resamples for the intervals.

    Returns:
        The figures by name, and the 95 % intervals of all but ``questions``, ``seconds_per_question`` and
        ``ece_by_chance``.
    """
    count = len(outcomes)
    if not count:
        return {"questions": 0}, {}
    columns = _columns(outcomes)
    measured = _measure(columns, np.arange(count))
    seconds = float(np.mean([outcome.seconds for outcome in outcomes]))
    figures = measured | {"questions": count, "seconds_per_question": seconds}
    if columns.probable:
        figures["ece_by_chance"] = _error_by_chance(columns.confidence)
    return figures, intervals(count, lambda chosen: _measure(columns, chosen), resamples)


def risk_coverage(outcomes: Sequence[Outcome]) -> list[tuple[float, float]]:
    """Return the risk-coverage curve (El-Yaniv & Wiener 2010).

    Returns:
        Coverage and risk at every distinct confidence as the threshold, the highest first. Coverage is the
        share of questions that are answered, risk the share of wrong answers among them.
    """
    ranked = sorted(outcomes, key=lambda outcome: -outcome.confidence)
    curve, answered, wrong = [], 0, 0
    for _, tied in groupby(ranked, key=lambda outcome: outcome.confidence):
        # A threshold answers all questions of equal confidence or none.
        missed = [not outcome.hits() for outcome in tied]
        answered, wrong = answered + len(missed), wrong + sum(missed)
        curve.append((answered / len(ranked), wrong / answered))
    return curve


def reliability(outcomes: Sequence[Outcome], bins: int = BINS) -> list[Bin]:
    """Bin outcomes by confidence, the least confident first.

    Returns:
        At most ``bins`` bins, never more than outcomes. Their counts differ by at most one. Outcomes of equal
        confidence count with the same share in both bins if a border separates them.
    """
    right = np.array([outcome.hits() for outcome in outcomes], dtype=bool)
    return _bins(np.array([outcome.confidence for outcome in outcomes], dtype=float), right, bins)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Outcomes as arrays, for fast resampling."""

    confidence: Numbers
    right: Flags
    shares: dict[str, tuple[Flags, Flags]]  # counted outcomes, population
    separations: dict[str, tuple[Flags, Flags]]  # outcomes that should have more confidence, less
    quote_characters: Numbers
    quote_of: NDArray[np.int64]  # index of the outcome of every quote
    probable: bool  # whether confidences are probabilities


def _columns(outcomes: Sequence[Outcome]) -> _Columns:
    flags = [
        (outcome.has_answer, outcome.held_out, outcome.answered, outcome.hits(), outcome.exact)
        for outcome in outcomes
    ]
    has_answer, held_out, answered, right, exact = np.array(flags).T
    confidence = np.array([outcome.confidence for outcome in outcomes], dtype=float)
    unanswerable = ~has_answer & ~held_out
    shares = {
        "sentence_hit@1": (np.array([outcome.hits(1) for outcome in outcomes]), has_answer),
        "sentence_hit@3": (right, has_answer),
        "exact": (exact, np.ones_like(right)),
        "false_answer_rate": (answered, held_out if held_out.any() else unanswerable),
        "false_refusal_rate": (~answered, has_answer),
    }
    if held_out.any():
        shares["false_answer_rate_unanswerable"] = (answered, unanswerable)
    separations = {
        "auroc_unanswerable": (has_answer, unanswerable),
        "auroc_held_out": (has_answer, held_out),
    }
    lengths = [outcome.quote_characters for outcome in outcomes]
    return _Columns(
        confidence=confidence,
        right=right,
        shares=shares,
        separations=separations,
        quote_characters=np.array([length for own in lengths for length in own], dtype=float),
        quote_of=np.repeat(np.arange(len(lengths)), [len(own) for own in lengths]),
        probable=bool(((confidence >= 0) & (confidence <= 1)).all()),
    )


def _measure(columns: _Columns, chosen: Chosen) -> dict[str, float]:
    """Compute the figures of the chosen outcomes."""
    measured = {}
    for name, (counted, among) in columns.shares.items():
        if (population := chosen[among[chosen]]).size:
            measured[name] = float(counted[population].mean())
    for name, (more, less) in columns.separations.items():
        population = chosen[(more | less)[chosen]]
        expected = more[population]
        if expected.any() and not expected.all():
            measured[name] = float(roc_auc_score(expected, columns.confidence[population]))
    times = np.bincount(chosen, minlength=len(columns.right))
    if (lengths := np.repeat(columns.quote_characters, times[columns.quote_of])).size:
        measured["quote_characters"] = float(np.median(lengths))
    if columns.probable:
        measured["ece"] = _calibration_error(columns.confidence[chosen], columns.right[chosen])
    return measured


def _calibration_error(confidence: Numbers, right: Flags) -> float:
    bins = _bins(confidence, right, BINS)
    return sum(bin_.count * abs(bin_.share - bin_.confidence) for bin_ in bins) / len(confidence)


def _error_by_chance(confidence: Numbers) -> float:
    """Return the mean calibration error of outcomes that are drawn with the confidences as probabilities.

    As consistency resampling (Bröcker and Smith 2007, "Increasing the Reliability of Reliability Diagrams"),
    but the confidences are not resampled.
    """
    chance = np.random.default_rng(0)
    draws = [chance.random(confidence.size) < confidence for _ in range(CONSISTENCY_RESAMPLES)]
    return float(np.mean([_calibration_error(confidence, right) for right in draws]))


def _bins(confidence: Numbers, right: Flags, bins: int) -> list[Bin]:
    if not confidence.size:
        return []
    _, level, count = np.unique(confidence, return_inverse=True, return_counts=True)
    # The order of equal confidences is arbitrary and must not decide whose bin is right.
    share = np.bincount(level, weights=right) / count
    parts = np.array_split(np.argsort(confidence, kind="stable"), min(bins, confidence.size))
    return [
        Bin(float(confidence[part].mean()), float(share[level[part]].mean()), len(part)) for part in parts
    ]
