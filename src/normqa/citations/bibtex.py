"""BibTeX: one entry per quote."""

import re
from collections.abc import Iterator

from normqa.citations.export import Entry, Export
from normqa.citations.reference import Author
from normqa.text.canonical import one_line

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{character: f"\\{character}" for character in "{}&%$#_"},
}
_TABLE = str.maketrans(_SPECIAL)


def bibtex(export: Export) -> str:
    """Return the entries, in UTF-8."""
    entries = {entry.key: entry for entry in export.entries()}
    keys = list[str]()
    for entry in entries.values():
        keys.append(_key(entry, keys))
    return "\n".join(_entry(key, entry) for key, entry in zip(keys, entries.values(), strict=True))


def _key(entry: Entry, taken: list[str]) -> str:
    """Return a key of ASCII letters and digits that no other entry has."""
    span = entry.quote.span
    name = re.sub(r"[^A-Za-z0-9]+", "-", entry.quote.citation.document_id).strip("-") or "document"
    key = f"{name}-{span.start}-{span.end}"
    same = sum(other == key or other.startswith(f"{key}-") for other in taken)
    return f"{key}-{same + 1}" if same else key


def _entry(key: str, entry: Entry) -> str:
    fields = [f"  {name} = {{{value}}}" for name, value in _fields(entry) if value]
    return "@misc{" + ",\n".join([key, *fields]) + "\n}\n"


def _fields(entry: Entry) -> Iterator[tuple[str, str]]:
    reference = entry.reference
    yield "author", " and ".join(map(_name, reference.authors))
    yield "title", f"{{{_escape(reference.title)}}}"  # styles keep the case of what is in braces
    yield "howpublished", _escape(reference.source or "")
    yield "publisher", _escape(reference.publisher or "")
    yield "year", f"{reference.issued[0]:04}" if reference.issued else _escape(reference.stated_date or "")
    yield "month", str(reference.issued[1]) if reference.issued[1:] else ""
    yield "day", str(reference.issued[2]) if reference.issued[2:] else ""
    yield "pages", _escape(reference.page or "")
    yield "url", one_line(reference.url or "").translate({ord("{"): "%7B", ord("}"): "%7D", ord("\\"): "%5C"})
    yield "language", _escape(reference.language or "")
    yield "note", _escape(entry.note)


def _name(author: Author) -> str:
    if author.given:
        return f"{_escape(author.family)}, {_escape(author.given)}"
    return f"{{{_escape(author.family)}}}"


def _escape(text: str) -> str:
    return one_line(text).translate(_TABLE)
