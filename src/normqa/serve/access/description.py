"""API keys in the OpenAPI description: which scope each address needs, and what is said without it."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI

from normqa.serve.access.control import scopes_for
from normqa.settings import Settings

SCHEME = "apiKey"
"""Name of the security scheme."""

_KEY = {
    "type": "http",
    "scheme": "bearer",
    "description": "An API key, which the administrator issues, with the scopes that the address needs.",
}
_REJECTED = {
    "401": "The server requires an API key, or the key is unknown.",
    "403": "The API key does not have the scope that this address needs.",
}
_KEYS_UNUSABLE = {"503": "The file of the API keys cannot be read."}


def describe_access(app: FastAPI, settings: Settings) -> None:
    """Let the description of an application say which keys its addresses need.

    Args:
        app: The application.
        settings: Whether there are keys, and whether one is required.
    """
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            _add(generate(), settings)
        return generate()

    app.openapi = openapi  # type: ignore[method-assign]  # as FastAPI documents it


def _add(schema: dict[str, Any], settings: Settings) -> None:
    """Add the scheme, and to every operation what it needs and how it rejects.

    Every scope is a role of the scheme, as OpenAPI 3.1 allows.
    """
    if settings.keys:
        schema.setdefault("components", {}).setdefault("securitySchemes", {})[SCHEME] = _KEY
    for path, operations in schema["paths"].items():
        for operation in operations.values():
            if scopes := sorted(scopes_for(path)):
                _describe(operation, scopes, settings)


def _describe(operation: dict[str, Any], scopes: Sequence[str], settings: Settings) -> None:
    if settings.keys:
        without: list[dict[str, Any]] = [] if settings.require_key else [{}]
        others = operation.get("security") or without
        operation["security"] = [*others, {SCHEME: scopes}]
    replies = operation["responses"]
    for status, description in (_REJECTED | _KEYS_UNUSABLE).items():
        known = replies.get(status) or replies.get("default")
        content = known["content"] if known else _ERROR
        replies.setdefault(status, {"description": description, "content": content})


_ERROR = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorBody"}}}
