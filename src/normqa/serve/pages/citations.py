"""Citations of documents, and links to their published originals."""

from urllib.parse import quote as percent_encode

from normqa.citations.reference import web_address
from normqa.datatypes import Document
from normqa.text.canonical import sentence_line, strip_list_marker

_FRAGMENT_WORDS = 5
"""Words at the start and end of a long quote that its text fragment names."""


def cite_document(document: Document) -> str:
    """Return the citation of a document as one line."""
    about = document.metadata
    published = [about.source, about.publisher, about.date]
    return sentence_line(about.authors, [document.title], published, [about.url])


def original_address(url: str | None, text: str) -> str | None:
    """Return the address of a text in the published original, as a text fragment.

    Returns None if the original has no web address.
    """
    if web_address(url) is None:
        return None
    words = strip_list_marker(text).split()
    if len(words) <= 2 * _FRAGMENT_WORDS and "\n" not in text.strip():
        parts = [words]
    else:
        parts = [words[:_FRAGMENT_WORDS], words[-_FRAGMENT_WORDS:]]
    fragment = ",".join(_encode(" ".join(part)) for part in parts)
    return f"{url}{'' if '#' in str(url) else '#'}:~:text={fragment}"


def _encode(text: str) -> str:
    """Percent-encode a part of a text fragment, where a hyphen is a delimiter."""
    return percent_encode(text, safe="").replace("-", "%2D")
