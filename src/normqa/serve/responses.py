"""Replies that every route shares: JSON bodies, errors, and which of JSON and HTML a client wants."""

from fastapi import Request
from fastapi.responses import Response

from normqa import errors
from normqa.schema.documents import Body, ErrorBody

_STATUS: dict[type[errors.NormqaError], int] = {
    errors.InvalidRequest: 422,
    errors.Unauthorised: 401,
    errors.ForeignOrigin: 403,
    errors.UnknownDocument: 404,
    errors.CorpusError: 409,
    errors.IndexBusy: 409,
    errors.UnknownGeneration: 404,
    errors.IndexFault: 503,
    errors.ModelUnavailable: 503,
    errors.Misquote: 503,
}


def status_of(error: errors.NormqaError) -> int:
    """The status of the reply that tells an error."""
    return next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 500)


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
