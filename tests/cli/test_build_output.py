"""Output of a build: progress, a table, a summary, JSON."""

import json
import re
from collections.abc import Iterator

import pytest

from normqa.build.build import Built
from normqa.build.status import Status
from normqa.cli import build_output, output
from normqa.cli.build import show_status
from normqa.index.manifest import Manifest
from normqa.index.report import CorpusDiff, FileEntry, Report
from normqa.load.problem import Problem
from tests.cli.conftest import GUESSED, LEFT_OUT, NAME, a_report, control_characters
from tests.conftest import a_manifest


@pytest.fixture(autouse=True)
def _new_console() -> Iterator[None]:
    """A console reads the width of the terminal when it is made."""
    output.stderr.cache_clear()
    yield
    output.stderr.cache_clear()


def _built(
    manifest: Manifest | None, report: Report, files: dict[str, FileEntry] | None = None, *, written: bool
) -> Built:
    return Built(manifest, written=written, report=report, files=files or {})


def _file(document: str | None, text: str = "", passages: int = 1, problem: str | None = None) -> FileEntry:
    if document is None:
        return FileEntry(sha256="0", problem=problem)
    return FileEntry(
        sha256="0",
        document=document,
        text_sha256=text,
        characters=len(text),
        passages=passages,
        problem=problem,
    )


TWO = "2 passages encoded, 1 reused; 1.8 s."


def test_progress_shows_stages_and_problems(capsys: pytest.CaptureFixture[str]) -> None:
    with build_output.BuildProgress() as progress:
        progress.stage("Candidate", 0)
        progress.stage("Encoding", 2)
        progress.advance()
        progress.advance()
        progress.problem(Problem("a:cd:[b].pdf", "it is [not] read"))
        progress.problem(Problem("bad\nname\x1b[31m.md", "its name has control characters"))
        progress.problem(Problem("c.txt", "guessed", skipped=False))
    out, err = capsys.readouterr()
    assert out == ""
    assert "Candidate …\n" in err
    assert "2/2" in err
    assert "skipped: a:cd:[b].pdf: it is [not] read\n" in err
    assert "skipped: bad\\nname\\x1b[31m.md: its name has control characters\n" in err
    assert "note: c.txt: guessed\n" in err


def test_failed_build_releases_the_terminal() -> None:
    def fail() -> None:
        with build_output.BuildProgress() as progress:
            progress.stage("Encoding", 2)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with build_output.BuildProgress() as after:  # rich lets only one display be live at a time
        after.stage("Encoding", 2)


@pytest.mark.parametrize(
    ("built", "told"),
    [
        (
            _built(a_manifest(1, 1), a_report(encoded=1), written=True),
            f"Built generation {NAME}: 1 document, 1 passage. 1 passage encoded, 0 reused; 1.8 s.",
        ),
        (
            _built(a_manifest(0, 12_345), a_report(saved=12_345), written=False),
            f"Up to date: generation {NAME}: 0 documents, 12,345 passages.",
        ),
        (
            _built(
                a_manifest(2, 3),
                a_report(CorpusDiff(removed=("c", "d")), LEFT_OUT, GUESSED, encoded=2, saved=1),
                written=True,
            ),
            f"Built generation {NAME}: 2 documents, 3 passages; 2 files removed; 1 file skipped. {TWO}",
        ),
        (
            _built(a_manifest(2, 3), a_report(saved=3), written=False),
            f"Up to date: generation {NAME}: 2 documents, 3 passages.",
        ),
        (
            _built(
                a_manifest(2, 3), a_report(CorpusDiff(added=("a",)), encoded=1, saved=1_000), written=False
            ),
            "Dry run, nothing was built: 1 passage to encode, 1,000 to reuse.",
        ),
        (
            _built(None, a_report(CorpusDiff(removed=("a",)), LEFT_OUT, encoded=2), written=False),
            "Dry run, nothing was built; 1 file removed; 1 file skipped: 2 passages to encode, 0 to reuse.",
        ),
    ],
)
def test_last_line_is_a_summary(capsys: pytest.CaptureFixture[str], built: Built, told: str) -> None:
    build_output.show_build(built)
    out, err = capsys.readouterr()
    assert (out, err.splitlines()[-1]) == ("", told)


def _rows(err: str) -> list[list[str]]:
    """Return the non-empty cells of the table on stderr."""
    return [re.split("  +", line.strip()) for line in err.splitlines()[1:-1]]


def test_table_lists_changed_files_and_notes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    update = CorpusDiff(
        added=("a.md", "b.txt"), changed=("c.md",), renamed=(("old.md", "new.md"),), kept=("k.md",)
    )
    files = {
        "a.md": _file("a", "x" * 1234, passages=5),
        "b.txt": _file("b.txt", "b", problem="guessed"),
        "c.md": _file("c", "cc", passages=2),
        "copy.md": _file("copy", "cc", passages=2),
        "k.md": _file("k", "k"),
        "new.md": _file("new", "new"),
        "none.md": _file(None),
    }
    build_output.show_build(
        _built(a_manifest(6, 12), a_report(update, LEFT_OUT, GUESSED), files, written=True)
    )
    out, err = capsys.readouterr()
    assert out == ""
    assert _rows(err) == [
        ["a.md", "added", "5", "1,234"],
        ["a.pdf", "0", "0", "skipped: it is not read"],
        ["b.txt", "added", "1", "1", "guessed"],
        ["c.md", "changed", "2", "2"],
        ["copy.md", "2", "2", "has the same text as c.md"],
        ["new.md", "renamed", "1", "3"],
        ["renamed: old.md to new.md"],
    ]


@pytest.mark.parametrize(("touched", "more"), [(30, ""), (31, "1 more file"), (1_050, "1,020 more files")])
def test_table_has_at_most_thirty_rows(capsys: pytest.CaptureFixture[str], touched: int, more: str) -> None:
    names = [f"{number:04}.md" for number in range(touched)]
    files = {name: _file(name, name) for name in names}
    build_output.show_build(
        _built(a_manifest(1, 1), a_report(CorpusDiff(added=tuple(names))), files, written=True)
    )
    err = capsys.readouterr().err
    assert re.findall(r"^[0-9]{4}\.md", err, re.MULTILINE) == names[:30]
    assert [line for line in err.splitlines() if line.startswith("…")] == (
        [f"… and {more}; normqa build --json lists all of them."] if more else []
    )


def test_removed_and_renamed_files_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    gone = tuple(f"{number:02}.md" for number in range(40))
    for removed, more in ((gone[:2], []), (gone, ["… and 11 more files renamed or removed."])):
        update = CorpusDiff(renamed=(("old.md", "new.md"),), removed=removed)
        build_output.show_build(_built(a_manifest(1, 1), a_report(update), {}, written=True))
        lines = capsys.readouterr().err.splitlines()
        assert lines[0] == "renamed: old.md to new.md"
        assert [line for line in lines if line.startswith("removed: ")] == [
            f"removed: {name}" for name in removed[:29]
        ]
        assert [line for line in lines if line.startswith("…")] == more


EVIL = "evil\x1b[31m\x07\r\n\x9b2J\x7f[bold]:cd:.md"
"""A file name with terminal escapes and rich markup."""


def test_file_name_cannot_command_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The names of added, skipped, renamed, removed and duplicate files are all escaped."""
    monkeypatch.setenv("COLUMNS", "400")
    update = CorpusDiff(added=(EVIL,), renamed=((EVIL + "1", EVIL + "2"),), removed=(EVIL + "3",))
    files = {EVIL: _file("evil", "same"), EVIL + "2": _file("evil2", "same")}
    left_out = Problem(EVIL + "4", f"{EVIL} files are not read")
    build_output.show_build(_built(a_manifest(2, 2), a_report(update, left_out), files, written=True))
    err = capsys.readouterr().err
    escaped = "evil\\x1b[31m\\x07\\r\\n\\x9b2J\\x7f[bold]:cd:.md"
    assert control_characters(err) == set()
    # The added one, the renamed one with its copy, the skipped one twice, and three names below the table.
    assert err.count(escaped) == 1 + 2 + 2 + 3


def test_reason_cannot_command_the_terminal(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    """A reason may contain the suffix of a file name."""
    problem = Problem("a.\x9b31m", ".\x9b31m files are not read")
    with build_output.BuildProgress() as progress:
        progress.problem(problem)
    show_status(Status(a_manifest(1, 1), False, a_report(None, problem), CorpusDiff()))
    out, err = capsysbinary.readouterr()
    assert control_characters((out + err).decode()) == set()


def test_json_of_a_build(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    update = CorpusDiff(
        added=("a.md",),
        renamed=(("old.md", "b.md"),),
        removed=("gone.md",),
        kept=("c.txt",),
        settings=("loader",),
    )
    files = {
        "a.md": _file("a", "äö", passages=2),
        "b.md": _file("b", "äö", passages=2),
        "c.txt": _file("c.txt", "c", problem="guessed"),
        "d.md": _file(None, problem="it is empty"),
    }
    problems = (
        LEFT_OUT,
        Problem("c.txt", "guessed", skipped=False),
        Problem("d.md", "it is empty"),
    )
    report = a_report(update, *problems, encoded=3, saved=2)
    build_output.write_build(_built(a_manifest(3, 5), report, files, written=True))
    out, err = capsysbinary.readouterr()
    assert err == b""
    assert json.loads(out) == {
        "generation": NAME,
        "built": True,
        "documents": 3,
        "passages": 2 + 2 + 1,
        "update": {
            "added": ["a.md"],
            "changed": [],
            "renamed": [{"old": "old.md", "new": "b.md"}],
            "removed": ["gone.md"],
            "kept": 1,
            "settings": ["loader"],
        },
        "encoded": 3,
        "saved": 2,
        "seconds": {"Reading the corpus": 1.5, "Loading documents": 0.25},
        "files": [
            {
                "file": "a.md",
                "change": "added",
                "document": "a",
                "passages": 2,
                "characters": 2,
                "warnings": [],
            },
            {
                "file": "a.pdf",
                "change": None,
                "document": None,
                "passages": 0,
                "characters": 0,
                "warnings": ["skipped: it is not read"],
            },
            {
                "file": "b.md",
                "change": "renamed",
                "document": "b",
                "passages": 2,
                "characters": 2,
                "warnings": ["has the same text as a.md"],
            },
            {
                "file": "c.txt",
                "change": None,
                "document": "c.txt",
                "passages": 1,
                "characters": 1,
                "warnings": ["guessed"],
            },
            {
                "file": "d.md",
                "change": None,
                "document": None,
                "passages": 0,
                "characters": 0,
                "warnings": ["skipped: it is empty"],
            },
        ],
    }


def test_json_of_a_dry_run_without_an_index(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    build_output.write_build(_built(None, a_report(encoded=1), {"a.md": _file("a", "a")}, written=False))
    told = json.loads(capsysbinary.readouterr().out)
    assert (told["generation"], told["built"], told["documents"], told["encoded"]) == (None, False, 1, 1)
