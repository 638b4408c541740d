"""The quotes of a draft, compared with the index each time that they are shown or exported."""

from dataclasses import replace

from normqa.citations.brief.brief import Brief, MissingQuote, Section, cite
from normqa.citations.export import Export, notices
from normqa.datatypes import Quote
from normqa.errors import UnknownDocument
from normqa.serve.brief.draft import Draft, DraftQuote
from normqa.serve.questions.export import unrated
from normqa.snapshot import Snapshot
from normqa.text.canonical import one_line

UNTITLED = "Brief"
_MAX_NAME = 200
"""Characters of the id of a document in a message, which anyone can write into a link."""


def collected_brief(draft: Draft, snapshot: Snapshot, base_url: str | None) -> Brief:
    """Return the brief that a draft describes, with the quotes that the documents still contain.

    Args:
        draft: The draft.
        snapshot: The documents.
        base_url: Address that readers reach this server at; None if it is not known.
    """
    found = [_quote(quote, snapshot) for quote in draft.quotes]
    quotes = tuple(each for each in found if isinstance(each, Quote))
    answer = unrated(draft.title, quotes, snapshot)
    export = Export([answer], lambda document_id: snapshot.document(document_id).text, base_url)
    cited = iter(cite(answer, quotes, 1, export))
    items = [
        replace(each if isinstance(each, MissingQuote) else next(cited), note=quote.note)
        for each, quote in zip(found, draft.quotes, strict=True)
    ]
    title = draft.title or UNTITLED
    return Brief(title, (Section(title, tuple(notices(answer)), (), None, tuple(items), None),))


def _quote(quote: DraftQuote, snapshot: Snapshot) -> Quote | MissingQuote:
    link = quote.link
    if link is None:
        return MissingQuote(quote.text, "", "A quote is not shown, because its link is damaged.")
    name = one_line(link.document_id)[:_MAX_NAME]
    try:
        found = link.quote(snapshot.document(link.document_id))
    except UnknownDocument:
        reason = f"A quote of “{name}” is not shown, because there is no such document."
        return MissingQuote(quote.text, name, reason)
    reason = f"The text of “{name}” has changed since it was quoted, so the quote is not shown."
    return found or MissingQuote(quote.text, name, reason)
