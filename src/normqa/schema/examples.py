"""Examples in the description of the API: a quote from the strategy text, and the bodies around it."""

from typing import Any

SPAN = {"start": 1602, "end": 1943}

SOURCE: dict[str, Any] = {
    "id": "strategies",
    "title": "What are the main strategies for building international norms on cybersecurity?",
    "source": "Cybersecurity And International Relations Questions",
    "url": None,
    "date": None,
}

QUOTE: dict[str, Any] = {
    "text": "6. Confidence-building measures: …",
    "document": SOURCE | {"references": [], "authors": [], "publisher": None, "language": "en"},
    "section": [],
    "page": None,
    "page_label": None,
    "recognised": False,
    **SPAN,
    "answer": SPAN,
    "other_answers": [],
    "confidence": None,
    "sha256": "09107895b0d65aef9dd067728b9029a8cfa2711bca5da5fe0b9fb358cdfe9786",
    "prefix": "conducting research, and engaging in public diplomacy efforts.\n\n",
    "suffix": "\n\n7. Cybersecurity capacity at the regional level: Encouraging r",
    "context": [],
    "href": "/documents/strategies?start=1602&end=1943",
    "url": "http://127.0.0.1:8000/documents/strategies?start=1602&end=1943",
    "citation": "What are the main strategies for building international norms on cybersecurity?"
    " Cybersecurity And International Relations Questions.",
}

INDEX: dict[str, Any] = {
    "generation": "000042-20260101T120000.000000Z",
    "built_at": "2026-01-01T12:00:00+00:00",
    "rolled_back": False,
    "warning": None,
}

DOCUMENT: dict[str, Any] = {
    **SOURCE,
    "authors": [],
    "publisher": None,
    "language": "en",
    "topics": [],
    "questions": [],
    "sha256": QUOTE["sha256"],
    "characters": 2466,
    "href": "/documents/strategies",
    "text_href": "/documents/strategies/text",
    "original_href": "/documents/strategies/original",
}

ENTRY: dict[str, Any] = {
    "date": "2015-07-22",
    "origin": "text",
    "place": {"start": 1602, "end": 1614},
    "quote": QUOTE,
}

CELL: dict[str, Any] = {
    "folder": "treaties",
    "year": "2015",
    "documents": 1,
    "href": "/documents?documents=treaties%2Fgge-2015",
}

MATCH: dict[str, Any] = {
    "document": "strategies",
    "start": 1876,
    "end": 1901,
    "quote": QUOTE,
    "diff": [],
}
