"""Reading and splitting a file take work in proportion to its length, whatever it repeats."""

import sys
from collections.abc import Sequence
from types import FrameType
from typing import Any

import pytest
from hypothesis import given

from normqa.models.hashing import HashingEncoder
from normqa.split import Splitter
from tests.generated.test_files import read
from tests.strategies import fewer, repeated, wild_tokens

CHARACTERS = 600
few = fewer(4)


def work(name: str, text: str) -> int:
    """Lines of Python that were executed, and characters whose tokens were counted."""
    done = 0

    def trace(_: FrameType, event: str, __: Any) -> Any:
        nonlocal done
        done += event == "line"
        return trace

    def count_tokens(texts: Sequence[str]) -> list[int]:
        nonlocal done
        done += sum(map(len, texts))
        return HashingEncoder().count_tokens(texts)

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        document = read(name, text.encode()).document
        if document:
            Splitter(count_tokens, 32).split(document)
    finally:
        sys.settrace(before)
    return done


def check_linear(name: str, tokens: Sequence[str]) -> None:
    short, long = (work(name, repeated(tokens, length)) for length in (CHARACTERS, 4 * CHARACTERS))
    assert long <= 6 * short + 20_000


@few
@given(wild_tokens)
def test_work_on_markdown_is_linear(tokens: list[str]) -> None:
    check_linear("a.md", tokens)


@few
@given(wild_tokens)
def test_work_on_plain_text_is_linear(tokens: list[str]) -> None:
    check_linear("a.txt", tokens)


@pytest.mark.parametrize(
    "piece",
    ["12.5! ", "... ", "<!-- ", "\n> ", "*a ", "**a_", "[a](", "`", "$$ ", r"\[ ", "|a", "<del>", "<div>"],
)
def test_work_on_pieces_that_open_something_is_linear(piece: str) -> None:
    check_linear("a.md", [piece])
    check_linear("a.txt", [piece])
