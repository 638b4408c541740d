"""W3C Web Annotations (JSON-LD): one annotation per quote, with selectors of its text and position."""

import json
from typing import Any

from normqa.citations.export import Entry, Export
from normqa.schema.documents import text_href

_CONTEXT = [
    "http://www.w3.org/ns/anno.jsonld",
    {
        "sha256": "urn:normqa:sha256",
        "utf16Start": "urn:normqa:utf16Start",
        "utf16End": "urn:normqa:utf16End",
    },
]


def web_annotations(export: Export) -> str:
    """Return a page of annotations."""
    items = [_annotation(entry, export) for entry in export.entries()]
    page = {"@context": _CONTEXT, "type": "AnnotationPage", "items": items}
    return json.dumps(page, ensure_ascii=False, indent=2) + "\n"


def _annotation(entry: Entry, export: Export) -> dict[str, Any]:
    """Return the annotation of a quote.

    W3C counts ``start`` and ``end`` in code points. Tools in JavaScript count UTF-16 units, which stand
    beside them.
    """
    quote, utf16 = entry.quote, export.utf16_span(entry.quote)
    bodies = [{"type": "TextualBody", "purpose": "describing", "value": entry.answer.question}]
    return {
        "id": export.page_of(quote),
        "type": "Annotation",
        "motivation": "highlighting",
        "body": bodies if entry.answer.question else [],
        "target": {
            "type": "SpecificResource",
            "source": {
                "id": export.address(text_href(quote.citation.document_id)),
                "type": "Text",
                "format": "text/plain",
                "sha256": quote.sha256,
            },
            "selector": [
                {
                    "type": "TextQuoteSelector",
                    "exact": quote.text,
                    "prefix": quote.prefix,
                    "suffix": quote.suffix,
                },
                {
                    "type": "TextPositionSelector",
                    "start": quote.span.start,
                    "end": quote.span.end,
                    "utf16Start": utf16.start,
                    "utf16End": utf16.end,
                },
            ],
        },
    }
