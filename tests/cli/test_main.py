"""The command line: what goes to stdout, what to stderr, and with which exit code it ends."""

import json
import math
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from normqa.cli.main import main
from normqa.index.folder import IndexFolder
from normqa.models.hashing import HashingEncoder
from normqa.serve.app import create_app
from normqa.service import Service
from normqa.settings import Settings
from tests.conftest import WriteCorpus, damage, parts_in_force

PELICAN = "The pelican eats herring."
QUESTION = "What does the pelican eat?"
COMMANDS = ("build", "ask", "serve", "status", "verify")
INDEX_COMMANDS = ("generations", "rollback", "verify-index")
ALL_COMMANDS = (*COMMANDS, *INDEX_COMMANDS, "lint", "eval", "calibrate")


@dataclass
class Done:
    """What a command has come to."""

    code: int
    out: bytes
    err: str

    def failed(self, code: int) -> str:
        """What it said on stderr, having failed with this code and without a traceback."""
        assert self.code == code, self.err
        assert self.out == b""
        assert self.err
        assert "Traceback" not in self.err
        return self.err


Run = Callable[..., Done]


@pytest.fixture(autouse=True)
def _without_a_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NORMQA_ENCODER", "hashing")
    monkeypatch.setenv("NORMQA_RERANKER", "none")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Runs ``normqa`` in this process, in the folder that holds ``corpus`` and ``index``."""

    def run(*arguments: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["normqa", *arguments])
        capsysbinary.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsysbinary.readouterr()
        return Done(int(ended.value.code or 0), out, err.decode())

    return run


@pytest.fixture
def built(run: Run, write_corpus: WriteCorpus) -> Run:
    """Runs ``normqa`` where an index of one document has been built."""
    write_corpus({"zoo.md": f"# Zoo\n\n{PELICAN}\n"})
    assert run("build").code == 0
    return run


def _process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Runs ``python -m normqa`` in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "normqa", *arguments],
        env={
            "PATH": os.environ["PATH"],
            "NORMQA_ENCODER": "hashing",
            "NORMQA_RERANKER": "none",
            **environment,
        },
        capture_output=True,
        check=False,
    )


def test_the_command_builds_asks_and_verifies_in_processes_of_its_own(write_corpus: WriteCorpus) -> None:
    write_corpus({"zoo.md": f"{PELICAN}\n", "photo.png": b"\x89PNG"})
    built = _process("build")
    assert (built.returncode, built.stdout) == (0, b"")
    assert re.search(r"left out: photo\.png: .*\n", built.stderr.decode())
    assert re.search(
        r"Built generation \S+: 1 document, 1 passage; 1 file left out\. 1 passage encoded, 0 known; ",
        built.stderr.decode(),
    )

    asked = _process("ask", QUESTION)
    expected = f"[1] {PELICAN}\n    — zoo. zoo [0, 25)\n"
    assert (asked.returncode, asked.stdout.decode(), asked.stderr) == (0, expected, b"")

    verified = _process("verify", "eats herring")
    expected = "The text stands word for word in:\nzoo [12, 24)\n"
    assert (verified.returncode, verified.stdout.decode(), verified.stderr) == (0, expected, b"")


def test_errors_end_a_process_with_their_code_and_without_a_traceback(
    write_corpus: WriteCorpus,
) -> None:
    write_corpus({"a.md": "Not built yet."})
    for arguments, code in (
        (("ask", QUESTION), 1),
        (("ask", " "), 2),
        ((b"ask", b"\xff\xfe pelican"), 2),
    ):
        done = _process(*map(os.fsdecode, arguments))
        assert (done.returncode, done.stdout) == (code, b"")
        assert done.stderr.startswith(b"error: ")
        assert b"Traceback" not in done.stderr


def test_answers_are_utf_8_in_a_terminal_that_is_not(write_corpus: WriteCorpus) -> None:
    write_corpus({"ü.md": "Die Möwe frisst Fisch 🐟.\n"})
    assert _process("build", PYTHONIOENCODING="ascii").returncode == 0
    asked = _process("ask", "Möwe Fisch", PYTHONIOENCODING="ascii", LC_ALL="C")
    assert asked.stdout.decode() == "[1] Die Möwe frisst Fisch 🐟.\n    — ü. ü [0, 24)\n"


def test_no_help_loads_a_model_or_an_index_library() -> None:
    program = (
        "import sys; from normqa.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'faiss', 'numpy', 'fastapi', 'tantivy', 'sentence_transformers', 'onnxruntime'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    for arguments in (("--help",), *((command, "--help") for command in ALL_COMMANDS)):
        done = subprocess.run(
            [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True
        )
        assert done.stdout.splitlines()[-1] == "[]", arguments


def test_asking_without_a_model_loads_none(built: Run) -> None:
    assert built("status").code == 0
    program = (
        "import sys; from normqa.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print({'torch', 'sentence_transformers', 'transformers', 'onnxruntime'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "ask", QUESTION], capture_output=True, text=True, check=True
    )
    assert PELICAN in done.stdout
    assert done.stdout.splitlines()[-1] == "set()"


def test_help_names_every_command_and_every_command_its_options(run: Run) -> None:
    done = run("--help")
    assert (done.code, done.err) == (0, "")
    assert re.findall(r"^  ([a-z][a-z-]+)  ", done.out.decode(), re.MULTILINE) == [*ALL_COMMANDS]
    options = {
        "build": {"--full", "--strict", "--dry-run", "--json"},
        "ask": {
            "--json",
            "--top-k",
            "--min-confidence",
            "--document",
            "--topic",
            "--source",
            "--from",
            "--to",
            "--after",
        },
        "serve": {"--host", "--port", "--no-build", "--watch", "--workers"},
        "status": set[str](),
        "verify": set[str](),
        "generations": {"--json"},
        "rollback": set(),
        "verify-index": set(),
        "lint": {"--json"},
    }
    assert [*options] == [*COMMANDS, *INDEX_COMMANDS, "lint"]
    for command, own in options.items():
        done = run(command, "--help")
        assert done.code == 0
        shown = set(re.findall(r"^  (--[a-z-]+)", done.out.decode(), re.MULTILINE))
        places = {"--corpus", "--index"} - (
            {"--corpus"} if command in INDEX_COMMANDS else {"--index"} if command == "lint" else set()
        )
        assert shown == own | places | {"--help"}


def test_every_command_takes_corpus_and_index_after_its_name(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "zoo.md").write_text(PELICAN, encoding="utf-8")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    places = ("--corpus", str(tmp_path / "papers"), "--index", "../built")
    assert run("build", *places).code == 0
    assert (tmp_path / "built" / "CURRENT").is_file()
    assert PELICAN in run("ask", QUESTION, *places).out.decode()
    assert run("verify", *places, "herring").code == 0
    assert run("status", *places).out.endswith(b"The index is up to date.\n")
    # serve gets as far as the port that it cannot have
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert "cannot be served on" in run("serve", *places, "--port", str(taken.getsockname()[1])).failed(1)


def test_a_build_tells_on_stderr_only_and_the_next_is_up_to_date(run: Run, write_corpus: WriteCorpus) -> None:
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


def test_a_build_names_every_file_that_it_leaves_out_or_guesses_at(
    run: Run, write_corpus: WriteCorpus
) -> None:
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
        named = re.findall(r"^(left out|note): (.+?): ", done.err, re.MULTILINE)
        assert all(c.isprintable() for c in done.err.replace("\n", ""))
        assert sorted(named) == [
            ("left out", "bad\\nname.md"),
            ("left out", "c[d]:cd:.md"),
            ("left out", "sub/b.pdf"),
            ("note", "latin.txt"),
        ]


@pytest.mark.parametrize(
    ("name", "content"), [("b.pdf", b"%PDF-1.7"), ("b.txt", "Möwe über Möwe, größer. ".encode("latin-1") * 9)]
)
def test_a_strict_build_fails_at_any_problem_and_changes_nothing(
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


def test_a_strict_build_without_problems_is_a_build(run: Run, write_corpus: WriteCorpus) -> None:
    write_corpus({"a.md": "One."})
    assert run("build", "--strict").code == 0


def test_a_build_of_nothing_fails_and_says_what_to_do(run: Run, corpus: Path) -> None:
    assert "is empty" in run("build").failed(1)
    (corpus / "a.pdf").write_bytes(b"%PDF-1.7")
    told = run("build").failed(1)
    assert "a.pdf" in told
    assert "Add Markdown or plain text files" in told
    told = run("build", "--corpus", "nowhere").failed(1)
    assert "The corpus folder nowhere does not exist." in told
    assert "--corpus" in told


def test_a_build_where_no_index_can_be_written_fails(
    run: Run, write_corpus: WriteCorpus, index: Path
) -> None:
    write_corpus({"a.md": "One."})
    index.write_text("in the way", encoding="utf-8")
    assert "cannot be written" in run("build").failed(1)


def test_an_answer_is_all_there_is_on_stdout(built: Run) -> None:
    done = built("ask", QUESTION)
    assert (done.code, done.err) == (0, "")
    assert done.out.decode() == f"[1] {PELICAN}\n    — Zoo. zoo [5, 30)\n"


def test_finding_nothing_is_an_answer_too(built: Run) -> None:
    done = built("ask", "zzzz qqqq")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(b"No answer found in these documents.\n")
    assert json.loads(built("ask", "zzzz qqqq", "--json").out)["status"] == "not_found"


@pytest.mark.parametrize(
    ("question", "top_k"),
    [(QUESTION, None), ("  pelican\tHERRING ", 1), ("zzzz qqqq", None), ("🐦" * 2000, 20), ("eat ü?", 2)],
)
def test_json_on_stdout_is_the_body_of_the_http_reply_byte_for_byte(
    built: Run, make_service: Callable[..., Service], question: str, top_k: int | None
) -> None:
    client = TestClient(create_app(Settings(), make_service()))
    reply = client.post("/ask", json={"question": question, "top_k": top_k})
    assert reply.status_code == 200
    more = () if top_k is None else ("--top-k", str(top_k))
    done = built("ask", question, "--json", *more)
    assert (done.code, done.out, done.err) == (0, reply.content, "")


@pytest.fixture
def shelves(run: Run, write_corpus: WriteCorpus) -> Run:
    """Runs ``normqa`` over documents that differ in all that they can be filtered by."""

    def about(topic: str, source: str, date: str) -> str:
        return f"---\ntopics: [{topic}]\nsource: {source}\ndate: {date}\n---\n{PELICAN[:-1]} at {topic}.\n"

    write_corpus(
        {
            "a.md": about("bays", "Field notes", "2021-05-31"),
            "b.md": about("piers", "Lectures", "2023"),
            "c.md": f"{PELICAN[:-1]} at sea.\n",
        }
    )
    assert run("build").code == 0
    return run


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ((), ["a", "b", "c"]),
        (("--document", "c", "--document", "a"), ["a", "c"]),
        (("--topic", "bays", "--topic", "piers"), ["a", "b"]),
        (("--source", "Lectures"), ["b"]),
        (("--from", "2021-06"), ["b"]),
        (("--to", "2021-05"), ["a"]),
        (("--from", "2021", "--to", "2022", "--topic", "bays"), ["a"]),
    ],
    ids=repr,
)
def test_only_the_documents_that_pass_the_options_are_quoted(
    shelves: Run, options: tuple[str, ...], found: list[str]
) -> None:
    answer = json.loads(shelves("ask", QUESTION, "--json", *options).out)
    assert sorted(quote["document"]["id"] for quote in answer["quotes"]) == found


def test_a_document_that_there_is_not_is_told(shelves: Run) -> None:
    assert "There is no document 'zebra'." in shelves("ask", QUESTION, "--document", "zebra").failed(1)


def test_earlier_questions_and_the_least_confidence_reach_the_answer(
    run: Run, write_corpus: WriteCorpus
) -> None:
    """Without a calibration no confidence is too low."""
    write_corpus({"a.md": "The walrus sleeps on ice. The walrus eats clams."})
    assert run("build").code == 0
    options = ("--after", "Which walrus?", "--after", "What does the walrus eat?", "--min-confidence", "1")
    done = run("ask", "Where does it sleep?", *options)
    assert (done.code, done.err) == (0, "")
    assert done.out.decode().startswith("Searched as: Where does it sleep? (walrus)\n")


def test_the_settings_decide_how_sure_an_answer_must_be(
    built: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fitted for the models in use, it says 1 / (1 + e^0) of everything."""
    calibration: dict[str, Any] = {
        "encoder": HashingEncoder().fingerprint,
        "reranker": None,
        "intercept": 0,
        "weights": {},
        "passages": [1, 1],
        "fitted_on": {},
        "questions": 1,
    }
    (tmp_path / "fitted.json").write_text(json.dumps({"calibrations": [calibration]}), encoding="utf-8")
    monkeypatch.setenv("NORMQA_CALIBRATION", "fitted.json")
    told = {}
    for least in ("0.5", "0.51"):
        monkeypatch.setenv("NORMQA_MIN_CONFIDENCE", least)
        answer = json.loads(built("ask", QUESTION, "--json").out)
        assert answer["confidence"] == 1 / (1 + math.exp(0))
        told[least] = (answer["status"], answer["reason"])
    assert told == {"0.5": ("answered", None), "0.51": ("not_found", "related_but_no_answer")}
    assert json.loads(built("ask", QUESTION, "--json", "--min-confidence", "0.5").out)["reason"] is None
    assert "\nConfidence: " in built("ask", QUESTION, "--min-confidence", "0").out.decode()


@pytest.mark.parametrize("content", [None, "{}", "no json"])
def test_a_calibration_that_cannot_be_read_is_told(
    built: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    if content is not None:
        (tmp_path / "fitted.json").write_text(content, encoding="utf-8")
    monkeypatch.setenv("NORMQA_CALIBRATION", "fitted.json")
    told = built("ask", QUESTION).failed(2)
    assert "fitted.json is not a calibration file" in told
    assert "normqa calibrate" in told


def test_top_k_comes_from_the_option_else_the_setting_else_it_is_three(
    run: Run, write_corpus: WriteCorpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_corpus({f"{n}.md": f"The pelican eats herring at pier {n}." for n in range(1, 7)})
    assert run("build").code == 0

    def quotes(*more: str) -> int:
        return len(json.loads(run("ask", QUESTION, "--json", *more).out)["quotes"])

    assert quotes() == 3
    monkeypatch.setenv("NORMQA_TOP_K", "2")
    assert quotes() == 2
    assert quotes("--top-k", "5") == 5


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask", ""),
        ("ask", " \t\u00a0"),
        ("ask", "x" * 2001),
        ("ask", "\udcff"),
        ("ask", "a", "--top-k", "0"),
        ("ask", "a", "--top-k", "21"),
        ("ask", "a", "--top-k", "three"),
        ("ask", "a", "--top-k", "1.5"),
        ("ask", "a", "--min-confidence", "1.1"),
        ("ask", "a", "--min-confidence", "high"),
        ("ask", "a", "--from", "May 2021"),
        ("ask", "a", "--to", "2021-5"),
        ("ask", "a", "--topic", "\udcff"),
        ("ask", "a", "--after", "\udcff"),
        ("ask", "a", *("--after", "b") * 21),
        ("ask", "a", "--bogus"),
        ("ask", "a", "b"),
        ("ask",),
        ("verify",),
        ("verify", " "),
        ("build", "--bogus"),
        ("build", "extra"),
        ("status", "--json"),
        ("generations", "extra"),
        ("generations", "--corpus", "corpus"),
        ("rollback", "one", "another"),
        ("verify-index", "extra"),
        ("build", "--dry-run", "extra"),
        ("bogus",),
        ("serve", "--port", "65536"),
        ("serve", "--port", "-1"),
        ("serve", "--port", "x"),
        ("serve", "--host", ""),
        ("--corpus", "papers", "build"),
    ],
    ids=repr,
)
def test_wrong_usage_ends_with_2(built: Run, arguments: tuple[str, ...]) -> None:
    built(*arguments).failed(2)


def test_a_refused_question_is_told_in_words_for_the_terminal(built: Run) -> None:
    assert built("ask", "a", "--top-k", "0").failed(2).startswith("error: top_k: ")
    assert "JSON" not in built("ask", " ").failed(2)


def test_no_command_at_all_shows_the_help(run: Run) -> None:
    done = run()
    assert done.code == 2
    assert "Commands:" in done.err + done.out.decode()


@pytest.mark.parametrize(
    "command",
    [
        ("build",),
        ("ask", "a"),
        ("status",),
        ("verify", "a"),
        ("serve",),
        ("generations",),
        ("rollback",),
        ("verify-index",),
    ],
)
def test_an_unknown_or_unusable_setting_ends_every_command_with_2(
    built: Run, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setenv("NORMQA_TOPK", "5")
    assert "There is no setting NORMQA_TOPK." in built(*command).failed(2)
    monkeypatch.delenv("NORMQA_TOPK")
    monkeypatch.setenv("NORMQA_PORT", "x")
    assert "'port'" in built(*command).failed(2)
    monkeypatch.delenv("NORMQA_PORT")
    Path("normqa.toml").write_text("modle = 1\n", encoding="utf-8")
    assert "'modle'" in built(*command).failed(2)


def test_the_file_in_the_working_directory_is_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "zoo.md").write_text(PELICAN, encoding="utf-8")
    Path("normqa.toml").write_text('corpus = "papers"\nindex = "built"\n', encoding="utf-8")
    assert run("build").code == 0
    assert (tmp_path / "built" / "CURRENT").is_file()
    assert run("ask", QUESTION, "--index", "index").failed(1)


def test_over_an_empty_corpus_a_question_is_refused_and_that_is_no_failure(run: Run, corpus: Path) -> None:
    assert not list(corpus.iterdir())
    done = run("ask", QUESTION)
    assert (done.code, done.err) == (0, "")
    assert done.out.decode() == "There are no documents to search.\n"
    assert json.loads(run("ask", QUESTION, "--json").out)["reason"] == "empty_index"


@pytest.mark.parametrize("command", [("ask", "a"), ("status",), ("verify", "a"), ("rollback",)])
def test_without_an_index_every_command_says_to_build_one(
    run: Run, write_corpus: WriteCorpus, command: tuple[str, ...]
) -> None:
    write_corpus({"a.md": "One."})
    told = run(*command).failed(1)
    assert "There is no index in index yet." in told
    assert "normqa build" in told


def test_an_index_that_does_not_fit_is_told_with_the_way_out(
    built: Run, make_service: Callable[..., Service]
) -> None:
    make_service(HashingEncoder(dimension=512)).build()
    assert "Run normqa build, or set NORMQA_ENCODER" in built("ask", "a").failed(1)
    assert "changed     the encoder\n" in built("status").out.decode()
    assert built("build").code == 0
    assert built("ask", QUESTION).out.startswith(b"[1] ")


def test_a_damaged_index_is_told_with_the_way_out(built: Run, index: Path) -> None:
    [manifest] = index.rglob("manifest.json")
    manifest.unlink()
    for command in (("ask", "a"), ("status",), ("verify", "a")):
        told = built(*command).failed(1)
        assert f"{manifest.relative_to(index.parent)} is missing." in told
        assert "Run normqa build." in told
    assert built("build").code == 0
    assert built("ask", QUESTION).out.startswith(b"[1] ")


def test_an_unknown_model_is_told_before_anything_is_built(
    run: Run, write_corpus: WriteCorpus, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_corpus({"a.md": "One."})
    for setting in ("NORMQA_ENCODER", "NORMQA_RERANKER"):
        with monkeypatch.context() as patch:
            patch.setenv(setting, "./no-such-model")
            told = run("build").failed(1)
        assert "no-such-model" in told
        assert f"Set {setting} to" in told
    assert not (index / "CURRENT").exists()


def test_verify_ends_with_0_where_the_text_stands_and_with_1_where_not(built: Run) -> None:
    done = built("verify", "  pelican eats ")
    assert (done.code, done.err) == (0, "")
    assert done.out.decode() == "The text stands word for word in:\nzoo [9, 21)\n"
    done = built("verify", "Zoo The")
    assert (done.code, done.err) == (0, "")
    assert done.out.decode() == "But for blanks and line breaks, the text stands in:\nzoo [0, 8)\n"
    done = built("verify", "Pelican")
    assert (done.code, done.err) == (1, "")
    assert done.out.decode() == "The text does not stand in the documents.\n"


def test_a_text_that_looks_like_an_option_can_be_asked_and_verified(built: Run) -> None:
    assert built("verify", "--", "--bogus").code == 1
    assert built("ask", "--", "--json").code == 0


def test_status_tells_what_differs_from_the_corpus(
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
    assert any(line.startswith("left out    a.pdf: ") for line in lines)


def test_an_edit_is_asked_for_only_after_a_build(built: Run, write_corpus: WriteCorpus) -> None:
    write_corpus({"zoo.md": "The pelican eats squid."})
    assert PELICAN in built("ask", QUESTION).out.decode()
    assert built("build").code == 0
    answer: Any = json.loads(built("ask", QUESTION, "--json").out)
    assert [quote["text"] for quote in answer["quotes"]] == ["The pelican eats squid."]


def _generations(run: Run) -> list[Any]:
    """What ``normqa generations --json`` tells."""
    done = run("generations", "--json")
    assert (done.code, done.err) == (0, "")
    told = json.loads(done.out)
    assert isinstance(told, list)
    return told


SQUID = "The pelican eats squid."


@pytest.fixture
def twice(built: Run, write_corpus: WriteCorpus) -> Run:
    """Runs ``normqa`` where a second generation has been built, in which the document says something else."""
    write_corpus({"zoo.md": f"{SQUID}\n"})
    assert built("build").code == 0
    return built


def test_a_build_tells_of_every_file_as_json_on_stdout(run: Run, write_corpus: WriteCorpus) -> None:
    """Here it adds three, then renames one and removes another; one is left out, and one a copy."""
    corpus = write_corpus({"a.md": "Ä one.", "b.md": "Two.", "c.md": "Two.", "photo.png": b"\x89PNG"})
    first = run("build", "--json")
    assert first.code == 0
    told = json.loads(first.out)
    assert (told["built"], told["documents"], told["passages"]) == (True, 3, 3)
    assert (told["encoded"], told["saved"]) == (3, 0)
    assert told["generation"] == _generations(run)[0]["generation"]
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


def test_a_build_that_has_nothing_to_do_tells_of_every_file_too(built: Run) -> None:
    told = json.loads(built("build", "--json").out)
    assert (told["built"], told["encoded"], told["saved"]) == (False, 0, 1)
    assert [(file["file"], file["change"]) for file in told["files"]] == [("zoo.md", None)]


def test_a_dry_run_says_what_would_be_done_and_writes_nothing(
    built: Run, write_corpus: WriteCorpus, index: Path
) -> None:
    before = {path: path.read_bytes() for path in index.rglob("*") if path.is_file()}
    write_corpus({"new.md": "One.", "zoo.md": SQUID})
    done = built("build", "--dry-run")
    assert (done.code, done.out) == (0, b"")
    assert done.err.endswith("Nothing was built: 2 passages to encode, 0 known.\n")
    told = json.loads(built("build", "--dry-run", "--json").out)
    assert told["built"] is False
    assert {file["file"]: file["change"] for file in told["files"]} == {
        "new.md": "added",
        "zoo.md": "changed",
    }
    assert {path: path.read_bytes() for path in index.rglob("*") if path.is_file()} == before


def test_a_dry_run_where_there_is_no_index_leaves_none(
    run: Run, write_corpus: WriteCorpus, index: Path
) -> None:
    write_corpus({"a.md": "One."})
    assert run("build", "--dry-run").err.endswith("Nothing was built: 1 passage to encode, 0 known.\n")
    assert json.loads(run("build", "--dry-run", "--json").out)["generation"] is None
    assert not (index / "CURRENT").exists()
    assert _generations(run) == []


def test_a_dry_run_of_a_full_build_says_that_all_would_be_encoded(built: Run) -> None:
    assert built("build", "--dry-run", "--full").err.endswith(
        "Nothing was built: 1 passage to encode, 0 known.\n"
    )


def test_a_strict_dry_run_fails_at_a_problem(run: Run, write_corpus: WriteCorpus) -> None:
    write_corpus({"a.md": "One.", "b.pdf": b"%PDF-1.7"})
    assert "--strict" in run("build", "--dry-run", "--strict").failed(1)


def test_who_is_building_is_told_to_the_next(built: Run, index: Path) -> None:
    with IndexFolder(index).build_lock():
        for command in (("build", "--full"), ("rollback", _generations(built)[0]["generation"])):
            told = built(*command).failed(1)
            assert f"Another process is building in index (process {os.getpid()} on " in told
            assert "Wait until it has finished." in told


def test_generations_are_listed_the_newest_first_with_what_changed(twice: Run) -> None:
    done = twice("generations")
    assert (done.code, done.err) == (0, "")
    newest, oldest = (re.split("  +", line) for line in done.out.decode().splitlines())
    assert newest[0] > oldest[0]
    assert newest[1:] == ["1 document, 1 passage", "1 changed", "in force"]
    assert oldest[1:] == ["1 document, 1 passage", "1 added"]


def test_generations_as_json_have_their_reports(twice: Run) -> None:
    newest, oldest = _generations(twice)
    assert [each["in_force"] for each in (newest, oldest)] == [True, False]
    assert newest["report"]["update"]["changed"] == ["zoo.md"]
    assert oldest["report"]["update"]["added"] == ["zoo.md"]
    assert (newest["documents"], newest["passages"], newest["fault"]) == (1, 1, None)


def test_without_an_index_there_are_no_generations(run: Run) -> None:
    assert run("generations").out == b""
    assert _generations(run) == []


def test_as_many_generations_stay_as_the_settings_say(
    twice: Run, write_corpus: WriteCorpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    second, _ = (each["generation"] for each in _generations(twice))
    monkeypatch.setenv("NORMQA_KEEP_GENERATIONS", "2")
    write_corpus({"zoo.md": "The pelican eats crabs."})
    assert twice("build").code == 0
    _, before = (each["generation"] for each in _generations(twice))
    assert before == second


def test_a_rollback_goes_to_the_build_before_and_answers_say_so(twice: Run) -> None:
    older = _generations(twice)[1]
    done = twice("rollback")
    assert (done.code, done.out) == (0, b"")
    assert done.err == f"Generation {older['generation']} of {older['built_at']} is in force.\n"
    asked = twice("ask", QUESTION)
    assert PELICAN in asked.out.decode()
    assert asked.err == "warning: The index was rolled back; what has changed since may be quoted.\n"
    answer = json.loads(twice("ask", QUESTION, "--json").out)
    assert answer["index"] == {
        "generation": older["generation"],
        "built_at": older["built_at"],
        "rolled_back": True,
        "warning": None,
    }


def test_a_rollback_is_told_by_status_and_by_the_list(twice: Run) -> None:
    older = _generations(twice)[1]["generation"]
    assert twice("rollback").code == 0
    status = twice("status").out.decode().splitlines()
    assert status[0] == f"generation  {older} (rolled back to)"
    assert "changed     zoo.md" in status
    assert [each["rolled_back"] for each in _generations(twice)] == [False, True]
    assert twice("generations").out.decode().splitlines()[1].endswith("  in force; rolled back to")


def test_a_rollback_may_name_the_build_and_go_forward_again(twice: Run) -> None:
    newest, oldest = (each["generation"] for each in _generations(twice))
    assert twice("rollback", oldest).code == 0
    assert twice("rollback", newest).code == 0
    asked = twice("ask", QUESTION)
    assert (SQUID in asked.out.decode(), asked.err) == (True, "")


def test_a_build_ends_a_rollback(twice: Run) -> None:
    assert twice("rollback").code == 0
    assert "Built generation" in twice("build").err
    asked = twice("ask", QUESTION)
    assert (SQUID in asked.out.decode(), asked.err) == (True, "")


@pytest.mark.parametrize(
    "name", ["20200101T000000.000000Z", "nonsense", "", "../generations", "..", "/etc", "\x1b[31m"]
)
def test_a_build_that_there_is_not_cannot_be_gone_back_to(twice: Run, index: Path, name: str) -> None:
    before = (index / "CURRENT").read_bytes()
    told = twice("rollback", name).failed(1)
    assert f"There is no generation {name!r}." in told
    assert "normqa generations lists them." in told
    assert (index / "CURRENT").read_bytes() == before


def test_there_must_be_a_build_before_to_go_back(built: Run) -> None:
    told = built("rollback").failed(1)
    assert re.search(r"There is no generation before \S+\.\n", told)
    assert "normqa generations lists them." in told


def test_a_damaged_build_cannot_be_gone_back_to(twice: Run, index: Path) -> None:
    before = (index / "CURRENT").read_bytes()
    oldest = _generations(twice)[1]["generation"]
    damage(index / "shards" / f"{oldest}-0" / "texts.sqlite")
    assert "texts.sqlite is corrupted: checksum mismatch." in twice("rollback").failed(1)
    assert (index / "CURRENT").read_bytes() == before


def test_an_index_that_is_whole_is_verified(twice: Run) -> None:
    done = twice("verify-index")
    assert (done.code, done.err) == (0, "")
    assert done.out == twice("generations").out


def test_where_nothing_is_built_there_is_nothing_to_verify(run: Run) -> None:
    done = run("verify-index")
    assert (done.code, done.out.decode()) == (0, "There is no index yet.\n")


DAMAGES: dict[str, Callable[[Path], object]] = {
    "is corrupted: checksum mismatch": damage,
    "is missing": Path.unlink,
    "does not belong there": lambda path: path.with_name("stray").touch(),
}


@pytest.mark.parametrize("part", ["texts.sqlite", "passages.npy", "files.json"])
@pytest.mark.parametrize("told", DAMAGES)
@pytest.mark.parametrize("which", [0, 1])
def test_damage_to_any_build_that_stands_is_found_and_named(
    twice: Run, index: Path, part: str, told: str, which: int
) -> None:
    """The newest or the one before; the other is whole."""
    name = _generations(twice)[which]["generation"]
    [path] = [path for path in index.rglob(part) if name in str(path)]
    DAMAGES[told](path)
    done = twice("verify-index")
    assert (done.code, done.err) == (1, "")
    lines = done.out.decode().splitlines()
    assert "damaged" not in lines[1 - which]
    assert re.search(rf"damaged: index/\S+ {told}\.$", lines[which])


@pytest.mark.parametrize("part", ["manifest.json", "manifest.copy.json", "report.json"])
def test_damage_to_what_a_build_says_of_itself_is_found(twice: Run, index: Path, part: str) -> None:
    damage(parts_in_force(index)[part])
    done = twice("verify-index")
    assert done.code == 1
    assert part in done.out.decode().splitlines()[0]


def test_a_pointer_that_names_no_build_is_found(twice: Run, index: Path) -> None:
    """Else all would be well, and every answer would warn of it."""
    (index / "CURRENT").write_text("nonsense\n", encoding="utf-8")
    assert twice("verify-index").code == 1


@pytest.fixture
def fallen_back(twice: Run, write_corpus: WriteCorpus, index: Path) -> Run:
    """Runs ``normqa`` where the newest generation is damaged, and one document stands in the one before."""
    write_corpus({"heron.md": "The heron wades in mud."})
    assert twice("build").code == 0
    write_corpus({"zoo.md": "Closed."})
    assert twice("build").code == 0
    damage(parts_in_force(index)["texts.sqlite"])
    return twice


def test_an_answer_from_an_older_build_warns_on_stderr(fallen_back: Run) -> None:
    done = fallen_back("ask", "What wades in mud?")
    assert done.code == 0
    assert "The heron wades in mud." in done.out.decode()
    assert re.fullmatch(
        r"warning: index/\S+ is corrupted: checksum mismatch\. Until .*normqa build\.\n", done.err
    )


def test_the_json_of_an_answer_from_an_older_build_warns_too(fallen_back: Run) -> None:
    answer = json.loads(fallen_back("ask", "What wades in mud?", "--json").out)
    assert answer["index"]["generation"] == _generations(fallen_back)[1]["generation"]
    assert "is corrupted: checksum mismatch. Until " in answer["index"]["warning"]


def test_what_was_changed_is_not_quoted_from_an_older_build_nor_verified_in_it(fallen_back: Run) -> None:
    assert SQUID not in fallen_back("ask", QUESTION).out.decode()
    assert "There is no document 'zoo'." in fallen_back("ask", QUESTION, "--document", "zoo").failed(1)
    assert fallen_back("verify", SQUID).code == 1


@pytest.mark.usefixtures("fallen_back")
def test_a_process_warns_of_the_damage_once() -> None:
    """It neither logs on stderr what it says there."""
    asked = _process("ask", "What wades in mud?")
    assert asked.stderr.decode().count("Until this is repaired") == 1


@pytest.mark.parametrize("no_build", [(), ("--no-build",)])
def test_a_port_in_use_is_told_before_anything_is_built(
    run: Run, write_corpus: WriteCorpus, index: Path, no_build: tuple[str, ...]
) -> None:
    write_corpus({"a.md": "One."})
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = run("serve", "--port", str(port), *no_build).failed(1)
    assert f"127.0.0.1:{port} cannot be served on" in told
    assert "--port" in told
    assert not index.exists()


@pytest.mark.parametrize("host", ["203.0.113.1", "a..b", "no-such-host.invalid", "x" * 64])
def test_an_address_that_is_not_ours_is_told(run: Run, host: str) -> None:
    assert f"{host}:0 cannot be served on" in run("serve", "--host", host, "--port", "0").failed(1)


def test_lint_tells_what_to_mend_a_line_each_and_fails(run: Run, write_corpus: WriteCorpus) -> None:
    """File and line come first, as editors and terminals read them; the count goes to stderr."""
    head = "title: Zoo\ntopics: zoo\ndate: 2024\nsource: us\nreferences: A\nquestions: Q?\n"
    write_corpus({"zoo.md": f"---\n{head}---\nIt eats [herring](fish.md).\n"})
    done = run("lint")
    assert done.code == 1
    assert done.out.decode() == (
        "corpus/zoo.md:9: broken link 'fish.md': the file does not exist. Fix the link or remove it.\n"
        'corpus/zoo.md:9: "It eats herring." opens with a word that refers back, so it cannot be quoted'
        " alone. Name what the word refers to.\n"
    )
    assert done.err == "2 findings in 1 file.\n"
    told = run("lint", "--json")
    assert told.code == 1
    assert json.loads(told.out) == {
        "files": 1,
        "findings": [
            {
                "file": "zoo.md",
                "line": 9,
                "rule": "link",
                "what": "broken link 'fish.md': the file does not exist",
                "way_out": "Fix the link or remove it.",
            },
            {
                "file": "zoo.md",
                "line": 9,
                "rule": "pronoun",
                "what": '"It eats herring." opens with a word that refers back, so it cannot be quoted alone',
                "way_out": "Name what the word refers to.",
            },
        ],
    }


def test_lint_of_a_clean_corpus_says_so_and_of_none_fails(run: Run, write_corpus: WriteCorpus) -> None:
    head = "title: Zoo\ntopics: zoo\ndate: 2024\nsource: us\nreferences: A\nquestions: Q?\n"
    write_corpus({"zoo.md": f"---\n{head}---\n{PELICAN}\n", "CONTRIBUTING.md": "Write well."})
    assert run("lint") == Done(0, b"", "Nothing to mend in 1 file.\n")
    assert json.loads(run("lint", "--json").out) == {"files": 1, "findings": []}
    assert "The corpus folder nowhere does not exist" in run("lint", "--corpus", "nowhere").failed(1)


def test_a_name_in_a_finding_does_not_command_the_terminal(run: Run, write_corpus: WriteCorpus) -> None:
    write_corpus({"\x1b[2J.md": "Text"})
    done = run("lint")
    assert done.code == 1
    assert b"\x1b" not in done.out


def test_what_the_settings_exclude_is_not_built(
    built: Run, write_corpus: WriteCorpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guide for editors is left out unless they say otherwise."""
    write_corpus({"CONTRIBUTING.md": "Write well.", "drafts/new.md": "A draft."})
    assert "2 documents" in built("build").err
    monkeypatch.setenv("NORMQA_EXCLUDE", '["drafts/*", "zoo.md"]')
    told = built("build").err
    assert "1 document," in told
    assert "2 files removed" in told
