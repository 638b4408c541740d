"""Which generations and shards stay after a build, and which are swept away."""

from pathlib import Path

import pytest

from normqa.index.generation import Generation, publish
from tests.build.builds import Builds, names_in


def edition(number: int) -> dict[str, str]:
    """A corpus of which two documents change and two stay."""
    return {
        "a.md": f"States keep {number} hotlines.",
        "b.md": f"Treaties bind {number} states.",
        "c.md": "Norms guide states.",
        "d.md": "Firms report.",
    }


@pytest.mark.parametrize(("keep", "stay"), [(0, 2), (1, 2), (2, 2), (3, 3), (4, 4), (9, 5)])
def test_as_many_generations_stay_as_are_wanted_and_always_the_last_two(
    keep: int, stay: int, builds: Builds
) -> None:
    """The newest of them: a server may be about to open the one that was in force until now."""
    names = [builds.of(edition(number), keep=keep).generation for number in range(5)]
    assert builds.generations() == set(names[-stay:])
    for name in names[-stay:]:
        Generation.open(builds.index, name)


@pytest.mark.usefixtures("four_shards")
def test_the_shards_of_those_that_stay_stay_and_no_other(builds: Builds) -> None:
    for number in range(5):
        builds.of(edition(number), keep=3)
        assert builds.shards() == builds.named_shards()
        for name in builds.generations():
            Generation.open(builds.index, name)


@pytest.mark.usefixtures("four_shards")
def test_a_shard_outlives_the_generation_that_it_was_written_for(builds: Builds) -> None:
    first = builds.of(edition(0))
    shared = {shard.name for shard in first.shards}
    for number in range(1, 4):
        shared &= {shard.name for shard in builds.of(edition(number)).shards}
    assert shared
    assert first.generation not in builds.generations()
    assert shared <= builds.shards()
    assert builds.generation().store.document("c").text == "Norms guide states."


def test_where_fewer_are_wanted_than_stand_the_oldest_go(builds: Builds) -> None:
    names = [builds.of(edition(number), keep=9).generation for number in range(4)]
    assert builds.generations() == set(names)
    last = builds.of(edition(4), keep=2).generation
    assert builds.generations() == {names[-1], last}
    assert builds.shards() == builds.named_shards()


def test_after_a_rollback_the_one_rolled_back_to_is_the_one_before(builds: Builds) -> None:
    """It stays; of the others, only as many as are wanted."""
    names = [builds.of(edition(number), keep=9).generation for number in range(3)]
    publish(builds.index, names[0], rolled_back=True)
    third = builds.of(edition(3), keep=2).generation
    assert builds.generations() == {names[0], third}


def test_what_was_rolled_back_from_stays_as_long_as_it_is_among_the_newest(builds: Builds) -> None:
    names = [builds.of(edition(number), keep=9).generation for number in range(3)]
    publish(builds.index, names[0], rolled_back=True)
    third = builds.of(edition(3), keep=3).generation
    assert builds.generations() == {names[0], names[2], third}


def leave(folder: Path) -> None:
    """Leaves half a folder."""
    (folder / "lexical").mkdir(parents=True)
    (folder / "texts.sqlite").write_bytes(b"half of it")


def test_what_killed_builds_left_is_swept_away(builds: Builds) -> None:
    """Folders without their name, a newer generation that never was in force, and shards that none names."""
    first = builds.of(edition(1)).generation
    for name in (".building-20200101T000000.000000Z", "29991231T235959.000000Z"):
        leave(builds.index / "generations" / name)
    for name in (".building-20200101T000000.000000Z-0", "20200101T000000.000000Z-0"):
        leave(builds.index / "shards" / name)
    (builds.index / ".CURRENT").write_text("half of i")
    (builds.index / ".lock-holder").write_text("half of i")
    second = builds.of(edition(2)).generation
    assert builds.generations() == {first, second}
    assert builds.shards() == {f"{first}-0", f"{second}-0"}
    assert names_in(builds.index) == {"CURRENT", ".lock", "generations", "shards"}


def test_a_damaged_generation_goes_like_any_other(builds: Builds) -> None:
    """While it stands among the newest, it is kept for whoever wants to look at it."""
    damaged = builds.of(edition(1), keep=3).generation
    (builds.index / "generations" / damaged / "manifest.json").write_bytes(b"")
    second, third = (builds.of(edition(number), keep=3).generation for number in (2, 3))
    assert builds.generations() == {damaged, second, third}
    fourth = builds.of(edition(4), keep=3).generation
    assert builds.generations() == {second, third, fourth}
    assert builds.shards() == builds.named_shards()


def test_nothing_else_in_the_index_folder_is_touched(builds: Builds) -> None:
    builds.index.mkdir()
    (builds.index / "notes.txt").write_text("mine")
    builds.of(edition(1))
    assert (builds.index / "notes.txt").read_text() == "mine"
