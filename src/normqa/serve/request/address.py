"""Absolute addresses of this server, for replies that are read elsewhere."""

import re

from fastapi import Request

from normqa.serve.middleware.proxy import root_of
from normqa.settings import Settings

_HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")


def absolute_root(request: Request, settings: Settings) -> str:
    """Return the address of the server with its path prefix, without a final slash.

    It is the setting ``public_url``, or else what the request was sent to. Only the path prefix is returned
    if the Host header is missing or malformed.
    """
    if settings.public_url:
        return settings.public_url
    host = request.headers.get("Host", "")
    server = f"{request.url.scheme}://{host}" if _HOST.fullmatch(host) else ""
    return server + root_of(request)
