"""Errors in the format of OpenAI's API."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from normqa.errors import InvalidRequest, NormqaError
from normqa.schema.errors import ErrorBody, invalid_request
from normqa.serve.observe.observer import note_failure
from normqa.serve.openai.replies import OpenAiErrorBody, OpenAiErrorDetail
from normqa.serve.openai.requests import MAX_CHAT_BYTES, MODEL
from normqa.serve.redact import redact
from normqa.serve.request.json_body import JsonRoute
from normqa.serve.responses import headers_of, http_error_body, json_reply, status_of
from normqa.settings import Settings

_BAD_REQUEST = 400
_NOT_FOUND = 404
_SERVER_ERROR = 500


class UnknownModel(NormqaError):
    """A chat completion from a model that does not exist."""

    code = "model_not_found"

    def __init__(self, model: str) -> None:
        super().__init__(f"The model {model!r} does not exist.", f"Use {MODEL!r}, the only model.")


def openai_route(settings: Settings) -> type[JsonRoute]:
    """Return a class of routes that report errors in the format of OpenAI's API.

    Args:
        settings: Tell which paths to leave out of messages.
    """

    class OpenAiRoute(JsonRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def handle_errors(request: Request) -> Response:
                try:
                    return await handle(request)
                except NormqaError as error:
                    note_failure(request, error.code)
                    reply = openai_error(ErrorBody.of(error), _status_of(error), settings)
                    reply.headers.update(headers_of(error))
                    return reply
                except RequestValidationError as error:
                    note_failure(request, InvalidRequest.code)
                    return _invalid(error, settings)
                except HTTPException as error:
                    body = http_error_body(error, MAX_CHAT_BYTES)
                    return openai_error(body, error.status_code, settings)

            return handle_errors

    return OpenAiRoute


def openai_error(body: ErrorBody, status: int, settings: Settings, param: str | None = None) -> Response:
    """Return an error as a response in the format of OpenAI's API.

    Args:
        body: The error.
        status: HTTP status.
        settings: Tell which paths to leave out of messages.
        param: The parameter at fault.
    """
    detail = OpenAiErrorDetail(
        message=f"{redact(body.message, settings)} {body.hint}".strip(),
        type="server_error" if status >= _SERVER_ERROR else "invalid_request_error",
        param=param,
        code=body.code,
    )
    return json_reply(OpenAiErrorBody(error=detail), status, {"Cache-Control": "no-store"})


def _status_of(error: NormqaError) -> int:
    if isinstance(error, UnknownModel):
        return _NOT_FOUND
    return _BAD_REQUEST if isinstance(error, InvalidRequest) else status_of(error)


def _invalid(error: RequestValidationError, settings: Settings) -> Response:
    found = [{**fault, "loc": fault["loc"][1:]} for fault in error.errors()]
    body = ErrorBody.of(invalid_request(found, "/openapi.json describes the parameters."))
    return openai_error(body, _BAD_REQUEST, settings, ".".join(map(str, found[0]["loc"])) or None)
