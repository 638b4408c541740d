"""Cut a text into sentences.

Boundaries come from sentencex (Wikimedia), which loses no character, knows the abbreviations of many
languages and loads no model. A boundary after an abbreviation or ordinal is dropped if the sentence goes on.
"""

from collections.abc import Iterator
from itertools import pairwise

import sentencex

from normqa.datatypes import Span
from normqa.sentences.continuation import REACH, continues, missed_ends

# sentencex 1.0.32 confuses byte and character lengths of separators and panics on U+2028 after an initial.
# Replacing every non-ASCII space with a plain one keeps all offsets.
_PLAIN_SPACES = {code: " " for code in range(0x80, 0x3001) if chr(code).isspace()}


def sentences(text: str, span: Span, language: str | None = None) -> list[Span]:
    """Return the spans of the sentences inside a span, in order, without the space between them.

    A piece without a letter, such as the number of a list item, joins the sentence after it.

    Args:
        text: The whole text.
        span: The part to cut.
        language: ISO 639 code, as :func:`normqa.sentences.language.document_language` returns it. Default:
            English.
    """
    found: list[Span] = []
    language = language or "en"
    start = position = span.start
    has_letter = False
    for part, after in pairwise([*_parts(span.of(text), language), ""]):
        position += len(part)
        has_letter = has_letter or any(map(str.isalpha, part))
        before = text[max(start, position - REACH) : position]
        if has_letter and not continues(before, after, language):
            found.append(Span(start, position).stripped(text))
            start, has_letter = position, False
    if rest := Span(start, span.end).stripped(text):
        found.append(rest)
    return found


def _parts(text: str, language: str) -> Iterator[str]:
    for part in sentencex.segment(language, text.translate(_PLAIN_SPACES)):
        for start, end in pairwise([0, *missed_ends(part, language), len(part)]):
            yield part[start:end]
