"""What an index tells of a document besides its text: its entry in a list, and the file it was made from."""

from dataclasses import dataclass
from typing import NamedTuple

from normqa.datatypes import Metadata


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """The entry of a document in a list, read without its text.

    Attributes:
        id: Id of the document.
        title: Its title.
        metadata: Metadata from its front matter.
        sha256: SHA-256 of its canonical text.
        characters: Length of its canonical text, in code points.
        passages: Number of its passages.
    """

    id: str
    title: str
    metadata: Metadata
    sha256: str
    characters: int
    passages: int


class Original(NamedTuple):
    """The file that a document was made from.

    Attributes:
        file: Its path relative to the corpus.
        sha256: SHA-256 of its content; see :class:`normqa.load.content.Content`.
        glyphs: Where the characters of the text are painted on its pages, in compact form; None if unknown.
    """

    file: str
    sha256: str
    glyphs: bytes | None = None
