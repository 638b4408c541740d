"""A file of the corpus as its editor sees it: with its lines, its front matter and its links."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from markdown_it.tree import SyntaxTreeNode

from normqa.load.decode import decode
from normqa.load.front_matter import read_front_matter
from normqa.load.loaders import LOADERS
from normqa.load.markdown import load_markdown, parse_markdown, plain

_PIECES = frozenset({"heading", "paragraph", "td", "th"})
_LEADS_TO = frozenset({"ordered_list", "bullet_list", "table"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph, heading, list item or table cell.

    Attributes:
        line: Where it begins.
        text: Without markup.
        is_heading: Whether it opens a section.
        is_cell: Whether it stands in a table.
        leads: Whether it introduces a list or a table.
    """

    line: int
    text: str
    is_heading: bool
    is_cell: bool
    leads: bool


@dataclass(frozen=True, slots=True)
class Link:
    """Where a link or a picture of a note leads, and in which line it stands."""

    line: int
    target: str


@dataclass(frozen=True, slots=True)
class Note:
    """A file of the corpus.

    Attributes:
        name: Relative to the corpus.
        front_matter: What it says of itself, or None where it says nothing.
        head: The lines that it says it in.
        pieces: What is to be read in it, in order; none where it is no Markdown.
        links: Those in its text.
    """

    name: str
    front_matter: dict[Any, Any] | None
    head: list[str]
    pieces: list[Piece] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path, name: str) -> "Note":
        """Reads a file.

        Raises:
            OSError: If it cannot be read.
            LoadError: If it is no text, or its front matter is none.
        """
        text = decode(path.read_bytes()).text
        front_matter, body = read_front_matter(text)
        head = text[: len(text) - len(body)].split("\n")[:-1]
        note = cls(name, front_matter, head)
        if LOADERS.get(path.suffix.lower()) is load_markdown:
            for node in parse_markdown(body).walk():
                if node.type in _PIECES:
                    note.pieces.append(_piece(node, len(head)))
                elif node.type in {"link", "image"}:
                    target = str(node.attrs["href" if node.type == "link" else "src"])
                    note.links.append(Link(_line(node, len(head)), target))
        return note

    def line_of(self, key: str) -> int:
        """Where a key of the front matter stands; the first line where it does not."""
        return next((i for i, line in enumerate(self.head, 1) if re.match(rf"{re.escape(key)}\s*:", line)), 1)

    def texts(self, key: str) -> tuple[str, ...]:
        """The texts of a list in the front matter, or the one that stands there alone."""
        value = (self.front_matter or {}).get(key)
        values = value if isinstance(value, list) else [value]
        return tuple(each for each in values if isinstance(each, str) and each.strip())

    def anchors(self) -> set[str]:
        """What links to its headings end in, after the ``#``, as GitHub and most others have it."""
        return set(_numbered(_slug(piece.text) for piece in self.pieces if piece.is_heading))


def _piece(node: SyntaxTreeNode, lines_before: int) -> Piece:
    following = node.next_sibling
    return Piece(
        line=_line(node, lines_before),
        text=" ".join(plain(node).split()),
        is_heading=node.type == "heading" and node.level == 0,
        is_cell=node.type in {"td", "th"},
        leads=node.type == "paragraph" and following is not None and following.type in _LEADS_TO,
    )


def _line(node: SyntaxTreeNode | None, lines_before: int) -> int:
    """The line in which a node, or what it stands in, begins."""
    while node is not None and node.map is None:
        node = node.parent
    return lines_before + 1 + (node.map[0] if node and node.map else 0)


def _slug(heading: str) -> str:
    kept = (c for c in heading.lower() if c in " -_" or unicodedata.category(c)[0] in "LMN")
    return "".join(kept).strip().replace(" ", "-")


def _numbered(slugs: Iterator[str]) -> Iterator[str]:
    """The second of two headings of one name gets a ``-1``."""
    seen: Counter[str] = Counter()
    for slug in slugs:
        yield f"{slug}-{seen[slug]}" if seen[slug] else slug
        seen[slug] += 1
