"""Rank the sentences of the hits by how well they answer.

Cheap signals come first: the score of the passage, the cosine of the sentence's own vector, and the words
that it shares with the question. The reranker then reads only the most promising sentences, each below its
title and headings.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from normqa.answer.candidates.anaphora import opens_with_anaphor
from normqa.datatypes import BlockKind, ContextPart, Document, Hit, ItemList, Passage, Span
from normqa.errors import RerankerUnavailable
from normqa.index.analyzer import tokenize
from normqa.index.generation import Generation
from normqa.models.protocols import Reranker, Vectors
from normqa.presentation import fold_letters
from normqa.search.question.definition import defined_term, defines
from normqa.structure import Structure, labelled_cells

SENTENCES_RERANKED = 12
"""Sentences that the reranker reads; more if more quotes are requested."""

QUESTION_RERANKED = 600
"""Characters of a question that the reranker reads, as its time grows with their number."""

SAME_PASSAGE_PENALTY = 0.1
"""Subtracted from a signal sum (0 to 3) for every better sentence of the same passage, for variety."""

RETRIEVAL_WEIGHT = 2.0
"""Weight of the signal sum (0 to 3) beside the reranker's logit (-11 to 11)."""

DEFINITION_BONUS = 1.5
"""Added to the reranker's logit (-11 to 11) of a sentence that defines the term the question asks about."""

RELEVANCE_WEIGHT = 0.02
"""Weight of the reranker's logit (-11 to 11) beside the score of a passage (0 to 1)."""


@dataclass(frozen=True, slots=True)
class Signals:
    """Measures of how well a sentence answers.

    Attributes:
        passage: Score of its passage, from 0 to 1.
        similarity: Cosine of its vector and the question's.
        coverage: Share of the question's content words that it contains, weighted by idf, from 0 to 1.
        relevance: The reranker's logit; None without a reranker.
        absent: Names and numbers of the question that neither it, in its context, nor its title and headings
            mention.
        defines: Whether it defines the term that the question asks about.
    """

    passage: float
    similarity: float
    coverage: float
    relevance: float | None = None
    absent: tuple[str, ...] = ()
    defines: bool = False

    @property
    def score(self) -> float:
        """The ranking score: higher is better, rounded to four decimals."""
        retrieval = self.passage + self.similarity + self.coverage
        if self.relevance is None:
            return round(retrieval, 4)
        return round(self.relevance + RETRIEVAL_WEIGHT * retrieval + DEFINITION_BONUS * self.defines, 4)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence, list item or table row that may answer.

    Attributes:
        structure: The lists and tables of its document.
        passage: Its passage.
        span: The sentence.
        context: The sentence, preceded by the sentences that it refers back to.
        signals: How well it answers.
        outside: The lead-in, outer items and column names that it needs, as the context of a quote.
        listing: The list or table, if all of it is the candidate. Then ``span`` is the part that was read.
    """

    structure: Structure = field(compare=False, repr=False)
    passage: Passage
    span: Span
    context: Span
    signals: Signals
    outside: tuple[ContextPart, ...] = ()
    listing: ItemList | None = None

    @property
    def document(self) -> Document:
        """Its document."""
        return self.structure.document

    @property
    def text(self) -> str:
        """The sentence itself."""
        return self.span.of(self.document.text)

    def with_relevance(self, relevance: float) -> "Candidate":
        """Return the candidate with the reranker's logit."""
        return replace(self, signals=replace(self.signals, relevance=round(relevance, 4)))

    def reading(self, span: Span) -> str:
        """Return ``span`` as it is read: below its outer items, with column names before cells."""
        lines = [part.text for part in self.outside if part.role == "parent"]
        header = next((part.span for part in self.outside if part.role == "header"), None)
        text = labelled_cells(self.document, header, span) if header else span.of(self.document.text)
        return "\n".join([*lines, text])


def rank_sentences(
    question: str,
    vector: Vectors,
    hits: Sequence[Hit],
    generation: Generation,
    reranker: Reranker | None,
    top_k: int = 1,
) -> list[Candidate]:
    """Rank the sentences of the hits.

    Args:
        question: The text to answer.
        vector: Its unit vector, shape (1, dimension).
        hits: Passages, best first.
        generation: The index that the hits come from.
        reranker: Reads the most promising sentences; None ranks by retrieval alone.
        top_k: Minimum number of candidates wanted.

    Returns:
        Up to ``max(SENTENCES_RERANKED, top_k)`` candidates, best first; ties by document id and start.
    """
    candidates = sort_candidates(_candidates(question, vector, hits, generation))
    # Of sentences with the same words, keep the best; reversed, because the last one inserted wins.
    distinct = {
        tuple(candidate.reading(candidate.context).split()): candidate for candidate in reversed(candidates)
    }
    promising = _varied(sort_candidates(distinct.values()))[: max(SENTENCES_RERANKED, top_k)]
    if reranker is None:
        return sort_candidates(promising)
    relevances = _relevances(question, promising, reranker)
    return sort_candidates(map(Candidate.with_relevance, promising, relevances))


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
    question: str, vector: Vectors, hits: Sequence[Hit], generation: Generation
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
        contexts = _contexts(structure.document, hit.passage)
        for span, context, similarity in zip(hit.passage.sentences, contexts, similarities, strict=True):
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


def question_idfs(question: str, generation: Generation) -> dict[str, float]:
    """Return the content words of a question with their idf."""
    return {term: generation.lexical.idf(term) for term in sorted(set(tokenize(question)))}


def coverage_of(text: str, idfs: Mapping[str, float]) -> float:
    """Return the share of the question's content words that a text contains, weighted by idf."""
    total = sum(idfs.values())
    return sum(idfs[term] for term in sorted(idfs.keys() & set(tokenize(text)))) / total if total else 0.0


def _coverage(idfs: Mapping[str, float], candidate: Candidate) -> float:
    """Return the coverage of a sentence, where words that only its context contains count half."""
    own = coverage_of(candidate.text, idfs)
    read = coverage_of(candidate.reading(candidate.span), idfs) if candidate.outside else own
    return (own + read) / 2


def _contexts(document: Document, passage: Passage) -> Iterator[Span]:
    """Yield the context of every sentence: the sentences of its block that it refers back to, then itself."""
    previous: Span | None = None
    for span in passage.sentences:
        block = document.block_at(span.start).span
        follows = previous is not None and previous in block and opens_with_anaphor(span.of(document.text))
        previous = Span(previous.start, span.end) if previous and follows else span
        yield previous


def _relevances(question: str, candidates: Sequence[Candidate], reranker: Reranker) -> list[float]:
    """Return the reranker's logit of every candidate.

    A sentence that refers back is scored alone and in its context, and gets the mean: alone it may say too
    little, and in context the other sentence may be the one that answers.
    """
    in_context = [i for i, candidate in enumerate(candidates) if candidate.context != candidate.span]
    texts = [below_headings(candidate, candidate.reading(candidate.span)) for candidate in candidates]
    texts += [below_headings(candidates[i], candidates[i].reading(candidates[i].context)) for i in in_context]
    scores = finite_scores(question, texts, reranker)
    for i, score in zip(in_context, scores[len(candidates) :], strict=True):
        scores[i] = (scores[i] + score) / 2
    return scores[: len(candidates)]


def finite_scores(question: str, texts: Sequence[str], reranker: Reranker) -> list[float]:
    """Return the reranker's logit of every text.

    Raises:
        RerankerUnavailable: If a score is not a finite number.
    """
    scores = reranker.scores(fold_letters(question[:QUESTION_RERANKED]), list(map(fold_letters, texts)))
    if not all(map(math.isfinite, scores)):
        raise RerankerUnavailable(
            f"The reranker {reranker.name!r} returned scores that are not finite numbers.",
            "Choose another reranker.",
        )
    return scores


def below_headings(candidate: Candidate, text: str) -> str:
    """Return the title and headings of a candidate, and ``text`` below them."""
    return "\n".join([candidate.document.title, *candidate.passage.heading_path, text])


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
