"""The list of documents as a page shows it: by folder, a hundred at a time."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from normqa.index.entries import DocumentSummary
from normqa.schema.documents import document_href

PER_PAGE = 100
MAX_FOLDERS = 300
"""Folders that the page links to, at most."""


@dataclass(frozen=True, slots=True)
class ListedDocument:
    """A document in the list.

    Attributes:
        name: Its id without the folder.
        href: Address of its page.
        summary: Its title, metadata and length.
    """

    name: str
    href: str
    summary: DocumentSummary


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of the corpus.

    Attributes:
        name: Its path; empty for the corpus itself.
        count: Number of its documents that the list has, on all pages.
        anchor: Identifies it on its page.
        href: Address of the page of the list on which it begins.
    """

    name: str
    count: int
    anchor: str
    href: str


@dataclass(frozen=True, slots=True)
class DocumentsView:
    """A page of the list of documents.

    Attributes:
        total: Number of documents on all pages.
        first: Position of the first document on this page, from 1.
        groups: The documents on this page by folder.
        folders: The folders of all pages, but at most ``MAX_FOLDERS``.
        folders_left: Number of the other folders.
        words: The words that the documents contain.
        kept: Other parameters, which the form keeps.
        previous: Address of the previous page; None on the first.
        following: Address of the next page; None on the last.
    """

    total: int
    first: int
    groups: tuple[tuple[Folder, tuple[ListedDocument, ...]], ...]
    folders: tuple[Folder, ...]
    folders_left: int
    words: str
    kept: tuple[tuple[str, str], ...]
    previous: str | None
    following: str | None

    @property
    def count(self) -> int:
        """Number of documents on this page."""
        return sum(len(documents) for _, documents in self.groups)

    @classmethod
    def of(
        cls, found: Iterable[DocumentSummary], query: QueryParams, offset: int, limit: int | None
    ) -> "DocumentsView":
        """Return a page of the list.

        Args:
            found: The documents that the request asks for.
            query: The parameters of the request.
            offset: Documents to leave out first.
            limit: Maximum documents on the page. Default: ``PER_PAGE``.
        """
        size = limit or PER_PAGE
        ordered = sorted(found, key=lambda summary: _split(summary.id))
        address = _Addresses(tuple((name, value) for name, value in query.multi_items() if name != "offset"))
        folders = list(_folders(ordered, size, address))
        by_name = {folder.name: folder for folder in folders}
        grouped = groupby(ordered[offset : offset + size], lambda summary: _split(summary.id)[0])
        return cls(
            total=len(ordered),
            first=offset + 1,
            groups=tuple((by_name[name], tuple(map(_listed, own))) for name, own in grouped),
            folders=tuple(folders[:MAX_FOLDERS]),
            folders_left=max(0, len(folders) - MAX_FOLDERS),
            words=query.get("q", ""),
            kept=tuple(pair for pair in address.kept if pair[0] != "q"),
            previous=address.at(max(0, offset - size)) if offset else None,
            following=address.at(offset + size) if offset + size < len(ordered) else None,
        )


@dataclass(frozen=True, slots=True)
class _Addresses:
    """Addresses of the pages of a list.

    Attributes:
        kept: All parameters but the offset.
    """

    kept: tuple[tuple[str, str], ...]

    def at(self, offset: int) -> str:
        """Return the address of the page that begins at a document."""
        query = urlencode([*self.kept, *([("offset", str(offset))] if offset else [])])
        return f"/documents?{query}" if query else "/documents"


def _folders(ordered: Sequence[DocumentSummary], size: int, address: _Addresses) -> Iterable[Folder]:
    counts = Counter(_split(summary.id)[0] for summary in ordered)
    start = 0
    for place, (name, count) in enumerate(counts.items()):
        anchor = f"folder-{place}"
        yield Folder(name, count, anchor, f"{address.at(start // size * size)}#{anchor}")
        start += count


def _listed(summary: DocumentSummary) -> ListedDocument:
    return ListedDocument(_split(summary.id)[1], document_href(summary.id), summary)


def _split(document_id: str) -> tuple[str, str]:
    """Return the folder of a document and its name in it."""
    folder, _, name = document_id.rpartition("/")
    return folder, name
