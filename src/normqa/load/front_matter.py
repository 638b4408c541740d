"""Read the YAML front matter of a document."""

import datetime
from typing import Annotated, Any

import yaml
from frontmatter.default_handlers import YAMLHandler
from pydantic import BaseModel, BeforeValidator, ValidationError

from normqa.datatypes import Metadata
from normqa.load.problem import LoadError
from normqa.text import normalise, one_line


def _line(value: Any) -> Any:  # noqa: ANN401 - YAML gives anything
    """Accept what an editor writes for one line of text: words, a number or a date."""
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        line = one_line(normalise(str(value)))
        if any(ord(c) < ord(" ") or 0xD800 <= ord(c) <= 0xDFFF for c in line):  # noqa: PLR2004 - surrogates
            raise ValueError("control characters")
        return line or None
    return value


def _lines(value: Any) -> Any:  # noqa: ANN401
    """Accept a single line where a list is expected."""
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
    """Separate the front matter of a file from its body.

    Unknown keys are ignored. A file without front matter has empty metadata.

    Raises:
        LoadError: If the front matter is not closed, is not a YAML mapping, or has a value of the wrong type.
    """
    values, body = read_front_matter(text)
    try:
        fields = _FrontMatter.model_validate(values or {})
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise LoadError(f"its front matter has an unusable value for `{where}`") from None
    return Metadata(**fields.model_dump()), body


def read_front_matter(text: str) -> tuple[dict[Any, Any] | None, str]:
    """Return every value of the front matter as YAML parses it, or None without front matter, and the body.

    Raises:
        LoadError: If the front matter is not closed or is not a YAML mapping.
    """
    handler = YAMLHandler()
    if not handler.detect(text):
        return None, text
    try:
        head, body = handler.split(text)
    except ValueError:
        raise LoadError("its front matter is not closed; end it with a line of three hyphens") from None
    try:
        values = handler.load(head, Loader=yaml.SafeLoader) or {}  # libyaml's loader crashes on deep nesting
    except (yaml.YAMLError, ValueError, LookupError, AttributeError, RecursionError) as error:
        # PyYAML raises all these where a tag does not fit its value.
        raise LoadError(f"its front matter is not valid YAML ({_first_line(error)})") from None
    if not isinstance(values, dict):
        raise LoadError("its front matter is not a list of `key: value` lines")
    return values, body.lstrip("\n")


def _first_line(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
    return f"line {mark.line + 1}: {problem}" if mark else str(problem)
