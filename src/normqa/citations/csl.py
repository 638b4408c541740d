"""CSL-JSON: one item per quote, with its locator."""

import json
from typing import Any

from normqa.citations.export import Entry, Export
from normqa.citations.reference import Author


def csl_json(export: Export) -> str:
    """Return the items as a JSON array."""
    items = {entry.key: csl_item(entry) for entry in export.entries()}
    return json.dumps(list(items.values()), ensure_ascii=False, indent=2) + "\n"


def csl_item(entry: Entry) -> dict[str, Any]:
    """Return a quote as an item. ``custom`` has what identifies the quote, and the quote itself."""
    reference, quote = entry.reference, entry.quote
    label, locator = reference.locator or (None, None)
    issued = {"date-parts": [list(reference.issued)]} if reference.issued else None
    if issued is None and reference.stated_date:
        issued = {"literal": reference.stated_date}  # type: ignore[dict-item]
    item = {
        "id": entry.key,
        "type": "webpage" if reference.url else "document",
        "title": reference.title,
        "author": list(map(_name, reference.authors)),
        "issued": issued,
        "container-title": reference.source,
        "publisher": reference.publisher,
        "URL": reference.url,
        "language": reference.language,
        "locator": locator,
        "label": label,
        "note": entry.note,
        "custom": {
            "quote": quote.text,
            "start": quote.span.start,
            "end": quote.span.end,
            "sha256": quote.sha256,
        },
    }
    return {name: value for name, value in item.items() if value}


def _name(author: Author) -> dict[str, str]:
    if author.given:
        return {"family": author.family, "given": author.given}
    return {"literal": author.family}
