"""Parse a YAML mapping, and one that is not valid YAML key by key: a slip costs its line or its value."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from textwrap import dedent

import yaml

from normqa.load.problem import LoadError

Pairs = list[tuple[yaml.Node, yaml.Node]]
"""Keys and values, which are parsed but not evaluated."""

_KEY = re.compile(r"""["']?([\w-]+)["']?\s*:(?:\s|$)""")
_OF_ANOTHER_KEY = re.compile(r"""\S|\s*["']?[\w-]+["']?\s*:""")

_AT_START = frozenset({"found unexpected end of stream", "could not find expected ':'"})
"""Problems that YAML finds where a text ends, and whose cause is where it starts."""

_MAX_DROPPED = 20
"""Lines of one value that are left out before it is given up."""


class InvalidYaml(LoadError):
    """A text that is not valid YAML.

    Attributes:
        line: Line of the slip, from 0; None if it is not known.
    """

    def __init__(self, message: str, line: int | None) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Parsed:
    """Keys and values that were parsed together.

    Attributes:
        lines_before: Lines before the text that the marks of the nodes refer to.
        pairs: The keys and values.
    """

    lines_before: int
    pairs: Pairs

    def line_of(self, node: yaml.Node) -> int:
        """Return the line of a node, from 1."""
        return self.lines_before + int(node.start_mark.line) + 1


def parse_mapping(text: str, called: str, lines_before: int = 0) -> Pairs:
    """Return the keys and values of a mapping.

    Aliases are never expanded, so that a few lines cannot stand for gigabytes.

    Args:
        text: The mapping.
        called: What messages call it.
        lines_before: Lines before it in its file.

    Raises:
        InvalidYaml: If it is not valid YAML.
        LoadError: If it is not a mapping.
    """
    try:
        loader = yaml.SafeLoader(text)  # libyaml's loader crashes on deep nesting
        try:
            node = loader.get_single_node()
        finally:
            loader.dispose()
    except Exception as error:
        line, problem = _line_and_problem(error, text)
        place = "" if line is None else f"line {lines_before + line + 1}: "
        raise InvalidYaml(f"{called} is not valid YAML ({place}{problem})", line) from None
    if node is not None and not isinstance(node, yaml.MappingNode):
        raise LoadError(f"{called} is not a list of `key: value` lines")
    return node.value if node else []


def parse_leniently(text: str, called: str, notes: list[str]) -> Iterator[Parsed]:
    """Yield the keys and values of a mapping, and note what was ignored because it is not YAML.

    Args:
        text: The mapping.
        called: What messages call it.
        notes: Receives the notes.
    """
    try:
        yield Parsed(0, parse_mapping(text, called))
    except InvalidYaml:
        yield from _parse_by_key(dedent(text), called, notes)


def _parse_by_key(text: str, called: str, notes: list[str]) -> Iterator[Parsed]:
    chunks: list[tuple[int, list[str]]] = [(0, [])]
    for number, line in enumerate(text.split("\n")):
        if _KEY.match(line):
            chunks.append((number, []))
        chunks[-1][1].append(line)
    for lines_before, lines in filter(itemgetter(1), chunks):
        pairs: Pairs = []
        key = _KEY.match(lines[0])
        ignored = f"`{key[1]}` was ignored" if key else "these lines were ignored"
        try:
            pairs = parse_mapping("\n".join(lines), called, lines_before)
        except InvalidYaml as error:
            pairs, dropped = _without_slips(lines, error)
            if pairs:
                numbers = ", ".join(str(lines_before + number + 1) for number in dropped)
                ignored = (
                    f"line {numbers} was ignored" if len(dropped) == 1 else f"lines {numbers} were ignored"
                )
            notes.append(f"{error}; {ignored}")
        except LoadError as error:
            first = next(number for number, line in enumerate(lines) if line.strip())
            notes.append(f"{error} (line {lines_before + first + 1}); {ignored}")
        yield Parsed(lines_before, pairs)


def _without_slips(lines: Sequence[str], error: InvalidYaml) -> tuple[Pairs, list[int]]:
    """Return the key and value without the lines that are not YAML, and these lines.

    Nothing is returned if that could change the value: a line that is left out has to be an entry of a list,
    or no part of the value.
    """
    left, dropped = list(lines), list[int]()
    while error.line and error.line < len(left) and len(dropped) < _MAX_DROPPED:
        dropped.append(error.line)
        left[error.line] = ""  # the lines after it keep their numbers
        try:
            pairs = parse_mapping("\n".join(left), "")
        except InvalidYaml as other:
            error = other
            continue
        except LoadError:
            break
        is_list = all(isinstance(value, yaml.SequenceNode) for _, value in pairs)
        if is_list or all(_OF_ANOTHER_KEY.match(lines[number]) for number in dropped):
            return pairs, sorted(dropped)
        break
    return [], []


def _line_and_problem(error: Exception, text: str) -> tuple[int | None, str]:
    """Return the line of a slip, from 0, and what is wrong with it."""
    if isinstance(error, RecursionError):
        return None, "it is nested too deeply"
    if isinstance(error, yaml.reader.ReaderError):
        return text.count("\n", 0, error.position), str(error).partition("\n")[0]
    problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
    mark, start = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    if start and (problem in _AT_START or "<stream end>" in problem):
        mark = start
    last = text.rstrip().count("\n")  # a text that ends too early does so at its last line
    return (min(mark.line, last) if mark else None), str(problem)
