"""The YAML front matter of a document: what it says of itself."""

import datetime
from typing import Annotated, Any

import yaml
from frontmatter.default_handlers import YAMLHandler
from pydantic import BaseModel, BeforeValidator, ValidationError

from normqa.datatypes import Metadata
from normqa.load.decode import normalise
from normqa.load.problem import LoadError


def _line(value: Any) -> Any:  # noqa: ANN401 - YAML gives anything
    """Accepts what an editor means by one line of text: words, a number or a date."""
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        line = " ".join(normalise(str(value)).split())
        if any(ord(c) < ord(" ") or 0xD800 <= ord(c) <= 0xDFFF for c in line):  # noqa: PLR2004 - surrogates
            raise ValueError("control characters")
        return line or None
    return value


def _lines(value: Any) -> Any:  # noqa: ANN401
    """Accepts a single line where a list of them is meant."""
    if value is None or value == "":
        return ()
    return value if isinstance(value, list) else [value]


_Line = Annotated[str, BeforeValidator(_line)]
_OptionalLine = Annotated[str | None, BeforeValidator(_line)]
_Lines = Annotated[tuple[_Line, ...], BeforeValidator(_lines)]


class _FrontMatter(BaseModel):
    title: _OptionalLine = None
    source: _OptionalLine = None
    url: _OptionalLine = None
    date: _OptionalLine = None
    authors: _Lines = ()
    publisher: _OptionalLine = None
    language: _OptionalLine = None
    topics: _Lines = ()
    questions: _Lines = ()


def split_front_matter(text: str) -> tuple[Metadata, str]:
    """Separates a file's front matter from its body.

    Keys that normqa does not know are left to others; a file without front matter has none.

    Raises:
        LoadError: If the front matter is not closed, is no YAML mapping, or holds values of a wrong type.
    """
    values, body = read_front_matter(text)
    try:
        fields = _FrontMatter.model_validate(values or {})
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise LoadError(f"its front matter has an unusable value for `{where}`") from None
    return Metadata(**fields.model_dump()), body


def read_front_matter(text: str) -> tuple[dict[Any, Any] | None, str]:
    """Every value of a file's front matter, as YAML has it, and the body; None where there is none.

    Raises:
        LoadError: If the front matter is not closed, or is no YAML mapping.
    """
    handler = YAMLHandler()
    if not handler.detect(text):
        return None, text
    try:
        head, body = handler.split(text)
    except ValueError:
        raise LoadError("its front matter is not closed; end it with a line of three hyphens") from None
    try:
        values = handler.load(head, Loader=yaml.SafeLoader) or {}  # libyaml's would crash on deep nesting
    except (yaml.YAMLError, ValueError, LookupError, AttributeError, RecursionError) as error:
        # PyYAML lets errors of all these kinds through where a tag does not fit its value.
        raise LoadError(f"its front matter is no valid YAML ({_first_line(error)})") from None
    if not isinstance(values, dict):
        raise LoadError("its front matter is no list of `key: value` lines")
    return values, body.lstrip("\n")


def _first_line(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
    return f"line {mark.line + 1}: {problem}" if mark else str(problem)
