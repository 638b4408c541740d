"""The words of a text as the lexical index knows them, by tantivy."""

from functools import lru_cache

import tantivy

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
_TEXTS_KEPT = 8192


def analyzer() -> tantivy.TextAnalyzer:
    """What takes texts apart: lower case, ASCII where there is one, no stop words, stems."""
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


@lru_cache(_TEXTS_KEPT)
def terms(text: str) -> tuple[str, ...]:
    """Content words of a text as the index knows them: lower case, stemmed, in order, with repeats.

    Sentences that are found again and again are remembered.
    """
    return tuple(_words.analyze(text))


_words = analyzer()
