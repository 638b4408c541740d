"""A brief as Markdown with footnotes."""

from collections.abc import Iterator

from normqa.citations.brief.brief import NOTE_LABEL, Brief, CitedQuote, MissingQuote, Section
from normqa.citations.markdown import escape_markdown
from normqa.text.canonical import one_line


def brief_markdown(brief: Brief) -> str:
    """Return the brief. Its footnotes are the sources of the quotes in Chicago style."""
    parts = [part for section in brief.sections for part in _section(section)]
    footnotes = "\n".join(map(_footnote, brief.cited))
    remark = [f"*{escape_markdown(brief.remark)}*"] if brief.remark else []
    return "\n\n".join(filter(None, [*parts, *remark, footnotes])) + "\n"


def _section(section: Section) -> Iterator[str]:
    yield f"# {escape_markdown(one_line(section.heading))}"
    for notice in section.notices:
        yield f"**{escape_markdown(notice)}**"
    yield from map(escape_markdown, section.sentences)
    if section.subheading:
        yield f"## {section.subheading}"
    for item in section.items:
        yield _shown(item)
        if item.note:
            yield _note(item.note)
    yield from filter(None, [section.rest])


def _shown(item: CitedQuote | MissingQuote) -> str:
    if isinstance(item, MissingQuote):
        return f"**{escape_markdown(item.reason)}**"
    context = [
        line for part in item.quote.context for line in (f"*{escape_markdown(one_line(part.text))}*", "")
    ]
    lines = [*context, *f"{escape_markdown(item.quote.text)}[^{item.number}]".split("\n")]
    return "\n".join(f"> {line}".rstrip() for line in lines)


def _note(note: str) -> str:
    """Return a note as an item of a list, so that the label covers all of its paragraphs."""
    first, *others = (escape_markdown(line.strip()) for line in note.split("\n"))
    return "\n".join([f"- **{NOTE_LABEL}** {first}", *(f"  {line}".rstrip() for line in others)])


def _footnote(item: CitedQuote) -> str:
    address = [f"<{item.footnote.page}>"] if item.footnote.page else []
    return " ".join([f"[^{item.number}]:", escape_markdown(one_line(item.footnote.text)), *address])
