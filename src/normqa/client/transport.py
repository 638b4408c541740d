"""HTTP requests with JSON, and the errors of a server as the errors of this program."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from normqa import errors

_MAX_MESSAGE = 200


class ServerUnavailable(errors.NormqaError):
    """The server cannot be reached, or does not respond as normqa does."""

    code = "server_unavailable"


class ServerError(errors.NormqaError):
    """An error that the server reported and this version does not know. Its ``code`` is the server's."""


class _NoRedirects(HTTPRedirectHandler):
    """Follows no redirect, which could send the token to another host."""

    def redirect_request(self, *arguments: Any, **more: Any) -> None:  # noqa: ANN401, ARG002 - as urllib calls it
        return None


class Transport:
    """Sends requests to one server.

    Args:
        url: Address of the server, with its path prefix.
        token: Token or key to send with each request.
        timeout: Seconds to wait for a reply.
    """

    def __init__(self, url: str, token: str | None, timeout: float) -> None:
        if not url.startswith(("http://", "https://")):
            raise errors.InvalidRequest(
                f"{url!r} is not the address of a server.", "Give an address such as http://127.0.0.1:8000."
            )
        self._url = url.rstrip("/")
        self._token = token
        self._timeout = timeout
        self._opener = build_opener(_NoRedirects)

    def get(self, path: str) -> bytes:
        """Return the body of a reply."""
        return self._send(path, None)

    def post(self, path: str, body: Mapping[str, object]) -> bytes:
        """Send JSON and return the body of the reply."""
        return self._send(path, json.dumps(body).encode())

    def _send(self, path: str, body: bytes | None) -> bytes:
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        request = Request(f"{self._url}{path}", body, headers)  # noqa: S310 - the scheme is checked
        try:
            with self._opener.open(request, timeout=self._timeout) as reply:
                content: bytes = reply.read()
                return content
        except HTTPError as failed:
            raise _error_of(failed.read(), failed.code) from None
        except (URLError, OSError, ValueError) as failed:
            reason = failed.reason if isinstance(failed, URLError) else failed
            raise ServerUnavailable(
                f"{self._url} does not respond: {reason}.", "Check the address, and that the server runs."
            ) from None


def _error_of(body: bytes, status: int) -> errors.NormqaError:
    """Return the error that a reply reports."""
    try:
        reported = json.loads(body)
        code, message, hint = (str(reported[name]) for name in ("code", "message", "hint"))
        faults = tuple((str(fault["field"]), str(fault["message"])) for fault in reported.get("errors", ()))
    except (ValueError, TypeError, KeyError, AttributeError):
        text = body.decode(errors="replace")[:_MAX_MESSAGE]
        return ServerUnavailable(
            f"The server responded with status {status}: {text}", "Check that the address is that of normqa."
        )
    if code == errors.InvalidRequest.code:
        return errors.InvalidRequest(message, hint, faults)
    kind = next((kind for kind in _kinds(errors.NormqaError) if kind.code == code), ServerError)
    error = kind.__new__(kind, message)
    errors.NormqaError.__init__(error, message, hint)
    if kind is ServerError:
        error.code = code  # type: ignore[misc]
    return error


def _kinds(kind: type[errors.NormqaError]) -> Iterator[type[errors.NormqaError]]:
    for child in kind.__subclasses__():
        yield child
        yield from _kinds(child)
