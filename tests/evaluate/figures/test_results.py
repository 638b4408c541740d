"""Saved results of evaluations."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from normqa import __version__
from normqa.errors import OutputNotWritable
from normqa.evaluate.figures.results import EvaluationResult, save_result

MEASURED = EvaluationResult(
    {"recall@10": 0.5, "questions": 4, "later": {"raw": {"mrr@10": 0.25}}},
    {"recall@10": (0.25, 0.75), "later": {"raw": {"mrr@10": (0.0, 0.5)}}},
)
PARAMETERS = {"limit": None, "encoder": "hashing", "hold_out": 0.5}


def test_file_contains_figures_intervals_and_parameters(tmp_path: Path) -> None:
    path = save_result(MEASURED, "birds", PARAMETERS, tmp_path / "work", None)
    kept = json.loads(path.read_text())
    assert kept["figures"] == {"recall@10": 0.5, "questions": 4, "later": {"raw": {"mrr@10": 0.25}}}
    assert kept["intervals"] == {"recall@10": [0.25, 0.75], "later": {"raw": {"mrr@10": [0.0, 0.5]}}}
    assert kept["parameters"] == PARAMETERS
    assert kept["normqa"] == __version__
    assert datetime.fromisoformat(kept["measured_at"]).utcoffset() is not None


def test_results_of_one_name_are_kept_side_by_side(tmp_path: Path) -> None:
    first, second = (
        save_result(EvaluationResult({"questions": n}), "birds", {}, tmp_path, None) for n in (1, 2)
    )
    assert first != second
    assert first.parent == second.parent == tmp_path / "figures"
    assert all(path.name.startswith("birds-") for path in (first, second))
    assert [json.loads(path.read_text())["figures"]["questions"] for path in (first, second)] == [1, 2]


def test_report_is_written_only_on_request(tmp_path: Path) -> None:
    save_result(EvaluationResult({"questions": 1}), "birds", {}, tmp_path / "work", None)
    assert not list(tmp_path.rglob("*.html"))
    report = tmp_path / "new folder" / "report.html"
    path = save_result(EvaluationResult({"questions": 1}), "birds", {}, tmp_path / "work", report)
    assert path.is_file()
    assert "birds" in report.read_text()


def test_unwritable_results_folder_is_reported_with_a_hint(tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.write_text("a file")
    with pytest.raises(OutputNotWritable, match="cannot be written") as refused:
        save_result(MEASURED, "birds", {}, work, None)
    assert str(work) in refused.value.message
    assert refused.value.hint == "Choose another file or folder."


def test_unwritable_report_is_reported_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(OutputNotWritable, match="cannot be written") as refused:
        save_result(EvaluationResult({"questions": 1}), "birds", {}, tmp_path / "work", tmp_path)
    assert str(tmp_path) in refused.value.message
    assert refused.value.hint == "Choose another file or folder."
