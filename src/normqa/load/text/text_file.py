"""Load a text file: decode it, and separate its front matter from its body."""

from collections.abc import Callable

from normqa.datatypes import Document, Metadata
from normqa.load.loaded import Parsed, over
from normqa.load.text.decode import decode
from normqa.load.text.front_matter import split_front_matter

LoadBody = Callable[[str, str, Metadata], Document]
"""Loads the text of a document: its id, its body and its metadata."""


def load_text_file(load_body: LoadBody, document_id: str, raw: bytes, stated: Metadata) -> Parsed:
    """Load a text file.

    Args:
        load_body: Loads the text below the front matter.
        document_id: Id of the document.
        raw: The bytes of the file.
        stated: Metadata that wins over the front matter.

    Raises:
        LoadError: If the file is not text, or contains none.
    """
    decoded = decode(raw)
    front_matter = split_front_matter(decoded.text)
    document = load_body(document_id, front_matter.body, over(stated, front_matter.metadata))
    return Parsed(document, (*front_matter.notes, *decoded.notes()))
