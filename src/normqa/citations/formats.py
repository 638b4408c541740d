"""The formats of exports, by name."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from normqa.citations.annotation import web_annotations
from normqa.citations.bibtex import bibtex
from normqa.citations.brief.brief import Brief
from normqa.citations.brief.docx import DOCX, docx
from normqa.citations.brief.page import brief_page
from normqa.citations.csl import csl_json
from normqa.citations.export import Export
from normqa.citations.markdown import conversation_markdown
from normqa.citations.ris import ris
from normqa.citations.styles import STYLES, in_style
from normqa.schema.answers import ConversationBody

FormatName = Literal[
    "csl-json", "ris", "bibtex", "apa", "mla", "chicago", "markdown", "json", "web-annotation", "html", "docx"
]


@dataclass(frozen=True, slots=True)
class Format:
    """A format.

    Attributes:
        name: Its name in options and addresses.
        extension: End of the name of a file, without the first full stop.
        media_type: Content-Type.
        render: Returns the export in this format.
    """

    name: str
    extension: str
    media_type: str
    render: Callable[[Export], bytes]


def _in_utf8(render: Callable[[Export], str]) -> Callable[[Export], bytes]:
    return lambda export: render(export).encode("utf-8", "replace")


def _markdown(export: Export) -> bytes:
    return conversation_markdown(export.answers)


def _html(export: Export) -> str:
    return brief_page(Brief.of_conversation(export))


def _docx(export: Export) -> bytes:
    return docx(Brief.of_conversation(export))


def _json(export: Export) -> bytes:
    return ConversationBody.of(export.answers).to_json(export.root, export.base_url)


_TEXT = "text/plain; charset=utf-8"

FORMATS = {
    format_.name: format_
    for format_ in (
        Format("csl-json", "csl.json", "application/vnd.citationstyles.csl+json", _in_utf8(csl_json)),
        Format("ris", "ris", "application/x-research-info-systems; charset=utf-8", _in_utf8(ris)),
        Format("bibtex", "bib", "application/x-bibtex; charset=utf-8", _in_utf8(bibtex)),
        *(
            Format(name, f"{name}.txt", _TEXT, _in_utf8(partial(in_style, style)))
            for name, style in STYLES.items()
        ),
        Format("markdown", "md", "text/markdown; charset=utf-8", _markdown),
        Format("json", "json", "application/json", _json),
        Format("web-annotation", "jsonld", "application/ld+json", _in_utf8(web_annotations)),
        Format("html", "html", "text/html; charset=utf-8", _in_utf8(_html)),
        Format("docx", "docx", DOCX, _docx),
    )
}
"""Every format by name."""

EXTENSIONS = {format_.extension: format_ for format_ in FORMATS.values()}
"""Every format by the end of the name of its files."""
