"""A chat completion as server-sent events."""

import json
import time
from collections.abc import Iterable, Iterator
from typing import Any

from normqa.serve.openai.content import Content
from normqa.serve.openai.replies import UsageBody, annotations_of, new_id
from normqa.serve.openai.requests import MODEL


def stream(content: Content, *, with_usage: bool, events: Iterable[dict[str, Any]] = ()) -> Iterator[str]:
    """Yield the events of a completion, one block of the content at a time.

    Args:
        content: The content of the answer.
        with_usage: Whether to end with a chunk for the usage.
        events: Events for a front end, sent before the content.
    """
    about = {"id": new_id(), "object": "chat.completion.chunk", "created": int(time.time()), "model": MODEL}
    usage: dict[str, Any] = {"usage": None} if with_usage else {}

    def chunk(delta: dict[str, Any], finish_reason: str | None = None) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        return _event({**about, "choices": [choice], **usage})

    yield chunk({"role": "assistant", "content": ""})
    for event in events:
        yield _event({"event": event})
    for piece in content.chunks:
        yield chunk({"content": piece})
    if annotations := [annotation.model_dump() for annotation in annotations_of(content)]:
        yield chunk({"annotations": annotations})
    yield chunk({}, finish_reason="stop")
    if with_usage:
        yield _event({**about, "choices": [], "usage": UsageBody().model_dump()})
    yield "data: [DONE]\n\n"


def _event(data: dict[str, Any]) -> str:
    return f"data: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n"
