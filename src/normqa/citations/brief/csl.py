"""A brief as CSL-JSON: an item per quote, with the note of the reader as ``annote``."""

import json
from typing import Any

from normqa.citations.brief.brief import NOTE_LABEL, Brief, CitedQuote, MissingQuote
from normqa.citations.csl import csl_item


def brief_csl_json(brief: Brief) -> str:
    """Return the items as a JSON array."""
    return json.dumps(list(map(_item, brief.items)), ensure_ascii=False, indent=2) + "\n"


def _item(item: CitedQuote | MissingQuote) -> dict[str, Any]:
    if isinstance(item, MissingQuote):
        found = {"id": item.key, "type": "document", "title": item.document_id, "note": item.reason}
    else:
        found = csl_item(item.entry)
    return found | ({"annote": f"{NOTE_LABEL} {item.note}"} if item.note else {})
