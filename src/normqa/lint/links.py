"""Whether the links of a note inside the corpus lead somewhere."""

import posixpath
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from normqa.lint.finding import Finding
from normqa.lint.note import Note

ReadNote = Callable[[str], Note | None]
"""Reads a note by its name; None if it cannot be read."""


def check_links(note: Note, corpus: Path, read: ReadNote) -> Iterator[Finding]:
    """Names every link to a file or heading that is not there; what leads to other hosts is not looked at."""
    for link in note.links:
        try:
            fault = _fault(note, link.target, corpus, read)
        except (OSError, ValueError):
            fault = "it is no address", "Mend it."
        if fault:
            what = f"the link {unquote(link.target)!r} is dead: {fault[0]}"
            yield Finding(note.name, link.line, "link", what, fault[1])


def _fault(note: Note, target: str, corpus: Path, read: ReadNote) -> tuple[str, str] | None:
    """What is wrong with a link, and what mends it; None if nothing is."""
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return None
    path, heading = unquote(parts.path), unquote(parts.fragment)
    if path.startswith("/"):
        return "it begins with a slash", "Write it relative to the file that it stands in."
    name = posixpath.normpath(posixpath.join(posixpath.dirname(note.name), path)) if path else note.name
    if name.split("/")[0] == "..":
        return "it leaves the corpus", "Name a file of the corpus, or a full address."
    if not (corpus / name).exists():
        return "there is no such file", "Mend it, or leave it out."
    linked = read(name) if heading else None
    if linked and linked.pieces and heading not in linked.anchors():
        way_out = "Write the heading in small letters, with hyphens for blanks and without punctuation."
        return f"{name} has no such heading", way_out
    return None
