"""Replies in the format of OpenAI's API."""

import time
from typing import Annotated, Any, Literal
from uuid import uuid4

from pydantic import Field

from normqa.schema import examples
from normqa.schema.body import Body
from normqa.serve.openai.content import CitedQuote, Content
from normqa.serve.openai.requests import MODEL


def _fixed(description: str, value: object) -> Any:  # noqa: ANN401 - a field of any type
    return Field(description=description, examples=[value])


class ModelBody(Body):
    """The model."""

    id: Annotated[str, _fixed("Id of the model.", MODEL)] = MODEL
    object: Annotated[Literal["model"], _fixed("Type of this object.", "model")] = "model"
    created: Annotated[int, _fixed("Always 0.", 0)] = 0
    owned_by: Annotated[str, _fixed("Owner of the model.", MODEL)] = MODEL


class ModelsBody(Body):
    """The list of models."""

    object: Annotated[Literal["list"], _fixed("Type of this object.", "list")] = "list"
    data: Annotated[tuple[ModelBody, ...], _fixed("The only model.", [ModelBody().model_dump()])] = (
        ModelBody(),
    )


class UrlCitationBody(Body):
    """The place of a quote in the content, and its address."""

    start_index: Annotated[int, _fixed("First character of its block quote in the content.", 0)]
    end_index: Annotated[int, _fixed("One past the last character.", 210)]
    title: Annotated[str, _fixed("Title, section and page of the quote.", examples.SOURCE["title"])]
    url: Annotated[
        str,
        _fixed(
            "Address of the page that marks the quote in its document.",
            f"http://127.0.0.1:8000{examples.QUOTE['href']}",
        ),
    ]


class AnnotationBody(Body):
    """A quote in the content."""

    type: Annotated[Literal["url_citation"], _fixed("Type of the annotation.", "url_citation")] = (
        "url_citation"
    )
    url_citation: Annotated[UrlCitationBody, _fixed("The quote.", {})]

    @classmethod
    def of(cls, cited: CitedQuote) -> "AnnotationBody":
        """Return the annotation of a quote."""
        citation = UrlCitationBody(
            start_index=cited.start, end_index=cited.end, title=str(cited.quote.citation), url=cited.url
        )
        return cls(url_citation=citation)


class MessageBody(Body):
    """The answer."""

    role: Annotated[Literal["assistant"], _fixed("Who sends the message.", "assistant")] = "assistant"
    content: Annotated[str, _fixed("The answer as Markdown.", "> 6. Confidence-building measures: …")]
    refusal: Annotated[None, _fixed("Always null; a refusal is in the content.", None)] = None
    annotations: Annotated[
        list[AnnotationBody], _fixed("The quotes in the content; empty without an answer.", [])
    ]


class ChoiceBody(Body):
    """The only choice."""

    index: Annotated[Literal[0], _fixed("Position of the choice.", 0)] = 0
    message: Annotated[MessageBody, _fixed("The message with the answer.", {})]
    logprobs: Annotated[None, _fixed("Always null.", None)] = None
    finish_reason: Annotated[Literal["stop"], _fixed("The answer is complete.", "stop")] = "stop"


class UsageBody(Body):
    """Zeros, because normqa generates no tokens."""

    prompt_tokens: Annotated[int, _fixed("Always 0.", 0)] = 0
    completion_tokens: Annotated[int, _fixed("Always 0.", 0)] = 0
    total_tokens: Annotated[int, _fixed("Always 0.", 0)] = 0


_NO_USAGE = UsageBody()


class CompletionBody(Body):
    """A chat completion."""

    id: Annotated[str, _fixed("A new id for every answer.", "chatcmpl-0a1b2c")]
    object: Annotated[Literal["chat.completion"], _fixed("Type of this object.", "chat.completion")] = (
        "chat.completion"
    )
    created: Annotated[int, _fixed("Time of the answer, in seconds since 1970.", 1767268800)]
    model: Annotated[str, _fixed("Id of the model.", MODEL)] = MODEL
    choices: Annotated[list[ChoiceBody], _fixed("The only choice.", [])]
    usage: Annotated[UsageBody, _fixed("Zeros.", _NO_USAGE.model_dump())] = _NO_USAGE

    @classmethod
    def of(cls, content: Content) -> "CompletionBody":
        """Return the completion with a content."""
        message = MessageBody(content=str(content), annotations=annotations_of(content))
        return cls(id=new_id(), created=int(time.time()), choices=[ChoiceBody(message=message)])


class OpenAiErrorDetail(Body):
    """What happened, and what to do about it."""

    message: Annotated[
        str, _fixed("What happened, to what, and what to do.", "The model 'x' does not exist. Use 'normqa'.")
    ]
    type: Annotated[
        Literal["invalid_request_error", "server_error"], _fixed("Who can fix it.", "invalid_request_error")
    ]
    param: Annotated[str | None, _fixed("The parameter at fault.", "messages")]
    code: Annotated[str, _fixed("Stable code for programs.", "invalid")]


class OpenAiErrorBody(Body):
    """An error in the format of OpenAI's API."""

    error: Annotated[OpenAiErrorDetail, _fixed("The error.", {})]


def annotations_of(content: Content) -> list[AnnotationBody]:
    """Return the annotations of a content."""
    return list(map(AnnotationBody.of, content.cited))


def new_id() -> str:
    """Return a new id for a completion."""
    return f"chatcmpl-{uuid4().hex}"
