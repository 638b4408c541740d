"""What differs between a generation and the corpus."""

import pytest

from normqa.index.manifest import Recipe
from normqa.index.plan import Drift, drift

BUILT = Recipe(encoder="e", splitter="s", loader="l", files={"b.md": "1", "a.md": "2", "c.md": "3"})


def test_the_same_recipe_has_no_drift() -> None:
    assert drift(BUILT, BUILT) == Drift((), (), (), ())
    assert not drift(BUILT, BUILT)


def test_added_changed_and_removed_files_are_told_in_order() -> None:
    now = BUILT.model_copy(update={"files": {"z.md": "5", "b.md": "1", "a.md": "9", "d.md": "4"}})
    assert drift(BUILT, now) == Drift(
        added=("d.md", "z.md"), changed=("a.md",), removed=("c.md",), settings=()
    )
    assert drift(BUILT, now)


def test_a_renamed_file_is_one_removed_and_one_added() -> None:
    now = BUILT.model_copy(update={"files": {"b.md": "1", "a.md": "2", "renamed.md": "3"}})
    assert drift(BUILT, now) == Drift(added=("renamed.md",), changed=(), removed=("c.md",), settings=())


@pytest.mark.parametrize("part", ["encoder", "splitter", "loader"])
def test_a_setting_that_changed_is_told(part: str) -> None:
    now = BUILT.model_copy(update={part: "other"})
    assert drift(BUILT, now) == Drift((), (), (), settings=(part,))
    assert drift(BUILT, now)
