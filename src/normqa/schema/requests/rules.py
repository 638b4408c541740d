"""The rules of the fields of requests, as types."""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from normqa.search.filters import DATES, is_date

MAX_QUESTION = 2000
MAX_HISTORY = 20
MAX_TOP_K = 20
MAX_FILTERS = 100
MAX_BATCH = 20
MAX_LISTED = 1000


def _clean(text: str) -> str:
    if "\0" in text:
        raise ValueError("must not contain U+0000")
    if any(0xD800 <= ord(c) <= 0xDFFF for c in text):  # noqa: PLR2004 - the range of surrogates
        raise ValueError("must not contain lone surrogates")
    return text


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be blank")
    return _clean(text)


def _date(text: str) -> str:
    if not is_date(text):
        raise ValueError(f"must be {DATES}")
    return text


def integral(value: object) -> object:
    """Return 18 for 18.0, which is an integer in JSON Schema."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


# Patterns describe the rules above in the OpenAPI schema; the functions report which one was broken.
_BLANK = r"\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_CLEAN_PATTERN = r"^[^\x00]*$"
_NOT_BLANK_PATTERN = rf"^[^\x00]*[^\x00{_BLANK}][^\x00]*$"
_DATE_PATTERN = (
    r"^(?!0000)[0-9]{4}(-(0[1-9]|1[0-2])|-(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])"
    r"|-(0[469]|11)-(0[1-9]|[12][0-9]|30)|-02-(0[1-9]|[12][0-9]))?$"
)

NotBlank = Annotated[
    str, AfterValidator(_not_blank), Field(json_schema_extra={"pattern": _NOT_BLANK_PATTERN})
]
QuestionText = Annotated[
    str,
    Field(max_length=MAX_QUESTION, json_schema_extra={"pattern": _NOT_BLANK_PATTERN}),
    AfterValidator(_not_blank),
]
Name = Annotated[
    str,
    Field(max_length=MAX_QUESTION, json_schema_extra={"pattern": _CLEAN_PATTERN}),
    AfterValidator(_clean),
]
EarlierQuestion = Name
TopK = Annotated[int, Field(ge=1, le=MAX_TOP_K), BeforeValidator(integral)]
Date = Annotated[str, AfterValidator(_date), Field(json_schema_extra={"pattern": _DATE_PATTERN})]
