"""Read a file of the corpus as its editor sees it: lines, front matter, pieces and links."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from markdown_it.tree import SyntaxTreeNode

from normqa.load.content import read_regular
from normqa.load.formats import FORMATS, MARKDOWN
from normqa.load.markup.inline_nodes import plain
from normqa.load.markup.syntax.parser import parse_markdown
from normqa.load.text.decode import decode
from normqa.load.text.front_matter import read_front_matter

_PIECES = frozenset({"heading", "paragraph", "td", "th"})
_INTRODUCED = frozenset({"ordered_list", "bullet_list", "table"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph, heading, list item or table cell.

    Attributes:
        line: Its first line.
        text: Its text without markup.
        is_heading: Whether it opens a section.
        is_cell: Whether it is a table cell.
        is_lead_in: Whether a list or a table follows it.
    """

    line: int
    text: str
    is_heading: bool
    is_cell: bool
    is_lead_in: bool


@dataclass(frozen=True, slots=True)
class Link:
    """The target of a link or image, and its line."""

    line: int
    target: str


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A fault in a note.

    Attributes:
        file: Path relative to the corpus.
        line: From 1.
        rule: Stable name of the rule.
        what: The problem.
        hint: What to do.
    """

    file: str
    line: int
    rule: str
    what: str
    hint: str

    def to_dict(self) -> dict[str, str | int]:
        """Return the fields by their JSON names."""
        fields = asdict(self)
        hint = fields.pop("hint")
        return fields | {"way_out": hint}


@dataclass(frozen=True, slots=True)
class Note:
    """A file of the corpus.

    Attributes:
        name: Path relative to the corpus.
        front_matter: Its front matter; None if it has none.
        head: The lines of the front matter.
        pieces: Its pieces in order; empty unless it is Markdown.
        links: The links and images in its text.
    """

    name: str
    front_matter: dict[Any, Any] | None
    head: list[str]
    pieces: list[Piece] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path, name: str) -> "Note":
        """Read a file.

        Raises:
            OSError: If the file cannot be read.
            LoadError: If the file is not text or its front matter is malformed.
        """
        text = decode(read_regular(path)).text
        front_matter, body = read_front_matter(text)
        head = text[: len(text) - len(body)].split("\n")[:-1]
        note = cls(name, front_matter, head)
        if FORMATS.get(path.suffix.lower()) is MARKDOWN:
            for node in parse_markdown(body).walk():
                if node.type in _PIECES:
                    note.pieces.append(_piece(node, len(head)))
                elif node.type in {"link", "image"}:
                    target = str(node.attrs["href" if node.type == "link" else "src"])
                    note.links.append(Link(_line(node, len(head)), target))
        return note

    def line_of(self, key: str) -> int:
        """Return the line of a front matter key; 1 if it is missing."""
        return next((i for i, line in enumerate(self.head, 1) if re.match(rf"{re.escape(key)}\s*:", line)), 1)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the strings of a front matter list, or its single string."""
        value = (self.front_matter or {}).get(key)
        values = value if isinstance(value, list) else [value]
        return tuple(text for text in values if isinstance(text, str) and text.strip())

    def anchors(self) -> set[str]:
        """Return the fragments of its headings, as GitHub and most others form them."""
        return set(_numbered(_slug(piece.text) for piece in self.pieces if piece.is_heading))


def _piece(node: SyntaxTreeNode, lines_before: int) -> Piece:
    following = node.next_sibling
    return Piece(
        line=_line(node, lines_before),
        text=" ".join(plain(node).split()),
        is_heading=node.type == "heading" and node.level == 0,
        is_cell=node.type in {"td", "th"},
        is_lead_in=node.type == "paragraph" and following is not None and following.type in _INTRODUCED,
    )


def _line(node: SyntaxTreeNode | None, lines_before: int) -> int:
    """Return the first line of a node, or of the nearest ancestor that has one."""
    while node is not None and node.map is None:
        node = node.parent
    return lines_before + 1 + (node.map[0] if node and node.map else 0)


def _slug(heading: str) -> str:
    kept = (c for c in heading.lower() if c in " -_" or unicodedata.category(c)[0] in "LMN")
    return "".join(kept).strip().replace(" ", "-")


def _numbered(slugs: Iterator[str]) -> Iterator[str]:
    """Append ``-1``, ``-2``, … to repeated slugs."""
    seen: Counter[str] = Counter()
    for slug in slugs:
        yield f"{slug}-{seen[slug]}" if seen[slug] else slug
        seen[slug] += 1
