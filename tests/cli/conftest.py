"""Helpers for the tests of the command line."""

import json
import os
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from normqa.cli.main import main
from normqa.index.report import CorpusDiff, Report
from normqa.load.problem import Problem
from tests.conftest import ROOT, WriteCorpus

NAME, BUILT_AT = "20260102T030405.000000Z", "2026-01-02T03:04:05+00:00"
LEFT_OUT, GUESSED = Problem("a.pdf", "it is not read"), Problem("b.txt", "guessed", skipped=False)

PELICAN = "The pelican eats herring."
QUESTION = "What does the pelican eat?"
SQUID = "The pelican eats squid."


@dataclass
class Done:
    """Exit code and output of a command."""

    code: int
    out: bytes
    err: str

    def failed(self, code: int) -> str:
        """Check that the command failed with a message, and return the message."""
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
    """Run ``normqa`` in this process, in the folder of ``corpus`` and ``index``."""

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
    """Run ``normqa`` over an index of one document."""
    write_corpus({"zoo.md": f"# Zoo\n\n{PELICAN}\n"})
    assert run("build").code == 0
    return run


@pytest.fixture
def twice(built: Run, write_corpus: WriteCorpus) -> Run:
    """Run ``normqa`` after a second build, in which the document is edited."""
    write_corpus({"zoo.md": f"{SQUID}\n"})
    assert built("build").code == 0
    return built


def in_process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run ``python -m normqa`` in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "normqa", *arguments],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT / "src"),
            "NORMQA_ENCODER": "hashing",
            "NORMQA_RERANKER": "none",
            **environment,
        },
        capture_output=True,
        check=False,
    )


def kept_builds(run: Run) -> list[Any]:
    """Return the output of ``normqa generations --json``."""
    done = run("generations", "--json")
    assert (done.code, done.err) == (0, "")
    builds = json.loads(done.out)
    assert isinstance(builds, list)
    return builds


def a_report(
    update: CorpusDiff | None = None, *problems: Problem, encoded: int = 0, saved: int = 0
) -> Report:
    """Return the report of a build whose stages took 1.5 and 0.25 seconds."""
    seconds = {"Reading the corpus": 1.5, "Loading documents": 0.25}
    return Report(
        update=update or CorpusDiff(), problems=problems, encoded=encoded, reused=saved, seconds=seconds
    )


def control_characters(text: str) -> set[str]:
    """Return the control characters of a text, without line feeds."""
    return {char for char in text if unicodedata.category(char) == "Cc"} - {"\n"}
