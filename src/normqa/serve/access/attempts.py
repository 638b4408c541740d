"""A limit for wrong tokens from one address."""

import math
from collections import OrderedDict, deque
from ipaddress import IPv6Address, ip_address

from fastapi import Request

from normqa.serve.errors import TooManyAttempts

MAX_FAILURES = 10
"""Wrong tokens that one address may send in :data:`WINDOW_SECONDS`."""

WINDOW_SECONDS = 300
MAX_ADDRESSES = 10_000
"""Addresses to remember. The one that failed least recently is forgotten first."""

_IPV6_HOST_BITS = 64
_MAX_ADDRESS = 64
"""A proxy may pass on what a client sent instead of an address."""


class FailedAttempts:
    """Counts wrong tokens by address, in one process."""

    def __init__(self) -> None:
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()

    def check(self, address: str, now: float) -> None:
        """Reject an address that has sent too many wrong tokens, even if the next one is right.

        Raises:
            TooManyAttempts: Until the oldest of the counted failures is out of the window.
        """
        times = self._failures.get(address, deque())
        if len(times) == MAX_FAILURES and now - times[0] < WINDOW_SECONDS:
            raise TooManyAttempts(math.ceil(WINDOW_SECONDS - (now - times[0])))

    def add(self, address: str, now: float) -> None:
        """Count a wrong token."""
        self._failures.setdefault(address, deque(maxlen=MAX_FAILURES)).append(now)
        self._failures.move_to_end(address)
        if len(self._failures) > MAX_ADDRESSES:
            self._failures.popitem(last=False)


def address_of(request: Request) -> str:
    """Return the address of the client, as a trusted proxy reports it if there is one."""
    return request.client.host[:_MAX_ADDRESS] if request.client else "unknown"


def limited_address(address: str) -> str:
    """Return the address to count failures by: one IPv6 client usually has 2**64 addresses."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped or IPv6Address(int(parsed) >> _IPV6_HOST_BITS << _IPV6_HOST_BITS))
    return address
