"""Errors of pymilvus and gRPC as errors of normqa, with a way out."""

import re
from collections.abc import Callable

from normqa.errors import IndexBusy, IndexCorrupt, IndexFault, IndexNotWritable, IndexUnavailable
from normqa.index.checksums import REBUILD
from normqa.index.milvus.address import MilvusAddress

_LONGEST = 300
"""Characters of a reason in a message."""


class NotFound(IndexUnavailable):
    """Milvus has no such collection or alias."""


class NotLoaded(IndexUnavailable):
    """Milvus has the collection on disk only, as after a restart."""


_Make = Callable[[MilvusAddress, str], IndexFault]

_RULES: list[tuple[str, _Make]] = [
    (
        r": database not found",
        lambda place, _: IndexUnavailable(
            f"The database of {place} does not exist.", "Create it in Milvus, or correct the setting index."
        ),
    ),
    (
        r"quota|exhausted|no space left|out of memory|disk (is )?full",
        lambda place, reason: IndexNotWritable(
            f"Milvus at {place} cannot take more ({reason}).",
            "Give it more memory or disk, or keep fewer generations.",
        ),
    ),
    (
        r"^(100|102): |not found|not exist",
        lambda place, reason: NotFound(f"Milvus at {place} has lost something ({reason}).", REBUILD),
    ),
    (
        r"^(101|103): |is in state 'released'|not loaded",
        lambda place, reason: NotLoaded(
            f"Milvus at {place} has not loaded something ({reason}).", "Ask again."
        ),
    ),
    (
        r"open local milvus failed",
        lambda place, _: IndexBusy(
            f"The Milvus Lite file {place} cannot be opened. Another process may be using it.",
            "Stop that process, or use a Milvus server, which several processes can share.",
        ),
    ),
    (
        r"unauthenticated|auth check fail|permission.denied|privilege",
        lambda place, reason: IndexUnavailable(
            f"The Milvus server at {place} refuses access ({reason}).",
            "Check the settings milvus_user and milvus_password, or milvus_token.",
        ),
    ),
    (
        r"",
        lambda place, reason: IndexUnavailable(
            f"Milvus at {place} does not respond correctly ({reason}).",
            "Check that it runs and that the setting index is right. It is tried again.",
        ),
    ),
]
"""The first pattern that matches code and reason, such as "100: can't find collection", applies."""


def translated(error: Exception, place: MilvusAddress) -> IndexFault:
    """Return the error to raise for an error of pymilvus or gRPC."""
    code = getattr(error, "code", None)
    code = code() if callable(code) else code
    lines = str(getattr(error, "message", "") or error).strip().splitlines() or [type(error).__name__]
    reason = lines[0][:_LONGEST]
    make = next(make for pattern, make in _RULES if re.search(pattern, f"{code}: {reason}", re.IGNORECASE))
    return make(place, reason)


def lost(name: str, reason: object) -> IndexCorrupt:
    """Return the error for a generation of which Milvus has lost something."""
    return IndexCorrupt(f"Generation {name} in Milvus is incomplete ({reason}).", REBUILD)
