"""What differs between a generation and the corpus."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from normqa.index.manifest import Fingerprints
from normqa.index.plan import BuildInputs, CorpusDiff, diff_corpus

MADE_BY = Fingerprints(encoder="e", splitter="s", loader="l")


def of(files: Mapping[str, str]) -> BuildInputs:
    """The recipe of files, each with its hash."""
    return BuildInputs(MADE_BY, files)


BUILT = of({"b.md": "1", "a.md": "2", "c.md": "3"})


def test_the_same_recipe_leaves_nothing_to_do() -> None:
    assert diff_corpus(BUILT, BUILT) == CorpusDiff(kept=("a.md", "b.md", "c.md"))
    assert not diff_corpus(BUILT, BUILT)


def test_added_changed_removed_and_kept_files_are_told_in_order() -> None:
    now = of({"z.md": "5", "b.md": "1", "a.md": "9", "d.md": "4"})
    update = diff_corpus(BUILT, now)
    assert update == CorpusDiff(added=("d.md", "z.md"), changed=("a.md",), removed=("c.md",), kept=("b.md",))
    assert update


def test_a_file_whose_bytes_stand_under_another_name_is_renamed() -> None:
    update = diff_corpus(BUILT, of({"b.md": "1", "a.md": "2", "new/c.md": "3"}))
    assert update == CorpusDiff(renamed=(("c.md", "new/c.md"),), kept=("a.md", "b.md"))
    assert update


def test_of_copies_as_many_are_renamed_as_there_were() -> None:
    built = of({"a.md": "1", "b.md": "1", "c.md": "1"})
    now = of({"c.md": "1", "x.md": "1", "y.md": "1", "z.md": "1"})
    assert diff_corpus(built, now) == CorpusDiff(
        added=("z.md",), renamed=(("a.md", "x.md"), ("b.md", "y.md")), kept=("c.md",)
    )
    assert diff_corpus(now, built) == CorpusDiff(
        renamed=(("x.md", "a.md"), ("y.md", "b.md")), removed=("z.md",), kept=("c.md",)
    )


def test_a_file_that_changed_where_it_stands_is_not_renamed() -> None:
    now = of({"b.md": "2", "a.md": "1", "c.md": "3"})
    assert diff_corpus(BUILT, now) == CorpusDiff(changed=("a.md", "b.md"), kept=("c.md",))


def test_from_nothing_every_file_is_added() -> None:
    assert diff_corpus(of({}), BUILT) == CorpusDiff(added=("a.md", "b.md", "c.md"))


@pytest.mark.parametrize("part", ["encoder", "splitter", "loader"])
def test_a_setting_that_changed_is_told(part: str) -> None:
    now = replace(BUILT, fingerprints=MADE_BY.model_copy(update={part: "other"}))
    update = diff_corpus(BUILT, now)
    assert update == CorpusDiff(kept=("a.md", "b.md", "c.md"), settings=(part,))
    assert update
