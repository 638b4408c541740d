"""Responses that every route shares: JSON and errors."""

from collections.abc import Container
from typing import Any, get_args

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from normqa import errors
from normqa.schema.body import Body
from normqa.schema.errors import ErrorBody, invalid_request
from normqa.serve.errors import (
    AccessDenied,
    AnswerNotLogged,
    ForeignClient,
    ForeignOrigin,
    KeyRequired,
    KeysUnusable,
    MetricsTokenRequired,
    Overloaded,
    QuestionLogUnusable,
    QuoteChanged,
    RateLimited,
    TooManyAttempts,
    Unauthorised,
    UnknownKey,
)
from normqa.serve.redact import redact
from normqa.settings import Settings

_STATUS: dict[type[errors.NormqaError], int] = {
    errors.InvalidRequest: 422,
    Unauthorised: 401,
    ForeignOrigin: 403,
    KeyRequired: 401,
    UnknownKey: 401,
    AccessDenied: 403,
    KeysUnusable: 503,
    RateLimited: 429,
    ForeignClient: 403,
    TooManyAttempts: 429,
    QuoteChanged: 409,
    AnswerNotLogged: 404,
    QuestionLogUnusable: 503,
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
    errors.ExtraMissing: 501,
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


def public_error_body(error: errors.NormqaError, settings: Settings) -> ErrorBody:
    """Return an error as JSON, without paths on this machine."""
    body = api_error_body(error)
    return body.model_copy(update={"message": redact(body.message, settings)})


def http_error_body(error: HTTPException, max_body_bytes: int) -> ErrorBody:
    """Return an error that the framework raised as JSON."""
    if error.status_code == 413:  # noqa: PLR2004
        message = f"The request body has more than {max_body_bytes:,} bytes."
        return ErrorBody(code="too_large", message=message, hint="Send a shorter body.")
    other = ErrorBody(code="http", message=str(error.detail), hint="See /openapi.json.")
    return _HTTP_ERRORS.get(error.status_code, other)


def invalid_body(request: Request, error: RequestValidationError) -> errors.InvalidRequest:
    """Return the validation errors of a body or a query as an error of this program."""
    route = request.scope["route"]
    if route.body_field is None:
        [parameter] = route.dependant.query_params
        names = _names(parameter.field_info.annotation)
        return invalid_request(_located(error), f"The parameters are {names}. /openapi.json describes them.")
    models = {model.__name__: model for model in models_of(route.body_field.field_info.annotation)}
    # In a union, the location begins with the name of the model that was chosen.
    chosen = next((models[part] for part in error.errors()[0]["loc"] if part in models), None)
    names = _names(chosen or next(iter(models.values())))
    hint = f"Send a JSON object in UTF-8 with these fields: {names}. /openapi.json describes them."
    return invalid_request(_located(error, models), hint)


def models_of(annotation: Any) -> list[type[BaseModel]]:  # noqa: ANN401 - a class or a union of annotated classes
    """Return the models of a body: one, or those of a union."""
    kinds = [get_args(kind)[0] for kind in get_args(annotation)]
    return kinds or [annotation]


def _located(error: RequestValidationError, models: Container[str] = ()) -> list[dict[str, Any]]:
    """Return validation errors with the paths of their fields only."""
    return [
        {**fault, "loc": [part for part in fault["loc"][1:] if part not in models]}
        for fault in error.errors()
    ]


def _names(model: type[BaseModel]) -> str:
    return ", ".join(field.alias or name for name, field in model.model_fields.items())


def json_reply(
    body: Body,
    status: int = 200,
    headers: dict[str, str] | None = None,
    root: str = "",
    base_url: str | None = None,
) -> Response:
    """Return a JSON response.

    Args:
        body: The body.
        status: HTTP status.
        headers: More headers.
        root: Path prefix of the server, for addresses in the body.
        base_url: Address that readers reach the server at, for absolute addresses in the body.
    """
    return Response(body.to_json(root, base_url), status, headers, "application/json")


def error_reply(status: int, error: ErrorBody) -> Response:
    """Return an error as a JSON response."""
    return json_reply(error, status, {"Cache-Control": "no-store"})
