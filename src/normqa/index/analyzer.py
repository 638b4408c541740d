"""Split text into words the way the lexical index does, with tantivy."""

import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import version

import tantivy

from normqa.presentation import FOLD_VERSION, fold

LANGUAGE = "english"
"""Language of the stemmer and of tantivy's own stop words, which are articles and prepositions."""

_QUESTION_WORDS = """
    about am any been being can could did do does doing from had has have having he her him his how
    i me my our she should some than them those us was we were what when where which while who whom
    whose why would you your
"""

QUESTION_WORDS = tuple(_QUESTION_WORDS.split())
"""More stop words: the words that turn a sentence into a question."""

# tantivy folds these digits to plain ones, which would run into the digits before them.
_RAISED = re.compile(
    "([\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089\u2460-\u249b\u24ea-\u24ff\u2776-\u2793]+)"
)

_MAX_WORD_BYTES = 64
_CACHED_TEXTS = 8192


def analyzer(language: str = LANGUAGE, stop_words: Sequence[str] = QUESTION_WORDS) -> tantivy.TextAnalyzer:
    """Return the analyzer: lower case, ASCII where possible, no stop words, stems."""
    return (
        _plain_words()
        .filter(tantivy.Filter.stopword(language))
        .filter(tantivy.Filter.custom_stopword(list(stop_words)))
        .filter(tantivy.Filter.stemmer(language))
        .build()
    )


def plain_analyzer() -> tantivy.TextAnalyzer:
    """Return the analyzer for words as they are spelled: lower case, ASCII where possible."""
    return _plain_words().build()


def analyzer_fingerprint(language: str = LANGUAGE, stop_words: Sequence[str] = QUESTION_WORDS) -> str:
    """Return a fingerprint of everything that determines the words of a text."""
    stop_list = hashlib.sha256(" ".join(stop_words).encode()).hexdigest()[:16]
    return f"{language} stop={stop_list} max={_MAX_WORD_BYTES} tantivy/{version('tantivy')} {FOLD_VERSION}"


def searchable(text: str) -> str:
    """Return the text as the analyzer takes it: presentation variants folded, raised digits apart."""
    return text if text.isascii() else _RAISED.sub(r" \1 ", fold(text))


@lru_cache(_CACHED_TEXTS)
def tokenize(text: str) -> tuple[str, ...]:
    """Return the content words of a text: lower case, stemmed, in order, with repeats."""
    return tuple(_analyzer.analyze(searchable(text)))


def _plain_words() -> tantivy.TextAnalyzerBuilder:
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(_MAX_WORD_BYTES))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
    )


_analyzer = analyzer()
