"""The lexical index: BM25 with English stemming, by tantivy.

Fields are weighted as in BM25F (Robertson, Zaragoza and Taylor 2004, doi:10.1145/1031171.1031181): the words
of a title or heading are repeated before frequencies saturate. k1 = 1.2 and b = 0.75 are tantivy's.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Literal

import tantivy

from normqa.index.analyzer import analyzer, analyzer_fingerprint, plain_analyzer, searchable, tokenize
from normqa.index.shards import Numbering, address_of, joined_segments, split_address
from normqa.text.acronyms import acronym_definitions

TITLE_WEIGHT = 2
HEADINGS_WEIGHT = 2
"""How often a word of a heading counts, compared with a word of the text."""

COMMON_SHARE = 0.1
"""Share of the passages from which a word that they contain is common."""

FEW_PASSAGES = 2
_CACHED_FREQUENCIES = 100_000
_FOLDER = "lexical"
_ANALYZER, _PLAIN = "normqa", "normqa-plain"
_WORDS = "words"
_SPELLING = "spelling"
_ACRONYMS = "acronyms"
_DOCUMENT = "document"
_ADDRESS = "address"
_HEAP_BYTES = 64_000_000


@dataclass(frozen=True, slots=True)
class LexicalEntry:
    """The words of one passage by field, and the id of its document."""

    document_id: str
    title: str
    headings: str
    text: str


def lexical_fingerprint(
    title_weight: int = TITLE_WEIGHT,
    headings_weight: int = HEADINGS_WEIGHT,
    analyzer_used: str | None = None,
) -> str:
    """Return a fingerprint of everything except the passage that determines its lexical entry.

    Args:
        title_weight: Weight of title words.
        headings_weight: Weight of heading words.
        analyzer_used: Fingerprint of the analyzer. Default: the one in use.
    """
    analyzer_used = analyzer_used or analyzer_fingerprint()
    return f"normqa-lexical/3 title={title_weight} headings={headings_weight} {analyzer_used}"


class LexicalIndex:
    """An open lexical index over all passages of a generation.

    Args:
        index: tantivy's index over all shards.
        sizes: Passages of each shard.
    """

    def __init__(self, index: tantivy.Index, sizes: Sequence[int]) -> None:
        index.register_tokenizer(_ANALYZER, analyzer())
        self._numbering = Numbering(sizes)
        self._schema = index.schema
        self._searcher = index.searcher()
        self._size = self._searcher.num_docs
        self._only: tantivy.Query | None = None
        self._frequency_in = self._searcher.doc_freq

    @staticmethod
    def build(folder: Path, entries: Sequence[LexicalEntry], shard: int = 0) -> None:
        """Write the index of a shard, in one segment, so that equal scores always rank alike.

        Args:
            folder: Folder of the shard.
            entries: One per passage.
            shard: Place of the shard in its generation.
        """
        schema = tantivy.SchemaBuilder()
        schema.add_text_field(_WORDS, tokenizer_name=_ANALYZER, index_option="freq")
        schema.add_text_field(_SPELLING, tokenizer_name=_PLAIN, index_option="basic")
        schema.add_text_field(_ACRONYMS, tokenizer_name="raw", index_option="basic")
        schema.add_text_field(_DOCUMENT, tokenizer_name="raw", index_option="basic")
        schema.add_integer_field(_ADDRESS, stored=True, fast=True)
        (folder / _FOLDER).mkdir()
        index = tantivy.Index(schema.build(), str(folder / _FOLDER))
        index.register_tokenizer(_ANALYZER, analyzer())
        index.register_tokenizer(_PLAIN, plain_analyzer())
        writer = index.writer(heap_size=_HEAP_BYTES, num_threads=1)
        for row, entry in enumerate(entries):
            fields = [*[entry.title] * TITLE_WEIGHT, *[entry.headings] * HEADINGS_WEIGHT, entry.text]
            written = [entry.title, entry.headings, entry.text]
            writer.add_document(
                tantivy.Document(
                    words=searchable("\n".join(fields)),
                    spelling=searchable("\n".join(written)),
                    acronyms=[
                        f"{short.casefold()}\t{long}" for short, long in acronym_definitions(entry.text)
                    ],
                    document=entry.document_id,
                    address=address_of(shard, row),
                )
            )
        writer.commit()
        writer.wait_merging_threads()
        for path in (folder / _FOLDER).glob(".*"):
            path.unlink()  # tantivy's locks are needed only for writing

    @classmethod
    def open(cls, folders: Sequence[Path]) -> "LexicalIndex":
        """Open the index of a generation.

        Args:
            folders: Folders of its shards.

        Raises:
            NoTemporaryFolder: If no temporary folder can be written.
            OSError: If a file cannot be read.
            ValueError: If tantivy cannot read a shard.
        """
        with joined_segments([folder / _FOLDER for folder in folders]) as (joined, sizes), _no_panic():
            return cls(tantivy.Index.open(str(joined)), sizes)

    def showing(self, documents: Sequence[str], passages: int) -> "LexicalIndex":
        """Return the same index, which knows no word that only other documents contain.

        Args:
            documents: Ids of the documents.
            passages: Number of their passages.
        """
        shown = copy(self)
        only = tantivy.Query.term_set_query(self._schema, _DOCUMENT, list(documents))
        shown._size, shown._only = passages, only
        # The cache refers to the searcher and not to the index, so that a dropped index is freed at once.
        counting = partial(_count, self._searcher, self._schema, only)
        shown._frequency_in = lru_cache(_CACHED_FREQUENCIES)(counting)
        return shown

    @property
    def sizes(self) -> list[int]:
        """Passages of each shard."""
        return self._numbering.sizes

    @property
    def size(self) -> int:
        """Number of passages that are shown."""
        return self._size

    def contains_term(self, term: str) -> bool:
        """Whether the term appears in any passage, heading or title."""
        return self._frequency(term) > 0

    def contains_word(self, word: str) -> bool:
        """Whether all terms of a word appear, each in any passage, heading or title."""
        return all(map(self.contains_term, tokenize(word)))

    def spellings(self, prefix: str) -> dict[str, int]:
        """Return the words that begin with a prefix, as they are spelled, with their frequency.

        Words of passages, headings and titles count, in lower case.
        """
        return dict(self._terms(_SPELLING, prefix))

    def long_forms(self, acronym: str) -> list[str]:
        """Return what the passages say that an acronym stands for, the most frequent first."""
        prefix = f"{acronym.casefold()}\t"
        return [term.removeprefix(prefix) for term, _ in self._terms(_ACRONYMS, prefix)]

    def _terms(self, field: str, prefix: str) -> list[tuple[str, int]]:
        """Return the terms of a field that begin with a prefix, the most frequent first."""
        with _no_panic():
            try:
                found = self._searcher.terms_with_prefix(field, prefix)
            except ValueError:  # an older normqa wrote the index, without this field
                return []
            if self._only is None:
                return found
            shown = ((term, self._frequency_in(field, term)) for term, _ in found)
            return sorted((own for own in shown if own[1]), key=lambda own: -own[1])

    def is_common(self, text: str) -> bool:
        """Whether every word of a text appears in so many passages that it tells none of them apart."""
        most = max(FEW_PASSAGES, COMMON_SHARE * self.size)
        return all(self._frequency(term) > most for term in tokenize(text))

    def idf(self, term: str) -> float:
        """Return the inverse document frequency of a term; highest for a term in no passage."""
        frequency = self._frequency(term)
        return math.log(1 + (self.size - frequency + 0.5) / (frequency + 0.5))

    def _frequency(self, term: str) -> int:
        """Return the number of passages that contain a term."""
        with _no_panic():
            return self._frequency_in(_WORDS, term)

    def search(self, question: str, top_k: int, within: Sequence[str] | None = None) -> dict[int, float]:
        """Return BM25 scores of the passages that share content words with the question, best first.

        A word counts as often as it appears in the question.

        Args:
            question: Any text.
            top_k: Maximum number of passages.
            within: Ids of the documents to search. Default: all.
        """
        counts = Counter(tokenize(question))
        if not counts:
            return {}
        clauses = [
            (
                tantivy.Occur.Should,
                tantivy.Query.boost_query(
                    tantivy.Query.term_query(self._schema, _WORDS, term, "freq"), float(count)
                ),
            )
            for term, count in sorted(counts.items())
        ]
        query = tantivy.Query.boolean_query(clauses)
        if within is not None:
            members = tantivy.Query.term_set_query(self._schema, _DOCUMENT, list(within))
            query = tantivy.Query.boolean_query(
                [
                    (tantivy.Occur.Must, query),
                    (tantivy.Occur.Must, tantivy.Query.const_score_query(members, 0.0)),
                ]
            )
        with _no_panic():
            hits = self._searcher.search(query, limit=top_k, count=False).hits
            addresses = self._searcher.fast_field_values(_ADDRESS, [document for _, document in hits])
        scores = [
            (self._numbering.number(*split_address(int(address or 0))), float(score))
            for (score, _), address in zip(hits, addresses, strict=True)
        ]
        return dict(sorted(scores, key=lambda scored: (-scored[1], scored[0])))


def _count(
    searcher: tantivy.Searcher, schema: tantivy.Schema, only: tantivy.Query, field: str, term: str
) -> int:
    """Return the number of passages that contain a term, among those of some documents."""
    option: Literal["freq", "basic"] = "freq" if field == _WORDS else "basic"
    both = [
        (tantivy.Occur.Must, tantivy.Query.term_query(schema, field, term, option)),
        (tantivy.Occur.Must, only),
    ]
    found = searcher.search(tantivy.Query.boolean_query(both), limit=1, count=True)
    return int(found.count)  # type: ignore[attr-defined]  # missing in tantivy's types


@contextmanager
def _no_panic() -> Iterator[None]:
    """Turn a panic, which tantivy raises on some damaged files and is no Exception, into a ValueError."""
    try:
        yield
    except BaseException as error:
        if type(error).__module__ == "pyo3_runtime":
            raise ValueError(f"{_FOLDER} is damaged ({error})") from error
        raise
