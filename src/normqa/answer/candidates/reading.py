"""Have the reranker read the most promising candidates, each below its title and headings."""

import math
from collections.abc import Sequence
from itertools import accumulate
from statistics import fmean

from normqa.answer.candidates.candidate import Candidate
from normqa.errors import RerankerUnavailable
from normqa.models.protocols import PairScore, Ranking, Reranker
from normqa.presentation import fold_letters

QUESTION_READ = 600
"""Characters of a question that are read, as the time grows with their number."""


def read_sentences(question: str, candidates: Sequence[Candidate], reranker: Reranker) -> list[Candidate]:
    """Return sentences with their scores.

    A sentence that refers back is scored alone and in its context, and gets the mean: alone it may say too
    little, and in context the other sentence may be the one that answers.
    """
    readings = [
        [candidate.reading(span) for span in dict.fromkeys([candidate.span, candidate.context])]
        for candidate in candidates
    ]
    return _read(question, candidates, readings, reranker)


def read_listings(
    question: str, listings: Sequence[tuple[Candidate, str]], to_beat: float, reranker: Reranker
) -> list[Candidate]:
    """Return whole lists and tables with their scores.

    Args:
        question: The text to answer.
        listings: Each with the text that is read.
        to_beat: Score of the best sentence. Listings far below it may get estimates.
        reranker: Scores them.
    """
    candidates = [candidate for candidate, _ in listings]
    return _read(question, candidates, [[text] for _, text in listings], reranker, to_beat)


def _read(
    question: str,
    candidates: Sequence[Candidate],
    readings: Sequence[Sequence[str]],
    reranker: Reranker,
    to_beat: float | None = None,
) -> list[Candidate]:
    """Return the candidates, each with the mean score of its texts."""
    ends = accumulate(map(len, readings))
    places = [range(end - len(own), end) for own, end in zip(readings, ends, strict=True)]
    scores = reranker.scores(
        fold_letters(question[:QUESTION_READ]),
        [
            fold_letters(f"{candidate.headings}\n{text}")
            for candidate, own in zip(candidates, readings, strict=True)
            for text in own
        ],
        Ranking(places, [candidate.signals.prior for candidate in candidates], to_beat),
    )
    if not all(math.isfinite(number) for score in scores for number in score if number is not None):
        raise RerankerUnavailable(
            f"The reranker {reranker.name!r} returned scores that are not finite numbers.",
            "Choose another reranker.",
        )
    return [
        candidate.with_score(_mean([scores[place] for place in own]))
        for candidate, own in zip(candidates, places, strict=True)
    ]


def _mean(scores: Sequence[PairScore]) -> PairScore:
    answers = [score.answer for score in scores if score.answer is not None]
    return PairScore(
        relevance=fmean(score.relevance for score in scores),
        answer=fmean(answers) if len(answers) == len(scores) else None,
    )
