"""Replies that every route shares: JSON bodies, errors, and which of JSON and HTML a client wants."""

from fastapi import Request
from fastapi.responses import Response

from normqa.serve.bodies import Body, ErrorBody


def json_reply(body: Body, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A body as JSON."""
    return Response(body.to_json(), status, headers, "application/json")


def error_reply(status: int, error: ErrorBody) -> Response:
    """An error as JSON."""
    return json_reply(error, status, {"Cache-Control": "no-store"})


def wants_html(request: Request) -> bool:
    """Whether the client asks for a page: it names HTML, and not JSON before it."""
    offered = [
        part.partition(";")[0].strip().lower() for part in request.headers.get("accept", "").split(",")
    ]
    return next((kind for kind in offered if kind in {"text/html", "application/json"}), None) == "text/html"
