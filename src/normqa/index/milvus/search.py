"""Search of passages in Milvus: nearest vectors, and BM25 over words that normqa has analysed."""

import math
from collections.abc import Sequence
from copy import copy

import numpy as np
from numpy.typing import NDArray

from normqa.index.analyzer import tokenize
from normqa.index.lexical import COMMON_SHARE, FEW_PASSAGES
from normqa.index.milvus.client import Milvus
from normqa.index.milvus.faults import NotFound, lost
from normqa.index.milvus.store import MilvusStore, Passages
from normqa.index.milvus.vocabulary import Vocabulary

HNSW = {"M": 16, "efConstruction": 200}
"""Malkov and Yashunin 2018, doi:10.1109/TPAMI.2018.2889473. Used above ``ann_threshold``."""

_MIN_EF = 256
_MAX_LIMIT = 16_384
"""Milvus returns no more."""


class MilvusPassages:
    """The collection with the passages of a generation.

    Args:
        milvus: The connection.
        collection: Its name.
        generation: Name of the generation.
    """

    def __init__(self, milvus: Milvus, collection: str, generation: str) -> None:
        self._milvus = milvus
        self._collection = collection
        self._generation = generation

    def search(
        self,
        field: str,
        data: object,
        top_k: int,
        documents: NDArray[np.int64] | None,
        params: dict[str, object],
    ) -> dict[int, float]:
        """Return the scores of the best passages by number, best first.

        Args:
            field: The field to search.
            data: What to search it for.
            top_k: Maximum number of passages.
            documents: Numbers of the documents to search. Default: all.
            params: Metric and parameters of the index.

        Raises:
            IndexCorrupt: If the collection is gone.
        """
        condition = "" if documents is None else f"document in [{', '.join(map(str, documents.tolist()))}]"
        try:
            [found] = self._milvus.read(
                "search",
                self._collection,
                [data],
                anns_field=field,
                limit=min(top_k, _MAX_LIMIT),
                filter=condition,
                output_fields=["number"],
                search_params=params,
                consistency_level="Eventually",
            )
        except NotFound as error:
            raise lost(self._generation, error.message) from error
        scores = [(int(hit["number"]), float(hit["distance"])) for hit in found]
        return dict(sorted(scores, key=lambda scored: (-abs(scored[1]), scored[0])))


class MilvusDense:
    """Search of passages by their unit vectors.

    Args:
        searched: The collection with the passages.
        passages: Passages with their vectors.
        store: Knows which passages a document has.
        is_approximate: Whether the index is approximate.
    """

    def __init__(
        self, searched: MilvusPassages, passages: Passages, store: MilvusStore, *, is_approximate: bool
    ) -> None:
        self._searched = searched
        self._passages = passages
        self._store = store
        self._is_approximate = is_approximate

    def search(
        self, vector: NDArray[np.float32], top_k: int, within: NDArray[np.int64] | None = None
    ) -> dict[int, float]:
        """Return inner products of a vector with the nearest passages, nearest first."""
        documents = None
        if within is not None:
            if not len(within):
                return {}
            documents = np.unique(np.searchsorted(self._store.firsts, within, side="right") - 1)
        params = {"ef": max(_MIN_EF, 2 * top_k)} if self._is_approximate else {}
        found = self._searched.search(
            "vector", vector[0].tolist(), top_k, documents, {"metric_type": "IP", "params": params}
        )
        return dict(sorted(found.items(), key=lambda scored: (-scored[1], scored[0])))

    def scores(self, vector: NDArray[np.float32], numbers: Sequence[int]) -> dict[int, float]:
        """Return exact inner products of a vector with certain passages."""
        found = self._passages.get(numbers)
        return {number: float(found[number].vector @ vector[0]) for number in numbers}


class MilvusSentences:
    """The unit vectors of the sentences of every passage.

    Args:
        passages: Passages with their vectors.
    """

    def __init__(self, passages: Passages) -> None:
        self._passages = passages

    def best(self, vector: NDArray[np.float32], passages: Sequence[int]) -> dict[int, float]:
        """Return the highest inner product of a vector with a sentence of each passage."""
        found = self._passages.get(passages)
        own = {number: found[number].sentences for number in passages if len(found[number].sentences)}
        if not own:
            return {}
        products = np.concatenate(list(own.values())).astype(np.float32) @ vector[0]
        counts = np.array([len(sentences) for sentences in own.values()])
        highest = np.maximum.reduceat(products, np.cumsum(counts) - counts)
        return dict(zip(own, highest.tolist(), strict=True))

    def of(self, passage: int) -> NDArray[np.float32]:
        """Return the unit vectors of the sentences of a passage, shape (sentences, dimension)."""
        return self._passages.get([passage])[passage].sentences.astype(np.float32)


class MilvusLexical:
    """Search of passages by words, and statistics of the words in the documents that are shown.

    Args:
        searched: The collection with the passages.
        vocabulary: The words of the documents that are shown.
        store: The documents that are shown.
    """

    def __init__(self, searched: MilvusPassages, vocabulary: Vocabulary, store: MilvusStore) -> None:
        self._searched = searched
        self._vocabulary = vocabulary
        self._store = store

    def showing(self, vocabulary: Vocabulary, store: MilvusStore) -> "MilvusLexical":
        """Return the same search, which knows only some documents."""
        shown = copy(self)
        shown._vocabulary, shown._store = vocabulary, store
        return shown

    def search(self, question: str, top_k: int, within: Sequence[str] | None = None) -> dict[int, float]:
        """Return BM25 scores of the passages that share content words with the question, best first."""
        words = tokenize(question)
        self._vocabulary.load(words)
        documents = None
        if within is not None:
            documents = np.array([self._store.numbers[document_id] for document_id in within], np.int64)
        if not words or (documents is not None and not len(documents)):
            return {}
        params: dict[str, object] = {"metric_type": "BM25"}
        found = self._searched.search("sparse", " ".join(sorted(words)), top_k, documents, params)
        return {number: abs(score) for number, score in found.items()}  # Milvus Lite returns them negated

    def contains_term(self, term: str) -> bool:
        """Whether the term appears in any passage, heading or title."""
        return self._vocabulary.frequency(term) > 0

    def contains_word(self, word: str) -> bool:
        """Whether all terms of a word appear, each in any passage, heading or title."""
        return all(map(self.contains_term, tokenize(word)))

    def is_common(self, text: str) -> bool:
        """Whether every word of a text appears in so many passages that it tells none of them apart."""
        most = max(FEW_PASSAGES, COMMON_SHARE * self._store.shown_passages)
        return all(self._vocabulary.frequency(term) > most for term in tokenize(text))

    def idf(self, term: str) -> float:
        """Return the inverse document frequency of a term; highest for a term in no passage."""
        frequency = self._vocabulary.frequency(term)
        return math.log(1 + (self._store.shown_passages - frequency + 0.5) / (frequency + 0.5))

    def spellings(self, prefix: str) -> dict[str, int]:
        """Return the words that begin with a prefix, as they are spelled, with their frequency."""
        return self._vocabulary.spellings(prefix)

    def long_forms(self, acronym: str) -> list[str]:
        """Return what the passages say that an acronym stands for, the most frequent first."""
        return self._vocabulary.long_forms(acronym)
