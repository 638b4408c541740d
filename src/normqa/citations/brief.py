"""A brief to print: questions and quotes with footnotes, as one HTML file without scripts."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from normqa.citations.export import Entry, Export, notices
from normqa.citations.styles import chicago_note
from normqa.datatypes import NEAR_MISSES_HEADING

_TEMPLATE = Environment(
    autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
).from_string(Path(__file__).with_name("brief.html").read_text(encoding="utf-8"))


def brief(export: Export) -> str:
    """Return the answers as a page. Its footnotes are the sources of the quotes in Chicago style."""
    sections, footnotes = list[dict[str, Any]](), list[dict[str, Any]]()
    for answer in export.answers:
        first = len(footnotes) + 1
        shown = answer.quotes + answer.near_misses
        footnotes += [_footnote(Entry(answer, quote), export) for quote in shown]
        section = {"answer": answer, "notices": notices(answer), "quotes": list(enumerate(shown, first))}
        sections.append(section)
    return _TEMPLATE.render(sections=sections, footnotes=footnotes, near_misses_heading=NEAR_MISSES_HEADING)


def _footnote(entry: Entry, export: Export) -> dict[str, Any]:
    return {
        "source": chicago_note(entry.reference)[1:-1],
        "references": entry.quote.citation.references_line,
        "place": entry.place,
        "page": export.page_of(entry.quote) if export.base_url else None,
    }
