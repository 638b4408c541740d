"""Help, settings, usage and exit codes of the command line."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from normqa import __version__
from normqa.models.hashing import HashingEncoder
from normqa.service import Service
from tests.cli.conftest import PELICAN, QUESTION, Run, in_process
from tests.conftest import WriteCorpus

PLACES = {"--corpus", "--index"}
OPTIONS = {
    "build": {"--full", "--strict", "--dry-run", "--allow-empty", "--json", "--ray", "--ray-cores", *PLACES},
    "ask": {
        *(
            "--json",
            "--format",
            "--top-k",
            "--min-confidence",
            "--document",
            "--folder",
            "--topic",
            "--source",
            "--from",
            "--to",
        ),
        *("--after", "--exact", "--dated-only", "--explain", *PLACES),
    },
    "verify": PLACES,
    "serve": {
        *("--host", "--port", "--no-build", "--watch", "--workers", "--follow", "--log-format"),
        *PLACES,
    },
    "mcp": {"--no-build", *PLACES},
    "status": {"--json", "--exit-code", *PLACES},
    "generations": {"--json", "--index"},
    "rollback": {"--index"},
    "verify-index": {"--index"},
    "export": {"--index"},
    "import": {"--index"},
    "lint": {"--json", "--corpus"},
    "eval": {
        *(
            "--beir",
            "--qa",
            "--turns",
            "--gold",
            "--qa-text",
            "--files",
            "--split",
            "--scope",
            "--hold-out",
            "--small",
            "--index",
            "--limit",
            "--json",
        ),
        *("--report", "--work", "--corpus"),
    },
    "calibrate": {"--qa", "--out", "--limit", "--keep", "--rescale", "--work"},
    "keys": set(),
}
"""Every command and its options."""


def test_no_help_loads_a_model_or_an_index_library() -> None:
    program = (
        "import sys; from normqa.cli.main import main\n"
        "heavy = {'torch', 'faiss', 'numpy', 'fastapi', 'tantivy', 'sentence_transformers', 'onnxruntime'}\n"
        "for command in ['', *sys.argv[1:]]:\n"
        "    sys.argv = ['normqa', *command.split(), '--help']\n"
        "    try: main()\n"
        "    except SystemExit: pass\n"
        "    assert not heavy & set(sys.modules), (command, heavy & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *OPTIONS], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Usage: ") == 1 + len(OPTIONS)


def test_help_lists_every_command(run: Run) -> None:
    done = run("--help")
    assert (done.code, done.err) == (0, "")
    assert re.findall(r"^  ([a-z][a-z-]+)  ", done.out.decode(), re.MULTILINE) == [*OPTIONS]


@pytest.mark.parametrize("command", OPTIONS)
def test_help_lists_every_option(run: Run, command: str) -> None:
    done = run(command, "--help")
    assert (done.code, done.err) == (0, "")
    shown = set(re.findall(r"^  (--[a-z-]+)", done.out.decode(), re.MULTILINE))
    assert shown == OPTIONS[command] | {"--help"}


def test_version_is_printed(run: Run) -> None:
    done = run("--version")
    assert (done.code, done.out.decode(), done.err) == (0, f"normqa {__version__}\n", "")


def test_without_a_command_help_is_shown(run: Run) -> None:
    done = run()
    assert done.code == 2
    assert "Commands:" in done.err + done.out.decode()


def test_commands_take_corpus_and_index(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_build_ask_and_verify_in_separate_processes(write_corpus: WriteCorpus) -> None:
    write_corpus({"zoo.md": f"{PELICAN}\n", "photo.png": b"\x89PNG"})
    built = in_process("build")
    assert (built.returncode, built.stdout) == (0, b"")
    assert re.search(r"skipped: photo\.png: .*\n", built.stderr.decode())
    assert re.search(
        r"Built generation \S+: 1 document, 1 passage; 1 file skipped\. 1 passage encoded, 0 reused; ",
        built.stderr.decode(),
    )

    asked = in_process("ask", QUESTION)
    expected = f"[1] {PELICAN}\n    — zoo. zoo [0, 25)\n"
    assert (asked.returncode, asked.stdout.decode(), asked.stderr) == (0, expected, b"")

    verified = in_process("verify", "eats herring")
    expected = "Found verbatim in:\nzoo [12, 24)\n"
    assert (verified.returncode, verified.stdout.decode(), verified.stderr) == (0, expected, b"")


def test_error_sets_exit_code_without_traceback(
    write_corpus: WriteCorpus,
) -> None:
    write_corpus({"a.md": "Not built yet."})
    for arguments, code in (
        (("ask", QUESTION), 1),
        (("ask", " "), 2),
        ((b"ask", b"\xff\xfe pelican"), 2),
    ):
        done = in_process(*map(os.fsdecode, arguments))
        assert (done.returncode, done.stdout) == (code, b"")
        assert done.stderr.startswith(b"error: ")
        assert b"Traceback" not in done.stderr


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
        ("status", "--bogus"),
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
def test_wrong_usage_exits_with_2(built: Run, arguments: tuple[str, ...]) -> None:
    built(*arguments).failed(2)


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
def test_bad_setting_exits_with_2(
    built: Run, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setenv("NORMQA_TOPK", "5")
    assert "Unknown setting 'NORMQA_TOPK' in the environment." in built(*command).failed(2)
    monkeypatch.delenv("NORMQA_TOPK")
    monkeypatch.setenv("NORMQA_PORT", "x")
    assert "'port'" in built(*command).failed(2)
    monkeypatch.delenv("NORMQA_PORT")
    Path("normqa.toml").write_text("modle = 1\n", encoding="utf-8")
    assert "'modle'" in built(*command).failed(2)


def test_normqa_toml_is_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "zoo.md").write_text(PELICAN, encoding="utf-8")
    Path("normqa.toml").write_text('corpus = "papers"\nindex = "built"\n', encoding="utf-8")
    assert run("build").code == 0
    assert (tmp_path / "built" / "CURRENT").is_file()
    assert run("ask", QUESTION, "--index", "index").failed(1)


@pytest.mark.parametrize("command", [("ask", "a"), ("status",), ("verify", "a"), ("rollback",)])
def test_missing_index_suggests_a_build(
    run: Run, write_corpus: WriteCorpus, command: tuple[str, ...]
) -> None:
    write_corpus({"a.md": "One."})
    told = run(*command).failed(1)
    assert "There is no index in index yet." in told
    assert "normqa build" in told


def test_index_of_another_encoder_suggests_a_build(built: Run, make_service: Callable[..., Service]) -> None:
    make_service(HashingEncoder(dimension=512)).build()
    assert "Run normqa build, or set NORMQA_ENCODER" in built("ask", "a").failed(1)
    assert "changed     the encoder\n" in built("status").out.decode()
    assert built("build").code == 0
    assert built("ask", QUESTION).out.startswith(b"[1] ")


def test_damaged_index_suggests_a_build(built: Run, index: Path) -> None:
    [manifest] = index.rglob("manifest.json")
    manifest.unlink()
    for command in (("ask", "a"), ("status",), ("verify", "a")):
        told = built(*command).failed(1)
        assert f"{manifest.relative_to(index.parent)} is missing." in told
        assert "Run normqa build." in told
    assert built("build").code == 0
    assert built("ask", QUESTION).out.startswith(b"[1] ")


def test_unknown_model_fails_before_building(
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
