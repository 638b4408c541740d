"""The source of a quote as bibliographic data: names, date, place."""

import re
from dataclasses import dataclass, replace
from datetime import date

from normqa.datatypes import Citation, Document, Metadata
from normqa.search.filters import is_date

_WEB_SCHEMES = ("https://", "http://")
_PARTICLES = frozenset(
    {"af", "al", "bin", "da", "de", "del", "den", "der", "di", "dos", "du", "el", "ibn"}
) | {"la", "le", "ten", "ter", "van", "von", "y", "zu"}
_SUFFIXES = frozenset({"ab", "ag", "bv", "co", "corp", "gmbh", "inc", "limited", "llc", "llp", "ltd", "plc"})
_MOST_WORDS = 3
_WORD = re.compile(r"[^\W\d_]+(?:['’.-]+[^\W\d_]*)*")


@dataclass(frozen=True, slots=True)
class Author:
    """An author. Without ``given``, ``family`` is the whole name, of a person or an organisation."""

    family: str
    given: str = ""

    @classmethod
    def parse(cls, name: str) -> "Author":
        """Return an author; only "Family, Given" is a person whose names are known apart."""
        family, comma, given = (part.strip() for part in name.partition(","))
        if comma and _are_names(family) and _are_names(given):
            return cls(family, given)
        return cls(" ".join(name.split()))

    @property
    def inverted(self) -> str:
        """The name as lists sort it."""
        return f"{self.family}, {self.given}" if self.given else self.family

    @property
    def natural(self) -> str:
        """The name as it is spoken."""
        return f"{self.given} {self.family}".strip()


@dataclass(frozen=True, slots=True)
class Reference:
    """The document of a quote, or a document as a whole.

    Attributes:
        id: Id of the document.
        issued: Year, month and day as far as they are known; empty without a date in ISO 8601.
        stated_date: The date as the document states it.
        url: Web address of the published original; None if it has none.
        page: Number that is printed on the page, or else its number in the file.
        section: The innermost heading above the quote.
    """

    id: str
    title: str
    authors: tuple[Author, ...]
    issued: tuple[int, ...]
    stated_date: str | None
    source: str | None
    publisher: str | None
    url: str | None
    language: str | None
    page: str | None = None
    section: str | None = None

    @classmethod
    def of(cls, citation: Citation) -> "Reference":
        """Return the reference of a quote, with its place."""
        page = citation.page_label or (str(citation.page) if citation.page else None)
        section = citation.section[-1] if citation.section else None
        whole = cls._about(citation.document_id, citation.title, citation)
        return replace(whole, page=page, section=section)

    @classmethod
    def of_document(cls, document: Document) -> "Reference":
        """Return the reference of a whole document."""
        return cls._about(document.id, document.title, document.metadata)

    @classmethod
    def _about(cls, document_id: str, title: str, about: Citation | Metadata) -> "Reference":
        return cls(
            id=document_id,
            title=title,
            authors=tuple(map(Author.parse, about.authors)),
            issued=date_parts(about.date),
            stated_date=about.date,
            source=about.source,
            publisher=about.publisher,
            url=web_address(about.url),
            language=about.language,
        )

    @property
    def locator(self) -> tuple[str, str] | None:
        """Label and value of the place, as CSL names them."""
        if self.page:
            return "page", self.page
        return ("section", self.section) if self.section else None

    def month(self, form: str = "%B") -> str:
        """Return the name of the month in English; empty if it is not known."""
        return date(2000, self.issued[1], 1).strftime(form) if len(self.issued) > 1 else ""


def date_parts(text: str | None) -> tuple[int, ...]:
    """Return year, month and day of a date in ISO 8601, as far as it states them."""
    day = (text or "").partition("T")[0].partition(" ")[0]
    return tuple(map(int, day.split("-"))) if is_date(day) else ()


def web_address(url: str | None) -> str | None:
    """Return the address if it is a web address, and not a script for instance."""
    return url if url and url.startswith(_WEB_SCHEMES) else None


def _are_names(text: str) -> bool:
    """Whether a text looks like the names of one person, and not like a place, a company or a list."""
    words = text.split()
    return 0 < len(words) <= _MOST_WORDS and all(map(_is_name, words)) and words[-1][0].isupper()


def _is_name(word: str) -> bool:
    known = word.casefold().strip(".")
    return (
        bool(_WORD.fullmatch(word)) and known not in _SUFFIXES and (word[0].isupper() or known in _PARTICLES)
    )
