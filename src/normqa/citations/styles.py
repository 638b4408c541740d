"""Plain text in the styles of APA (7th edition), MLA (9th) and Chicago (17th, notes and bibliography)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from normqa.citations.export import Export, notices
from normqa.citations.reference import Author, Reference
from normqa.datatypes import Answer, Quote
from normqa.text.canonical import one_line

_MLA_MONTHS = ["Jan.", "Feb.", "Mar.", "Apr.", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec."]
_PAIR = 2


@dataclass(frozen=True, slots=True)
class Style:
    """A style of citation.

    Attributes:
        heading: Heading of the list of sources.
        in_text: Returns what follows a quote.
        source: Returns the entry in the list of sources.
    """

    heading: str
    in_text: Callable[[Reference], str]
    source: Callable[[Reference], str]


def in_style(style: Style, export: Export) -> str:
    """Return the quotes with their citations, and the list of their sources."""
    parts = [part for answer in export.answers for part in _answer(style, answer)]
    sources = sorted({style.source(entry.reference) for entry in export.entries()}, key=str.casefold)
    return "\n\n".join([*parts, *([style.heading, *sources] if sources else [])]) + "\n"


def _answer(style: Style, answer: Answer) -> Iterator[str]:
    yield from filter(None, [one_line(answer.question)])
    yield from notices(answer)
    yield from filter(None, [answer.refusal or answer.absence])
    for quote in answer.quotes:
        yield _quote(style, quote)


def _quote(style: Style, quote: Quote) -> str:
    context = [f"({one_line(part.text)})" for part in quote.context]
    return "\n".join([*context, f"“{quote.text}” {style.in_text(Reference.of(quote.citation))}"])


def apa_source(about: Reference) -> str:
    """Return a source in the style of APA."""
    title = about.title
    day = about.month() + (f" {about.issued[2]}" if about.issued[2:] else "")
    issued = ", ".join(filter(None, [_year(about, "n.d."), day]))
    names = [_initials(author) for author in about.authors]
    authors = ", & ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
    first = [authors, f"({issued})", title] if authors else [title, f"({issued})"]
    return _sentences(*first, about.source, about.publisher, url=about.url)


def apa_in_text(about: Reference) -> str:
    """Return the citation of a quote in the style of APA."""
    place = f"p. {about.page}" if about.page else about.section and f"{about.section} section"
    return f"({', '.join(filter(None, [_short(about, ' & '), _year(about, 'n.d.'), place]))})"


def mla_source(about: Reference) -> str:
    """Return a source in the style of MLA."""
    month = _MLA_MONTHS[about.issued[1] - 1] if about.issued[1:] else ""
    issued = " ".join([*map(str, about.issued[2:]), *filter(None, [month]), _year(about, "")]).strip()
    container = ", ".join(filter(None, [about.source, about.publisher, issued, _bare(about.url)]))
    return _sentences(_mla_authors(about.authors), f"“{_ended(about.title)}”", container)


def mla_in_text(about: Reference) -> str:
    """Return the citation of a quote in the style of MLA."""
    if about.page:
        return f"({_short(about, ' and ')} {about.page})"
    return (
        f"({', '.join(filter(None, [_short(about, ' and '), about.section and f'sec. “{about.section}”']))})"
    )


def chicago_source(about: Reference) -> str:
    """Return a source in the style of Chicago's bibliography."""
    published = ", ".join(filter(None, [about.publisher, _american_date(about)]))
    names = [author.natural for author in about.authors[1:]]
    authors = _listed([author.inverted for author in about.authors[:1]] + names, ", and ")
    return _sentences(authors, f"“{_ended(about.title)}”", about.source, published, url=about.url, ends=True)


def chicago_note(about: Reference) -> str:
    """Return the citation of a quote in the style of Chicago's notes."""
    authors = _listed([author.natural for author in about.authors], " and ")
    title = f"“{about.title}”" if about.title[-1:] in "?!" else f"“{about.title},”"
    place = about.page or (about.section and f"under “{about.section}”")
    rest = ", ".join(filter(None, [about.source, about.publisher, _american_date(about), place, about.url]))
    note = " ".join(filter(None, [authors and f"{authors},", title, rest])).replace("”, ", ",” ")
    return f"({_ended(one_line(note))})"


STYLES = {
    "apa": Style("References", apa_in_text, apa_source),
    "mla": Style("Works Cited", mla_in_text, mla_source),
    "chicago": Style("Bibliography", chicago_note, chicago_source),
}
"""The styles by name."""


def _year(about: Reference, unknown: str) -> str:
    return f"{about.issued[0]}" if about.issued else about.stated_date or unknown


def _american_date(about: Reference) -> str:
    if not about.issued:
        return about.stated_date or ""
    month_and_day = f"{about.month()} {about.issued[2]}," if about.issued[2:] else about.month()
    return f"{month_and_day} {about.issued[0]}".strip()


def _short(about: Reference, conjunction: str) -> str:
    """Name the authors in a text: one, two, or the first of more; the title if there are none."""
    names = [author.family for author in about.authors]
    if len(names) > _PAIR:
        return f"{names[0]} et al."
    return conjunction.join(names) or f"“{about.title}”"


def _initials(author: Author) -> str:
    initials = " ".join(f"{name[0]}." for name in author.given.split())
    return f"{author.family}, {initials}" if initials else author.family


def _mla_authors(authors: tuple[Author, ...]) -> str:
    first = [author.inverted for author in authors[:1]]
    if len(authors) > _PAIR:
        return f"{first[0]}, et al."
    return ", and ".join(first + [author.natural for author in authors[1:]])


def _listed(names: list[str], last: str) -> str:
    return last.join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def _bare(url: str | None) -> str | None:
    return url and url.partition("://")[2].rstrip("/")


def _sentences(*parts: str | None, url: str | None = None, ends: bool = False) -> str:
    """Join parts as sentences. An address at the end has no full stop unless the style wants one."""
    sentences = [_ended(part) for part in parts if part]
    address = [f"{url}." if ends else url] if url else []
    return one_line(" ".join([*sentences, *address]))


def _ended(text: str) -> str:
    """Return the text with a full stop, before a closing quotation mark, unless it ends with one."""
    mark = "”" if text.endswith("”") else ""
    inner = text.removesuffix(mark)
    return text if inner.endswith((".", "?", "!")) else f"{inner}.{mark}"
