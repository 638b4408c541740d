"""A sentence, list or table that may answer, and the signals of how well it does."""

from dataclasses import dataclass, field, replace

from normqa.datatypes import ContextPart, Document, ItemList, Passage, Span
from normqa.models.protocols import PairScore
from normqa.structure import Structure, labelled_cells

RETRIEVAL_WEIGHT = 2.0
"""Weight of the signal sum (0 to 3) beside the reranker's score (about -11 to 11)."""

DEFINITION_BONUS = 1.5
"""Added to the reranker's score (about -11 to 11) of a sentence that defines the term that is asked about."""


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
        answer: The reranker's log-odds that it answers; None without such a reranker.
    """

    passage: float
    similarity: float
    coverage: float
    relevance: float | None = None
    absent: tuple[str, ...] = ()
    defines: bool = False
    answer: float | None = None

    @property
    def retrieval(self) -> float:
        """The sum of the signals of retrieval, from 0 to 3."""
        return self.passage + self.similarity + self.coverage

    @property
    def prior(self) -> float:
        """The part of the ranking score that does not come from the reranker."""
        return RETRIEVAL_WEIGHT * self.retrieval + DEFINITION_BONUS * self.defines

    @property
    def score(self) -> float:
        """The ranking score: higher is better, rounded to four decimals."""
        if self.relevance is None:
            return round(self.retrieval, 4)
        return round(PairScore(self.relevance, self.answer).combined + self.prior, 4)


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
        confidence: Probability that it answers, if it was judged.
    """

    structure: Structure = field(compare=False, repr=False)
    passage: Passage
    span: Span
    context: Span
    signals: Signals
    outside: tuple[ContextPart, ...] = ()
    listing: ItemList | None = None
    confidence: float | None = None

    @property
    def document(self) -> Document:
        """Its document."""
        return self.structure.document

    @property
    def text(self) -> str:
        """The sentence itself."""
        return self.span.of(self.document.text)

    @property
    def headings(self) -> str:
        """The title and headings above it, one a line."""
        return "\n".join([self.document.title, *self.passage.heading_path])

    @property
    def place(self) -> tuple[str, Span]:
        """Where it is; orders candidates by document and start."""
        return self.document.id, self.span

    def with_score(self, score: PairScore) -> "Candidate":
        """Return the candidate with the score of the reranker that read it."""
        answer = None if score.answer is None else round(score.answer, 4)
        return replace(
            self, signals=replace(self.signals, relevance=round(score.relevance, 4), answer=answer)
        )

    def reading(self, span: Span) -> str:
        """Return ``span`` as it is read: below its outer items, with column names before cells."""
        lines = [part.text for part in self.outside if part.role == "parent"]
        header = next((part.span for part in self.outside if part.role == "header"), None)
        text = labelled_cells(self.document, header, span) if header else span.of(self.document.text)
        return "\n".join([*lines, text])
