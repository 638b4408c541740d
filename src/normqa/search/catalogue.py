"""List documents: those that pass filters and contain words in what the list shows of them."""

from collections.abc import Iterable

from normqa.errors import UnknownDocument
from normqa.index.entries import DocumentSummary
from normqa.presentation import fold
from normqa.search.filters import Filters, passes


def listed(summaries: Iterable[DocumentSummary], filters: Filters, text: str) -> list[DocumentSummary]:
    """Return the documents of a list that pass.

    Args:
        summaries: All documents.
        filters: Conditions on documents.
        text: Words that id, title, source, authors, publisher and topics contain together, in any order.

    Raises:
        UnknownDocument: If a filter names a document that is not in the list.
    """
    named, words = set(filters.documents), fold(text).casefold().split()
    known = {summary.id: summary for summary in summaries}
    if missing := sorted(named - known.keys()):
        raise UnknownDocument(missing[0])
    return [
        summary
        for document_id, summary in known.items()
        if (not named or document_id in named)
        and passes(document_id, summary.metadata, filters)
        and _contains(summary, words)
    ]


def _contains(summary: DocumentSummary, words: list[str]) -> bool:
    about = summary.metadata
    shown = [summary.id, summary.title, about.source, *about.authors, about.publisher, *about.topics]
    entry = fold("\n".join(part for part in shown if part)).casefold()
    return all(word in entry for word in words)
