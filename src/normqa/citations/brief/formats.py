"""The formats of briefs, by the end of the name of a file."""

from collections.abc import Callable
from dataclasses import dataclass

from normqa.citations.brief.brief import Brief
from normqa.citations.brief.csl import brief_csl_json
from normqa.citations.brief.docx import DOCX, docx
from normqa.citations.brief.markdown import brief_markdown
from normqa.citations.brief.page import brief_page


@dataclass(frozen=True, slots=True)
class BriefFormat:
    """A format.

    Attributes:
        label: Its name for readers.
        media_type: Content-Type.
        render: Returns the brief in this format.
    """

    label: str
    media_type: str
    render: Callable[[Brief], bytes]


def _in_utf8(render: Callable[[Brief], str]) -> Callable[[Brief], bytes]:
    return lambda brief: render(brief).encode("utf-8", "replace")


BRIEF_FORMATS = {
    "md": BriefFormat("Markdown", "text/markdown; charset=utf-8", _in_utf8(brief_markdown)),
    "html": BriefFormat("Print version", "text/html; charset=utf-8", _in_utf8(brief_page)),
    "docx": BriefFormat("Word", DOCX, docx),
    "csl.json": BriefFormat("CSL-JSON", "application/vnd.citationstyles.csl+json", _in_utf8(brief_csl_json)),
}
"""Every format by the end of the name of its files."""
