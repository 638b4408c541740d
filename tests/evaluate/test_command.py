"""``normqa eval``."""

import json
import sys
from pathlib import Path

import pytest

from normqa.cli import main
from tests.evaluate.conftest import WriteCollection

MEASURES = ["ndcg@10", "recall@10", "recall@100", "mrr@10"]


@pytest.fixture
def collection(write_collection: WriteCollection, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two documents and a question; no model is needed to rank them."""
    monkeypatch.setenv("NORMQA_ENCODER", "hashing")
    documents = {"a": ("", "Terns dive."), "b": ("", "Herons wade.")}
    return write_collection(documents, {"q": "terns"}, [("q", "a", 1)])


def _eval(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["normqa", "eval", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(str(ended.value.code))


def test_figures_go_to_stdout_as_json_and_the_index_into_the_work_folder(
    collection: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _eval(monkeypatch, "--beir", str(collection), "--work", "work", "--json") == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures.pop("seconds_per_question") > 0
    intervals = {name: [1, 1] for name in MEASURES}
    assert figures == dict.fromkeys(MEASURES, 1) | {"questions": 1, "intervals": intervals}
    assert {path.name for path in tmp_path.iterdir()} == {"birds", "work"}


def test_figures_for_people_carry_their_intervals(
    collection: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _eval(monkeypatch, "--beir", str(collection), "--work", "work", "--limit", "1") == 0
    assert "ndcg@10                1   [1, 1]\n" in capsys.readouterr().out


def test_a_split_that_is_not_there_is_told_and_fails(
    collection: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _eval(monkeypatch, "--beir", str(collection), "--split", "dev", "--work", "work") == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "dev.tsv cannot be read" in told.err


@pytest.mark.parametrize("arguments", [(), ("--beir", "birds", "--gold", "gold.jsonl")])
def test_either_a_collection_or_a_gold_set_is_measured(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _eval(monkeypatch, *arguments) == 2
    assert "Give either --beir DIR or --gold FILE." in capsys.readouterr().err
