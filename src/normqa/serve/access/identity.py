"""Who sent a request."""

from dataclasses import dataclass
from typing import Literal

from fastapi import Request
from starlette.types import Scope as AsgiScope

from normqa.serve.access.attempts import address_of, limited_address

Scope = Literal["ask", "verify", "read", "admin"]
READER: frozenset[Scope] = frozenset({"ask", "verify", "read"})
"""What everybody may do unless a key is required."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who sent a request, and what that allows.

    Attributes:
        name: Distinguishes keys and users for limits; None for anybody.
        scopes: What the sender may do.
        groups: Groups of the sender, which the audience of a document names.
    """

    name: str | None = None
    scopes: frozenset[Scope] = READER
    groups: frozenset[str] = frozenset()


ANYBODY = Identity()


def identity_of(request: Request) -> Identity:
    """Return who sent a request."""
    identity: Identity = request.scope.get("state", {}).get("identity", ANYBODY)
    return identity


def set_identity(scope: AsgiScope, identity: Identity) -> None:
    """Note who sent a request."""
    scope.setdefault("state", {})["identity"] = identity


def limited_name(request: Request) -> str:
    """Return what limits count by: the key, the user or else the address."""
    return identity_of(request).name or f"address {limited_address(address_of(request))}"
