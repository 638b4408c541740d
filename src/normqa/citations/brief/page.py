"""A brief to print, as one HTML file without scripts."""

from pathlib import Path

from jinja2 import Environment, StrictUndefined

from normqa.citations.brief.brief import NOTE_LABEL, Brief

_TEMPLATE = Environment(
    autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
).from_string(Path(__file__).with_name("page.html").read_text(encoding="utf-8"))


def brief_page(brief: Brief) -> str:
    """Return the brief as a page. Its footnotes are the sources of the quotes in Chicago style."""
    return _TEMPLATE.render(brief=brief, note_label=NOTE_LABEL)
