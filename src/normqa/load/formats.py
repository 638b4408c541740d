"""The formats that can be read, by suffix and by content."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from normqa.datatypes import Metadata
from normqa.load.loaded import Parsed
from normqa.load.markup.markdown import load_markdown
from normqa.load.office.odf.odf import is_odp, is_odt
from normqa.load.office.pptx import is_pptx
from normqa.load.office.word.docx import is_docx
from normqa.load.process.isolated import IsolatedLoader
from normqa.load.text.plain_text import load_text
from normqa.load.text.text_file import load_text_file
from normqa.load.web.epub import is_epub
from normqa.load.web.page import is_html


@dataclass(frozen=True, slots=True)
class Format:
    """A format.

    Attributes:
        name: Its name for readers.
        load: Loads the bytes of a file, given the document's id, the bytes and the metadata that a sidecar
            states. Raises LoadError if they give no document.
        recognises: Whether bytes are in this format; None if any text may be.
        libraries: Distributions whose versions determine the documents.
    """

    name: str
    load: Callable[[str, bytes, Metadata], Parsed]
    recognises: Callable[[bytes], bool] | None = None
    libraries: tuple[str, ...] = ()


def _is_pdf(raw: bytes) -> bool:
    return b"%PDF-" in raw[:1024]


_TEXT_LIBRARIES = ("chardet", "PyYAML")
MARKDOWN = Format(
    "Markdown",
    partial(load_text_file, load_markdown),
    libraries=("markdown-it-py", "mdit-py-plugins", *_TEXT_LIBRARIES),
)
TEXT = Format("plain text", partial(load_text_file, load_text), libraries=_TEXT_LIBRARIES)
HTML = Format(
    "a web page",
    IsolatedLoader("normqa.load.web.page:load_html"),
    is_html,
    libraries=("chardet", "selectolax"),
)

_ODF = IsolatedLoader("normqa.load.office.odf.odf:load_odf")

FORMATS = {
    ".md": MARKDOWN,
    ".markdown": MARKDOWN,
    ".txt": TEXT,
    "": TEXT,
    ".pdf": Format("PDF", IsolatedLoader("normqa.load.pdf.pdf:read_pdf"), _is_pdf, libraries=("pypdfium2",)),
    ".html": HTML,
    ".htm": HTML,
    ".xhtml": HTML,
    ".epub": Format(
        "an e-book",
        IsolatedLoader("normqa.load.web.epub:load_epub"),
        is_epub,
        libraries=("lxml", "selectolax"),
    ),
    ".docx": Format(
        "a Word document",
        IsolatedLoader("normqa.load.office.word.docx:load_docx"),
        is_docx,
        libraries=("lxml",),
    ),
    ".pptx": Format(
        "a PowerPoint presentation",
        IsolatedLoader("normqa.load.office.pptx:load_pptx"),
        is_pptx,
        libraries=("lxml",),
    ),
    ".odt": Format("an OpenDocument text", _ODF, is_odt, libraries=("lxml",)),
    ".odp": Format("an OpenDocument presentation", _ODF, is_odp, libraries=("lxml",)),
}
"""Formats by suffix. A file without a suffix is plain text."""


def format_of(suffix: str, raw: bytes) -> tuple[Format, str | None]:
    """Return the format of a file, and a note if its content is not what its suffix says.

    Args:
        suffix: A key of :data:`FORMATS`.
        raw: The bytes of the file.
    """
    named = FORMATS[suffix]
    if named.recognises is None or named.recognises(raw):
        return named, None
    for other in FORMATS.values():
        if other.recognises and other.recognises(raw):
            return other, f"its name ends in {suffix}, but it is {other.name} and was read as that; rename it"
    return named, None
