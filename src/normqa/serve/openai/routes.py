"""The routes of OpenAI's API: the model, and chat completions with it."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Request
from fastapi.responses import Response

from normqa.serve.openai.content import content_of
from normqa.serve.openai.errors import UnknownModel, openai_route
from normqa.serve.openai.open_webui import is_open_webui, source_event, task_reply
from normqa.serve.openai.replies import CompletionBody, ModelBody, ModelsBody, OpenAiErrorBody
from normqa.serve.openai.requests import MODEL, ChatRequest
from normqa.serve.openai.stream import stream
from normqa.serve.queued import QueuedSnapshots
from normqa.serve.request.address import absolute_root
from normqa.serve.request.json_body import FromJson
from normqa.serve.responses import json_reply
from normqa.settings import Settings

PATH = "/v1"

_ANY: dict[int | str, dict[str, Any]] = {
    "default": {"model": OpenAiErrorBody, "description": "Any other error."},
}
_UNKNOWN_MODEL: dict[int | str, dict[str, Any]] = {
    404: {"model": OpenAiErrorBody, "description": "The model does not exist."},
    **_ANY,
}
_ERRORS: dict[int | str, dict[str, Any]] = {
    200: {"description": "The answer.", "content": {"text/event-stream": {}}},
    400: {"model": OpenAiErrorBody, "description": "A parameter or the question breaks a rule."},
    413: {"model": OpenAiErrorBody, "description": "The body is too large."},
    503: {
        "model": OpenAiErrorBody,
        "description": "There is no usable index, too many questions wait, or the answer took too long.",
    },
    **_UNKNOWN_MODEL,
}

ChatBody = Annotated[ChatRequest, FromJson(), Body()]
ModelId = Annotated[str, Path(description="Id of the model.", examples=[MODEL])]


def openai_routes(snapshots: QueuedSnapshots, settings: Settings) -> APIRouter:
    """Return the routes.

    Args:
        snapshots: Answers the questions.
        settings: Tell which paths to leave out of messages.
    """
    router = APIRouter(prefix=PATH, tags=["OpenAI"], route_class=openai_route(settings))

    @router.get("/models", response_model=ModelsBody, responses=_ANY)
    async def list_models() -> Response:
        """List the only model, `normqa`."""
        return json_reply(ModelsBody())

    @router.get("/models/{model}", response_model=ModelBody, responses=_UNKNOWN_MODEL)
    async def get_model(model: ModelId) -> Response:
        """Return the model."""
        _require_model(model)
        return json_reply(ModelBody())

    @router.post("/chat/completions", response_model=CompletionBody, responses=_ERRORS)
    async def complete_chat(chat: ChatBody, request: Request) -> Response:
        """Answer the last user message with verbatim quotes, in the format of OpenAI's API."""
        _require_model(chat.model)
        content = task_reply(request.headers, *chat.user_texts[-1:])
        if content is None:
            answer = await snapshots.ask(request, chat.to_ask().to_question(snapshots.settings))
            content = content_of(answer, absolute_root(request, snapshots.settings))
        if not chat.stream:
            return json_reply(CompletionBody.of(content))
        events = map(source_event, content.cited) if is_open_webui(request.headers) else ()
        with_usage = bool(chat.stream_options and chat.stream_options.include_usage)
        chunks = stream(content, with_usage=with_usage, events=events)
        return Response("".join(chunks), media_type="text/event-stream")

    return router


def _require_model(model: str) -> None:
    if model != MODEL:
        raise UnknownModel(model)
