"""The core works without the extras; what needs an extra says which."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from normqa.errors import NormqaError
from normqa.extras import EVAL, MODELS, Extra
from tests.conftest import SEED, WriteCorpus

OPTIONAL = (
    *("torch", "transformers", "sentence_transformers", "onnx"),
    *("ir_measures", "sklearn", "scipy"),
    *("mcp", "opentelemetry.sdk", "opentelemetry.exporter"),
)
HIDDEN = f"import sys; sys.modules.update(dict.fromkeys({OPTIONAL!r}))\n"
"""Makes imports of optional libraries fail, as in an installation without the extras."""


def run_without_extras(program: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", HIDDEN + program], cwd=folder, capture_output=True, text=True, check=False
    )


def test_core_builds_asks_and_serves_without_the_extras(write_corpus: WriteCorpus, tmp_path: Path) -> None:
    write_corpus({"strategies.md": SEED.read_bytes()})
    program = """
import json, normqa, normqa.service, normqa.cli.main, normqa.serve.server
library = normqa.open("corpus")
print(json.dumps([quote.text for quote in library.ask("Which strategy uses hotlines?").quotes]))
"""
    done = run_without_extras(program, tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)[0].startswith("6. Confidence-building measures")


@pytest.mark.parametrize("command", [["eval", "--gold", "gold.jsonl"], ["calibrate", "--qa", "qa"]])
def test_evaluation_names_its_extra(command: list[str], tmp_path: Path) -> None:
    program = f"from normqa.cli.main import main; sys.argv[1:] = {command!r}; main()"
    done = run_without_extras(program, tmp_path)
    assert done.returncode == 1
    assert "Evaluation needs the optional dependencies normqa[eval]." in done.stderr
    assert "Run pip install 'normqa[eval]'." in done.stderr
    assert "Traceback" not in done.stderr


def test_installed_extra_is_accepted() -> None:
    """The tests run with both extras."""
    MODELS.require("Nothing", NormqaError)
    EVAL.require("Nothing", NormqaError)


def test_module_of_a_missing_package_is_missing() -> None:
    assert not Extra("birds", ("no_such_package_of_herons.pond",)).is_installed


def test_missing_module_raises_the_given_error() -> None:
    extra = Extra("birds", ("json", "no_such_module_of_herons"), " Feed them first.")
    with pytest.raises(NormqaError) as raised:
        extra.require("The pond", NormqaError)
    assert raised.value.message == "The pond needs the optional dependencies normqa[birds]."
    assert raised.value.hint == "Run pip install 'normqa[birds]'. Feed them first."
