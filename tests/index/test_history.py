"""The generations that stand in an index folder, and the way back to one of them."""

import os
import shutil
from pathlib import Path

import pytest

from normqa.errors import IndexBusy, IndexCorrupt, IndexMissing, UnknownGeneration
from normqa.index.generation import Pointer, current, generation_folder
from normqa.index.history import generations, roll_back
from normqa.index.lock import alone
from normqa.index.manifest import Manifest
from normqa.index.report import Report
from tests.build.builds import Builds, flip_a_bit, listing, names_in, truncate
from tests.conftest import asking


def edition(number: int) -> dict[str, str]:
    return {"a.md": f"# Hotlines\n\nStates keep {number} hotlines.", "b.md": "Norms guide states."}


@pytest.fixture
def names(builds: Builds) -> list[str]:
    """Of three generations, the oldest first."""
    return [builds.of(edition(number), keep=9).generation for number in (1, 2, 3)]


def quoted(builds: Builds) -> tuple[str, bool]:
    """What a fresh service quotes, and whether it says that it was rolled back."""
    answer = builds.service().ask(asking("How many hotlines do states keep?", 1))
    return answer.quotes[0].text, answer.rolled_back


def test_every_generation_is_told_newest_first_with_what_it_is_and_what_its_build_did(
    builds: Builds, names: list[str]
) -> None:
    past = generations(builds.index)
    assert [each.name for each in past] == names[::-1]
    assert [each.in_force for each in past] == [True, False, False]
    assert [each.rolled_back for each in past] == [False] * 3
    for each in past:
        folder = generation_folder(builds.index, each.name)
        assert each.manifest == Manifest.read(folder)
        assert each.report == Report.read(folder)
        assert each.fault is None
    assert [each.report and each.report.update.changed for each in past] == [("a.md",), ("a.md",), ()]


def test_where_nothing_was_built_there_is_none(index: Path) -> None:
    assert generations(index) == []


def test_where_the_pointer_is_broken_none_is_in_force(builds: Builds, names: list[str]) -> None:
    (builds.index / "CURRENT").write_bytes(b"")
    assert [(each.name, each.in_force) for each in generations(builds.index)] == [
        (name, False) for name in names[::-1]
    ]


def test_looking_at_the_past_writes_nothing(builds: Builds, names: list[str]) -> None:
    before = listing(builds.index)
    assert len(generations(builds.index, whole=True)) == len(names)
    assert listing(builds.index) == before


@pytest.mark.parametrize(
    ("part", "is_read"),
    [("texts.sqlite", True), ("keys.npy", True), ("report.json", False), ("manifest.json", False)],
)
def test_a_damaged_generation_is_told_with_what_is_wrong(
    part: str, is_read: bool, builds: Builds, names: list[str]
) -> None:
    """And the others are not."""
    folder = generation_folder(builds.index, names[1])
    [path] = [*folder.glob(part), *(builds.index / "shards" / f"{names[1]}-0").glob(part)]
    flip_a_bit(path, 0)
    newest, damaged, oldest = generations(builds.index)
    assert newest.fault is None
    assert oldest.fault is None
    assert damaged.fault is not None
    assert str(path) in damaged.fault.message
    assert (damaged.manifest is not None) == (part != "manifest.json")
    assert (damaged.report is not None) == is_read


@pytest.mark.usefixtures("names")
def test_a_large_part_that_was_changed_and_given_its_old_time_is_told_when_all_is_read(
    builds: Builds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("normqa.index.checksums._SMALL_BYTES", 1)
    path = builds.shard() / "passages.npy"
    modified = path.stat().st_mtime_ns
    flip_a_bit(path)
    os.utime(path, ns=(modified, modified))
    assert [each.fault for each in generations(builds.index)] == [None] * 3
    faults = [each.fault for each in generations(builds.index, whole=True)]
    assert faults[1:] == [None, None]
    assert faults[0] is not None
    assert f"{path} is not what was written there" in faults[0].message


@pytest.mark.parametrize("where", ["shard", "lexical", "generation"])
def test_a_file_that_does_not_belong_there_is_told_when_all_is_read(
    where: str, builds: Builds, names: list[str]
) -> None:
    folders = {
        "shard": builds.shard(),
        "lexical": builds.shard() / "lexical",
        "generation": generation_folder(builds.index, names[-1]),
    }
    foreign = folders[where] / "texts.sqlite-journal"
    foreign.write_bytes(b"")
    assert [each.fault for each in generations(builds.index)] == [None] * 3
    faults = [each.fault for each in generations(builds.index, whole=True)]
    assert faults[1:] == [None, None]
    assert faults[0] is not None
    assert faults[0].message == f"{foreign} does not belong there."


@pytest.mark.usefixtures("four_shards")
def test_a_damaged_shard_is_told_of_every_generation_that_holds_it(builds: Builds) -> None:
    first, second = builds.of(edition(1)), builds.of(edition(2))
    shared = next(shard for shard in first.shards if shard in second.shards)
    truncate(builds.index / "shards" / shared.name / "texts.sqlite")
    for past in generations(builds.index):
        assert past.fault is not None
        assert shared.name in past.fault.message


def test_without_a_name_the_one_before_is_put_in_force_and_then_the_one_before_that(
    builds: Builds, names: list[str]
) -> None:
    for number in (2, 1):
        assert roll_back(builds.index, None) == Manifest.read(
            generation_folder(builds.index, names[number - 1])
        )
        assert current(builds.index) == Pointer(names[number - 1], rolled_back=True)
        assert quoted(builds) == (f"States keep {number} hotlines.", True)
        assert [(each.in_force, each.rolled_back) for each in generations(builds.index)] == [
            (name == names[number - 1],) * 2 for name in names[::-1]
        ]
    with pytest.raises(UnknownGeneration, match=f"There is no generation before {names[0]}"):
        roll_back(builds.index, None)
    assert current(builds.index) == Pointer(names[0], rolled_back=True)


def test_a_named_one_is_put_in_force(builds: Builds, names: list[str]) -> None:
    assert roll_back(builds.index, names[0]).generation == names[0]
    assert quoted(builds) == ("States keep 1 hotlines.", True)
    roll_back(builds.index, names[1])
    assert quoted(builds) == ("States keep 2 hotlines.", True)


def test_back_at_the_newest_nothing_is_rolled_back_any_more(builds: Builds, names: list[str]) -> None:
    roll_back(builds.index, names[0])
    roll_back(builds.index, names[2])
    assert current(builds.index) == Pointer(names[2])
    assert quoted(builds) == ("States keep 3 hotlines.", False)


def test_5_after_a_build_ended_a_rollback_to_go_to_a_newer_one_is_a_rollback_too(
    builds: Builds, names: list[str]
) -> None:
    """The corpus went back to the oldest, so the newest quotes what stands there no more."""
    roll_back(builds.index, names[0])
    newest = builds.of(edition(1), keep=9).generation
    assert current(builds.index) == Pointer(newest)
    roll_back(builds.index, names[2])
    assert quoted(builds) == ("States keep 3 hotlines.", True)


@pytest.mark.parametrize("name", ["20200101T000000.000000Z", "", ".", "..", "../shards", "x"])
def test_a_generation_that_is_not_there_is_told_and_changes_nothing(
    name: str, builds: Builds, names: list[str]
) -> None:
    with pytest.raises(UnknownGeneration, match="There is no generation '") as unknown:
        roll_back(builds.index, name)
    assert unknown.value.hint == "normqa generations lists them."
    assert current(builds.index) == Pointer(names[-1])


@pytest.mark.parametrize("part", ["report.json", "manifest.json"])
def test_a_damaged_generation_is_not_put_in_force(part: str, builds: Builds, names: list[str]) -> None:
    path = generation_folder(builds.index, names[1]) / part
    truncate(path) if part == "report.json" else path.unlink()
    with pytest.raises(IndexCorrupt, match=str(path)):
        roll_back(builds.index, None)
    assert current(builds.index) == Pointer(names[-1])
    assert quoted(builds) == ("States keep 3 hotlines.", False)


@pytest.mark.usefixtures("names")
def test_a_way_back_stands_though_the_newest_is_damaged(builds: Builds) -> None:
    shutil.rmtree(builds.shard())
    roll_back(builds.index, None)
    assert quoted(builds) == ("States keep 2 hotlines.", True)


def test_where_nothing_was_built_there_is_no_way_back(index: Path) -> None:
    with pytest.raises(IndexMissing):
        roll_back(index, None)
    assert not index.exists()


def test_while_a_build_runs_nobody_goes_back(builds: Builds, names: list[str]) -> None:
    with alone(builds.index), pytest.raises(IndexBusy):
        roll_back(builds.index, names[0])
    assert current(builds.index) == Pointer(names[-1])


def test_a_rollback_writes_nothing_but_the_pointer(builds: Builds, names: list[str]) -> None:
    folders = [builds.index / name for name in ("generations", "shards")]
    before = [listing(folder) for folder in folders]
    roll_back(builds.index, names[0])
    assert [listing(folder) for folder in folders] == before
    assert names_in(builds.index) == {"CURRENT", ".lock", "generations", "shards"}


@pytest.mark.parametrize(("number", "encoded"), [(3, 0), (4, 1)])
def test_a_build_after_a_rollback_puts_the_corpus_as_it_is_in_force(
    number: int, encoded: int, builds: Builds, names: list[str]
) -> None:
    """What the one that was rolled back from holds is not encoded again."""
    roll_back(builds.index, names[0])
    builds.write(edition(number))
    built = builds(keep=9)
    assert (built.written, built.report.encoded) == (True, encoded)
    assert quoted(builds) == (f"States keep {number} hotlines.", False)
    assert [each.in_force for each in generations(builds.index)] == [True, False, False, False]
