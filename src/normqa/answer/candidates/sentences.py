"""Rank the sentences of the hits by how well they answer.

Cheap signals come first: the score of the passage, the cosine of the sentence's own vector, and the words
that it shares with the question. The reranker then reads only the most promising sentences, each below its
title and headings.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from normqa.answer.candidates.anaphora import opens_with_anaphor
from normqa.answer.candidates.candidate import Candidate, Signals
from normqa.answer.candidates.reading import read_sentences
from normqa.datatypes import BlockKind, Document, Hit, Passage, Span
from normqa.index.analyzer import tokenize
from normqa.index.backend import Backend
from normqa.models.protocols import Reranker, Vectors
from normqa.search.question.definition import defined_term, defines
from normqa.search.question.instruction import content_words
from normqa.structure import Structure

SENTENCES_RERANKED = 12
"""Sentences that the reranker reads; more if more quotes are requested."""

SAME_PASSAGE_PENALTY = 0.1
"""Subtracted from a signal sum (0 to 3) for every better sentence of the same passage, for variety."""

RELEVANCE_WEIGHT = 0.02
"""Weight of the reranker's logit (-11 to 11) beside the score of a passage (0 to 1)."""


def rank_sentences(
    question: str,
    vector: Vectors,
    hits: Sequence[Hit],
    generation: Backend,
    reranker: Reranker | None,
    top_k: int = 1,
    is_wanted: Callable[[Candidate], bool] = lambda _: True,
) -> list[Candidate]:
    """Rank the sentences of the hits.

    Args:
        question: The text to answer.
        vector: Its unit vector, shape (1, dimension).
        hits: Passages, best first.
        generation: The index that the hits come from.
        reranker: Reads the most promising sentences; None ranks by retrieval alone.
        top_k: Minimum number of candidates wanted.
        is_wanted: Whether a sentence may be a candidate.

    Returns:
        Up to ``max(SENTENCES_RERANKED, top_k)`` candidates, best first; ties by document id and start.
    """
    candidates = sort_candidates(filter(is_wanted, _candidates(question, vector, hits, generation)))
    # Of sentences with the same words, keep the best; reversed, because the last one inserted wins.
    distinct = {
        tuple(candidate.reading(candidate.context).split()): candidate for candidate in reversed(candidates)
    }
    promising = _varied(sort_candidates(distinct.values()))[: max(SENTENCES_RERANKED, top_k)]
    if reranker is None:
        return sort_candidates(promising)
    return sort_candidates(read_sentences(question, promising, reranker))


def rerank_hits(hits: Sequence[Hit], candidates: Sequence[Candidate]) -> list[Hit]:
    """Add to the score of every passage the relevance of its best sentence.

    Args:
        hits: The hits whose sentences were ranked, best first.
        candidates: The ranked sentences.

    Returns:
        The hits, best first; unchanged without a reranker. A passage without candidates gets the lowest
        relevance of all passages.
    """
    relevance: dict[Passage, float] = {}
    for candidate in candidates:
        if candidate.signals.relevance is not None:
            known = relevance.get(candidate.passage, candidate.signals.relevance)
            relevance[candidate.passage] = max(known, candidate.signals.relevance)
    if not relevance:
        return list(hits)
    lowest = min(relevance.values())
    scored = [
        replace(hit, score=round(hit.score + RELEVANCE_WEIGHT * relevance.get(hit.passage, lowest), 4))
        for hit in hits
    ]
    return sorted(scored, key=lambda hit: (-hit.score, hit.passage.document_id, hit.passage.span))


def _candidates(
    question: str, vector: Vectors, hits: Sequence[Hit], generation: Backend
) -> Iterator[Candidate]:
    """Yield every sentence of the hits with its retrieval signals."""
    idfs = question_idfs(question, generation)
    term = defined_term(question)
    structures: dict[str, Structure] = {}
    for hit in hits:
        document_id = hit.passage.document_id
        if document_id not in structures:
            structures[document_id] = Structure(generation.store.document(document_id))
        structure = structures[document_id]
        similarities = generation.sentences.of(hit.number) @ vector[0]
        around = contexts(structure.document, hit.passage)
        for span, context, similarity in zip(hit.passage.sentences, around, similarities, strict=True):
            table = structure.table_at(span)
            if table and span == table.header and table.rows:
                continue  # column names answer nothing without a row
            if _only_asks(structure, span, idfs):
                continue
            signals = Signals(
                hit.score,
                round(float(similarity), 4),
                0.0,
                defines=defines(span.of(structure.document.text), term),
            )
            candidate = Candidate(structure, hit.passage, span, context, signals, structure.context_of(span))
            coverage = _coverage(idfs, candidate)
            yield replace(candidate, signals=replace(signals, coverage=round(coverage, 4)))


def _only_asks(structure: Structure, span: Span, idfs: Mapping[str, float]) -> bool:
    """Whether ``span`` is a heading with no content word that the question lacks, and introduces no list."""
    document = structure.document
    if document.block_at(span.start).kind is not BlockKind.HEADING or structure.listings_at(span):
        return False
    return set(tokenize(span.of(document.text))) <= idfs.keys()


def question_idfs(question: str, generation: Backend) -> dict[str, float]:
    """Return the content words of a question with their idf."""
    return {term: generation.lexical.idf(term) for term in sorted(content_words(question))}


def coverage_of(text: str, idfs: Mapping[str, float]) -> float:
    """Return the share of the question's content words that a text contains, weighted by idf."""
    total = sum(idfs.values())
    return sum(idfs[term] for term in sorted(idfs.keys() & set(tokenize(text)))) / total if total else 0.0


def _coverage(idfs: Mapping[str, float], candidate: Candidate) -> float:
    """Return the coverage of a sentence, where words that only its context contains count half."""
    own = coverage_of(candidate.text, idfs)
    read = coverage_of(candidate.reading(candidate.span), idfs) if candidate.outside else own
    return (own + read) / 2


def contexts(document: Document, passage: Passage) -> Iterator[Span]:
    """Yield the context of every sentence: the sentences of its block that it refers back to, then itself."""
    previous: Span | None = None
    for span in passage.sentences:
        block = document.block_at(span.start).span
        follows = previous is not None and previous in block and opens_with_anaphor(span.of(document.text))
        previous = Span(previous.start, span.end) if previous and follows else span
        yield previous


def _varied(ranked: Sequence[Candidate]) -> list[Candidate]:
    """Move candidates of a passage with better ones back, so that the reranker reads many passages."""
    better: Counter[tuple[str, Span]] = Counter()
    penalised = []
    for candidate in ranked:
        passage = candidate.document.id, candidate.passage.span
        penalised.append((candidate.signals.score - SAME_PASSAGE_PENALTY * better[passage], candidate))
        better[passage] += 1
    return [candidate for _, candidate in sorted(penalised, key=lambda pair: -pair[0])]


def sort_candidates(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return the candidates, best first; ties by document id and start."""
    return sorted(
        candidates,
        key=lambda candidate: (-candidate.signals.score, candidate.document.id, candidate.span),
    )
