"""A loader in a process of its own may crash, hang or take too much memory, and costs only its file."""

import os
import signal
import time

import pytest

from normqa.datatypes import Metadata
from normqa.load.isolated import IsolatedLoader, Limits
from normqa.load.loaded import Parsed
from normqa.load.problem import LoadError
from normqa.load.text.plain_text import load_text

GOOD = Metadata(title="T", authors=("Ada",))


def misbehave(document_id: str, raw: bytes, stated: Metadata) -> Parsed:
    """A loader that does what the file says."""
    match raw.decode():
        case "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "hang":
            time.sleep(60)
        case "memory":
            return Parsed(load_text(document_id, "x" * 10**11, stated))
        case "refuse":
            raise LoadError("it contains no text")
        case "raise":
            raise ValueError("odd")
        case "print":
            print("noise")
    return Parsed(load_text(document_id, raw.decode(), stated), ("a note",))


@pytest.fixture(scope="module")
def loader() -> IsolatedLoader:
    """A loader with small limits."""
    return IsolatedLoader(f"{__name__}:misbehave", Limits(seconds=10, memory_bytes=3_000_000_000))


def test_a_document_comes_back_as_it_is(loader: IsolatedLoader) -> None:
    text = "Ünïcode. \ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16")
    for body in (text, "print"):
        assert loader("doc", body.encode(), GOOD) == Parsed(load_text("doc", body, GOOD), ("a note",))


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"crash", "crashed"),
        (b"memory", "memory"),
        (b"refuse", "it contains no text"),
        (b"raise", r"it cannot be parsed \(ValueError: odd\)"),
    ],
)
def test_a_bad_file_costs_only_itself(loader: IsolatedLoader, raw: bytes, reason: str) -> None:
    with pytest.raises(LoadError, match=reason):
        loader("doc", raw, GOOD)
    assert loader("doc", b"Next.", GOOD).document.text == "Next."


def test_a_file_that_takes_too_long_is_named() -> None:
    slow = IsolatedLoader(f"{__name__}:misbehave", Limits(seconds=0.01))
    with pytest.raises(LoadError, match=r"longer than 0\.01 seconds"):
        slow("doc", b"hang", GOOD)
