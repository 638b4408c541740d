"""Figures over judged answers: are the right sentences quoted, and is it known when there are none?"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

TOP_K = 3
"""An answer is right where one of its first three quotes hits."""

BINS = 10
RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question of a judged collection, and what came of it.

    Attributes:
        question_id: Its id in the collection.
        question: As it was asked.
        answerable: Whether the collection says that an answer stands in what was searched.
        held_out: Whether its documents were left out of the index.
        hit_rank: Rank from 1 of the first quote that hits; None where none of the first three does.
        confidence: What answers are ranked by when deciding to refuse; finite, higher is surer.
        answered: Whether quotes were given at the shipped threshold.
        quote_characters: Length of each quote in characters.
        exact: Whether every quote equals its slice of the raw text.
        quotes: The quotes, or the near misses of a refusal, as shown.
        expected: The gold answers.
        seconds: How long the answer took.
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
        """Whether one of the first ``top_k`` quotes hits."""
        return self.hit_rank is not None and self.hit_rank <= top_k

    @property
    def has_answer(self) -> bool:
        """Whether an answer could be found: the collection has one, and its document is in the index."""
        return self.answerable and not self.held_out


@dataclass(frozen=True, slots=True)
class Bin:
    """Outcomes of neighbouring confidence.

    Attributes:
        confidence: Their mean confidence.
        share: The share of them that is right, from 0 to 1.
        count: How many they are.
    """

    confidence: float
    share: float
    count: int


Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]


def figures(
    outcomes: Sequence[Outcome], resamples: int = RESAMPLES
) -> tuple[dict[str, float], dict[str, tuple[float, float]]]:
    """Measures answers; a figure that nothing was asked for is left out.

    A question *has an answer* where the collection says so and its document is in the index.

    - ``sentence_hit@1``, ``sentence_hit@3``: share of those with an answer whose first (three) quotes hit.
    - ``false_refusal_rate``: share of those with an answer that were refused.
    - ``false_answer_rate``: share of the held-out ones that were answered, or of the unanswerable ones where
      none was held out; where both are asked, ``false_answer_rate_unanswerable`` is for the latter.
    - ``auroc_unanswerable``, ``auroc_held_out``: the chance that a question with an answer is given more
      confidence than one of those (Fawcett 2006; equal ones count half).
    - ``ece``: expected calibration error over ten bins of equal mass (Naeini et al. 2015; Guo et al. 2017,
      arXiv:1706.04599), left out where a confidence is no probability. Chance only ever adds to it, so where
      it is small its interval may lie above it.
    - ``exact``: share of all. ``quote_characters``: median length of all quotes, in characters.

    Args:
        outcomes: What to measure.
        resamples: How often the outcomes are drawn anew for the intervals.

    Returns:
        The figures by name, and for each but ``questions`` and ``seconds_per_question`` its 95 % percentile
        interval, by bootstrap over the outcomes (Efron 1979) with seed 0. A resample that has nothing to
        measure a figure by is skipped for that figure.
    """
    count = len(outcomes)
    if not count:
        return {"questions": 0}, {}
    columns = _columns(outcomes)
    measured = _measure(columns, np.arange(count))
    generator = np.random.default_rng(0)
    draws = [_measure(columns, generator.integers(count, size=count)) for _ in range(resamples)]
    intervals = {}
    for name in measured:
        values = [draw[name] for draw in draws if name in draw]
        if values:
            low, high = np.percentile(values, [2.5, 97.5])
            intervals[name] = (float(low), float(high))
    seconds = float(np.mean([each.seconds for each in outcomes]))
    return measured | {"questions": count, "seconds_per_question": seconds}, intervals


def risk_coverage(outcomes: Sequence[Outcome]) -> list[tuple[float, float]]:
    """What refusing less costs: the curve of El-Yaniv & Wiener (2010).

    Returns:
        Coverage and risk for each distinct confidence taken as the threshold, the highest first. Coverage is
        the share of all outcomes that is answered, risk the share of those that is not right.
    """
    ranked = sorted(outcomes, key=lambda each: -each.confidence)
    curve, answered, wrong = [], 0, 0
    for _, tied in groupby(ranked, key=lambda each: each.confidence):
        # A threshold cannot tell equal confidences apart, so they are answered together.
        missed = [not each.hits() for each in tied]
        answered, wrong = answered + len(missed), wrong + sum(missed)
        curve.append((answered / len(ranked), wrong / answered))
    return curve


def reliability(outcomes: Sequence[Outcome], bins: int = BINS) -> list[Bin]:
    """How often answers of about the same confidence are right, the least confident first.

    Returns:
        As many bins as asked for, or as there are outcomes if those are fewer. Their counts differ by one at
        most. Equal confidences that a border separates are right to the same share on both sides of it.
    """
    right = np.array([each.hits() for each in outcomes], dtype=bool)
    return _bins(np.array([each.confidence for each in outcomes], dtype=float), right, bins)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Outcomes as arrays, of which every resample is a selection."""

    confidence: Numbers
    right: Flags
    shares: dict[str, tuple[Flags, Flags]]  # what is counted, among which
    separations: dict[str, tuple[Flags, Flags]]  # what should have more confidence, what less
    quote_characters: Numbers
    quote_of: NDArray[np.int64]  # the outcome that each of those belongs to
    probable: bool  # confidences are probabilities


def _columns(outcomes: Sequence[Outcome]) -> _Columns:
    flags = [(each.has_answer, each.held_out, each.answered, each.hits(), each.exact) for each in outcomes]
    has_answer, held_out, answered, right, exact = np.array(flags).T
    confidence = np.array([each.confidence for each in outcomes], dtype=float)
    unanswerable = ~has_answer & ~held_out
    shares = {
        "sentence_hit@1": (np.array([each.hits(1) for each in outcomes]), has_answer),
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
    lengths = [each.quote_characters for each in outcomes]
    return _Columns(
        confidence=confidence,
        right=right,
        shares=shares,
        separations=separations,
        quote_characters=np.array([length for each in lengths for length in each], dtype=float),
        quote_of=np.repeat(np.arange(len(lengths)), [len(each) for each in lengths]),
        probable=bool(((confidence >= 0) & (confidence <= 1)).all()),
    )


def _measure(columns: _Columns, chosen: NDArray[np.int64]) -> dict[str, float]:
    """The figures of the chosen outcomes, some of them perhaps chosen more than once."""
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
        parts = _bins(columns.confidence[chosen], columns.right[chosen], BINS)
        gaps = [each.count * abs(each.share - each.confidence) for each in parts]
        measured["ece"] = sum(gaps) / len(chosen)
    return measured


def _bins(confidence: Numbers, right: Flags, bins: int) -> list[Bin]:
    if not confidence.size:
        return []
    _, level, count = np.unique(confidence, return_inverse=True, return_counts=True)
    # Which of two equal confidences comes first is chance, and must not decide whose bin is right.
    share = np.bincount(level, weights=right) / count
    parts = np.array_split(np.argsort(confidence, kind="stable"), min(bins, confidence.size))
    return [
        Bin(float(confidence[part].mean()), float(share[level[part]].mean()), len(part)) for part in parts
    ]
