"""Read the YAML front matter of a document. A value that cannot be used costs that value alone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import yaml

from normqa.datatypes import Metadata
from normqa.load.problem import LoadError
from normqa.load.text.yaml_mapping import Parsed, parse_leniently, parse_mapping
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
_BEFORE_KEY = r"(?:\s*\n|\s*\#.*\n)*\s*[\"']?"
_FIRST_KEY = re.compile(rf"{_BEFORE_KEY}[a-z_][\w-]*[\"']?\s*:(?:\s|$)")
_KNOWN = frozenset(field.name for field in fields(Metadata))
_KNOWN_KEY = re.compile(rf"{_BEFORE_KEY}(?:{'|'.join(sorted(_KNOWN))})[\"']?:")
"""A known key, also without the space after its colon."""
_YAML = "tag:yaml.org,2002:"
# Whatever YAML takes an unquoted word for, it is what the editor wrote: `no` is a language.
_WORDS = frozenset(_YAML + kind for kind in ("str", "int", "float", "bool", "value", "merge"))


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The metadata of a file, its text, and which values were ignored and why."""

    metadata: Metadata
    body: str
    notes: tuple[str, ...] = ()


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
    for parsed, key_node, node in _known_pairs(yaml_text, called, notes):
        key = key_node.value
        values.pop(key, None)
        try:
            values[key] = _lines(node) if key in _LISTS else _line(node)
        except _UnusableError as unusable:
            values[key] = unusable.rest
            reason = f"line {parsed.line_of(unusable.entry or key_node)}: {unusable}"
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
    pairs = parse_mapping(head, _FRONT_MATTER)
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
    if not (is_mapping or _KNOWN_KEY.match(head)):
        try:
            parse_mapping(head, _FRONT_MATTER)
        except LoadError:
            return None
    blank = _BLANK_LINES.match(body)
    return head, body[blank.end() :] if blank else body


def _known_pairs(
    head: str, called: str, notes: list[str]
) -> Iterator[tuple[Parsed, yaml.ScalarNode, yaml.Node]]:
    """Yield the keys that have a meaning and their values, and note what is not YAML."""
    for parsed in parse_leniently(head, called, notes):
        for key, value in parsed.pairs:
            if isinstance(key, yaml.ScalarNode) and key.value in _KNOWN:
                yield parsed, key, value


class _UnusableError(ValueError):
    """A value that cannot be used; ``rest`` is what can, and ``entry`` the first entry that cannot."""

    def __init__(
        self, reason: str, rest: tuple[str, ...] | None = None, entry: yaml.Node | None = None
    ) -> None:
        super().__init__(reason)
        self.rest = rest
        self.entry = entry


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
    lines: list[str] = []
    reasons: list[tuple[str, yaml.Node]] = []
    for entry in node.value:
        try:
            line = _line(entry)
        except _UnusableError as unusable:
            reasons.append((f"it contains {unusable}", entry))
        else:
            if line:
                lines.append(line)
            else:
                reasons.append(("it contains an empty entry", entry))
    if reasons:
        reason, first = reasons[0]
        raise _UnusableError(reason, tuple(lines), first)
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
