"""Requests for chat completions, and the question in them."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    TypeAdapter,
    ValidationError,
)

from normqa.errors import InvalidRequest
from normqa.schema.requests.questions import AskRequest
from normqa.schema.requests.rules import MAX_HISTORY, QuestionText

MODEL = "normqa"
"""Id of the only model."""

MAX_CHAT_BYTES = 1_000_000
"""Maximum size of a request, which contains every answer of the conversation."""

_QUESTION = TypeAdapter[str](QuestionText)


def _refuse(is_allowed: Callable[[Any], bool], reason: str) -> BeforeValidator:
    def check(value: object) -> object:
        if not is_allowed(value):
            raise ValueError(reason)
        return value

    return BeforeValidator(check)


def _one(value: object) -> object:
    if value is None:
        return None
    if isinstance(value, bool) or value != 1:
        raise ValueError("normqa gives one answer; n must be 1")
    return 1  # also for 1.0, which is the same number in JSON


class _Ignoring(BaseModel):
    """A part of a request. Parameters that normqa does not know are ignored."""

    model_config = ConfigDict(frozen=True, strict=True)


class TextPart(_Ignoring):
    """A part of a message."""

    type: Annotated[
        Literal["text"],
        _refuse(lambda value: value == "text", "normqa reads only text, neither pictures, audio nor files"),
        Field(description="`text`.", examples=["text"]),
    ]
    text: Annotated[str, Field(description="The text.", examples=["Which strategy uses hotlines?"])]


class UserMessage(_Ignoring):
    """A question."""

    role: Annotated[Literal["user"], Field(description="`user`.", examples=["user"])]
    content: Annotated[
        Annotated[str, Tag("text")] | Annotated[list[TextPart], Tag("parts")],
        Discriminator(lambda content: "parts" if isinstance(content, list) else "text"),
        Field(description="The question, in plain words.", examples=["Which strategy uses hotlines?"]),
    ]

    @property
    def text(self) -> str:
        """The text of all parts."""
        return (
            self.content if isinstance(self.content, str) else "\n".join(part.text for part in self.content)
        )


class OtherMessage(_Ignoring):
    """A message that is not a question. Its content is ignored."""

    role: Annotated[
        Literal["system", "developer", "assistant", "tool", "function"],
        Field(description="Any role but `user`.", examples=["system"]),
    ]


class StreamOptions(_Ignoring):
    """Options of a stream."""

    include_usage: Annotated[
        bool | None,
        Field(description="Whether to end the stream with a chunk for the usage.", examples=[False]),
    ] = None


class ResponseFormat(_Ignoring):
    """The format of the answer."""

    type: Annotated[
        Literal["text"],
        _refuse(lambda value: value == "text", "answers are Markdown, which only the type 'text' allows"),
        Field(description="`text`.", examples=["text"]),
    ]


_NO_TOOLS = _refuse(lambda value: value in (None, []), "normqa calls no tools; leave this parameter out")
_NO_AUDIO = _refuse(
    lambda value: value in (None, {}), "normqa answers in text only; leave this parameter out"
)


class ChatRequest(_Ignoring):
    """A conversation. The last user message is the question, and earlier user messages are its history."""

    model: Annotated[str, Field(description=f"`{MODEL}`.", examples=[MODEL])]
    messages: Annotated[
        list[Annotated[UserMessage | OtherMessage, Field(discriminator="role")]],
        Field(
            description="The conversation, oldest message first.",
            examples=[[{"role": "user", "content": "Which strategy uses hotlines?"}]],
        ),
    ]
    stream: Annotated[
        bool | None, Field(description="Whether to send the answer as server-sent events.", examples=[False])
    ] = None
    stream_options: Annotated[
        StreamOptions | None, Field(description="Options of the stream.", examples=[{}])
    ] = None
    n: Annotated[
        Literal[1] | None,
        BeforeValidator(_one),
        Field(description="Number of answers: 1.", examples=[1]),
    ] = None
    tools: Annotated[
        Annotated[list[Any], Field(max_length=0)] | None,
        _NO_TOOLS,
        Field(description="Not supported.", examples=[[]]),
    ] = None
    functions: Annotated[
        Annotated[list[Any], Field(max_length=0)] | None,
        _NO_TOOLS,
        Field(description="Not supported.", examples=[[]]),
    ] = None
    modalities: Annotated[
        list[Literal["text"]] | None,
        _refuse(
            lambda value: not isinstance(value, list) or "audio" not in value, "normqa answers in text only"
        ),
        Field(description="Only `text`.", examples=[["text"]]),
    ] = None
    audio: Annotated[
        Annotated[dict[str, Any], Field(max_length=0)] | None,
        _NO_AUDIO,
        Field(description="Not supported.", examples=[{}]),
    ] = None
    response_format: Annotated[
        ResponseFormat | None, Field(description="Only the type `text`.", examples=[{"type": "text"}])
    ] = None

    @property
    def user_texts(self) -> list[str]:
        """The texts of the user messages, oldest first."""
        return [message.text for message in self.messages if isinstance(message, UserMessage)]

    def to_ask(self) -> AskRequest:
        """Return the last user message as a question, with the earlier ones as its history.

        An earlier message that cannot be a question is left out: it would make every later question fail.

        Raises:
            InvalidRequest: If there is no user message, or the last one is not a valid question.
        """
        if not self.user_texts:
            raise InvalidRequest(
                "The conversation contains no question.", "Send it as a message with the role user."
            )
        *earlier, question = self.user_texts
        history = list(filter(_is_question, earlier))[-MAX_HISTORY:]
        return AskRequest.parse({"question": question, "history": history})


def _is_question(text: str) -> bool:
    try:
        _QUESTION.validate_python(text)
    except ValidationError:
        return False
    return True
