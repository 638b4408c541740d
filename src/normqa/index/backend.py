"""What search and answer need of an index, wherever it is.

A backend is one open generation. It numbers its passages from 0, all its parts use these numbers, and the
passages of a document have consecutive ones. :class:`normqa.index.generation.Generation` is the one on disk.
Backends are safe to use from several threads.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from normqa.datatypes import Document, Metadata, Passage
from normqa.errors import IndexFault
from normqa.glyph_map import GlyphMap
from normqa.index.entries import DocumentSummary, Original
from normqa.index.manifest import Fingerprints


class DocumentStore(Protocol):
    """The documents and passages that are shown. What is damaged raises ``IndexCorrupt``."""

    @property
    def only(self) -> frozenset[str] | None:
        """Ids of the documents to show; None for all."""

    def document_ids(self) -> list[str]:
        """Return the id of every document, in code point order."""

    def summaries(self) -> Iterable[DocumentSummary]:
        """Return a summary of every document, by id."""

    def metadata(self) -> Iterable[tuple[str, Metadata]]:
        """Return id and metadata of every document, by id."""

    def texts(self, ids: Iterable[str] | None = None) -> Iterator[tuple[str, str]]:
        """Yield id and canonical text of every document, or of those with these ids, one text at a time."""

    def document(self, document_id: str) -> Document:
        """Return a document, whose text was compared with its hash.

        Raises:
            UnknownDocument: If no document has that id.
        """

    def original(self, document_id: str) -> Original | None:
        """Return the file that a document was made from; None if it was made from none.

        Raises:
            UnknownDocument: If no document has that id.
        """

    def glyph_map(self, document_id: str) -> GlyphMap | None:
        """Return where the characters of a document are painted; None if that is not known.

        Raises:
            UnknownDocument: If no document has that id.
        """

    def passages_of(self, document_ids: Sequence[str]) -> list[range]:
        """Return the numbers of the passages of each document.

        Raises:
            UnknownDocument: If no document has one of the ids.
        """

    def passage(self, number: int) -> Passage:
        """Return a passage.

        Raises:
            KeyError: If no passage has that number.
        """


class DenseSearch(Protocol):
    """Search of passages by their unit vectors."""

    def search(
        self, vector: NDArray[np.float32], top_k: int, within: NDArray[np.int64] | None = None
    ) -> dict[int, float]:
        """Return inner products of a vector with the nearest passages, nearest first.

        Args:
            vector: Unit vector, shape (1, dimension).
            top_k: Maximum number of passages.
            within: Numbers of the passages to search, ascending. Default: all.
        """

    def scores(self, vector: NDArray[np.float32], numbers: Sequence[int]) -> dict[int, float]:
        """Return exact inner products of a vector with certain passages.

        Args:
            vector: Unit vector, shape (1, dimension).
            numbers: Numbers of the passages, ascending.
        """


class SentenceSearch(Protocol):
    """The unit vectors of the sentences of every passage."""

    def best(self, vector: NDArray[np.float32], passages: Sequence[int]) -> dict[int, float]:
        """Return the highest inner product of a vector with a sentence of each passage.

        Args:
            vector: Unit vector, shape (1, dimension).
            passages: Numbers, ascending. Passages without a sentence are left out of the result.
        """

    def of(self, passage: int) -> NDArray[np.float32]:
        """Return the unit vectors of the sentences of a passage, shape (sentences, dimension)."""


class LexicalSearch(Protocol):
    """Search of passages by words, and statistics of the words in the documents that are shown."""

    def search(self, question: str, top_k: int, within: Sequence[str] | None = None) -> dict[int, float]:
        """Return BM25 scores of the passages that share content words with the question, best first.

        Args:
            question: Any text.
            top_k: Maximum number of passages.
            within: Ids of the documents to search. Default: all.
        """

    def contains_term(self, term: str) -> bool:
        """Whether the term appears in any passage, heading or title."""

    def contains_word(self, word: str) -> bool:
        """Whether all terms of a word appear, each in any passage, heading or title."""

    def is_common(self, text: str) -> bool:
        """Whether every word of a text appears in so many passages that it tells none of them apart."""

    def idf(self, term: str) -> float:
        """Return the inverse document frequency of a term; highest for a term in no passage."""

    def spellings(self, prefix: str) -> dict[str, int]:
        """Return the words that begin with a prefix, as they are spelled, with their frequency."""

    def long_forms(self, acronym: str) -> list[str]:
        """Return what the passages say that an acronym stands for, the most frequent first."""


class GenerationManifest(Protocol):
    """What is known of a generation without opening it."""

    @property
    def generation(self) -> str:
        """Its name, which no other generation ever has."""

    @property
    def built_at(self) -> str:
        """When it was built, ISO 8601 in UTC."""

    @property
    def encoder_name(self) -> str:
        """Setting that chose the encoder."""

    @property
    def fingerprints(self) -> Fingerprints:
        """Fingerprints of the stages that made it."""

    @property
    def documents(self) -> int:
        """Number of documents."""

    @property
    def passages(self) -> int:
        """Number of passages."""


class Backend(Protocol):
    """One open generation."""

    @property
    def manifest(self) -> GenerationManifest:
        """What it was made of."""

    @property
    def store(self) -> DocumentStore:
        """Documents and passages."""

    @property
    def dense(self) -> DenseSearch:
        """Vectors of passages."""

    @property
    def sentences(self) -> SentenceSearch:
        """Vectors of sentences."""

    @property
    def lexical(self) -> LexicalSearch:
        """Words of passages."""

    @property
    def name(self) -> str:
        """Its name, which no other generation ever has."""

    @property
    def documents(self) -> int:
        """Number of documents that are shown."""

    @property
    def passages(self) -> int:
        """Number of passages that are shown."""

    def showing(self, only: frozenset[str]) -> Self:
        """Return the same generation, which shows only some documents.

        It also knows no word that only other documents contain.
        """

    def require_loaded(self) -> None:
        """Require that it can be searched now.

        Raises:
            IndexCorrupt: If something of it is missing.
            IndexUnavailable: If its server does not respond, or has not loaded it yet.
        """


@dataclass(frozen=True, slots=True)
class OpenIndex:
    """The generation that answers.

    Attributes:
        generation: The open generation.
        rolled_back: Whether an administrator rolled back to it.
        fault: Fault of the newest generation, if this one replaces it.
    """

    generation: Backend
    rolled_back: bool = False
    fault: IndexFault | None = None

    @property
    def warning(self) -> str | None:
        """Warning for readers of an answer; None if nothing is wrong."""
        if self.fault is None:
            return None
        return (
            f"{self.fault.message} Until this is repaired, an older index answers, and only from documents"
            f" that have not changed since. {self.fault.hint}"
        )
