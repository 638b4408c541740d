"""What differs between a generation and the corpus, and the files that record it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from normqa.errors import IndexCorrupt
from normqa.index.manifest import Fingerprints
from normqa.index.report import (
    BuildInputs,
    CorpusDiff,
    FileEntry,
    Report,
    diff_corpus,
    read_files,
    write_files,
)
from normqa.load.problem import Problem

MADE_BY = Fingerprints(encoder="e", splitter="s", loader="l", lexical="x")


def of(files: Mapping[str, str]) -> BuildInputs:
    """The recipe of files, each with its hash."""
    return BuildInputs(MADE_BY, files)


BUILT = of({"b.md": "1", "a.md": "2", "c.md": "3"})


def test_the_same_recipe_leaves_nothing_to_do() -> None:
    assert diff_corpus(BUILT, BUILT) == CorpusDiff(kept=("a.md", "b.md", "c.md"))
    assert not diff_corpus(BUILT, BUILT)


def test_added_changed_removed_and_kept_files_are_listed_in_order() -> None:
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


def test_swapped_files_are_changed_and_not_renamed() -> None:
    now = of({"b.md": "2", "a.md": "1", "c.md": "3"})
    assert diff_corpus(BUILT, now) == CorpusDiff(changed=("a.md", "b.md"), kept=("c.md",))


def test_from_nothing_every_file_is_added() -> None:
    assert diff_corpus(of({}), BUILT) == CorpusDiff(added=("a.md", "b.md", "c.md"))


@pytest.mark.parametrize("part", list(Fingerprints.model_fields))
def test_a_changed_fingerprint_is_listed(part: str) -> None:
    now = replace(BUILT, fingerprints=MADE_BY.model_copy(update={part: "other"}))
    update = diff_corpus(BUILT, now)
    assert update == CorpusDiff(kept=("a.md", "b.md", "c.md"), settings=(part,))
    assert update


def test_the_files_of_a_shard_are_read_as_they_were_written(tmp_path: Path) -> None:
    files = {
        "sub/Übersicht 検証.md": FileEntry(
            sha256="0" * 64, document="sub/Übersicht 検証", text_sha256="1" * 64, characters=9, passages=2
        ),
        "empty.md": FileEntry(sha256="2" * 64, problem="it has no text"),
    }
    write_files(tmp_path, files)
    assert read_files(tmp_path) == files


def test_a_shard_may_have_no_file(tmp_path: Path) -> None:
    write_files(tmp_path, {})
    assert read_files(tmp_path) == {}


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b"\xff", b'{"a.md": {}}'])
def test_an_unreadable_list_of_files_is_named(content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "files.json").write_bytes(content)
    with pytest.raises(IndexCorrupt, match=f"{tmp_path / 'files.json'} cannot be read") as corrupt:
        read_files(tmp_path)
    assert "normqa build" in corrupt.value.hint


def test_a_report_keeps_the_names_of_its_json_fields(tmp_path: Path) -> None:
    problem = Problem("c.pdf", "it is not text")
    report = Report(
        update=CorpusDiff(added=("a.md",)), problems=(problem,), encoded=1, reused=2, seconds={"x": 0.5}
    )
    report.write(tmp_path)
    assert Report.read(tmp_path) == report
    written = json.loads((tmp_path / "report.json").read_bytes())
    assert sorted(written) == ["encoded", "problems", "saved", "seconds", "update"]
    assert written["saved"] == 2
    assert written == report.model_dump(mode="json")


@pytest.mark.parametrize("content", [None, b"", b"{}", b"\xff"])
def test_an_unreadable_report_is_named(content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "report.json").write_bytes(content)
    with pytest.raises(IndexCorrupt, match=rf"{tmp_path}/report\.json cannot be read"):
        Report.read(tmp_path)
