"""What people see of a build and of what it leaves behind."""

import json
import re
import unicodedata

import pytest

from normqa.build.build import Built
from normqa.build.status import Status
from normqa.cli import output_build
from normqa.errors import IndexCorrupt
from normqa.index.history import GenerationInfo
from normqa.index.manifest import Manifest
from normqa.index.report import CorpusDiff, FileEntry, Report
from normqa.load.problem import Problem
from tests.conftest import a_manifest

NAME, BUILT_AT = "20260102T030405.000000Z", "2026-01-02T03:04:05+00:00"


def _report(update: CorpusDiff | None = None, *problems: Problem, encoded: int = 0, saved: int = 0) -> Report:
    """Of a build whose stages took 1.5 and 0.25 seconds."""
    seconds = {"Reading the corpus": 1.5, "Loading documents": 0.25}
    return Report(
        update=update or CorpusDiff(), problems=problems, encoded=encoded, reused=saved, seconds=seconds
    )


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


def _built(
    manifest: Manifest | None, report: Report, files: dict[str, FileEntry] | None = None, *, written: bool
) -> Built:
    return Built(manifest, written=written, report=report, files=files or {})


def test_a_build_tells_its_stages_and_every_problem_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    with output_build.BuildProgress() as progress:
        progress.stage("Candidate", 0)
        progress.stage("Encoding", 2)
        progress.advance()
        progress.advance()
        progress.problem(Problem("a:cd:[b].pdf", "it is [not] read"))
        progress.problem(Problem("bad\nname\x1b[31m.md", "its name contains control characters"))
        progress.problem(Problem("c.txt", "guessed", skipped=False))
    out, err = capsys.readouterr()
    assert out == ""
    assert "Candidate …\n" in err
    assert "2/2" in err
    assert "left out: a:cd:[b].pdf: it is [not] read\n" in err
    assert "left out: bad\\nname\\x1b[31m.md: its name contains control characters\n" in err
    assert "note: c.txt: guessed\n" in err


def test_a_build_that_fails_midway_leaves_the_terminal_as_it_was() -> None:
    def fail() -> None:
        with output_build.BuildProgress() as progress:
            progress.stage("Encoding", 2)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with output_build.BuildProgress() as after:  # rich lets only one display be live at a time
        after.stage("Encoding", 2)


TWO = "2 passages encoded, 1 known; 1.8 s."
LEFT_OUT, GUESSED = Problem("a.pdf", "it is not read"), Problem("b.txt", "guessed", skipped=False)


@pytest.mark.parametrize(
    ("built", "told"),
    [
        (
            _built(a_manifest(1, 1), _report(encoded=1), written=True),
            f"Built generation {NAME}: 1 document, 1 passage. 1 passage encoded, 0 known; 1.8 s.",
        ),
        (
            _built(a_manifest(0, 12_345), _report(saved=12_345), written=False),
            f"Up to date: generation {NAME}: 0 documents, 12,345 passages.",
        ),
        (
            _built(
                a_manifest(2, 3),
                _report(CorpusDiff(removed=("c", "d")), LEFT_OUT, GUESSED, encoded=2, saved=1),
                written=True,
            ),
            f"Built generation {NAME}: 2 documents, 3 passages; 2 files removed; 1 file left out. {TWO}",
        ),
        (
            _built(a_manifest(2, 3), _report(saved=3), written=False),
            f"Up to date: generation {NAME}: 2 documents, 3 passages.",
        ),
        (
            _built(
                a_manifest(2, 3), _report(CorpusDiff(added=("a",)), encoded=1, saved=1_000), written=False
            ),
            "Nothing was built: 1 passage to encode, 1,000 known.",
        ),
        (
            _built(None, _report(CorpusDiff(removed=("a",)), LEFT_OUT, encoded=2), written=False),
            "Nothing was built; 1 file removed; 1 file left out: 2 passages to encode, 0 known.",
        ),
    ],
)
def test_what_a_build_has_come_to_is_told_in_its_last_line(
    capsys: pytest.CaptureFixture[str], built: Built, told: str
) -> None:
    output_build.show_build(built)
    out, err = capsys.readouterr()
    assert (out, err.splitlines()[-1]) == ("", told)


def _rows(err: str) -> list[list[str]]:
    """The cells of the table on stderr, without those that are empty."""
    return [re.split("  +", line.strip()) for line in err.splitlines()[1:-1]]


def test_a_build_tells_of_every_file_that_it_touched_or_has_something_to_say_of(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of those that are as they were it says nothing."""
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
    output_build.show_build(
        _built(a_manifest(6, 12), _report(update, LEFT_OUT, GUESSED), files, written=True)
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
    ]


@pytest.mark.parametrize(("touched", "more"), [(30, ""), (31, "1 more file"), (1_050, "1,020 more files")])
def test_a_build_tells_of_thirty_files_at_most_and_how_many_more_there_are(
    capsys: pytest.CaptureFixture[str], touched: int, more: str
) -> None:
    names = [f"{number:04}.md" for number in range(touched)]
    files = {name: _file(name, name) for name in names}
    output_build.show_build(
        _built(a_manifest(1, 1), _report(CorpusDiff(added=tuple(names))), files, written=True)
    )
    err = capsys.readouterr().err
    assert re.findall(r"^[0-9]{4}\.md", err, re.MULTILINE) == names[:30]
    assert [line for line in err.splitlines() if line.startswith("…")] == (
        [f"… and {more}; normqa build --json tells them all."] if more else []
    )


EVIL = "evil\x1b[31m\x07\r\n\x9b2J\x7f[bold]:cd:.md"
"""A name that would command the terminal, with what rich would take for markup."""


def _commands(told: str) -> set[str]:
    """The control characters in what was told, but for the ends of lines."""
    return {c for c in told if unicodedata.category(c) == "Cc"} - {"\n"}


def test_no_name_of_a_file_commands_the_terminal_that_a_build_is_told_in(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither of one that is added, left out, or renamed, nor of one that another is a copy of."""
    monkeypatch.setenv("COLUMNS", "400")
    update = CorpusDiff(added=(EVIL,), renamed=((EVIL + "1", EVIL + "2"),), removed=(EVIL + "3",))
    files = {EVIL: _file("evil", "same"), EVIL + "2": _file("evil2", "same")}
    left_out = Problem(EVIL + "4", f"{EVIL} files are not read")
    output_build.show_build(_built(a_manifest(2, 2), _report(update, left_out), files, written=True))
    err = capsys.readouterr().err
    escaped = "evil\\x1b[31m\\x07\\r\\n\\x9b2J\\x7f[bold]:cd:.md"
    assert _commands(err) == set()
    assert err.count(escaped) == 1 + 2 + 2  # the added, the renamed and its original, the one left out twice


def test_no_reason_commands_the_terminal_that_a_problem_is_told_in(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    """A reason may name the file's suffix, which is as free as its name."""
    problem = Problem("a.\x9b31m", ".\x9b31m files are not read")
    with output_build.BuildProgress() as progress:
        progress.problem(problem)
    output_build.show_status(Status(a_manifest(1, 1), False, _report(None, problem), CorpusDiff()))
    out, err = capsysbinary.readouterr()
    assert _commands((out + err).decode()) == set()


def test_a_build_as_json_tells_all_of_every_file(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
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
    report = _report(update, *problems, encoded=3, saved=2)
    output_build.write_build(_built(a_manifest(3, 5), report, files, written=True))
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


def test_a_dry_run_as_json_names_no_generation_where_there_is_none(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    output_build.write_build(_built(None, _report(encoded=1), {"a.md": _file("a", "a")}, written=False))
    told = json.loads(capsysbinary.readouterr().out)
    assert (told["generation"], told["built"], told["documents"], told["encoded"]) == (None, False, 1, 1)


FAULT = IndexCorrupt("texts.sqlite is missing.", "Run normqa build.")
PASTS = [
    GenerationInfo("20260104T000000.000000Z", False, False, None, None, FAULT),
    GenerationInfo(
        "20260103T000000.000000Z",
        False,
        False,
        a_manifest(1_000, 1),
        _report(CorpusDiff(settings=("encoder",))),
        None,
    ),
    GenerationInfo(
        NAME,
        True,
        True,
        a_manifest(1, 3),
        _report(CorpusDiff(("a", "b"), ("c",), (("d", "e"),), ("f",))),
        None,
    ),
    GenerationInfo(
        "20260101T000000.000000Z",
        False,
        False,
        a_manifest(2, 4),
        _report(CorpusDiff(added=("a",) * 2_000)),
        FAULT,
    ),
]
"""An unreadable generation, one after a change of encoder, one that was rolled back to, and a damaged one."""


def test_generations_are_told_a_line_each(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    output_build.show_generations(PASTS)
    out, err = capsysbinary.readouterr()
    assert err == b""
    assert [re.split("  +", line) for line in out.decode().splitlines()] == [
        ["20260104T000000.000000Z", "unreadable", "damaged: texts.sqlite is missing."],
        ["20260103T000000.000000Z", "1,000 documents, 1 passage", "no file changed"],
        [
            NAME,
            "1 document, 3 passages",
            "2 added, 1 changed, 1 renamed, 1 removed",
            "in force; rolled back to",
        ],
        [
            "20260101T000000.000000Z",
            "2 documents, 4 passages",
            "2,000 added",
            "damaged: texts.sqlite is missing.",
        ],
    ]


def test_generations_as_json_tell_all_of_each(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    output_build.write_generations(PASTS[:1] + PASTS[2:3])
    unreadable, rolled_back = json.loads(capsysbinary.readouterr().out)
    assert unreadable == {
        "generation": "20260104T000000.000000Z",
        "in_force": False,
        "rolled_back": False,
        "built_at": None,
        "documents": None,
        "passages": None,
        "fault": "texts.sqlite is missing.",
        "report": None,
    }
    report = rolled_back.pop("report")
    assert rolled_back == {
        "generation": NAME,
        "in_force": True,
        "rolled_back": True,
        "built_at": BUILT_AT,
        "documents": 1,
        "passages": 3,
        "fault": None,
    }
    assert report["update"]["renamed"] == [["d", "e"]]
    assert report["seconds"] == {"Reading the corpus": 1.5, "Loading documents": 0.25}


def test_no_generations_are_an_empty_list(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    output_build.show_generations([])
    assert capsysbinary.readouterr().out == b""
    output_build.write_generations([])
    assert json.loads(capsysbinary.readouterr().out) == []


def test_the_status_names_everything_that_differs(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    left_out = Problem("x\n\x1b.pdf", "it is not read")
    guessed = Problem("y.txt", "guessed", skipped=False)
    drift = CorpusDiff(
        ("a\x1b.md",), ("b.md", "ü.md"), (("c.md", "e.md"),), ("d.md",), ("kept.md",), ("encoder",)
    )
    output_build.show_status(Status(a_manifest(2, 5), False, _report(None, left_out, guessed), drift))
    assert capsysbinary.readouterr().out.decode().splitlines() == [
        "generation  20260102T030405.000000Z",
        "built at    2026-01-02T03:04:05+00:00",
        "encoder     hashing",
        "documents   2",
        "passages    5",
        "left out    x\\n\\x1b.pdf: it is not read",
        "added       a\\x1b.md",
        "changed     b.md",
        "changed     ü.md",
        "renamed     c.md to e.md",
        "removed     d.md",
        "changed     the encoder",
        "The index is stale: run normqa build.",
    ]


def test_the_status_says_that_nothing_differs(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    output_build.show_status(Status(a_manifest(1, 1), False, _report(), CorpusDiff(kept=("a.md",))))
    assert capsysbinary.readouterr().out.endswith(b"\nThe index is up to date.\n")


def test_the_status_says_that_the_index_was_rolled_back(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    output_build.show_status(Status(a_manifest(1, 1), True, _report(), CorpusDiff()))
    assert capsysbinary.readouterr().out.startswith(f"generation  {NAME} (rolled back to)\n".encode())
