"""A brief in an address: its title, and quotes with the notes of the reader.

``/brief?title=TITLE&quote=START-END-HASH-DOCUMENT&note=NOTE&quote=…``. A note belongs to the quote before it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.datastructures import QueryParams

from normqa.errors import InvalidRequest
from normqa.serve.errors import BriefTooLong
from normqa.serve.pages.permalink import MAX_CHARACTERS, QuoteLink, characters
from normqa.text.canonical import normalise, one_line

MAX_BYTES = 7000
"""Maximum length of a brief in an address, because proxies reject lines of 8 kB."""

_EDITS = ("up", "down", "remove")


@dataclass(frozen=True, slots=True)
class DraftQuote:
    """A quote as the reader collected it, which the documents may no longer contain.

    Attributes:
        text: The quote in an address.
        note: The words of the reader about it; empty if there are none.
    """

    text: str
    note: str = ""

    @property
    def link(self) -> QuoteLink | None:
        """The quote; None if the address is damaged."""
        try:
            return QuoteLink.parse(self.text)
        except InvalidRequest:
            return None


@dataclass(frozen=True, slots=True)
class Draft:
    """A brief as the reader arranged it.

    Attributes:
        title: Its title; empty if it has none.
        quotes: Its quotes, each once.
    """

    title: str = ""
    quotes: tuple[DraftQuote, ...] = ()

    @classmethod
    def read(cls, pairs: Iterable[tuple[str, str]]) -> "Draft":
        """Return the brief in the parameters of an address."""
        title, quotes, last = "", dict[str, DraftQuote](), None
        for name, value in pairs:
            if name == "title":
                title = one_line(_clean(value))
            elif name == "quote":
                last = value
                quotes.setdefault(value, DraftQuote(value))
            elif name == "note" and last is not None:
                quotes[last] = replace(quotes[last], note=quotes[last].note or _clean(value))
        return cls(title, tuple(quotes.values()))

    def edited(self, query: QueryParams) -> "Draft | None":
        """Return the brief after what an address says to do with it; None if that is nothing.

        Args:
            query: ``up``, ``down`` and ``remove`` name a quote by its position from 1, ``add`` an address
                with more quotes.
        """
        if not any(name in query for name in (*_EDITS, "add")):
            return None
        quotes = list(self.quotes)
        for name in _EDITS:
            place = _position(query.get(name, ""), len(quotes))
            if place is not None:
                moved = quotes.pop(place)
                if name != "remove":
                    quotes.insert(max(0, place + (1 if name == "down" else -1)), moved)
        added = Draft.read(parse_qsl(urlsplit(query.get("add", "").strip()).query))
        known = {quote.text for quote in quotes}
        return Draft(
            self.title or added.title,
            (*quotes, *(quote for quote in added.quotes if quote.text not in known)),
        )

    @property
    def query(self) -> str:
        """Query string of its address."""
        pairs = [("title", self.title)] if self.title else []
        for quote in self.quotes:
            pairs += [("quote", quote.text), *([("note", quote.note)] if quote.note else [])]
        return urlencode(pairs)

    def check(self) -> None:
        """Check that the brief is short enough.

        Raises:
            BriefTooLong: If its address is too long, or it quotes too much.
        """
        size = len(self.query)
        if size > MAX_BYTES:
            raise BriefTooLong(f"{size:,} of {MAX_BYTES:,} bytes in its address")
        quoted = characters(link for quote in self.quotes if (link := quote.link))
        if quoted > MAX_CHARACTERS:
            raise BriefTooLong(f"{quoted:,} of {MAX_CHARACTERS:,} characters in its quotes")


def _clean(text: str) -> str:
    return normalise(text.replace("\0", "")).strip()


def _position(text: str, count: int) -> int | None:
    is_position = text.isascii() and text.isdecimal() and len(text) <= len(str(count))
    return int(text) - 1 if is_position and 1 <= int(text) <= count else None
