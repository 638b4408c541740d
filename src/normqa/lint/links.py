"""Check the links of a note to other files of the corpus."""

import posixpath
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from normqa.lint.note import Finding, Note

ReadNote = Callable[[str], Note | None]
"""Read a note by name; return None if it cannot be read."""


def check_links(note: Note, corpus: Path, read: ReadNote) -> Iterator[Finding]:
    """Find links to files or headings that do not exist. Links to other hosts are not checked."""
    for link in note.links:
        try:
            fault = _fault(note, link.target, corpus, read)
        except (OSError, ValueError):
            fault = "it is not a valid address", "Fix the link."
        if fault:
            what = f"broken link {unquote(link.target)!r}: {fault[0]}"
            yield Finding(note.name, link.line, "link", what, fault[1])


def _fault(note: Note, target: str, corpus: Path, read: ReadNote) -> tuple[str, str] | None:
    """Return what is wrong with a link and how to fix it; None if it is valid."""
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return None
    path, heading = unquote(parts.path), unquote(parts.fragment)
    if path.startswith("/"):
        return "it starts with a slash", "Make it relative to the folder of this file."
    name = posixpath.normpath(posixpath.join(posixpath.dirname(note.name), path)) if path else note.name
    if name.split("/")[0] == "..":
        return "it leaves the corpus", "Link to a file of the corpus, or use a full address."
    if not (corpus / name).exists():
        return "the file does not exist", "Fix the link or remove it."
    linked = read(name) if heading else None
    if linked and linked.pieces and heading not in linked.anchors():
        hint = "Write the heading in lower case, with hyphens for spaces and without punctuation."
        return f"{name} has no such heading", hint
    return None
