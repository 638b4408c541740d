"""The lexical index: BM25 with English stemming, by tantivy.

BM25F as in Robertson, Zaragoza and Taylor 2004 (doi:10.1145/1031171.1031181), with tantivy's k1 = 1.2 and
b = 0.75: a word of a title or heading counts as so many words of the text, before frequencies saturate.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import tantivy

NAME = "lexical"

_ANALYZER = "normqa"
_WORDS = "words"
_TITLE_WEIGHT = 2
_HEADINGS_WEIGHT = 2
_HEAP_BYTES = 64_000_000
# tantivy's list holds articles and prepositions; these are the words that make a sentence a question.
_QUESTION_WORDS = [
    "about",
    "am",
    "any",
    "been",
    "being",
    "can",
    "could",
    "did",
    "do",
    "does",
    "doing",
    "from",
    "had",
    "has",
    "have",
    "having",
    "he",
    "her",
    "him",
    "his",
    "how",
    "i",
    "me",
    "my",
    "our",
    "she",
    "should",
    "some",
    "than",
    "them",
    "those",
    "us",
    "was",
    "we",
    "were",
    "what",
    "when",
    "where",
    "which",
    "while",
    "who",
    "whom",
    "whose",
    "why",
    "would",
    "you",
    "your",
]


@dataclass(frozen=True, slots=True)
class LexicalEntry:
    """The words of one passage, by field, and the document that it is from."""

    document_id: str
    title: str
    headings: str
    text: str


class LexicalIndex:
    """An open lexical index; its entries carry the numbers of the passages."""

    def __init__(self, index: tantivy.Index) -> None:
        index.register_tokenizer(_ANALYZER, _analyzer())
        self._schema = index.schema
        self._searcher = index.searcher()
        self._words = _analyzer()

    @staticmethod
    def build(folder: Path, entries: Sequence[LexicalEntry]) -> None:
        """Writes the index of a generation, in one segment, so that equal scores always rank alike."""
        schema = tantivy.SchemaBuilder()
        schema.add_text_field(_WORDS, tokenizer_name=_ANALYZER, index_option="freq")
        schema.add_text_field("document", tokenizer_name="raw", index_option="basic")
        schema.add_integer_field("number", stored=True, fast=True)
        (folder / NAME).mkdir()
        index = tantivy.Index(schema.build(), str(folder / NAME))
        index.register_tokenizer(_ANALYZER, _analyzer())
        writer = index.writer(heap_size=_HEAP_BYTES, num_threads=1)
        for number, entry in enumerate(entries):
            writer.add_document(
                tantivy.Document(
                    words="\n".join(
                        [
                            *[entry.title] * _TITLE_WEIGHT,
                            *[entry.headings] * _HEADINGS_WEIGHT,
                            entry.text,
                        ]
                    ),
                    document=entry.document_id,
                    number=number,
                )
            )
        writer.commit()
        writer.wait_merging_threads()

    @classmethod
    def open(cls, folder: Path) -> "LexicalIndex":
        """Opens the index of a generation.

        Raises:
            ValueError: If tantivy cannot read it.
        """
        return cls(tantivy.Index.open(str(folder / NAME)))

    @property
    def size(self) -> int:
        """How many passages it holds."""
        return self._searcher.num_docs

    def terms(self, text: str) -> list[str]:
        """Content words of a text as the index knows them: lower case, stemmed, in order, with repeats."""
        return self._words.analyze(text)

    def occurs(self, term: str) -> bool:
        """Whether any passage, heading or title has the term."""
        return bool(self._searcher.doc_freq(_WORDS, term))

    def rarity(self, term: str) -> float:
        """Inverse document frequency of a term over the passages; highest for one that none has."""
        having = self._searcher.doc_freq(_WORDS, term)
        return math.log(1 + (self.size - having + 0.5) / (having + 0.5))

    def search(self, question: str, top_k: int, within: Sequence[str] | None = None) -> dict[int, float]:
        """BM25 scores of the passages that share content words with the question, best first.

        A word counts as often as the question has it.

        Args:
            question: What to search for.
            top_k: How many at most.
            within: Ids of the only documents that count; None for all.
        """
        terms = Counter(self.terms(question))
        if not terms:
            return {}
        clauses = [
            (
                tantivy.Occur.Should,
                tantivy.Query.boost_query(
                    tantivy.Query.term_query(self._schema, _WORDS, term, "freq"), float(times)
                ),
            )
            for term, times in sorted(terms.items())
        ]
        query = tantivy.Query.boolean_query(clauses)
        if within is not None:
            members = tantivy.Query.term_set_query(self._schema, "document", list(within))
            query = tantivy.Query.boolean_query(
                [
                    (tantivy.Occur.Must, query),
                    (tantivy.Occur.Must, tantivy.Query.const_score_query(members, 0.0)),
                ]
            )
        found = self._searcher.search(query, limit=top_k, count=False).hits
        numbers = self._searcher.fast_field_values("number", [address for _, address in found])
        scores = [(int(number or 0), float(score)) for (score, _), number in zip(found, numbers, strict=True)]
        return dict(sorted(scores, key=lambda each: (-each[1], each[0])))


def _analyzer() -> tantivy.TextAnalyzer:
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(64))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.stopword("english"))
        .filter(tantivy.Filter.custom_stopword(_QUESTION_WORDS))
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )
