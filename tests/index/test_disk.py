"""The index folder among other folders: foreign content, file modes and the lock."""

import json
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from normqa.errors import IndexBusy, NotAnIndex
from normqa.index.disk.names import is_written_by_build
from normqa.index.folder import IndexFolder
from normqa.service import Service
from normqa.settings import Settings
from tests.conftest import WriteCorpus, hashing_models

FILES = {"a.md": "The pelican eats herring.\n", "sub/b.md": "Walruses sleep.\n"}


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    """Create files as on most systems: everyone may read them."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def service(write_corpus: WriteCorpus, index: Path) -> Service:
    return Service(Settings(corpus=write_corpus(FILES), index=index), hashing_models())


def _modes(folder: Path) -> set[str]:
    """The modes of a folder and everything in it, apart from the lock, which is always private."""
    paths = [folder, *(path for path in folder.rglob("*") if not path.name.startswith("."))]
    return {oct(stat.S_IMODE(path.stat().st_mode)) for path in paths}


# modes


def test_index_of_a_public_corpus_is_public(service: Service, index: Path) -> None:
    service.build()
    assert _modes(index) == {"0o755", "0o644"}


@pytest.mark.parametrize("private", [".", "a.md", "sub", "sub/b.md"])
def test_index_of_a_private_corpus_is_private(
    private: str, service: Service, corpus: Path, index: Path
) -> None:
    path = corpus / private
    path.chmod(0o700 if path.is_dir() else 0o600)
    service.build()
    assert _modes(index) == {"0o700", "0o600"}


def test_corpus_for_a_group_gives_an_index_for_that_group(
    service: Service, corpus: Path, index: Path
) -> None:
    for path in [corpus, *corpus.rglob("*")]:
        path.chmod(0o750 if path.is_dir() else 0o640)
    service.build()
    assert _modes(index) == {"0o750", "0o640"}


def test_corpus_that_becomes_private_closes_earlier_builds(
    service: Service, corpus: Path, index: Path
) -> None:
    service.build()
    corpus.chmod(0o700)
    service.build()
    assert _modes(index) == {"0o700", "0o600"}
    corpus.chmod(0o755)
    service.build(full=True)
    assert _modes(index) == {"0o700", "0o600"}


def test_index_that_was_narrowed_by_hand_stays_narrow(service: Service, index: Path) -> None:
    index.mkdir(mode=0o700)
    service.build()
    assert _modes(index) == {"0o700", "0o600"}


def test_skipped_files_do_not_make_the_index_private(service: Service, corpus: Path, index: Path) -> None:
    for name in (".hidden", "photo.jpg"):
        (corpus / name).touch(0o600)
    service.build()
    assert _modes(index) == {"0o755", "0o644"}


def test_umask_of_a_group_makes_nothing_writable(service: Service, index: Path) -> None:
    os.umask(0o002)
    service.build()
    assert _modes(index) - {"0o775"} == {"0o755", "0o644"}  # the folder itself is the user's


# foreign content


@pytest.mark.parametrize(
    "name",
    ["notes.txt", "shards/part-0", "generations/1999/x", "shards", "src/a.py", "CURRENT", "generations"],
)
def test_folder_with_other_content_is_refused(name: str, service: Service, index: Path) -> None:
    path = index / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("MANIFEST-000001\n")
    before = sorted(index.rglob("*"))
    with pytest.raises(NotAnIndex, match="Nothing was changed") as refused:
        service.build()
    assert str(index) in refused.value.message
    assert refused.value.code == "not_an_index"
    assert sorted(index.rglob("*")) == before
    assert path.read_text() == "MANIFEST-000001\n"


@pytest.mark.parametrize("name", ["README.md", ".gitignore", ".gitkeep", "lost+found/", "shards/", ".lock"])
def test_folder_without_other_content_is_accepted(name: str, service: Service, index: Path) -> None:
    index.mkdir()
    if name.endswith("/"):
        (index / name).mkdir()
    else:
        (index / name).write_text("")
    assert service.build().written


@pytest.mark.parametrize("lost", ["CURRENT", "generations", "shards"])
def test_damaged_index_is_still_an_index(lost: str, service: Service, index: Path) -> None:
    service.build()
    (index / lost).rename(index / "elsewhere")
    assert service.build().written
    assert (index / "elsewhere").exists()


@pytest.mark.parametrize(
    ("name", "is_own"),
    [
        ("000042-20261128T101500.000000Z", True),
        ("000042-20261128T101500.000000Z-3", True),
        ("20261128T101500.000000Z", True),
        ("20261128T101500.000000Z-12", True),
        (".building-000042-20261128T101500.000000Z-3", True),
        (".building-notes", False),
        ("000042", False),
        ("20261128", False),
        ("000042-20261128T101500.000000Z-3.bak", False),
        ("000042-20261128T101500.000000Z\n", False),
        ("shard-0", False),
    ],
)
def test_names_of_builds(name: str, is_own: bool) -> None:
    assert is_written_by_build(name) == is_own


# lock


def test_only_the_owner_can_open_the_lock(index: Path) -> None:
    index.mkdir()
    (index / ".lock").touch(0o644)
    for _ in range(2):
        with IndexFolder(index).build_lock():
            for name in (".lock", ".lock-holder"):
                assert stat.S_IMODE((index / name).stat().st_mode) == 0o600
        (index / ".lock").unlink()


def test_holder_that_died_is_not_named(index: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    index.mkdir()
    about = {"pid": dead.pid, "host": socket.gethostname(), "since": "2026-11-28T10:00:00+00:00"}
    (index / ".lock-holder").write_text(json.dumps(about))
    with FileLock(index / ".lock"), pytest.raises(IndexBusy) as busy, IndexFolder(index).build_lock():
        pass
    assert busy.value.message == f"Another process is building in {index}."


def test_holder_on_another_machine_is_named(index: Path) -> None:
    index.mkdir()
    about = {"pid": 1, "host": "elsewhere", "since": "2026-11-28T10:00:00+00:00"}
    (index / ".lock-holder").write_text(json.dumps(about))
    with FileLock(index / ".lock"), pytest.raises(IndexBusy) as busy, IndexFolder(index).build_lock():
        pass
    assert "(process 1 on elsewhere, since 2026-11-28T10:00:00+00:00)" in busy.value.message
