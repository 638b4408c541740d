"""Read the YAML front matter of a document. A value that cannot be used costs that value alone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import yaml

from normqa.datatypes import Metadata
from normqa.load.problem import LoadError
from normqa.text.canonical import normalise, one_line

MAX_CHARACTERS = 100_000
"""Maximum length of front matter. YAML is slow to parse."""

_FRONT_MATTER = "its front matter"
_LISTS = frozenset({"audience", "authors", "topics", "questions", "references"})
_AUDIENCE = re.compile(r"\baudience[\"']?\s*:", re.IGNORECASE)
_NOBODY = ("",)
"""No reader is in this group."""
_FENCE = re.compile(r"^-{3,}[^\S\n]*$", re.MULTILINE)
_BLANK_LINES = re.compile(r"(?:[^\S\n]*\n)+")
_KEY = re.compile(r"""["']?([\w-]+)["']?\s*:(?:\s|$)""")
_FIRST_KEY = re.compile(r"""(?:\s*\n|\s*\#.*\n)*\s*["']?[a-z_][\w-]*["']?\s*:(?:\s|$)""")
_YAML = "tag:yaml.org,2002:"
# Whatever YAML takes an unquoted word for, it is what the editor wrote: `no` is a language.
_WORDS = frozenset(_YAML + kind for kind in ("str", "int", "float", "bool", "value", "merge"))


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The metadata of a file, its text, and which values were ignored and why."""

    metadata: Metadata
    body: str
    notes: tuple[str, ...] = ()


class _InvalidYaml(LoadError):
    """The front matter is not valid YAML."""


_Pairs = list[tuple[yaml.Node, yaml.Node]]


def split_front_matter(text: str) -> FrontMatter:
    """Separate the front matter of a file from its body.

    Unknown keys are ignored. A file without front matter has empty metadata.

    Raises:
        LoadError: If the front matter is not closed or is too long.
    """
    found = _head_and_body(text)
    if found is None:
        return FrontMatter(Metadata(), text)
    head, body = found
    metadata, notes = read_metadata(head, _FRONT_MATTER)
    return FrontMatter(metadata, body, notes)


def read_metadata(yaml_text: str, called: str) -> tuple[Metadata, tuple[str, ...]]:
    """Return the metadata in a YAML mapping, and which values were ignored and why.

    Args:
        yaml_text: The mapping.
        called: What messages call it.

    Raises:
        LoadError: If it is too long, or not a mapping.
    """
    if len(yaml_text) > MAX_CHARACTERS:
        raise LoadError(f"{called} has more than {MAX_CHARACTERS:,} characters")
    notes: list[str] = []
    values: dict[str, Any] = {}
    for line, key, node in _known_pairs(yaml_text, called, notes):
        values.pop(key, None)
        try:
            values[key] = _lines(node) if key in _LISTS else _line(node)
        except _UnusableError as unusable:
            values[key] = unusable.rest
            reason = f"line {line}: {unusable}"
            notes.append(f"{called} has an unusable value for `{key}` ({reason}); it was ignored")
    if not values.get("audience") and (note := unread_audience(yaml_text, called)):
        values["audience"] = _NOBODY
        notes.append(note)
    return Metadata(**{key: value for key, value in values.items() if value is not None}), tuple(notes)


def unread_audience(yaml_text: str, called: str) -> str | None:
    """Return a note if metadata restricts its document in a way that cannot be read; else None."""
    if _AUDIENCE.search(yaml_text) is None:
        return None
    return f"{called} has no usable value for `audience`, so servers show the document to nobody"


def for_nobody() -> Metadata:
    """Return the metadata of a document that servers show to nobody."""
    return Metadata(audience=_NOBODY)


def read_front_matter(text: str) -> tuple[dict[Any, Any] | None, str]:
    """Return the values of the front matter as YAML types, or None without front matter, and the body.

    An object is returned as an empty dictionary, whatever is in it.

    Raises:
        LoadError: If the front matter is not closed, is too long, or is not valid YAML.
    """
    found = _head_and_body(text)
    if found is None:
        return None, text
    head, body = found
    pairs = _pairs(head)
    values = {key.value: _native(value) for key, value in pairs if isinstance(key, yaml.ScalarNode)}
    return values, body


def _head_and_body(text: str) -> tuple[str, str] | None:
    """Split at the line that closes the front matter; None if the first line is not one that opens it."""
    opening = _FENCE.match(text)
    if opening is None:
        return None
    is_mapping = _FIRST_KEY.match(text, opening.end()) is not None
    closing = _FENCE.search(text, opening.end() + 1)
    if closing is None:
        if is_mapping:
            raise LoadError("its front matter is not closed; end it with a line of three hyphens")
        return None
    head, body = text[opening.end() : closing.start()], text[closing.end() :]
    if len(head) > MAX_CHARACTERS:
        if is_mapping:
            raise LoadError(f"its front matter has more than {MAX_CHARACTERS:,} characters")
        return None
    if not is_mapping:
        try:
            _pairs(head)
        except LoadError:
            return None
    blank = _BLANK_LINES.match(body)
    return head, body[blank.end() :] if blank else body


def _pairs(head: str, called: str = _FRONT_MATTER, lines_before: int = 0) -> _Pairs:
    """Return the keys and values of a YAML mapping, which are parsed but not evaluated.

    Aliases are never expanded, so that a few lines cannot stand for gigabytes.
    """
    try:
        loader = yaml.SafeLoader(head)  # libyaml's loader crashes on deep nesting
        try:
            node = loader.get_single_node()
        finally:
            loader.dispose()
    except RecursionError:
        raise _InvalidYaml(f"{called} is not valid YAML (it is nested too deeply)") from None
    except Exception as error:
        raise _InvalidYaml(f"{called} is not valid YAML ({_first_line(error, lines_before)})") from None
    if node is not None and not isinstance(node, yaml.MappingNode):
        raise LoadError(f"{called} is not a list of `key: value` lines")
    return node.value if node else []


def _known_pairs(head: str, called: str, notes: list[str]) -> Iterator[tuple[int, str, yaml.Node]]:
    """Yield line, key and value of the keys that have a meaning, and note what is not YAML."""
    known = {field.name for field in fields(Metadata)}
    try:
        parsed = [(0, _pairs(head, called))]
    except _InvalidYaml:
        parsed = list(_pairs_of_chunks(head, called, notes))
    for lines_before, pairs in parsed:
        for key, value in pairs:
            if isinstance(key, yaml.ScalarNode) and key.value in known:
                yield lines_before + key.start_mark.line + 1, key.value, value


def _pairs_of_chunks(head: str, called: str, notes: list[str]) -> Iterator[tuple[int, _Pairs]]:
    """Parse the lines of each key alone."""
    chunks: list[tuple[int, list[str]]] = [(0, [])]
    for number, line in enumerate(head.split("\n")):
        if _KEY.match(line):
            chunks.append((number, []))
        chunks[-1][1].append(line)
    for lines_before, lines in chunks:
        try:
            yield lines_before, _pairs("\n".join(lines), called, lines_before)
        except LoadError as error:
            key = _KEY.match(lines[0])
            notes.append(f"{error}; " + (f"`{key[1]}` was ignored" if key else "these lines were ignored"))


class _UnusableError(ValueError):
    """A value that cannot be used; ``rest`` is what can."""

    def __init__(self, reason: str, rest: tuple[str, ...] | None = None) -> None:
        super().__init__(reason)
        self.rest = rest


def _line(node: yaml.Node) -> str | None:
    """Return one line of text as it was written; a full date as ISO 8601."""
    if not isinstance(node, yaml.ScalarNode):
        raise _UnusableError("an object" if isinstance(node, yaml.MappingNode) else "a list")
    if node.tag == _YAML + "null":
        return None
    text = node.value
    if node.tag == _YAML + "timestamp":
        try:
            text = yaml.constructor.SafeConstructor().construct_yaml_timestamp(node).isoformat()
        except (ValueError, AttributeError, OverflowError):
            raise _UnusableError("no such date") from None
    elif node.tag not in _WORDS:
        raise _UnusableError("not text")
    line = one_line(normalise(text))
    if any(ord(c) < ord(" ") or 0xD800 <= ord(c) <= 0xDFFF for c in line):  # noqa: PLR2004 - surrogates
        raise _UnusableError("control characters")
    return line or None


def _lines(node: yaml.Node) -> tuple[str, ...]:
    """Return the entries of a list, or the only one."""
    if not isinstance(node, yaml.SequenceNode):
        line = _line(node)
        return (line,) if line else ()
    lines, reasons = [], []
    for entry in node.value:
        try:
            line = _line(entry)
        except _UnusableError as unusable:
            reasons.append(f"it contains {unusable}")
        else:
            if line:
                lines.append(line)
            else:
                reasons.append("it contains an empty entry")
    if reasons:
        raise _UnusableError(reasons[0], tuple(lines))
    return tuple(lines)


def _native(node: yaml.Node) -> Any:  # noqa: ANN401 - YAML gives anything
    if isinstance(node, yaml.SequenceNode):
        return [_native(entry) if isinstance(entry, yaml.ScalarNode) else {} for entry in node.value]
    if not isinstance(node, yaml.ScalarNode):
        return {}
    try:
        return yaml.constructor.SafeConstructor().construct_object(node)
    except Exception:
        return node.value


def _first_line(error: Exception, lines_before: int) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
    return f"line {lines_before + mark.line + 1}: {problem}" if mark else str(problem)
