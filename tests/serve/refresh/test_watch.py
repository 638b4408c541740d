"""The watch of the corpus folder: what it survives, and what it reports."""

import queue
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from watchfiles import watch as watch_files

import normqa.serve.refresh.watch
from normqa.build.build import Built
from normqa.errors import NormqaError
from normqa.serve.refresh.watch import watch
from normqa.service import Service
from tests.conftest import WriteCorpus

PELICAN = "The pelican eats herring."
SQUID = "The pelican eats squid."
CRABS = "The pelican eats crabs."


@dataclass
class Watch:
    """A running watch.

    Attributes:
        service: What it builds with.
        built: Builds that wrote a generation.
        errors: Reported errors.
    """

    service: Service
    built: "queue.SimpleQueue[Built]" = field(default_factory=queue.SimpleQueue)
    errors: "queue.SimpleQueue[NormqaError]" = field(default_factory=queue.SimpleQueue)

    def next_texts(self) -> list[str]:
        """Wait for the next build and return the texts that it indexed."""
        assert self.built.get(timeout=20).written
        return [document.text for document in self.service.documents()]


@contextmanager
def watching(
    service: Service, corpus: Path, on_error: Callable[[NormqaError], None] | None = None
) -> Iterator[Watch]:
    """Watch in a thread, until the end of the block."""
    stop, started = threading.Event(), Watch(service)
    given = service, corpus, stop, started.built.put, on_error or started.errors.put
    thread = threading.Thread(target=watch, args=given)
    thread.start()
    try:
        yield started
    finally:
        stop.set()
        thread.join()


@pytest.fixture
def service(write_corpus: WriteCorpus, make_service: Callable[..., Service]) -> Service:
    """A service with an index of one document."""
    write_corpus({"a.md": PELICAN})
    service = make_service()
    service.build()
    return service


def test_edits_in_a_replaced_folder_are_seen(
    service: Service, corpus: Path, tmp_path: Path, write_corpus: WriteCorpus
) -> None:
    with watching(service, corpus) as watched:
        write_corpus({"a.md": SQUID})
        assert watched.next_texts() == [SQUID]
        corpus.rename(tmp_path / "old")
        write_corpus({"p.md": CRABS})
        assert watched.next_texts() == [CRABS]
        write_corpus({"p.md": PELICAN})
        assert watched.next_texts() == [PELICAN]
        (tmp_path / "old" / "a.md").write_text("Nobody reads this.", encoding="utf-8")
        write_corpus({"p.md": SQUID})
        assert watched.next_texts() == [SQUID]


def test_edits_behind_a_switched_link_are_seen(service: Service, corpus: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.md").write_text(f"The pelican eats {name}.", encoding="utf-8")
    shutil.rmtree(corpus)
    corpus.symlink_to(tmp_path / "one")
    with watching(service, corpus) as watched:
        assert watched.next_texts() == ["The pelican eats one."]
        (tmp_path / "link").symlink_to(tmp_path / "two")
        (tmp_path / "link").rename(corpus)
        assert watched.next_texts() == ["The pelican eats two."]
        (tmp_path / "two" / "a.md").write_text(CRABS, encoding="utf-8")
        assert watched.next_texts() == [CRABS]


def test_missing_folder_is_reported_once_and_watched_when_it_is_back(
    service: Service, corpus: Path, tmp_path: Path, write_corpus: WriteCorpus
) -> None:
    with watching(service, corpus) as watched:
        write_corpus({"a.md": SQUID})
        assert watched.next_texts() == [SQUID]
        corpus.rename(tmp_path / "old")
        assert "missing, so its changes are not seen" in watched.errors.get(timeout=20).message
        with pytest.raises(queue.Empty):
            watched.errors.get(timeout=2.5)  # longer than two attempts
        write_corpus({"a.md": CRABS})
        assert watched.next_texts() == [CRABS]


@pytest.mark.parametrize("fault", [OverflowError("too large"), RecursionError(), MemoryError()])
def test_any_error_of_a_build_is_reported_and_the_next_change_is_built(
    fault: Exception,
    service: Service,
    corpus: Path,
    write_corpus: WriteCorpus,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    build, faults = service.build, [fault]

    def fail_once() -> Built:
        if faults:
            raise faults.pop()
        return build()

    monkeypatch.setattr(service, "build", fail_once)
    with watching(service, corpus) as watched:
        assert type(fault).__name__ in watched.errors.get(timeout=20).message
        write_corpus({"a.md": SQUID})
        assert watched.next_texts() == [SQUID]


def test_watch_survives_errors_of_the_system_and_of_the_output(
    service: Service, corpus: Path, write_corpus: WriteCorpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = [OSError(28, "OS file watch limit reached")] * 2

    def limited(*folders: Path, **options: Any) -> Any:
        if limits:
            raise limits.pop()
        return watch_files(*folders, **options)

    monkeypatch.setattr(normqa.serve.refresh.watch, "watch_files", limited)
    complaints = list[str]()

    def complain(error: NormqaError) -> None:
        complaints.append(error.message)
        raise BrokenPipeError

    write_corpus({"a.md": SQUID})
    with watching(service, corpus, complain) as watched:
        assert watched.built.get(timeout=20).written
    assert len(complaints) == 1
    assert "OS file watch limit reached" in complaints[0]
