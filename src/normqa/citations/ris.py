"""RIS: one record per quote."""

from collections.abc import Iterator

from normqa.citations.export import Entry, Export
from normqa.text.canonical import one_line


def ris(export: Export) -> str:
    """Return the records. Every value is on one line, as RIS requires."""
    entries = {entry.key: entry for entry in export.entries()}
    return "\r\n".join(_record(entry) for entry in entries.values())


def _record(entry: Entry) -> str:
    lines = [f"{tag}  - {one_line(value)}" for tag, value in _fields(entry) if value]
    return "\r\n".join([*lines, "ER  - ", ""])


def _fields(entry: Entry) -> Iterator[tuple[str, str | None]]:
    reference = entry.reference
    yield "TY", "ELEC" if reference.url else "GEN"
    yield "ID", entry.key
    for author in reference.authors:
        yield "AU", author.inverted
    yield "TI", reference.title
    yield "T2", reference.source
    yield "PB", reference.publisher
    if reference.issued:
        yield "PY", f"{reference.issued[0]:04}"
        yield "DA", "/".join([*(f"{part:02}" for part in reference.issued), "", "", ""][:4])
    else:
        yield "DA", reference.stated_date
    yield "SP", reference.page
    yield "SE", None if reference.page else reference.section
    yield "UR", reference.url
    yield "LA", reference.language
    yield "N1", entry.note
