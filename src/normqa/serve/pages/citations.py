"""How a quote and a document are cited, and where a quote stands in what was published on the web."""

import re
from urllib.parse import quote as percent_encode

from normqa.datatypes import Document
from normqa.text import sentence_line

_ON_THE_WEB = ("https://", "http://")
_NUMBER = re.compile(r"^\s*(?:\d{1,3}[.)]|[-*•–])\s+")
_WORDS_NAMED = 5
"""So many words name the beginning of a longer quote, and so many its end."""


def cite_document(document: Document) -> str:
    """How to cite a document, in one line."""
    about = document.metadata
    published = [about.source, about.publisher, about.date]
    return sentence_line(about.authors, [document.title], published, [about.url])


def web_address(url: str | None) -> str | None:
    """The address, if it is one on the web and not, for instance, a script."""
    return url if url and url.startswith(_ON_THE_WEB) else None


def original_address(url: str | None, text: str) -> str | None:
    """The text in what was published, as a text fragment; None where that is not on the web."""
    if web_address(url) is None:
        return None
    words = _NUMBER.sub("", text).split()
    if len(words) <= 2 * _WORDS_NAMED and "\n" not in text.strip():
        named = [words]
    else:
        named = [words[:_WORDS_NAMED], words[-_WORDS_NAMED:]]
    fragment = ",".join(_encoded(" ".join(part)) for part in named)
    return f"{url}{'' if '#' in str(url) else '#'}:~:text={fragment}"


def _encoded(text: str) -> str:
    """In a text fragment a hyphen parts the text from what stands around it."""
    return percent_encode(text, safe="").replace("-", "%2D")
