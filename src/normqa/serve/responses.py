"""Responses that every route shares: JSON, errors, and the choice between JSON and a page."""

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from normqa import errors
from normqa.schema.body import Body
from normqa.schema.errors import ErrorBody, invalid_request
from normqa.serve.errors import (
    AccessDenied,
    ForeignOrigin,
    KeyRequired,
    KeysUnusable,
    MetricsTokenRequired,
    Overloaded,
    RateLimited,
    TooManyAttempts,
    Unauthorised,
    UnknownKey,
)

_STATUS: dict[type[errors.NormqaError], int] = {
    errors.InvalidRequest: 422,
    Unauthorised: 401,
    ForeignOrigin: 403,
    KeyRequired: 401,
    UnknownKey: 401,
    AccessDenied: 403,
    KeysUnusable: 503,
    RateLimited: 429,
    TooManyAttempts: 429,
    Overloaded: 503,
    errors.DeadlineExceeded: 503,
    errors.Abandoned: 400,  # nobody reads it
    errors.UnknownDocument: 404,
    errors.CorpusError: 409,
    errors.IndexBusy: 409,
    errors.UnknownGeneration: 404,
    errors.UnknownPage: 404,
    errors.OriginalChanged: 409,
    errors.PageNotDrawn: 503,
    errors.IndexFault: 503,
    errors.ModelUnavailable: 503,
    errors.Misquote: 503,
}

RETRY_SECONDS = 5
"""Seconds after which a client may try again when the server is overloaded."""

_HEADERS: dict[type[errors.NormqaError], dict[str, str]] = {
    Unauthorised: {"WWW-Authenticate": "Bearer"},
    MetricsTokenRequired: {"WWW-Authenticate": "Bearer"},
    KeyRequired: {"WWW-Authenticate": "Bearer"},
    UnknownKey: {"WWW-Authenticate": 'Bearer error="invalid_token"'},
    Overloaded: {"Retry-After": str(RETRY_SECONDS)},
    errors.DeadlineExceeded: {"Retry-After": str(RETRY_SECONDS)},
}

_HTTP_ERRORS = {
    404: ErrorBody(code="unknown_path", message="There is nothing at this address.", hint="Start at /."),
    405: ErrorBody(
        code="unknown_method",
        message="This address does not support the request method.",
        hint="See /openapi.json.",
    ),
}

INTERNAL_ERROR = ErrorBody(
    code="internal", message="normqa failed to process this request.", hint="Please report it."
)


def status_of(error: errors.NormqaError) -> int:
    """Return the HTTP status for an error."""
    return next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 500)


def headers_of(error: errors.NormqaError) -> dict[str, str]:
    """Return the headers that an error adds to its response."""
    if isinstance(error, TooManyAttempts | RateLimited):
        return {"Retry-After": str(error.seconds)}
    return _HEADERS.get(type(error), {})


def api_error_body(error: errors.NormqaError) -> ErrorBody:
    """Return an error as JSON, with hints for clients of the API."""
    body = ErrorBody.of(error)
    if isinstance(error, errors.UnknownDocument):
        return body.model_copy(update={"hint": "GET /documents lists every document."})
    return body


def http_error_body(error: HTTPException, max_body_bytes: int) -> ErrorBody:
    """Return an error that the framework raised as JSON."""
    if error.status_code == 413:  # noqa: PLR2004
        message = f"The request body has more than {max_body_bytes:,} bytes."
        return ErrorBody(code="too_large", message=message, hint="Send a shorter body.")
    other = ErrorBody(code="http", message=str(error.detail), hint="See /openapi.json.")
    return _HTTP_ERRORS.get(error.status_code, other)


def invalid_body(request: Request, error: RequestValidationError) -> errors.InvalidRequest:
    """Return a validation error of a request body as an error of this program."""
    found = [{**fault, "loc": fault["loc"][1:]} for fault in error.errors()]
    model = request.scope["route"].body_field.field_info.annotation
    fields = ", ".join(model.model_fields)
    hint = f"Send a JSON object in UTF-8 with these fields: {fields}. /openapi.json describes them."
    return invalid_request(found, hint)


def json_reply(
    body: Body, status: int = 200, headers: dict[str, str] | None = None, root: str = ""
) -> Response:
    """Return a JSON response.

    Args:
        body: The body.
        status: HTTP status.
        headers: More headers.
        root: Path prefix of the server, for addresses in the body.
    """
    return Response(body.to_json(root), status, headers, "application/json")


def error_reply(status: int, error: ErrorBody) -> Response:
    """Return an error as a JSON response."""
    return json_reply(error, status, {"Cache-Control": "no-store"})
