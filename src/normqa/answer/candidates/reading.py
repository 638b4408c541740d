"""Have the reranker read the most promising candidates, each below its title and headings."""

import math
from collections.abc import Sequence

from normqa.answer.candidates.candidate import Candidate
from normqa.errors import RerankerUnavailable
from normqa.models.protocols import PairScore, Reranker
from normqa.presentation import fold_letters

QUESTION_READ = 600
"""Characters of a question that are read, as the time grows with their number."""


def read_sentences(question: str, candidates: Sequence[Candidate], reranker: Reranker) -> list[Candidate]:
    """Return sentences with their scores.

    A sentence that refers back is scored alone and in its context, and gets the mean: alone it may say too
    little, and in context the other sentence may be the one that answers.
    """
    in_context = [i for i, candidate in enumerate(candidates) if candidate.context != candidate.span]
    texts = [_below_headings(candidate, candidate.reading(candidate.span)) for candidate in candidates]
    texts += [
        _below_headings(candidates[i], candidates[i].reading(candidates[i].context)) for i in in_context
    ]
    read = [*candidates, *(candidates[i] for i in in_context)]
    scores = _scores(question, texts, read, reranker)
    for i, score in zip(in_context, scores[len(candidates) :], strict=True):
        scores[i] = _mean(scores[i], score)
    return [
        candidate.with_score(score)
        for candidate, score in zip(candidates, scores[: len(candidates)], strict=True)
    ]


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
    texts = [_below_headings(candidate, text) for candidate, text in listings]
    scores = _scores(question, texts, [candidate for candidate, _ in listings], reranker, to_beat)
    return [candidate.with_score(score) for (candidate, _), score in zip(listings, scores, strict=True)]


def _below_headings(candidate: Candidate, text: str) -> str:
    return f"{candidate.headings}\n{text}"


def _mean(one: PairScore, other: PairScore) -> PairScore:
    answer = None
    if one.answer is not None and other.answer is not None:
        answer = (one.answer + other.answer) / 2
    return PairScore((one.relevance + other.relevance) / 2, answer)


def _scores(
    question: str,
    texts: Sequence[str],
    candidates: Sequence[Candidate],
    reranker: Reranker,
    to_beat: float | None = None,
) -> list[PairScore]:
    scores = reranker.scores(
        fold_letters(question[:QUESTION_READ]),
        list(map(fold_letters, texts)),
        [candidate.signals.prior for candidate in candidates],
        to_beat,
    )
    if not all(math.isfinite(number) for score in scores for number in score if number is not None):
        raise RerankerUnavailable(
            f"The reranker {reranker.name!r} returned scores that are not finite numbers.",
            "Choose another reranker.",
        )
    return scores
