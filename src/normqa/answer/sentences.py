"""Picks the sentences that answer out of the passages that were found.

What costs next to nothing is looked at first: the score of a sentence's passage, its own vector, the words it
shares with the question. The reranker then reads only the few that look best, each with its
title, its headings, and the sentence that it leans on.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from normqa.answer.anaphora import opens_with_anaphor
from normqa.datatypes import Document, Hit, Passage, Span
from normqa.errors import RerankerUnavailable
from normqa.index.analyzer import tokenize
from normqa.index.generation import Generation
from normqa.models.protocols import Reranker, Vectors

SENTENCES_RERANKED = 12
"""How many sentences the reranker reads; more where more quotes are asked for."""

SAME_PASSAGE = 0.1
"""So much better (of 0 to 3) must each further sentence of a passage be to be read before one of another."""

RETRIEVAL_WEIGHT = 2.0
"""What retrieval knows of a sentence (0 to 3) counts so much beside the reranker's logit (-11 to 11)."""


@dataclass(frozen=True, slots=True)
class Signals:
    """How well a sentence answers, as far as is known.

    Attributes:
        passage: Score of its passage, from 0 to 1.
        similarity: Cosine of its vector and the question's.
        coverage: Share of the question's content words, weighted by rarity, that it has, from 0 to 1.
        relevance: The reranker's score; None where there is no reranker.
    """

    passage: float
    similarity: float
    coverage: float
    relevance: float | None = None

    @property
    def score(self) -> float:
        """What sentences are ranked by; higher is better, rounded to four decimals."""
        retrieval = self.passage + self.similarity + self.coverage
        if self.relevance is None:
            return round(retrieval, 4)
        return round(self.relevance + RETRIEVAL_WEIGHT * retrieval, 4)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence, list item or table row that may answer.

    Attributes:
        document: Where it stands.
        passage: Likewise.
        span: The sentence.
        context: The same, and before it what it leans on.
        evidence: How well it answers.
    """

    document: Document
    passage: Passage
    span: Span
    context: Span
    evidence: Signals


def read(
    question: str,
    vector: Vectors,
    hits: Sequence[Hit],
    generation: Generation,
    reranker: Reranker | None,
    top_k: int = 1,
) -> list[Candidate]:
    """Ranks the sentences of the hits.

    Args:
        question: What is asked.
        vector: Its unit vector, shape (1, dimension).
        hits: Passages, best first.
        generation: Where they are from.
        reranker: Reads the most likely sentences; None ranks by what retrieval knows.
        top_k: How many readings are needed.

    Returns:
        At most :data:`SENTENCES_RERANKED` readings, or as many as are needed, best first; ties by document id
        and start.
    """
    candidates = _ranked(_candidates(question, vector, hits, generation))
    # Of sentences that say the same, word for word, the first stands for all.
    distinct = {tuple(each.context.of(each.document.text).split()): each for each in reversed(candidates)}
    likely = _varied(_ranked(distinct.values()))[: max(SENTENCES_RERANKED, top_k)]
    if reranker is None:
        return _ranked(likely)
    relevances = _relevances(question, likely, reranker)
    return _ranked(
        replace(reading, evidence=replace(reading.evidence, relevance=round(relevance, 4)))
        for reading, relevance in zip(likely, relevances, strict=True)
    )


def _candidates(
    question: str, vector: Vectors, hits: Sequence[Hit], generation: Generation
) -> Iterator[Candidate]:
    """Every sentence of the hits, with what retrieval knows of it."""
    lexical = generation.lexical
    idfs = {term: lexical.idf(term) for term in sorted(set(tokenize(question)))}
    total = sum(idfs.values())
    for hit in hits:
        document = generation.store.document(hit.passage.document_id)
        similarities = generation.sentences.of(hit.number) @ vector[0]
        contexts = _contexts(document, hit.passage)
        for span, context, similarity in zip(hit.passage.sentences, contexts, similarities, strict=True):
            had = idfs.keys() & set(tokenize(span.of(document.text)))
            covered = sum(idfs[term] for term in sorted(had)) / total if total else 0.0
            evidence = Signals(hit.score, round(float(similarity), 4), round(covered, 4))
            yield Candidate(document, hit.passage, span, context, evidence)


def _contexts(document: Document, passage: Passage) -> Iterator[Span]:
    """Each sentence with the one before it in its block, if it leans on that, and with what that leans on."""
    before: Span | None = None
    for span in passage.sentences:
        block = document.block_at(span.start).span
        leans = before is not None and before in block and opens_with_anaphor(span.of(document.text))
        before = Span(before.start, span.end) if before and leans else span
        yield before


def _relevances(question: str, readings: Sequence[Candidate], reranker: Reranker) -> list[float]:
    """What the reranker makes of each sentence.

    One that leans on another is read twice, alone and with that, and the mean counts: alone it may say too
    little, and together the other may be what answers.
    """
    leaning = [i for i, each in enumerate(readings) if each.context != each.span]
    alone = [_headed(each, each.span) for each in readings]
    scores = reranker.scores(question, alone + [_headed(readings[i], readings[i].context) for i in leaning])
    if not all(map(math.isfinite, scores)):
        raise RerankerUnavailable(
            f"The reranker {reranker.name!r} gives scores that are no numbers.", "Use another."
        )
    for i, together in zip(leaning, scores[len(readings) :], strict=True):
        scores[i] = (scores[i] + together) / 2
    return scores[: len(readings)]


def _headed(reading: Candidate, span: Span) -> str:
    """What the reranker sees: a part of a document under its title and headings."""
    document = reading.document
    return "\n".join([document.title, *reading.passage.heading_path, span.of(document.text)])


def _varied(ranked: Sequence[Candidate]) -> list[Candidate]:
    """Readings in order, those of a passage that has better ones put back: the reranker should see many."""
    before: Counter[tuple[str, Span]] = Counter()
    handicapped = []
    for reading in ranked:
        passage = reading.document.id, reading.passage.span
        handicapped.append((reading.evidence.score - SAME_PASSAGE * before[passage], reading))
        before[passage] += 1
    return [reading for _, reading in sorted(handicapped, key=lambda each: -each[0])]


def _ranked(readings: Iterable[Candidate]) -> list[Candidate]:
    return sorted(readings, key=lambda each: (-each.evidence.score, each.document.id, each.span))
