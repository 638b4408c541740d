"""The choice between a page and JSON by the Accept header (RFC 9110, section 12.5.1)."""

import re

from fastapi import Request

HTML, JSON = "text/html", "application/json"

_QUALITY = re.compile(r"\s*q\s*=\s*(0(\.[0-9]{0,3})?|1(\.0{0,3})?)\s*", re.IGNORECASE)


def wants_html(request: Request) -> bool:
    """Return whether the Accept header names HTML and prefers it to JSON.

    Of types with the same quality, the first one wins. A type that only a wildcard names comes last.
    """
    accepted = _qualities(request.headers.get("accept", ""))
    if not accepted.get(HTML):
        return False
    json = next((accepted[kind] for kind in (JSON, "application/*", "*/*") if kind in accepted), 0.0)
    named = [kind for kind in accepted if kind in {HTML, JSON}]
    return accepted[HTML] > json or (accepted[HTML] == json and named[0] == HTML)


def _qualities(header: str) -> dict[str, float]:
    """Return the quality of every media range, in order. A missing or malformed one is 1."""
    qualities: dict[str, float] = {}
    for part in header.split(","):
        kind, *parameters = part.split(";")
        found = next(filter(None, map(_QUALITY.fullmatch, parameters)), None)
        qualities.setdefault(kind.strip().lower(), float(found[1]) if found else 1.0)
    return qualities
