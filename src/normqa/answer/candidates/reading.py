"""Have a model read the most promising sentences: pair by pair, or with the passage around them.

A reranker scores pairs of question and text. A reader scores all sentences of a passage at once, each in its
context.
"""

import math
from collections.abc import Iterable, Sequence

from normqa.answer.candidates.candidate import Candidate
from normqa.errors import RerankerUnavailable
from normqa.models.protocols import Reader, Reading, Reranker, UnitScore
from normqa.presentation import fold_letters

QUESTION_READ = 600
"""Characters of a question that are read, as the time grows with their number."""


def read_sentences(
    question: str, promising: Sequence[Candidate], candidates: Iterable[Candidate], model: Reranker | Reader
) -> list[Candidate]:
    """Return the promising sentences with their scores.

    Args:
        question: The text to answer.
        promising: Sentences to score.
        candidates: All sentences, from which a reader takes the context.
        model: Scores them.
    """
    if not isinstance(model, Reader):
        relevances = _relevances(question, promising, model)
        return [candidate.with_scores(score) for candidate, score in zip(promising, relevances, strict=True)]
    windows = _windows(promising, candidates)
    readings = [Reading(window[0].headings, tuple(c.reading(c.span) for c in window)) for window in windows]
    scored = _read(question, readings, model)
    return [
        candidate.with_scores(score.relevance, score.answer)
        for window, scores in zip(windows, scored, strict=True)
        for candidate, score in zip(window, scores, strict=True)
    ]


def read_listings(
    question: str, listings: Sequence[tuple[Candidate, str]], model: Reranker | Reader
) -> list[Candidate]:
    """Return whole lists and tables with their scores.

    Args:
        question: The text to answer.
        listings: Each with the text that is read.
        model: Scores them.
    """
    if not isinstance(model, Reader):
        scores = _pairs(question, [f"{candidate.headings}\n{text}" for candidate, text in listings], model)
        return [candidate.with_scores(score) for (candidate, _), score in zip(listings, scores, strict=True)]
    readings = [Reading(candidate.headings, (text,)) for candidate, text in listings]
    scored = _read(question, readings, model)
    return [
        candidate.with_scores(score.relevance, score.answer)
        for (candidate, _), (score,) in zip(listings, scored, strict=True)
    ]


def _windows(promising: Sequence[Candidate], candidates: Iterable[Candidate]) -> list[list[Candidate]]:
    """Return the sentences of each passage from one before its first promising one to one after its last."""
    chosen = {candidate.place for candidate in promising}
    passages: dict[object, list[Candidate]] = {}
    for candidate in sorted(candidates, key=lambda candidate: candidate.place):
        passages.setdefault((candidate.document.id, candidate.passage.span), []).append(candidate)
    windows = []
    for sentences in passages.values():
        wanted = [n for n, sentence in enumerate(sentences) if sentence.place in chosen]
        if wanted:
            windows.append(sentences[max(0, wanted[0] - 1) : wanted[-1] + 2])
    return windows


def _relevances(question: str, candidates: Sequence[Candidate], reranker: Reranker) -> list[float]:
    """Return the reranker's logit of every candidate.

    A sentence that refers back is scored alone and in its context, and gets the mean: alone it may say too
    little, and in context the other sentence may be the one that answers.
    """
    in_context = [i for i, candidate in enumerate(candidates) if candidate.context != candidate.span]
    texts = [f"{candidate.headings}\n{candidate.reading(candidate.span)}" for candidate in candidates]
    texts += [f"{candidates[i].headings}\n{candidates[i].reading(candidates[i].context)}" for i in in_context]
    scores = _pairs(question, texts, reranker)
    for i, score in zip(in_context, scores[len(candidates) :], strict=True):
        scores[i] = (scores[i] + score) / 2
    return scores[: len(candidates)]


def _pairs(question: str, texts: Sequence[str], reranker: Reranker) -> list[float]:
    scores = reranker.scores(fold_letters(question[:QUESTION_READ]), list(map(fold_letters, texts)))
    _check_finite(scores, reranker.name)
    return scores


def _read(question: str, readings: Sequence[Reading], reader: Reader) -> list[list[UnitScore]]:
    folded = [Reading(fold_letters(r.heading), tuple(map(fold_letters, r.units))) for r in readings]
    scored = reader.read_passages(fold_letters(question[:QUESTION_READ]), folded)
    _check_finite((number for scores in scored for score in scores for number in score), reader.name)
    return scored


def _check_finite(scores: Iterable[float], name: str) -> None:
    """Raise :class:`~normqa.errors.RerankerUnavailable` if a score is not a finite number."""
    if not all(map(math.isfinite, scores)):
        raise RerankerUnavailable(
            f"The reranker {name!r} returned scores that are not finite numbers.",
            "Choose another reranker.",
        )
