"""What the pages know of all documents of a generation, read once."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from normqa.datatypes import Metadata
from normqa.index.backend import DocumentStore
from normqa.search.facets import Described, Facets, passing_documents
from normqa.search.filters import Filters
from normqa.serve.pages.corpus.completions import Completions
from normqa.serve.pages.corpus.examples import example_questions
from normqa.serve.pages.corpus.known_questions import KnownQuestions

_FEW = 10
"""In a smaller corpus, no source or date is left out."""

_NEARLY_ALL = 0.9
_MOST_READ = 1000
"""Documents whose headings complete a question, at most, because they are read from the texts."""


@dataclass(frozen=True, slots=True)
class Common:
    """Metadata that nearly all documents share, and that therefore tells none apart."""

    source: str | None = None
    date: str | None = None


class CorpusDigest:
    """What the pages know of all documents. Texts are read only to complete a question.

    Args:
        documents: Id and metadata of every document.
    """

    def __init__(self, documents: Sequence[Described] = ()) -> None:
        self.documents = documents
        metadata = [about for _, about in documents]
        self.common = Common(
            _shared(about.source for about in metadata), _shared(about.date for about in metadata)
        )
        self.examples = example_questions(metadata)
        self.known = KnownQuestions(question for about in metadata for question in questions_of(about))
        self._completions: Completions | None = None
        self._all_facets: Facets | None = None

    @classmethod
    def of(cls, store: DocumentStore) -> "CorpusDigest":
        """Read the metadata of all documents."""
        return cls(list(store.metadata()))

    def facets(self, filters: Filters) -> Facets:
        """Count the documents by what narrows a search; those of all documents are counted once."""
        if filters:
            return Facets.of(self.documents, filters)
        if self._all_facets is None:
            self._all_facets = Facets.of(self.documents, filters)
        return self._all_facets

    def known_in(self, filters: Filters) -> KnownQuestions:
        """Return the known questions of the documents that pass filters."""
        if not filters:
            return self.known
        passing = passing_documents(self.documents, filters)
        return self.known.among(question for _, about in passing for question in questions_of(about))

    def examples_in(self, filters: Filters) -> list[str]:
        """Return example questions of the documents that pass filters."""
        if not filters:
            return self.examples
        return example_questions(about for _, about in passing_documents(self.documents, filters))

    def completions(self, store: DocumentStore) -> Completions:
        """Return what completes a question: known questions, titles and headings.

        Args:
            store: The store that the metadata come from.
        """
        if self._completions is None:
            self._completions = Completions([*self.known.questions, *_headings(store)])
        return self._completions


def questions_of(about: Metadata) -> list[str]:
    """Return the questions that a document states that it answers, and its title if that is a question."""
    title = [about.title] if about.title and about.title.endswith("?") else []
    return [*about.questions, *title]


def _shared(values: Iterable[str | None]) -> str | None:
    """Return the value that nearly all documents have."""
    values = list(values)
    [(value, count)] = Counter(values).most_common(1) or [(None, 0)]
    return value if len(values) >= _FEW and count >= _NEARLY_ALL * len(values) else None


def _headings(store: DocumentStore) -> Iterable[str]:
    """Yield titles and headings."""
    for document_id in store.document_ids()[:_MOST_READ]:
        document = store.document(document_id)
        yield document.title
        yield from (section.heading_path[-1] for section in document.sections if section.heading_path)
