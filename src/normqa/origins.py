"""Origins of web pages: scheme, host and port, as browsers send them."""

import re
from ipaddress import ip_address
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

ANY = "*"
"""In place of an origin: every page."""

_ORIGIN = re.compile(r"(https?)://(\[[0-9a-f:.]+\]|[\w-]+(?:\.[\w-]+)*)(?::([0-9]{1,5}))?", re.IGNORECASE)
_DEFAULT_PORT = {"http": 80, "https": 443}
_MAX_PORT = 65_535


def read_origin(text: str) -> str:
    """Return an origin in the form that browsers compare: lower case, IDNA, no default port.

    Raises:
        PydanticCustomError: If the text is no origin.
    """
    if text == ANY:
        return text
    found = _ORIGIN.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        scheme, host = found[1].lower(), _host(found[2])
        port = int(found[3] or _DEFAULT_PORT[scheme])
        if not 0 < port <= _MAX_PORT:
            raise ValueError
    except ValueError:
        raise _not_an_origin(text) from None
    return f"{scheme}://{host}" + (f":{port}" if port != _DEFAULT_PORT[scheme] else "")


Origin = Annotated[str, AfterValidator(read_origin)]
"""An origin, or ``*``."""


def _host(name: str) -> str:
    if name.startswith("["):
        return f"[{ip_address(name[1:-1])}]"
    return name.lower().encode("idna").decode()


def _not_an_origin(text: str) -> PydanticCustomError:
    return PydanticCustomError(
        "origin",
        "{given} is not the origin of a web page, which has a scheme, a host and perhaps a port,"
        " but no path and no wildcard: https://example.org or http://localhost:3000",
        {"given": repr(text)},
    )
