"""What people see in the terminal: progress and problems on stderr, answers on stdout."""

import json
import sys
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from normqa.datatypes import Answer
from normqa.errors import NormqaError
from normqa.search.verify import Verification

if TYPE_CHECKING:
    from rich.console import Console


@cache
def stderr() -> "Console":
    """The terminal beside the answers."""
    from rich.console import Console  # noqa: PLC0415 - most answers need none

    return Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)


def say(line: str) -> None:
    """Tells what is going on."""
    stderr().print(line, markup=False)


def complain(error: NormqaError) -> None:
    """Tells what went wrong, and the way out."""
    from rich.markup import escape  # noqa: PLC0415

    stderr().print(f"[bold red]error:[/] {escape(error.message)}")
    if error.hint:
        stderr().print(f"  {escape(error.hint)}")


def write(text: str | bytes) -> None:
    """Writes an answer, in UTF-8 whatever the terminal's encoding."""
    sys.stdout.buffer.write(text if isinstance(text, bytes) else text.encode("utf-8", "replace"))
    sys.stdout.flush()


def show_answer(answer: Answer) -> None:
    """Writes an answer for people."""
    if answer.warning:
        say(f"warning: {answer.warning}")
    if answer.rolled_back:
        say("warning: The index was rolled back; what has changed since may be quoted.")
    write(printable(f"{answer}\n"))
    if answer.quotes and answer.confidence is not None:
        write(f"\nConfidence: {answer.band} ({answer.confidence:.2f})\n")


def show_verification(found: Verification) -> None:
    """Writes where a text stands."""
    told = {
        "exact": "The text stands word for word in:",
        "whitespace": "But for blanks and line breaks, the text stands in:",
        "not_found": "The text does not stand in the documents.",
    }
    write(told[found.status] + "\n")
    for match in found.matches:
        write(printable(f"{match.document_id} [{match.span.start}, {match.span.end})\n"))


def show_figures(
    figures: Mapping[str, Any], intervals: Mapping[str, Any], *, as_json: bool, group: str = ""
) -> None:
    """Writes figures, each with its 95 % interval if it has one; groups of them one after the other."""
    if as_json:
        write(json.dumps({**figures, "intervals": intervals}) + "\n")
        return
    for name, value in figures.items():
        if isinstance(value, Mapping):
            show_figures(value, intervals.get(name, {}), as_json=False, group=f"{group}{name} ")
        else:
            low, high = intervals.get(name, (None, None))
            number = f"{value:,}" if isinstance(value, int) else f"{value:.4g}"
            interval = "" if low is None else f"   [{low:.4g}, {high:.4g}]"
            write(f"{group + name:32} {number}{interval}\n")


def printable(text: str) -> str:
    """The text without the control characters by which a document could command the terminal."""
    controls = {c for c in text if unicodedata.category(c) == "Cc"} - {"\n", "\t"}
    return text.translate(dict.fromkeys(map(ord, controls), "\N{REPLACEMENT CHARACTER}"))


def one_line(text: str) -> str:
    """A file's name, or what is said of it, whose control characters must not reach the terminal."""
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)


def counted(number: int, what: str) -> str:
    """So many of something, in words."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"
