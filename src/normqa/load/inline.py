"""Assemble the text of a paragraph, heading or cell from its parts.

Struck text is left out. Superscripts and subscripts stay apart from what they follow: ``10^6`` and ``H₂O``.
"""

import re
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field

from normqa.text.canonical import one_line

STRUCK_TAGS = frozenset({"del", "s", "strike"})
"""HTML elements whose text is struck out."""

_MARKS = {"sup": "^", "sub": "_"}
_SUBSCRIPTS = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")  # noqa: RUF001 - the minus sign too
_IN_SUBSCRIPT = re.compile(r"[0-9+\-−=()]+")  # noqa: RUF001
_NUMBER = re.compile(r"[+\-−]?\d+")  # noqa: RUF001
_ORDINAL = re.compile(r"st|nd|rd|th|er|re|ère|ème", re.IGNORECASE)
_ROMAN = frozenset("IVXLCM")
_SIGNS = {"tm": "™", "sm": "℠", "®": "®", "©": "©", "™": "™"}
_SLASHES = frozenset("/\N{FRACTION SLASH}")
_OPENING, _CLOSING = frozenset("([{«“„"), frozenset(".,;:!?)]}»”")
_BLANKS = " \t\n"


@dataclass(frozen=True, slots=True)
class _Script:
    """A superscript or subscript."""

    mark: str
    content: str


class _Gap:
    """A place where something was left out."""


_GAP = _Gap()
_Piece = str | _Script | _Gap


@dataclass(slots=True)
class Strikes:
    """Follows the elements that strike text out, through all blocks of a document.

    Attributes:
        closed: Keys of the start tags that have an end tag somewhere. Any other ends with its block.
    """

    closed: frozenset[Hashable] = frozenset()
    _open: list[str] = field(default_factory=list)
    _open_in_block: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, tags: Iterable[tuple[Hashable, str, bool]]) -> "Strikes":
        """Pair the tags of a document: key, element, and whether it is an end tag."""
        closed: set[Hashable] = set()
        waiting: dict[str, list[Hashable]] = {}
        for key, element, is_end in tags:
            if not is_end:
                waiting.setdefault(element, []).append(key)
            elif waiting.get(element):
                closed.add(waiting[element].pop())
        return cls(frozenset(closed))

    def __bool__(self) -> bool:
        """Whether text is struck out here."""
        return bool(self._open or self._open_in_block)

    def start(self, element: str, key: Hashable = None) -> None:
        """Enter an element."""
        (self._open if key in self.closed else self._open_in_block).append(element)

    def end(self, element: str) -> None:
        """Leave the innermost such element, if one is open."""
        for stack in (self._open_in_block, self._open):
            if element in stack:
                del stack[len(stack) - 1 - stack[::-1].index(element)]
                return

    def end_block(self) -> None:
        """Leave the elements that have no end tag."""
        self._open_in_block.clear()


class InlineText:
    """Collects text in reading order; :meth:`text` returns it.

    Args:
        strikes: Which elements are open where the text starts.
    """

    def __init__(self, strikes: Strikes | None = None) -> None:
        self.strikes = Strikes() if strikes is None else strikes
        self.has_gaps = False
        self._scripts: list[tuple[str, list[_Piece]]] = [("", [])]

    def add(self, text: str) -> None:
        """Add text, unless it is struck out."""
        if self.strikes:
            self.leave_out()
        else:
            self._scripts[-1][1].append(text)

    def break_line(self) -> None:
        """Start a new line, even inside struck text."""
        self._scripts[-1][1].append("\n")

    def leave_out(self) -> None:
        """Note that something is left out here. Blanks on both sides become one."""
        self.has_gaps = True
        pieces = self._scripts[-1][1]
        if not pieces or pieces[-1] is not _GAP:
            pieces.append(_GAP)

    def start(self, element: str, key: Hashable = None) -> None:
        """Enter an HTML element."""
        if element in STRUCK_TAGS:
            self.strikes.start(element, key)
        elif element in _MARKS:
            self._scripts.append((element, []))

    def end(self, element: str) -> None:
        """Leave an HTML element."""
        if element in STRUCK_TAGS:
            self.strikes.end(element)
        elif any(element == name for name, _ in self._scripts):
            while self._end_script() != element:
                pass

    def text(self) -> str:
        """Return the text. Elements that are still open end here."""
        while len(self._scripts) > 1:
            self._end_script()
        return _joined(self._scripts[0][1])

    def _end_script(self) -> str:
        element, pieces = self._scripts.pop()
        content = _joined(pieces)
        inner = content.strip()
        before, _, after = content.partition(inner) if inner else ("", "", "")
        around = self._scripts[-1][1]
        around += [before] if before else []
        around.append(_Script(_MARKS[element], inner))
        around += [after] if after else []
        return element


def _joined(pieces: Sequence[_Piece]) -> str:
    out: list[str] = []
    gap = False
    index = 0
    while index < len(pieces):
        piece = pieces[index]
        index += 1
        if isinstance(piece, _Gap):
            gap = True
            continue
        if isinstance(piece, str):
            text = piece
        elif fraction := _fraction(pieces[index - 1 : index + 2]):
            index += 2
            text = f" {fraction}" if _last(out).isdigit() else fraction
        else:
            text = _script(piece, _last(out), _next(pieces, index))
        gap = _append(out, text, gap=gap)
    return "".join(out)


def _append(out: list[str], text: str, *, gap: bool) -> bool:
    """Append text, and return whether a gap still waits for the text after it."""
    if not gap:
        if text:
            out.append(text)
        return False
    inner = text.lstrip(_BLANKS)
    if not inner:
        if text:
            out.append(text)
        return True
    before = []
    while out and (kept := out[-1].rstrip(_BLANKS)) != out[-1]:
        before.append(out.pop()[len(kept) :])
        if kept:
            out.append(kept)
            break
    after = text[: len(text) - len(inner)]
    blanks = "".join(before) + after
    starts_closing = not after and inner[0] in _CLOSING
    ends_opening = not before and _last(out) in _OPENING
    if out and blanks and not starts_closing and not ends_opening:
        out.append("\n" if "\n" in blanks else " ")
    out.append(inner)
    return False


def _last(out: Sequence[str]) -> str:
    return out[-1][-1] if out else " "


def _next(pieces: Sequence[_Piece], index: int) -> str:
    """Return the first character after a piece; a blank at the end and a mark before a script."""
    while index < len(pieces):
        piece = pieces[index]
        if isinstance(piece, _Script):
            return piece.mark
        if isinstance(piece, str) and piece:
            return piece[0]
        index += 1
    return " "


def _fraction(pieces: Sequence[_Piece]) -> str | None:
    """Return ``1/2`` for a raised 1, a slash and a lowered 2."""
    match pieces:
        case (_Script("^", above), str(slash), _Script("_", below)) if slash.strip() in _SLASHES:
            return f"{above}/{below}" if above.isdigit() and below.isdigit() else None
    return None


def _script(script: _Script, before: str, after: str) -> str:
    """Write a superscript or subscript so that it cannot be read as part of its neighbours."""
    content = script.content
    has_no_base = (before.isspace() or before in _OPENING) and not after.isalnum()
    if content[:1] in {"", "["} or has_no_base:
        return content
    if script.mark == "^" and content.lower() in _SIGNS:
        return _SIGNS[content.lower()]
    if script.mark == "^" and _ORDINAL.fullmatch(content) and (before.isdigit() or before in _ROMAN):
        return content
    if script.mark == "_" and _IN_SUBSCRIPT.fullmatch(content):
        return content.translate(_SUBSCRIPTS)
    enclosed = content[0] == "(" and content[-1] == ")" and content.count("(") == 1
    is_short = len(content) == 1 or _NUMBER.fullmatch(content) is not None
    return script.mark + (content if enclosed or (is_short and not after.isalnum()) else f"({content})")


def joined_blanks(text: str | None) -> str:
    """Return text between tags with every run of blanks as one, as markup languages show it."""
    if not text:
        return ""
    inner = one_line(text)
    if not inner:
        return " "
    return (" " if text[0].isspace() else "") + inner + (" " if text[-1].isspace() else "")
