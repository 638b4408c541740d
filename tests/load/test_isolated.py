"""A loader in a process of its own may crash, hang or take too much memory, and costs only its file."""

import os
import signal
import time

import pytest

from normqa.datatypes import Metadata
from normqa.load.loaded import Parsed
from normqa.load.problem import LoadError
from normqa.load.process.isolated import IsolatedLoader, end_loaders
from normqa.load.process.limits import Limits, limit_loaders, loader_limits
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
        case "session":
            return Parsed(load_text(document_id, str(os.getsid(0) == os.getpid()), stated))
        case "limits":
            import resource

            return Parsed(load_text(document_id, str(resource.getrlimit(resource.RLIMIT_AS)[0]), stated))
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


def test_a_crash_writes_nothing_to_the_terminal(
    loader: IsolatedLoader, capfd: pytest.CaptureFixture[str]
) -> None:
    for body in (b"crash", b"raise", b"memory"):
        with pytest.raises(LoadError):
            loader("doc", body, GOOD)
    assert capfd.readouterr() == ("", "")


def test_an_interrupt_from_the_terminal_does_not_reach_the_process(loader: IsolatedLoader) -> None:
    assert loader("doc", b"session", GOOD).document.text == "True"


def test_the_process_ends_after_a_build_and_starts_again(loader: IsolatedLoader) -> None:
    loader("doc", b"One.", GOOD)
    process = loader._process
    assert process
    end_loaders()
    assert process.returncode is not None
    assert loader("doc", b"Two.", GOOD).document.text == "Two."


def test_limits_of_the_settings_are_used() -> None:
    before = loader_limits()
    limit_loaders(30, 3000)
    try:
        loader = IsolatedLoader(f"{__name__}:misbehave")
        assert loader("doc", b"limits", GOOD).document.text == "3000000000"
    finally:
        limit_loaders(before.seconds, before.memory_bytes // 1_000_000)


def test_the_process_ends_when_its_parent_is_gone() -> None:
    orphan = IsolatedLoader(f"{__name__}:misbehave")
    orphan("doc", b"One.", GOOD)
    process = orphan._process
    assert process
    assert process.stdin
    process.stdin.close()
    assert process.wait(10) == 0
