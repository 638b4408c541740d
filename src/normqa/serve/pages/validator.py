"""The ETag of the first page and of answers: the same for the same question, generation and settings."""

import hashlib

from fastapi import Request
from fastapi.responses import Response

from normqa import __version__
from normqa.serve.assets.assets import knows
from normqa.serve.middleware.proxy import root_of
from normqa.settings import Settings
from normqa.snapshot import Snapshot

CACHING = {"Cache-Control": "private, no-cache", "Vary": "Accept"}
"""Browsers keep a page, and ask each time whether it is still the same."""


def etag_of(request: Request, snapshot: Snapshot, settings: Settings, assets: str) -> str | None:
    """Return the ETag of the first page, or of an answer; None without an index.

    Args:
        request: The request, whose query contains the conversation.
        snapshot: The snapshot that the page comes from, with the documents that the reader may see.
        settings: Defaults for questions.
        assets: Version of the static files.
    """
    generation, models = snapshot.generation, snapshot.models
    if generation is None:
        return None
    decisive = (
        __version__,
        assets,
        root_of(request),
        request.url.query,
        generation.name,
        sorted(generation.store.only) if generation.store.only is not None else None,
        snapshot.rolled_back,
        snapshot.warning,
        settings.top_k,
        settings.min_confidence,
        settings.question_log,
        models.reranker.fingerprint if models.reranker else None,
        models.calibration,
    )
    return f'W/"{hashlib.sha256(repr(decisive).encode()).hexdigest()[:24]}"'


def unchanged(request: Request, etag: str | None) -> Response | None:
    """Return the reply to a browser that has the page already; None if it needs it."""
    if etag is None or not knows(request, etag):
        return None
    return Response(status_code=304, headers={"ETag": etag, **CACHING})
