"""What a build reports that it did, and what a dry run reports that a build would do."""

from typing import Any

import pytest

from normqa.errors import IndexMissing, NothingUsable, StrictBuild
from normqa.index.disk.pointer import Pointer
from normqa.index.manifest import Fingerprints
from normqa.index.report import BuildInputs, CorpusDiff, Report, diff_corpus
from normqa.load.formats import FORMATS
from normqa.load.problem import Problem
from tests.build.builds import Builds, flip_a_bit, listing

NORMS = "# Norms\n\nStates agree on norms."
HOTLINES = "Hotlines help."
FIRST = {
    "a.md": NORMS,
    "b.md": HOTLINES,
    "empty.md": "",
    "gone.md": "Firms report.",
    "old.md": "# Law\n\nIt binds.",
}
SECOND = {
    "a.md": NORMS,
    "b.md": "Treaties bind.",
    "c.xlsx": "PK",
    "new.md": "# Law\n\nIt binds.",
    "two.md": NORMS,
}
UPDATE = CorpusDiff(
    added=("two.md",),
    changed=("b.md",),
    renamed=(("old.md", "new.md"),),
    removed=("empty.md", "gone.md"),
    kept=("a.md",),
)
KNOWN = ", ".join(suffix for suffix in FORMATS if suffix)
UNREAD = Problem("c.xlsx", f".xlsx files are not read; {KNOWN} and files without a suffix are")


def read(builds: Builds) -> Report:
    """The report in the current generation."""
    return Report.read(builds.folder.generation(builds.current()))


def test_a_report_lists_changes_encoded_passages_and_problems(builds: Builds) -> None:
    """Of four passages one was never seen: b's. The renamed one and the copy are known."""
    builds.of(FIRST)
    builds.write(SECOND)
    report = builds().report
    assert report.update == UPDATE
    assert (report.encoded, report.reused) == (1, 4 - 1)
    assert report.problems == (UNREAD,)
    assert list(report.seconds) == [
        "Reading the corpus",
        "Loading the encoder hashing",
        "Loading documents",
        "Encoding passages",
        "Writing the index",
    ]


def test_in_the_first_report_every_file_is_added(builds: Builds) -> None:
    builds.write(FIRST)
    report = builds().report
    assert report.update == CorpusDiff(added=tuple(FIRST))
    assert (report.encoded, report.reused) == (4, 0)
    assert [(problem.path, problem.skipped) for problem in report.problems] == [("empty.md", True)]


def test_a_report_is_stored_in_its_generation(builds: Builds) -> None:
    """Except for its duration, which is recorded when it is written."""
    builds.of(FIRST)
    builds.write(SECOND)
    report = builds().report
    kept = read(builds)
    assert kept.model_copy(update={"seconds": {}}) == report.model_copy(update={"seconds": {}})
    assert list(kept.seconds) == list(report.seconds)


def test_an_up_to_date_build_reports_nothing_changed_and_everything_reused(builds: Builds) -> None:
    """And the report of the build that wrote the generation stays."""
    builds.of(FIRST)
    before = read(builds)
    report = builds().report
    assert report.update == CorpusDiff(kept=tuple(FIRST))
    assert (report.encoded, report.reused) == (0, 4)
    assert report.problems == before.problems
    assert read(builds) == before


def test_a_full_build_reports_that_it_encoded_everything(builds: Builds) -> None:
    """The two copies count as one that was encoded, and one that was saved."""
    builds.of({"a.md": NORMS, "b.md": NORMS, "c.md": HOTLINES})
    report = builds(full=True).report
    assert (report.encoded, report.reused) == (2, 3 - 2)
    assert report.update == CorpusDiff(kept=("a.md", "b.md", "c.md"))


def test_a_passage_with_damaged_vectors_is_reported_as_encoded(builds: Builds) -> None:
    """The last passage's vector is no longer what was written, so that it is encoded again."""
    builds.of({"a.md": NORMS, "b.md": HOTLINES})
    flip_a_bit(builds.shard() / "passages.npy")
    before = builds.encoder.encoded
    report = builds().report
    assert builds.encoder.encoded - before == 1
    assert (report.encoded, report.reused) == (1, 1)


def files(builds: Builds) -> dict[str, Any]:
    """Everything in the index folder but the lock."""
    return {name: about for name, about in listing(builds.index).items() if name != ".lock"}


def test_a_dry_run_reports_and_neither_writes_nor_encodes(builds: Builds) -> None:
    builds.of(FIRST)
    builds.write(SECOND)
    before, manifest, encoded = files(builds), builds.manifest(), builds.encoder.encoded
    built = builds(dry_run=True)
    assert not built.written
    assert built.manifest == manifest
    assert built.report.update == UPDATE
    assert (built.report.encoded, built.report.reused) == (1, 4 - 1)
    assert built.report.problems == (UNREAD,)
    assert sorted(built.files) == ["a.md", "b.md", "new.md", "two.md"]
    assert files(builds) == before
    assert builds.encoder.encoded == encoded


def test_a_full_dry_run_reports_that_everything_would_be_encoded(builds: Builds) -> None:
    builds.of({"a.md": NORMS, "b.md": HOTLINES})
    before = files(builds)
    built = builds(dry_run=True, full=True)
    assert (built.report.encoded, built.report.reused) == (2, 0)
    assert files(builds) == before


def test_a_dry_run_without_an_index_creates_none(builds: Builds) -> None:
    builds.write(FIRST)
    built = builds(dry_run=True)
    assert built.manifest is None
    assert (built.report.encoded, built.report.reused) == (4, 0)
    assert files(builds) == {}
    with pytest.raises(IndexMissing):
        builds.current()


def test_a_dry_run_of_an_up_to_date_corpus_has_nothing_to_do(builds: Builds) -> None:
    name = builds.of(FIRST).generation
    built = builds(dry_run=True)
    assert not built.report.update
    assert (built.report.encoded, built.report.reused) == (0, 4)
    assert builds.folder.current() == Pointer(name)


def test_a_dry_run_refuses_what_a_build_would_refuse(builds: Builds) -> None:
    builds.of(FIRST)
    builds.write(SECOND)
    with pytest.raises(StrictBuild):
        builds(dry_run=True, strict=True)
    builds.write({})
    with pytest.raises(NothingUsable):
        builds(dry_run=True)


def test_unreadable_file_is_not_taken_for_a_renamed_one() -> None:
    """Nobody knows what is in either."""
    fingerprints = Fingerprints(encoder="e", splitter="s", loader="l", lexical="x")
    before = BuildInputs(fingerprints, {"a.md": "", "b.md": "1"})
    after = BuildInputs(fingerprints, {"c.md": "", "d.md": "1"})
    found = diff_corpus(before, after)
    assert (found.added, found.removed, found.renamed) == (("c.md",), ("a.md",), (("b.md", "d.md"),))
