"""Terminal output: answers on stdout, progress and problems on stderr."""

import sys
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from normqa.errors import NormqaError


@cache
def stderr() -> "Console":
    """Return the console for everything but answers."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)


def info(line: str) -> None:
    """Print a line on stderr."""
    stderr().print(line, markup=False)


def warning(message: str) -> None:
    """Print a warning on stderr."""
    info(f"warning: {message}")


def error(error: "NormqaError", hint: str | None = None) -> None:
    """Print an error and its hint, or another hint, on stderr."""
    from rich.markup import escape

    stderr().print(f"[bold red]error:[/] {escape(error.message)}")
    if hint := error.hint if hint is None else hint:
        stderr().print(f"  {escape(hint)}")


def write(text: str | bytes) -> None:
    """Write to stdout in UTF-8, whatever the terminal's encoding."""
    sys.stdout.buffer.write(text if isinstance(text, bytes) else text.encode("utf-8", "replace"))
    sys.stdout.flush()


def printable(text: str) -> str:
    """Replace the control characters with which a document could command the terminal."""
    controls = {char for char in text if unicodedata.category(char) == "Cc"} - {"\n", "\t"}
    return text.translate(dict.fromkeys(map(ord, controls), "\N{REPLACEMENT CHARACTER}"))


def one_line(text: str) -> str:
    """Escape control characters and line breaks, as file names may contain them."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def plural(count: int, noun: str) -> str:
    """Return a count with its noun, such as ``1,234 files``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
