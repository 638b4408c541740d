"""Which generations and shards a build keeps, and which it removes."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from normqa.errors import EncoderUnavailable, NothingUsable
from normqa.index.disk.retention import Retention
from normqa.index.folder import IndexFolder
from normqa.index.generation import Generation
from normqa.index.manifest import FORMAT
from tests.build.builds import Builds, FailingEncoder, in_shards, names_in


def edition(number: int) -> dict[str, str]:
    """A corpus of which two documents change and two stay."""
    return {
        "a.md": f"States keep {number} hotlines.",
        "b.md": f"Treaties bind {number} states.",
        "c.md": "Norms guide states.",
        "d.md": "Firms report.",
    }


@pytest.mark.parametrize(("keep", "stay"), [(0, 2), (1, 2), (2, 2), (3, 3), (4, 4), (9, 5)])
def test_the_newest_generations_are_kept_and_always_the_last_two(
    keep: int, stay: int, builds: Builds
) -> None:
    """A server may be about to open the previous one."""
    names = [builds.of(edition(number), keep=keep).generation for number in range(5)]
    assert builds.generations() == set(names[-stay:])
    for name in names[-stay:]:
        Generation.open(builds.folder, name)


NAMES = [
    "000007-20260106T120000.000000Z",
    "000006-20260106T110000.000000Z",
    "000005-20260105T180000.000000Z",
    "000004-20260105T090000.000000Z",
    "000003-20260102T180000.000000Z",
    "000002-20260102T090000.000000Z",
    "20251231T090000.000000Z",
]


@pytest.mark.parametrize(
    ("newest", "days", "kept"),
    [
        (2, 0, [7, 6]),
        (2, 1, [7, 6, 5]),
        (2, 2, [7, 6, 5, 3]),
        (2, 9, [7, 6, 5, 3, 1]),
        (4, 1, [7, 6, 5, 4]),
        (9, 1, [7, 6, 5, 4, 3, 2, 1]),
    ],
)
def test_last_generation_of_earlier_days_is_kept(newest: int, days: int, kept: list[int]) -> None:
    """Days on which nothing was built do not count."""
    found = Retention(newest, days).kept(NAMES, NAMES[:1])
    assert found == {NAMES[len(NAMES) - number] for number in kept}


def test_many_builds_of_a_day_do_not_remove_the_state_before_them(
    builds: Builds, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime(2026, 1, 2, 23, 50, tzinfo=UTC)
    monkeypatch.setattr(Builds, "folder", property(lambda own: IndexFolder(own.index, lambda: now)))
    yesterday = [builds.of(edition(number), keep=2).generation for number in range(2)][-1]
    now = datetime(2026, 1, 3, 8, 0, tzinfo=UTC)
    today = []
    for number in range(2, 6):
        builds.write(edition(number))
        builds(keep=2, keep_days=1)
        today.append(builds.current())
    assert builds.generations() == {yesterday, *today[-2:]}
    Generation.open(builds.folder, yesterday)


@pytest.mark.usefixtures("four_shards")
def test_only_shards_of_kept_generations_are_kept(builds: Builds) -> None:
    for number in range(5):
        builds.of(edition(number), keep=3)
        assert builds.shards() == builds.named_shards()
        for name in builds.generations():
            Generation.open(builds.folder, name)


@pytest.mark.usefixtures("four_shards")
def test_a_shard_outlives_the_generation_that_wrote_it(builds: Builds) -> None:
    first = builds.of(edition(0))
    shared = {shard.name for shard in first.shards}
    for number in range(1, 4):
        shared &= {shard.name for shard in builds.of(edition(number)).shards}
    assert shared
    assert first.generation not in builds.generations()
    assert shared <= builds.shards()
    assert builds.generation().store.document("c").text == "Norms guide states."


def test_keeping_fewer_removes_the_oldest(builds: Builds) -> None:
    names = [builds.of(edition(number), keep=9).generation for number in range(4)]
    assert builds.generations() == set(names)
    last = builds.of(edition(4), keep=2).generation
    assert builds.generations() == {names[-1], last}
    assert builds.shards() == builds.named_shards()


def test_a_generation_that_was_rolled_back_to_counts_as_the_previous_one(builds: Builds) -> None:
    """It stays; of the others, only as many as are wanted."""
    names = [builds.of(edition(number), keep=9).generation for number in range(3)]
    builds.folder.publish(names[0], rolled_back_from=names[2])
    third = builds.of(edition(3), keep=2).generation
    assert builds.generations() == {names[0], third}


def test_a_generation_that_was_rolled_back_from_is_kept_among_the_newest(builds: Builds) -> None:
    names = [builds.of(edition(number), keep=9).generation for number in range(3)]
    builds.folder.publish(names[0], rolled_back_from=names[2])
    third = builds.of(edition(3), keep=3).generation
    assert builds.generations() == {names[0], names[2], third}


def leave(folder: Path) -> None:
    """Leaves half a folder."""
    (folder / "lexical").mkdir(parents=True)
    (folder / "texts.sqlite").write_bytes(b"half of it")


def test_leftovers_of_killed_builds_are_removed(builds: Builds) -> None:
    """Unfinished folders, a newer generation that was never published, and unused shards."""
    first = builds.of(edition(1)).generation
    for name in (".building-000001-20200101T000000.000000Z", "000099-20200101T000000.000000Z"):
        leave(builds.index / "generations" / name)
    for name in (".building-000001-20200101T000000.000000Z-0", "000099-20200101T000000.000000Z-0"):
        leave(builds.index / "shards" / name)
    (builds.index / ".CURRENT").write_text("half of i")
    (builds.index / ".lock-holder").write_text("half of i")
    second = builds.of(edition(2)).generation
    assert builds.generations() == {first, second}
    assert builds.shards() == {f"{first}-0", f"{second}-0"}
    assert names_in(builds.index) == {"CURRENT", ".lock", "generations", "shards"}


def test_a_damaged_generation_is_removed_like_any_other(builds: Builds) -> None:
    """Among the newest, it is kept for inspection."""
    damaged = builds.of(edition(1), keep=3).generation
    (builds.index / "generations" / damaged / "manifest.json").write_bytes(b"")
    second, third = (builds.of(edition(number), keep=3).generation for number in (2, 3))
    assert builds.generations() == {damaged, second, third}
    fourth = builds.of(edition(4), keep=3).generation
    assert builds.generations() == {second, third, fourth}
    assert builds.shards() == builds.named_shards()


@pytest.fixture
def old_format(builds: Builds) -> set[str]:
    """An index that an older version wrote, which this one cannot read. The names of its shards."""
    builds.layout = in_shards(4)
    builds.of(edition(1), keep=3)
    for path in builds.folder.generation(builds.current()).glob("manifest*.json"):
        path.write_text(path.read_text().replace(f'"format": {FORMAT}', f'"format": {FORMAT - 1}'))
    return builds.shards()


def test_an_upgrade_keeps_the_old_index_until_the_new_one_is_current(
    builds: Builds, old_format: set[str]
) -> None:
    """The old version still answers from it, and goes on if the build fails."""
    name = builds.current()
    builds.write({"a.md": ""})
    with pytest.raises(NothingUsable):
        builds()
    assert (builds.current(), builds.shards()) == (name, old_format)
    builds.write(edition(2))
    with pytest.raises(EncoderUnavailable):
        builds(FailingEncoder(1))
    assert (builds.current(), builds.shards()) == (name, old_format)


def test_an_upgrade_encodes_only_new_text(builds: Builds, old_format: set[str]) -> None:
    assert old_format
    encoded = builds.encoder.encoded
    builds.of(edition(2), keep=2)
    assert builds.encoder.encoded - encoded == 2


def test_the_shards_of_an_old_format_go_with_their_generation(builds: Builds, old_format: set[str]) -> None:
    for number in (2, 3):
        builds.of(edition(number), keep=2)
    assert not old_format & builds.shards()
    assert builds.shards() == builds.named_shards()


def test_other_files_in_the_index_folder_are_left_alone(builds: Builds) -> None:
    builds.of(edition(1))
    mine = [
        builds.index / name for name in ("notes.txt", "shards/data-0", "generations/1999", "shards/.kept")
    ]
    for path in mine:
        path.mkdir()
        (path / "text").write_text("mine")
    builds.of(edition(2))
    builds.of(edition(3))
    assert [(path / "text").read_text() for path in mine] == ["mine"] * len(mine)
