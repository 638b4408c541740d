"""Follow-up questions in tiny conversations, checked by written arithmetic."""

import json
from collections.abc import Iterable, Mapping
from math import log2
from pathlib import Path
from typing import Any

import pytest

from normqa.answer.models import Models
from normqa.build.progress import NoProgress
from normqa.errors import CollectionUnusable
from normqa.evaluate.figures.results import EvaluationResult
from normqa.evaluate.turns import MEASURES, evaluate_turns
from normqa.models.hashing import HashingEncoder

DOCUMENTS = {
    "barns": "Who built them? Barns are meant here: who built them, farmers built them.",
    "mills": "Tide mills stand in Brittany. Monks built the tide mills there.",
    "herons": "Herons wade in mud.",
}
""""Who built them?" finds the barns first; with "tide mills" it finds the mills first."""
PLACE, BUILDERS = "Where do tide mills stand?", "Who built them?"
FIRST = {"conv_id": "c1", "turn": 1, "query_id": "c1_1", "question": PLACE, "history": []}
SECOND = {
    "conv_id": "c1",
    "turn": 2,
    "query_id": "c1_2",
    "question": BUILDERS,
    "history": [PLACE, "Brittany."],
}
ALONE = {
    "conv_id": "c1",
    "turn": 3,
    "query_id": "c1_3",
    "question": "Where do herons wade?",
    "history": [PLACE, "Brittany.", BUILDERS, "Monks."],
}
ANSWERS = {"c1_1": "mills", "c1_2": "mills", "c1_3": "herons"}


def rows(path: Path, content: Iterable[object]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in content))


def write(folder: Path, turns: Iterable[Mapping[str, Any]], relevance: int = 1) -> Path:
    """Write a collection of conversations about the documents."""
    (folder / "qrels").mkdir(parents=True)
    turns = list(turns)
    rows(folder / "corpus.jsonl", [{"_id": n, "title": "", "text": text} for n, text in DOCUMENTS.items()])
    rows(folder / "queries.jsonl", [{"_id": turn["query_id"], "text": turn["question"]} for turn in turns])
    rows(folder / "turns.jsonl", turns)
    judged = [f"{turn_id}\t{document}\t{relevance}\n" for turn_id, document in ANSWERS.items()]
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n" + "".join(judged))
    return folder


def evaluated(folder: Path, limit: int | None = None) -> EvaluationResult:
    work = folder.parent / "work"
    return evaluate_turns(folder, limit, Models(HashingEncoder(), None, None), 0.0, work, NoProgress())


def test_rewriting_a_followup_raises_the_relevant_document(tmp_path: Path) -> None:
    """The mills rank second for the raw question and first for the rewritten one."""
    measured = evaluated(write(tmp_path / "talks", [FIRST, SECOND, ALONE]))
    raw = {"recall@5": 1, "recall@10": 1, "ndcg@10": 1 / log2(1 + 2), "mrr@10": 1 / 2}
    resolved = dict.fromkeys(MEASURES, 1)
    assert measured.figures["turns_changed"] == 1
    assert measured.figures["changed"] == {"raw": pytest.approx(raw), "resolved": resolved}


def test_first_and_later_turns_are_measured_separately(tmp_path: Path) -> None:
    """There are two later turns, and the heron ranks first in both runs."""
    measured = evaluated(write(tmp_path / "talks", [FIRST, SECOND, ALONE]))
    perfect = dict.fromkeys(MEASURES, 1)
    assert measured.figures["first"] == {"raw": perfect, "resolved": perfect}
    assert measured.figures["later"]["raw"]["mrr@10"] == (1 / 2 + 1) / 2
    assert measured.figures["later"]["raw"]["ndcg@10"] == pytest.approx((1 / log2(1 + 2) + 1) / 2)
    assert measured.figures["later"]["resolved"] == perfect


def test_figures_of_every_group_have_intervals(tmp_path: Path) -> None:
    measured = evaluated(write(tmp_path / "talks", [FIRST, SECOND, ALONE]))
    for group in ("first", "later", "changed"):
        for way in ("raw", "resolved"):
            figures, intervals = measured.figures[group][way], measured.intervals[group][way]
            assert figures.keys() == intervals.keys() == set(MEASURES)
            assert all(low <= figures[name] <= high for name, (low, high) in intervals.items())


def test_changed_group_is_empty_if_nothing_is_rewritten(tmp_path: Path) -> None:
    measured = evaluated(write(tmp_path / "talks", [FIRST, ALONE]))
    assert measured.figures["turns_changed"] == 0
    assert measured.figures["changed"] == {"raw": {}, "resolved": {}}
    assert measured.figures["later"]["raw"] == measured.figures["later"]["resolved"]


def test_extra_whitespace_is_no_rewrite(tmp_path: Path) -> None:
    spaced = ALONE | {"question": "  Where do\r\n herons   wade? "}
    assert evaluated(write(tmp_path / "talks", [FIRST, spaced])).figures["turns_changed"] == 0


def test_history_may_name_the_speaker(tmp_path: Path) -> None:
    """Only the user's entries are questions."""
    spoken = [
        {"speaker": "agent", "text": "Do you ask where herons wade?"},
        {"speaker": "user", "text": PLACE},
        {"speaker": "agent", "text": "Herons wade in mud."},
    ]
    by_speaker = evaluated(write(tmp_path / "spoken", [FIRST, SECOND | {"history": spoken}]))
    by_turns = evaluated(write(tmp_path / "talks", [FIRST, SECOND]))
    assert by_speaker == by_turns
    assert by_speaker.figures["turns_changed"] == 1
    silent = [entry for entry in spoken if entry["speaker"] == "agent"]
    assert (
        evaluated(write(tmp_path / "agent", [FIRST, SECOND | {"history": silent}])).figures["turns_changed"]
        == 0
    )


def test_turns_without_relevant_documents_are_skipped(tmp_path: Path) -> None:
    measured = evaluated(write(tmp_path / "talks", [FIRST, SECOND], relevance=0))
    assert measured.figures["turns_changed"] == 0
    assert measured.figures["first"] == measured.figures["later"] == {"raw": {}, "resolved": {}}


def test_limit_draws_turns(tmp_path: Path) -> None:
    """One of three turns is asked, so one of the two groups is empty."""
    measured = evaluated(write(tmp_path / "talks", [FIRST, SECOND, ALONE]), limit=1)
    assert sorted(bool(measured.figures[group]["raw"]) for group in ("first", "later")) == [False, True]


TITLES = ["Tide mill", "History"]
"""In collections without documents, a history starts with the titles of page and section."""


def rewritten(
    turn: int, question: str, rewritten: str | None, asked: Iterable[str] = ("Why?", "So.")
) -> object:
    return {
        "conv_id": "c1",
        "turn": turn,
        "question": question,
        "history": [*TITLES, *asked],
        "rewritten_question": rewritten,
    }


def detected(folder: Path, turns: Iterable[object]) -> dict[str, Any]:
    folder.mkdir()
    rows(folder / "turns.jsonl", turns)
    return dict(evaluated(folder).figures)


def test_collection_without_documents_measures_the_detector(tmp_path: Path) -> None:
    """Three questions are detected, two of them rewritten; four questions were rewritten."""
    figures = detected(
        tmp_path / "talks",
        [
            rewritten(2, "Who built them?", "Who built tide mills?"),
            rewritten(3, "What is its age?", "What is the age of the mill?"),
            rewritten(4, "Did it burn?", "did IT burn"),
            rewritten(5, "Which monks lived in Brittany?", "Which monks lived in Brittany in 1100?"),
            rewritten(6, "Where do glaciers calve?", "Where do the glaciers of Norway calve?"),
            rewritten(7, "Where do herons wade?", "Where do herons wade?"),
        ],
    )
    assert figures == {
        "detector_precision": 2 / 3,
        "detector_recall": 2 / 4,
        "turns_leaning": 3,
        "turns": 6,
    }


def test_turns_without_history_or_rewrite_are_skipped(tmp_path: Path) -> None:
    """A history of two titles is empty."""
    figures = detected(
        tmp_path / "talks",
        [
            rewritten(1, "Who built them?", "Who built tide mills?", asked=()),
            rewritten(2, "Who built them?", None),
            rewritten(3, "Did they burn?", "Did tide mills burn?"),
        ],
    )
    assert (figures["turns"], figures["detector_precision"], figures["detector_recall"]) == (1, 1, 1)


def test_precision_and_recall_are_zero_if_nothing_is_detected(tmp_path: Path) -> None:
    same = rewritten(2, "Where do herons wade?", "Where do herons wade?")
    assert detected(tmp_path / "talks", [same]) == {
        "detector_precision": 0,
        "detector_recall": 0,
        "turns_leaning": 0,
        "turns": 1,
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"turn": "2"},
        {"turn": None},
        {"history": None},
        {"history": "Why?"},
        {"question": None},
        {"history": [7]},
    ],
)
def test_malformed_turn_is_an_error(wrong: dict[str, Any], tmp_path: Path) -> None:
    folder = write(tmp_path / "talks", [FIRST])
    rows(folder / "turns.jsonl", [FIRST, SECOND | wrong])
    with pytest.raises(CollectionUnusable) as refused:
        evaluated(folder)
    assert str(folder / "turns.jsonl") in refused.value.message
    assert refused.value.hint


@pytest.mark.parametrize("name", ["turns.jsonl", "queries.jsonl", "qrels/test.tsv"])
def test_missing_file_is_named(name: str, tmp_path: Path) -> None:
    folder = write(tmp_path / "talks", [FIRST])
    (folder / name).unlink()
    with pytest.raises(CollectionUnusable) as refused:
        evaluated(folder)
    assert str(folder / name) in refused.value.message
