"""What comes in as JSON, and its rules. The command line keeps to the same ones."""

from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from normqa.errors import InvalidRequest

MAX_QUESTION = 2000
MAX_HISTORY = 20
MAX_TOP_K = 20


def _clean(text: str) -> str:
    if "\0" in text:
        raise ValueError("must not hold U+0000")
    if any(0xD800 <= ord(c) <= 0xDFFF for c in text):  # noqa: PLR2004 - the surrogates' range
        raise ValueError("must not hold lone surrogates")
    return text


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be blank")
    return _clean(text)


Question = Annotated[str, Field(max_length=MAX_QUESTION), AfterValidator(_not_blank)]
EarlierQuestion = Annotated[str, Field(max_length=MAX_QUESTION), AfterValidator(_clean)]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    @classmethod
    def parse(cls, body: bytes | dict[str, object]) -> Self:
        """Reads a request.

        Raises:
            InvalidRequest: If it breaks a rule; the first is told.
        """
        try:
            return cls.model_validate_json(body) if isinstance(body, bytes) else cls.model_validate(body)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, first["loc"])) or "The request body"
            fields = ", ".join(cls.model_fields)
            hint = f"Send a JSON object in UTF-8; its fields are: {fields}. /openapi.json describes them."
            raise InvalidRequest(
                f"{where}: {first['msg'].removeprefix('Value error, ')}.",
                hint if isinstance(body, bytes) else "Change it and try again.",
            ) from None


class AskRequest(_Request):
    """A question."""

    question: Annotated[
        Question,
        Field(description="What to look for, in plain words.", examples=["Which strategy uses hotlines?"]),
    ]
    top_k: Annotated[
        int | None,
        Field(ge=1, le=MAX_TOP_K, description="Most quotes of an answer that is not a list.", examples=[3]),
    ] = None
    history: Annotated[
        list[EarlierQuestion],
        Field(max_length=MAX_HISTORY, description="Earlier questions, oldest first.", examples=[[]]),
    ] = []


class VerifyRequest(_Request):
    """A text that may or may not stand in the documents."""

    text: Annotated[
        str,
        AfterValidator(_not_blank),
        Field(description="The text to look for, word for word.", examples=["establishment of hotlines"]),
    ]
