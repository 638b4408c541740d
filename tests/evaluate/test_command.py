"""The command ``normqa eval``, for ranking and for what all evaluations share."""

import json
import sys
from pathlib import Path

import pytest

from normqa import __version__
from normqa.cli.main import main
from normqa.index.folder import IndexFolder
from normqa.settings import Settings
from tests.evaluate.conftest import WriteCollection

MEASURES = ["ndcg@10", "recall@10", "recall@100", "mrr@10"]


@pytest.fixture
def collection(write_collection: WriteCollection, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two documents and a question, ranked without a model."""
    monkeypatch.setenv("NORMQA_ENCODER", "hashing")
    monkeypatch.setenv("NORMQA_RERANKER", "none")
    documents = {"a": ("", "Terns dive."), "b": ("", "Herons wade.")}
    return write_collection(documents, {"q": "terns"}, [("q", "a", 1)])


def _eval(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["normqa", "eval", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(str(ended.value.code))


def test_json_goes_to_stdout_and_the_index_to_the_work_folder(
    collection: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _eval(monkeypatch, "--beir", str(collection), "--work", "work", "--json") == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures.pop("seconds_per_question") > 0
    intervals = {name: [1, 1] for name in MEASURES}
    assert figures == dict.fromkeys(MEASURES, 1) | {"questions": 1, "intervals": intervals}
    assert {path.name for path in tmp_path.iterdir()} == {"birds", "work"}


def test_saved_figures_record_their_parameters(
    collection: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _eval(monkeypatch, "--beir", str(collection), "--work", "work", "--limit", "7", "--json") == 0
    out, err = capsys.readouterr()
    [kept] = (tmp_path / "work" / "figures").iterdir()
    assert kept.name.startswith("birds-")
    assert f"Results saved to {kept.relative_to(tmp_path)}.\n" in err
    content = json.loads(kept.read_text(encoding="utf-8"))
    assert content["figures"] | {"intervals": content["intervals"]} == json.loads(out)
    assert content["normqa"] == __version__
    assert content["parameters"] == {
        "beir": str(collection),
        "split": "test",
        "limit": 7,
        "encoder": "hashing",
        "question_prefix": None,
        "passage_prefix": None,
        "reranker": "none",
        "calibration": None,
        "min_confidence": Settings().min_confidence,
    }


def test_index_is_built_where_the_option_says(
    collection: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _eval(monkeypatch, "--beir", str(collection), "--work", "work", "--index", "here") == 0
    assert {path.name for path in (tmp_path / "work").iterdir()} == {"figures"}
    assert len(IndexFolder(tmp_path / "here").generation_names()) == 1
    [kept] = (tmp_path / "work" / "figures").iterdir()
    assert json.loads(kept.read_text(encoding="utf-8"))["parameters"]["index"] == "here"


def test_printed_figures_have_intervals(
    collection: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _eval(monkeypatch, "--beir", str(collection), "--work", "work", "--limit", "1") == 0
    printed = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in printed] == [*MEASURES, "questions", "seconds_per_question"]
    assert [line.split(maxsplit=1)[1] for line in printed[:-1]] == ["1   [1, 1]"] * len(MEASURES) + ["1"]


def test_missing_split_fails(
    collection: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _eval(monkeypatch, "--beir", str(collection), "--split", "dev", "--work", "work") == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "dev.tsv cannot be read" in printed.err


def test_unsaved_figures_fail(
    collection: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "figures").write_text("in the way", encoding="utf-8")
    assert _eval(monkeypatch, "--beir", str(collection), "--work", "work") == 1
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--json",),
        ("--beir", "birds", "--gold", "gold.jsonl"),
        ("--qa", "birds", "--turns", "birds"),
        ("--beir", "birds", "--qa", "birds", "--turns", "birds", "--gold", "gold.jsonl"),
    ],
    ids=repr,
)
def test_exactly_one_source_is_required(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _eval(monkeypatch, *arguments) == 2
    hint = "Give one of --beir DIR, --qa DIR, --turns DIR, --gold FILE, --qa-text FILE or --files DIR."
    assert hint in capsys.readouterr().err


@pytest.mark.parametrize("way", ["--beir", "--turns", "--gold"])
def test_report_requires_qa(
    way: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _eval(monkeypatch, way, "birds", "--report", "report.html") == 2
    assert "--report works only with --qa." in capsys.readouterr().err
    assert not Path("report.html").exists()


@pytest.mark.parametrize("others", [["--beir"], ["--hold-out", "0.5", "--qa"], ["--index", "new", "--qa"]])
def test_small_corpora_are_drawn_only_from_a_whole_collection_with_answers(
    others: list[str], collection: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _eval(monkeypatch, "--small", *others, str(collection)) == 2
    assert "--small works only with --qa" in capsys.readouterr().err
