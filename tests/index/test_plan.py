"""What differs between a generation and the corpus."""

import pytest

from normqa.index.manifest import Recipe
from normqa.index.plan import Drift, drift

BUILT = Recipe(encoder="e", splitter="s", loader="l", files={"b.md": "1", "a.md": "2", "c.md": "3"})


def test_the_same_recipe_has_no_drift() -> None:
    assert drift(BUILT, BUILT) == Drift()
    assert not drift(BUILT, BUILT)


def test_added_changed_and_removed_files_are_told_in_order() -> None:
    now = BUILT.model_copy(update={"files": {"z.md": "5", "b.md": "1", "a.md": "9", "d.md": "4"}})
    assert drift(BUILT, now) == Drift(added=("d.md", "z.md"), changed=("a.md",), removed=("c.md",))
    assert drift(BUILT, now)


def test_a_file_whose_bytes_stand_under_another_name_is_renamed() -> None:
    now = BUILT.model_copy(update={"files": {"b.md": "1", "a.md": "2", "new/c.md": "3"}})
    assert drift(BUILT, now) == Drift(renamed=(("c.md", "new/c.md"),))
    assert drift(BUILT, now)


def test_of_copies_as_many_are_renamed_as_there_were() -> None:
    built = BUILT.model_copy(update={"files": {"a.md": "1", "b.md": "1", "c.md": "1"}})
    now = BUILT.model_copy(update={"files": {"c.md": "1", "x.md": "1", "y.md": "1", "z.md": "1"}})
    assert drift(built, now) == Drift(added=("z.md",), renamed=(("a.md", "x.md"), ("b.md", "y.md")))
    assert drift(now, built) == Drift(renamed=(("x.md", "a.md"), ("y.md", "b.md")), removed=("z.md",))


def test_a_file_that_changed_where_it_stands_is_not_renamed() -> None:
    now = BUILT.model_copy(update={"files": {"b.md": "2", "a.md": "1", "c.md": "3"}})
    assert drift(BUILT, now) == Drift(changed=("a.md", "b.md"))


@pytest.mark.parametrize("part", ["encoder", "splitter", "loader"])
def test_a_setting_that_changed_is_told(part: str) -> None:
    now = BUILT.model_copy(update={part: "other"})
    assert drift(BUILT, now) == Drift(settings=(part,))
    assert drift(BUILT, now)
