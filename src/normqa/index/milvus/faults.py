"""Errors of pymilvus and gRPC as errors of normqa, with a way out."""

import re
from collections.abc import Callable

from normqa.errors import IndexBusy, IndexCorrupt, IndexFault, IndexNotWritable, IndexUnavailable
from normqa.index.checksums import REBUILD
from normqa.index.milvus.address import MilvusAddress

_LONGEST = 300
"""Characters of a reason in a message."""

_CONNECT_FAILED = 2
"""Code of pymilvus for a connection that is lost or cannot be made, whatever the reason."""

_NO_ACCESS = r"unauthenticated|auth check fail|permission.denied|privilege"
_NO_TLS = r"wrong_version_number"
_TLS = r"handshake|verification check failed"
_TLS_DETAIL = re.compile(r".*(?:OPENSSL_internal:|failed with error: )")


class NotFound(IndexUnavailable):
    """Milvus has no such collection or alias."""


class AlreadyExists(IndexUnavailable):
    """Milvus has an alias with that name."""


class NotLoaded(IndexUnavailable):
    """Milvus has the collection on disk only, as after a restart."""


_Make = Callable[[MilvusAddress, str], IndexFault]


def _away(place: MilvusAddress, reason: str) -> IndexUnavailable:
    return IndexUnavailable(
        f"Milvus at {place} does not respond correctly ({reason}).",
        "Check that it runs and that the setting index is right, with milvus+https:// if it uses TLS. It is"
        " tried again.",
    )


_RULES: list[tuple[str, _Make]] = [
    (
        _NO_TLS,
        lambda place, _: IndexUnavailable(
            f"The server at {place} does not use TLS.", "Write milvus+http:// in the setting index."
        ),
    ),
    (
        _TLS,
        lambda place, reason: IndexUnavailable(
            f"The certificate of the Milvus server at {place} is not trusted"
            f" ({_TLS_DETAIL.sub('', reason)}).",
            "Set milvus_certificate to the file of its certificate authority, and use a name of the server"
            " that its certificate contains.",
        ),
    ),
    (
        _NO_ACCESS,
        lambda place, reason: IndexUnavailable(
            f"The Milvus server at {place} refuses access ({reason}).",
            "Check the settings milvus_user and milvus_password, or milvus_token.",
        ),
    ),
    (r"^StatusCode.UNAVAILABLE", _away),  # such as a host name that is not found
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
        r"already exist",
        lambda place, reason: AlreadyExists(f"Milvus at {place} has it ({reason}).", "Choose another name."),
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
    (r"", _away),
]
"""The first pattern that matches code and reason, such as "100: can't find collection", applies."""


def translated(error: Exception, place: MilvusAddress) -> IndexFault:
    """Return the error to raise for an error of pymilvus or gRPC."""
    code, reason = _told(error)
    make = next(make for pattern, make in _RULES if re.search(pattern, f"{code}: {reason}", re.IGNORECASE))
    return make(place, reason)


def is_away(error: Exception) -> bool:
    """Whether the connection is lost and may soon be made again. A server that refuses it is not away."""
    refused = "|".join((_NO_ACCESS, _NO_TLS, _TLS))
    is_lost = getattr(error, "code", None) == _CONNECT_FAILED
    return is_lost and not re.search(refused, ": ".join(_told(error)), re.IGNORECASE)


def _told(error: BaseException) -> tuple[str, str]:
    """Return code and reason of an error: those of gRPC, which pymilvus hides if it cannot connect."""
    code, said = getattr(error, "code", None), getattr(error, "message", "")
    for cause in _causes(error):
        if hasattr(cause, "details"):
            code, said = cause.code(), cause.details()  # type: ignore[attr-defined]
            break
    lines = str(said or error).strip().splitlines() or [type(error).__name__]
    return str(code), lines[0][:_LONGEST]


def _causes(error: BaseException) -> list[BaseException]:
    """Return an error and its causes. An error that pymilvus raises again is its own cause."""
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in causes:
        causes.append(cause)
        cause = cause.__cause__
    return causes


def lost(name: str, reason: object) -> IndexCorrupt:
    """Return the error for a generation of which Milvus has lost something."""
    return IndexCorrupt(f"Generation {name} in Milvus is incomplete ({reason}).", REBUILD)
