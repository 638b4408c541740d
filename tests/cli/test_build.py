"""``normqa build`` and ``normqa status``."""

import json
import os
import re
from pathlib import Path

import pytest

from normqa.build.status import Status
from normqa.cli.build import show_status
from normqa.index.folder import IndexFolder
from normqa.index.report import CorpusDiff
from normqa.load.problem import Problem
from tests.cli.conftest import NAME, PELICAN, QUESTION, SQUID, Run, a_report, kept_builds
from tests.conftest import WriteCorpus, a_manifest


def test_build_reports_on_stderr_and_the_next_is_up_to_date(run: Run, write_corpus: WriteCorpus) -> None:
    write_corpus({"a.md": "One.", "b.md": "Two."})
    first = run("build")
    assert (first.code, first.out) == (0, b"")
    generation = re.search(r"Built generation (\S+): 2 documents, 2 passages\. ", first.err)
    assert generation
    again = run("build")
    assert (again.code, again.out) == (0, b"")
    assert f"Up to date: generation {generation[1]}: 2 documents, 2 passages.\n" in again.err
    full = run("build", "--full")
    assert full.code == 0
    assert "Built generation" in full.err
    assert generation[1] not in full.err


def test_build_reports_skipped_and_guessed_files(run: Run, write_corpus: WriteCorpus) -> None:
    write_corpus(
        {
            "a.md": "One.",
            "sub/b.pdf": b"%PDF-1.7",
            "c[d]:cd:.md": b"\0\0",
            "bad\nname.md": "x",
            "latin.txt": "Größere Möwen fressen täglich frische Fische. ".encode("latin-1") * 5,
        }
    )
    for arguments in (("build",), ("build",)):  # also where there is nothing to do
        done = run(*arguments)
        assert done.code == 0
        named = re.findall(r"^(skipped|note): (.+?): ", done.err, re.MULTILINE)
        assert all(c.isprintable() for c in done.err.replace("\n", ""))
        assert sorted(named) == [
            ("note", "latin.txt"),
            ("skipped", "bad\\nname.md"),
            ("skipped", "c[d]:cd:.md"),
            ("skipped", "sub/b.pdf"),
        ]


@pytest.mark.parametrize(
    ("name", "content"), [("b.pdf", b"%PDF-1.7"), ("b.txt", "Möwe über Möwe, größer. ".encode("latin-1") * 9)]
)
def test_strict_build_fails_at_a_problem_and_changes_nothing(
    run: Run, write_corpus: WriteCorpus, index: Path, name: str, content: bytes
) -> None:
    write_corpus({"a.md": "One.", name: content})
    told = run("build", "--strict").failed(1)
    assert name in told
    assert "--strict" in told
    assert not (index / "CURRENT").exists()
    assert run("build").code == 0
    before = (index / "CURRENT").read_text(encoding="utf-8")
    run("build", "--strict").failed(1)
    assert (index / "CURRENT").read_text(encoding="utf-8") == before


def test_strict_build_without_problems_succeeds(run: Run, write_corpus: WriteCorpus) -> None:
    write_corpus({"a.md": "One."})
    assert run("build", "--strict").code == 0


def test_build_without_documents_fails(run: Run, corpus: Path) -> None:
    assert "is empty" in run("build").failed(1)
    (corpus / "a.pdf").write_bytes(b"%PDF-1.7")
    told = run("build").failed(1)
    assert "a.pdf" in told
    assert "Add documents to it" in told
    told = run("build", "--corpus", "nowhere").failed(1)
    assert "The corpus folder nowhere does not exist." in told
    assert "--corpus" in told


def test_build_fails_where_the_index_cannot_be_written(
    run: Run, write_corpus: WriteCorpus, index: Path
) -> None:
    write_corpus({"a.md": "One."})
    index.write_text("in the way", encoding="utf-8")
    assert "cannot be written" in run("build").failed(1)


def test_excluded_files_are_not_built(
    built: Run, write_corpus: WriteCorpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_corpus({"CONTRIBUTING.md": "Write well.", "drafts/new.md": "A draft."})
    assert "2 documents" in built("build").err
    monkeypatch.setenv("NORMQA_EXCLUDE", '["drafts/*", "zoo.md"]')
    told = built("build").err
    assert "1 document," in told
    assert "2 files removed" in told


def test_json_reports_every_file(run: Run, write_corpus: WriteCorpus) -> None:
    """The second build renames one file and removes another; one file is skipped and one is a copy."""
    corpus = write_corpus({"a.md": "Ä one.", "b.md": "Two.", "c.md": "Two.", "photo.png": b"\x89PNG"})
    first = run("build", "--json")
    assert first.code == 0
    told = json.loads(first.out)
    assert (told["built"], told["documents"], told["passages"]) == (True, 3, 3)
    assert (told["encoded"], told["saved"]) == (3, 0)
    assert told["generation"] == kept_builds(run)[0]["generation"]
    assert [file["file"] for file in told["files"]] == ["a.md", "b.md", "c.md", "photo.png"]
    assert [file["change"] for file in told["files"]] == ["added", "added", "added", None]
    assert [file["document"] for file in told["files"]] == ["a", "b", "c", None]
    assert [file["passages"] for file in told["files"]] == [1, 1, 1, 0]
    assert [file["characters"] for file in told["files"]] == [len("Ä one."), len("Two."), len("Two."), 0]
    no_warning, no_other, copy, [left_out] = (file["warnings"] for file in told["files"])
    assert (no_warning, no_other, copy) == ([], [], ["has the same text as b.md"])
    assert left_out.startswith("skipped: .png files are not read")

    (corpus / "a.md").rename(corpus / "d.md")
    (corpus / "c.md").unlink()
    told = json.loads(run("build", "--json").out)
    assert told["update"]["renamed"] == [{"old": "a.md", "new": "d.md"}]
    assert told["update"]["removed"] == ["c.md"]
    assert {file["file"]: file["change"] for file in told["files"]} == {
        "b.md": None,
        "d.md": "renamed",
        "photo.png": None,
    }


def test_json_of_an_up_to_date_index_reports_every_file(built: Run) -> None:
    told = json.loads(built("build", "--json").out)
    assert (told["built"], told["encoded"], told["saved"]) == (False, 0, 1)
    assert [(file["file"], file["change"]) for file in told["files"]] == [("zoo.md", None)]


def test_dry_run_writes_nothing(built: Run, write_corpus: WriteCorpus, index: Path) -> None:
    before = {path: path.read_bytes() for path in index.rglob("*") if path.is_file()}
    write_corpus({"new.md": "One.", "zoo.md": SQUID})
    done = built("build", "--dry-run")
    assert (done.code, done.out) == (0, b"")
    assert done.err.endswith("Dry run, nothing was built: 2 passages to encode, 0 to reuse.\n")
    told = json.loads(built("build", "--dry-run", "--json").out)
    assert told["built"] is False
    assert {file["file"]: file["change"] for file in told["files"]} == {
        "new.md": "added",
        "zoo.md": "changed",
    }
    assert {path: path.read_bytes() for path in index.rglob("*") if path.is_file()} == before


def test_dry_run_creates_no_index(run: Run, write_corpus: WriteCorpus, index: Path) -> None:
    write_corpus({"a.md": "One."})
    assert run("build", "--dry-run").err.endswith(
        "Dry run, nothing was built: 1 passage to encode, 0 to reuse.\n"
    )
    assert json.loads(run("build", "--dry-run", "--json").out)["generation"] is None
    assert not (index / "CURRENT").exists()
    assert kept_builds(run) == []


def test_full_dry_run_would_encode_everything(built: Run) -> None:
    assert built("build", "--dry-run", "--full").err.endswith(
        "Dry run, nothing was built: 1 passage to encode, 0 to reuse.\n"
    )


def test_strict_dry_run_fails_at_a_problem(run: Run, write_corpus: WriteCorpus) -> None:
    write_corpus({"a.md": "One.", "b.pdf": b"%PDF-1.7"})
    assert "--strict" in run("build", "--dry-run", "--strict").failed(1)


def test_concurrent_build_fails_with_the_builder_named(built: Run, index: Path) -> None:
    with IndexFolder(index).build_lock():
        for command in (("build", "--full"), ("rollback", kept_builds(built)[0]["generation"])):
            told = built(*command).failed(1)
            assert f"Another process is building in index (process {os.getpid()} on " in told
            assert "Wait until it has finished." in told


def test_status_shows_what_differs_from_the_corpus(
    built: Run, write_corpus: WriteCorpus, corpus: Path
) -> None:
    assert built("status").out.endswith(b"The index is up to date.\n")
    write_corpus({"new.md": "New.", "zoo.md": "Changed.", "a.pdf": b"%PDF"})
    done = built("status")
    assert (done.code, done.err) == (0, "")
    lines = done.out.decode().splitlines()
    assert "added       new.md" in lines
    assert "changed     zoo.md" in lines
    assert lines[-1] == "The index is stale: run normqa build."
    assert built("build").code == 0
    (corpus / "zoo.md").unlink()
    lines = built("status").out.decode().splitlines()
    assert "removed     zoo.md" in lines
    assert any(line.startswith("skipped     a.pdf: ") for line in lines)


def test_status_as_json_is_that_of_the_server(built: Run, write_corpus: WriteCorpus) -> None:
    fresh = json.loads(built("status", "--json").out)
    assert (fresh["stale"], fresh["rolled_back"], fresh["documents"]) == (False, False, 1)
    write_corpus({"new.md": "New."})
    stale = json.loads(built("status", "--json").out)
    assert (stale["stale"], stale["drift"]["added"]) == (True, ["new.md"])
    assert stale["generation"] == fresh["generation"]


@pytest.mark.parametrize("options", [("--exit-code",), ("--exit-code", "--json")])
def test_exit_code_tells_whether_the_index_is_stale(
    built: Run, write_corpus: WriteCorpus, options: tuple[str, ...]
) -> None:
    assert built("status", *options).code == 0
    write_corpus({"new.md": "New."})
    stale = built("status", *options)
    assert (stale.code, stale.err) == (3, "")
    assert stale.out
    assert built("build").code == 0
    assert built("status", *options).code == 0


def test_status_lists_every_difference(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    left_out = Problem("x\n\x1b.pdf", "it is not read")
    guessed = Problem("y.txt", "guessed", skipped=False)
    drift = CorpusDiff(
        ("a\x1b.md",), ("b.md", "ü.md"), (("c.md", "e.md"),), ("d.md",), ("kept.md",), ("encoder",)
    )
    show_status(Status(a_manifest(2, 5), False, a_report(None, left_out, guessed), drift))
    assert capsysbinary.readouterr().out.decode().splitlines() == [
        "generation  20260102T030405.000000Z",
        "built at    2026-01-02T03:04:05+00:00",
        "encoder     hashing",
        "documents   2",
        "passages    5",
        "skipped     x\\n\\x1b.pdf: it is not read",
        "added       a\\x1b.md",
        "changed     b.md",
        "changed     ü.md",
        "renamed     c.md to e.md",
        "removed     d.md",
        "changed     the encoder",
        "The index is stale: run normqa build.",
    ]


def test_status_without_differences(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    show_status(Status(a_manifest(1, 1), False, a_report(), CorpusDiff(kept=("a.md",))))
    assert capsysbinary.readouterr().out.endswith(b"\nThe index is up to date.\n")


def test_status_after_a_rollback(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    show_status(Status(a_manifest(1, 1), True, a_report(), CorpusDiff()))
    assert capsysbinary.readouterr().out.startswith(f"generation  {NAME} (rolled back to)\n".encode())


def test_allow_empty_publishes_an_index_without_documents(built: Run, corpus: Path) -> None:
    (corpus / "zoo.md").unlink()
    assert "is empty" in built("build").failed(1)
    lost = built("ask", QUESTION)
    assert PELICAN in lost.out.decode()
    assert re.match(r"warning: The corpus folder .* normqa build --allow-empty", lost.err)
    done = built("build", "--allow-empty")
    assert done.code == 0
    assert ": 0 documents, 0 passages; 1 file removed." in done.err
    asked = built("ask", QUESTION)
    assert (asked.out, asked.err) == (b"There are no documents to search.\n", "")
