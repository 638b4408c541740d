"""Connections: how many are open, and how long a client may take to send a request or read a response.

uvicorn limits only the time between two requests. Without the other limits, silent connections use up the
files that the process may open.
"""

import asyncio
import resource
import sys
from typing import ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

MAX_CONNECTIONS = 1000
"""Maximum open connections per process, if it may open enough files."""

BACKLOG = 128
"""Maximum connections that wait to be accepted, if the process may open enough files."""

REQUEST_SECONDS = 10.0
"""Maximum time to send a request, headers and body."""

STALLED_SECONDS = 15.0
"""Maximum time in which a client reads nothing of a response."""

ARRIVAL_SECONDS = 0.5
"""At shutdown, requests that arrive within this time are still answered."""


def max_connections() -> int:
    """Return how many connections may be open: at most half of the files that may be."""
    return min(MAX_CONNECTIONS, _max_files() // 2)


def backlog() -> int:
    """Return how many connections may wait to be accepted.

    asyncio accepts them all before it closes one, so that they need files beside the open connections.
    """
    return min(BACKLOG, _max_files() // 8)


def _max_files() -> int:
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return sys.maxsize if files == resource.RLIM_INFINITY else files


class LimitedConnection(H11Protocol):
    """An HTTP connection of uvicorn with limits.

    If there are too many connections, a new one replaces the oldest one that has sent no complete request. If
    all have, the new one is closed.
    """

    most: ClassVar[int] = max_connections()
    request_seconds: ClassVar[float] = REQUEST_SECONDS
    stalled_seconds: ClassVar[float] = STALLED_SECONDS

    _opened = 0.0
    _request_timer: asyncio.TimerHandle | None = None
    _response_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Accept the connection, or close it."""
        if len(self.connections) >= self.most and not self._close_oldest():
            self.transport = transport
            transport.abort()
            return
        super().connection_made(transport)
        self._opened = self.loop.time()
        self._limit_request()
        self._limit_response()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timers."""
        super().connection_lost(exc)
        for timer in (self._request_timer, self._response_timer):
            if timer:
                timer.cancel()

    def data_received(self, data: bytes) -> None:
        """Read a part of a request."""
        super().data_received(data)
        self._limit_request()

    def shutdown(self) -> None:
        """Close the connection as soon as no request is arriving or being answered."""
        self.loop.call_later(ARRIVAL_SECONDS if self._is_idle else 0.0, self._shut_down)

    @property
    def is_waiting(self) -> bool:
        """Whether the client has yet to send a request or the rest of one."""
        return self.conn.their_state in {h11.IDLE, h11.SEND_BODY}

    @property
    def _is_idle(self) -> bool:
        return self.conn.their_state is h11.IDLE

    def _shut_down(self) -> None:
        if self._is_idle:
            self.transport.abort()
        else:
            super().shutdown()

    def _close_oldest(self) -> bool:
        """Close the oldest connection that waits for a request, and return whether there was one."""
        waiting = [other for other in self.connections if isinstance(other, LimitedConnection)]
        oldest = min(
            (other for other in waiting if other.is_waiting), key=lambda other: other._opened, default=None
        )
        if oldest is None:
            return False
        self.connections.discard(oldest)
        oldest.transport.abort()
        return True

    def _limit_request(self) -> None:
        """Start the timer at the beginning of a request, and stop it at its end."""
        if not self.is_waiting:
            if self._request_timer:
                self._request_timer.cancel()
            self._request_timer = None
        elif self._request_timer is None:
            self._request_timer = self.loop.call_later(self.request_seconds, self.transport.abort)

    def _limit_response(self, unread: int = 0) -> None:
        """Close the connection if the client has read nothing since the last look."""
        left = self.transport.get_write_buffer_size()
        if left and left == unread:
            self.transport.abort()
        else:
            self._response_timer = self.loop.call_later(self.stalled_seconds, self._limit_response, left)
