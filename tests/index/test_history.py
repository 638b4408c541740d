"""The generations that are kept, and rolling back to one of them."""

import os
import shutil
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from normqa.errors import EncoderMismatch, IndexBusy, IndexCorrupt, IndexMissing, UnknownGeneration
from normqa.index import history
from normqa.index.disk.pointer import Pointer
from normqa.index.folder import IndexFolder
from normqa.index.history import generations
from normqa.index.manifest import Manifest
from normqa.index.report import Report
from normqa.models.hashing import HashingEncoder
from tests.build.builds import Builds, flip_a_bit, listing, names_in, truncate
from tests.conftest import asking, roll_back


def edition(number: int) -> dict[str, str]:
    return {"a.md": f"# Hotlines\n\nStates keep {number} hotlines.", "b.md": "Norms guide states."}


@pytest.fixture
def names(builds: Builds) -> list[str]:
    """Names of three generations, the oldest first."""
    return [builds.of(edition(number), keep=9).generation for number in (1, 2, 3)]


def quoted(builds: Builds) -> tuple[str, bool]:
    """What a fresh service quotes, and whether its answer says that it was rolled back."""
    answer = builds.service().ask(asking("How many hotlines do states keep?", 1))
    return answer.quotes[0].text, answer.rolled_back


def test_generations_are_listed_newest_first_with_manifest_and_report(
    builds: Builds, names: list[str]
) -> None:
    past = generations(builds.folder)
    assert [kept.name for kept in past] == names[::-1]
    assert [kept.in_force for kept in past] == [True, False, False]
    assert [kept.rolled_back for kept in past] == [False] * 3
    for kept in past:
        folder = builds.folder.generation(kept.name)
        assert kept.manifest == Manifest.read(folder)
        assert kept.report == Report.read(folder)
        assert kept.fault is None
    assert [kept.report and kept.report.update.changed for kept in past] == [("a.md",), ("a.md",), ()]


def test_an_index_that_was_never_built_has_no_generations(index: Path) -> None:
    assert generations(IndexFolder(index)) == []


def test_with_a_damaged_current_no_generation_is_current(builds: Builds, names: list[str]) -> None:
    (builds.index / "CURRENT").write_bytes(b"")
    assert [(kept.name, kept.in_force) for kept in generations(builds.folder)] == [
        (name, False) for name in names[::-1]
    ]


def test_listing_writes_nothing(builds: Builds, names: list[str]) -> None:
    before = listing(builds.index)
    assert len(generations(builds.folder, whole=True)) == len(names)
    assert listing(builds.index) == before


@pytest.mark.parametrize(
    ("part", "is_read"),
    [("texts.sqlite", True), ("keys.npy", True), ("report.json", False), ("manifest.json", False)],
)
def test_a_damaged_generation_is_listed_with_its_fault(
    part: str, is_read: bool, builds: Builds, names: list[str]
) -> None:
    """The others have none."""
    folder = builds.folder.generation(names[1])
    [path] = [*folder.glob(part), *(builds.index / "shards" / f"{names[1]}-0").glob(part)]
    flip_a_bit(path, 0)
    newest, damaged, oldest = generations(builds.folder)
    assert newest.fault is None
    assert oldest.fault is None
    assert damaged.fault is not None
    assert str(path) in damaged.fault.message
    assert (damaged.manifest is not None) == (part != "manifest.json")
    assert (damaged.report is not None) == is_read


@pytest.mark.usefixtures("names")
def test_a_whole_check_finds_a_changed_large_file_with_its_old_time(builds: Builds) -> None:
    folder = IndexFolder(builds.index, trust_above=0)
    path = builds.shard() / "passages.npy"
    modified = path.stat().st_mtime_ns
    flip_a_bit(path)
    os.utime(path, ns=(modified, modified))
    assert [kept.fault for kept in generations(folder)] == [None] * 3
    faults = [kept.fault for kept in generations(folder, whole=True)]
    assert faults[1:] == [None, None]
    assert faults[0] is not None
    assert f"{path} is corrupted: checksum mismatch" in faults[0].message


@pytest.mark.parametrize("where", ["shard", "lexical", "generation"])
def test_a_whole_check_finds_a_foreign_file(where: str, builds: Builds, names: list[str]) -> None:
    folders = {
        "shard": builds.shard(),
        "lexical": builds.shard() / "lexical",
        "generation": builds.folder.generation(names[-1]),
    }
    foreign = folders[where] / "texts.sqlite-journal"
    foreign.write_bytes(b"")
    assert [kept.fault for kept in generations(builds.folder)] == [None] * 3
    faults = [kept.fault for kept in generations(builds.folder, whole=True)]
    assert faults[1:] == [None, None]
    assert faults[0] is not None
    assert faults[0].message == f"{foreign} is not part of this generation."


@pytest.mark.usefixtures("four_shards")
def test_a_damaged_shard_is_a_fault_of_every_generation_that_uses_it(builds: Builds) -> None:
    first, second = builds.of(edition(1)), builds.of(edition(2))
    shared = next(shard for shard in first.shards if shard in second.shards)
    truncate(builds.index / "shards" / shared.name / "texts.sqlite")
    for past in generations(builds.folder):
        assert past.fault is not None
        assert shared.name in past.fault.message


def test_without_a_name_each_rollback_goes_one_generation_back(builds: Builds, names: list[str]) -> None:
    for number in (2, 1):
        assert roll_back(builds.index) == Manifest.read(builds.folder.generation(names[number - 1]))
        assert builds.folder.current() == Pointer(names[number - 1], rolled_back_from=names[2])
        assert quoted(builds) == (f"States keep {number} hotlines.", True)
        assert [(kept.in_force, kept.rolled_back) for kept in generations(builds.folder)] == [
            (name == names[number - 1],) * 2 for name in names[::-1]
        ]
    with pytest.raises(UnknownGeneration, match=f"There is no generation before {names[0]}"):
        roll_back(builds.index)
    assert builds.folder.current() == Pointer(names[0], rolled_back_from=names[2])


def test_a_named_generation_becomes_current(builds: Builds, names: list[str]) -> None:
    assert roll_back(builds.index, names[0]).generation == names[0]
    assert quoted(builds) == ("States keep 1 hotlines.", True)
    roll_back(builds.index, names[1])
    assert quoted(builds) == ("States keep 2 hotlines.", True)


def test_rolling_forward_to_the_newest_ends_the_rollback(builds: Builds, names: list[str]) -> None:
    roll_back(builds.index, names[0])
    roll_back(builds.index, names[2])
    assert builds.folder.current() == Pointer(names[2])
    assert quoted(builds) == ("States keep 3 hotlines.", False)


def leave_unpublished(builds: Builds, number: int) -> str:
    """Write a generation, as a build does that is killed before it publishes, and return its name."""
    pointer = (builds.index / "CURRENT").read_bytes()
    name = builds.of(edition(number), keep=9).generation
    (builds.index / "CURRENT").write_bytes(pointer)
    return name


def test_a_generation_that_was_never_published_is_none(builds: Builds, names: list[str]) -> None:
    """The next build removes it. Until then it is not listed, and nothing can be rolled back to it."""
    unpublished = leave_unpublished(builds, 4)
    assert [kept.name for kept in generations(builds.folder)] == names[::-1]
    with pytest.raises(UnknownGeneration):
        roll_back(builds.index, unpublished)
    roll_back(builds.index, names[2])
    assert quoted(builds) == ("States keep 3 hotlines.", False)


def test_rolling_forward_past_a_generation_that_was_never_published_ends_the_rollback(
    builds: Builds, names: list[str]
) -> None:
    """A build that was killed after the rollback left it."""
    roll_back(builds.index, names[0])
    leave_unpublished(builds, 4)
    roll_back(builds.index, names[1])
    assert quoted(builds) == ("States keep 2 hotlines.", True)
    roll_back(builds.index)
    assert quoted(builds) == ("States keep 1 hotlines.", True)
    roll_back(builds.index, names[2])
    assert quoted(builds) == ("States keep 3 hotlines.", False)


def test_a_build_after_a_rollback_removes_what_a_killed_build_left(builds: Builds, names: list[str]) -> None:
    roll_back(builds.index, names[0])
    leave_unpublished(builds, 4)
    last = builds.of(edition(5), keep=9).generation
    assert builds.generations() == {*names, last}
    assert builds.shards() == builds.named_shards()


def test_5_rolling_to_a_generation_that_a_build_replaced_is_a_rollback(
    builds: Builds, names: list[str]
) -> None:
    """The corpus went back to the oldest edition, so the third one quotes text that is no longer in it."""
    roll_back(builds.index, names[0])
    newest = builds.of(edition(1), keep=9).generation
    assert builds.folder.current() == Pointer(newest)
    roll_back(builds.index, names[2])
    assert quoted(builds) == ("States keep 3 hotlines.", True)


@pytest.mark.parametrize("name", ["000001-20200101T000000.000000Z", "", ".", "..", "../shards", "x"])
def test_an_unknown_generation_is_refused(name: str, builds: Builds, names: list[str]) -> None:
    with pytest.raises(UnknownGeneration, match="There is no generation '") as unknown:
        roll_back(builds.index, name)
    assert unknown.value.hint.startswith("normqa generations ")
    assert builds.folder.current() == Pointer(names[-1])


@pytest.mark.parametrize("part", ["report.json", "manifest.json"])
def test_a_damaged_generation_is_refused(part: str, builds: Builds, names: list[str]) -> None:
    path = builds.folder.generation(names[1]) / part
    truncate(path) if part == "report.json" else path.unlink()
    with pytest.raises(IndexCorrupt, match=str(path)):
        roll_back(builds.index)
    assert builds.folder.current() == Pointer(names[-1])
    assert quoted(builds) == ("States keep 3 hotlines.", False)


@pytest.mark.usefixtures("names")
def test_a_rollback_works_though_the_newest_is_damaged(builds: Builds) -> None:
    shutil.rmtree(builds.shard())
    roll_back(builds.index)
    assert quoted(builds) == ("States keep 2 hotlines.", True)


def test_an_index_that_was_never_built_cannot_be_rolled_back(index: Path) -> None:
    with pytest.raises(IndexMissing):
        roll_back(index)
    assert not index.exists()


def test_a_rollback_during_a_build_is_refused(builds: Builds, names: list[str]) -> None:
    with builds.folder.build_lock(), pytest.raises(IndexBusy):
        roll_back(builds.index, names[0])
    assert builds.folder.current() == Pointer(names[-1])


def test_a_rollback_decides_under_the_lock(
    builds: Builds, names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build that finishes just before the lock is taken makes the next to last generation an older one."""
    build_lock = IndexFolder.build_lock

    def lock_after_a_build(folder: IndexFolder) -> AbstractContextManager[None]:
        monkeypatch.undo()
        builds.of(edition(4), keep=9)
        return build_lock(folder)

    monkeypatch.setattr(IndexFolder, "build_lock", lock_after_a_build)
    roll_back(builds.index, names[2])
    assert builds.folder.current().name == names[2]
    assert builds.folder.current().rolled_back
    assert quoted(builds) == ("States keep 3 hotlines.", True)


def test_a_rollback_over_a_change_of_encoder_is_refused(builds: Builds, names: list[str]) -> None:
    builds(HashingEncoder(64), keep=9)
    current = builds.folder.current()
    with pytest.raises(EncoderMismatch, match=f"Generation {names[2]} was built by another encoder"):
        history.roll_back(builds.folder, None, HashingEncoder(64).fingerprint)
    assert builds.folder.current() == current
    assert history.roll_back(builds.folder, None, builds.encoder.fingerprint).generation == names[2]


def test_a_rollback_writes_only_current(builds: Builds, names: list[str]) -> None:
    folders = [builds.index / name for name in ("generations", "shards")]
    before = [listing(folder) for folder in folders]
    roll_back(builds.index, names[0])
    assert [listing(folder) for folder in folders] == before
    assert names_in(builds.index) == {"CURRENT", ".lock", "generations", "shards"}


@pytest.mark.parametrize(("number", "encoded"), [(3, 0), (4, 1)])
def test_a_build_ends_a_rollback_and_encodes_only_new_text(
    number: int, encoded: int, builds: Builds, names: list[str]
) -> None:
    """The generation that was rolled back from still offers its vectors."""
    roll_back(builds.index, names[0])
    builds.write(edition(number))
    built = builds(keep=9)
    assert (built.written, built.report.encoded) == (True, encoded)
    assert quoted(builds) == (f"States keep {number} hotlines.", False)
    assert [kept.in_force for kept in generations(builds.folder)] == [True, False, False, False]
