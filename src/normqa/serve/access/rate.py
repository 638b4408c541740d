"""A limit for what one client may ask: a token bucket for each key, user or address."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Request

from normqa.serve.access.identity import limited_name
from normqa.serve.errors import RateLimited

MAX_CLIENTS = 10_000
"""Clients to remember. The one that asked least recently is forgotten first."""


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: float


class RateLimit:
    """Limits searches and sign-ins of each client, in one process.

    Args:
        per_minute: Tokens that a bucket gains in a minute.
        burst: Tokens that a bucket holds.
        clock: Returns seconds.
    """

    def __init__(self, per_minute: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_minute / 60
        self._burst = burst
        self._clock = clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def charge(self, request: Request) -> None:
        """Take a token from the bucket of a client.

        Raises:
            RateLimited: If it is empty.
        """
        self.take(limited_name(request))

    def take(self, client: str) -> None:
        """Take a token from the bucket of a client, by name; see :meth:`charge`."""
        now = self._clock()
        bucket = self._buckets.setdefault(client, _Bucket(self._burst, now))
        self._buckets.move_to_end(client)
        if len(self._buckets) > MAX_CLIENTS:
            self._buckets.popitem(last=False)
        gained = (now - bucket.filled_at) * self._per_second
        bucket.tokens, bucket.filled_at = min(self._burst, bucket.tokens + gained), now
        if bucket.tokens < 1:
            raise RateLimited(math.ceil((1 - bucket.tokens) / self._per_second))
        bucket.tokens -= 1


def rate_limit(per_minute: int | None, burst: int) -> Callable[[Request], None]:
    """Return what takes a token for a request; without a limit, it does nothing."""
    return RateLimit(per_minute, burst).charge if per_minute else lambda _: None
