"""Fitting and saving calibrations on tiny collections."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from normqa.answer.confidence import Calibration, CalibrationFile
from normqa.answer.models import Models
from normqa.build.progress import NoProgress
from normqa.errors import CollectionUnusable, InvalidRequest, InvalidSettings, OutputNotWritable
from normqa.evaluate.answering import QaOptions, ask_all
from normqa.evaluate.calibrate import HOLD_OUT, fit, save_calibration
from normqa.evaluate.questions import read_questions
from normqa.models.hashing import HashingEncoder

MODELS = Models(HashingEncoder(), None, None)
PAIRS = [
    ("Herons", "wade in shallow mud"),
    ("Storks", "nest on high roofs"),
    ("Otters", "dive for small crabs"),
    ("Badgers", "dig deep burrows"),
    ("Swallows", "fly south every autumn"),
    ("Beavers", "build wooden dams"),
    ("Hares", "run over open fields"),
    ("Salmon", "return to cold rivers"),
]


def rows(path: Path, content: Iterable[object]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in content))


def write(folder: Path, *, filtered: bool = False) -> Path:
    """Write a collection whose questions repeat the words of their answers."""
    folder.mkdir()
    documents = [
        {"_id": f"d{n}", "title": who, "text": f"{who} {does}."} for n, (who, does) in enumerate(PAIRS)
    ]
    asked = [
        {"_id": f"q{n}", "text": f"Which of them {does}, {who.lower()}?"}
        | ({"metadata": {"doc_filter": f"d{n}"}} if filtered else {})
        for n, (who, does) in enumerate(PAIRS)
    ]
    answers = [
        {"query_id": f"q{n}", "doc_id": f"d{n}", "answer_text": does, "start": len(who) + 1}
        for n, (who, does) in enumerate(PAIRS)
    ]
    if filtered:  # the last one asks for what its document does not say
        asked[-1]["text"] = "Who pays taxes?"
        answers[-1] = {"query_id": "q7", "doc_id": "d7", "start": -1, "is_answerable": False}
    rows(folder / "corpus.jsonl", documents)
    rows(folder / "queries.jsonl", asked)
    rows(folder / "answers.jsonl", answers)
    return folder


def test_fitted_confidence_separates_hits_from_held_out_questions(
    tmp_path: Path,
) -> None:
    folder, work = write(tmp_path / "animals"), tmp_path / "work"
    calibration = fit([folder], None, MODELS, work, NoProgress())
    calibrated = Models(MODELS.encoder, None, calibration)
    hits: list[float] = []
    missing: list[float] = []
    setup = QaOptions(own_documents=False, hold_out=HOLD_OUT, limit=None, min_confidence=0.0)
    for answer in ask_all(read_questions(folder), setup, calibrated, work, NoProgress()):
        (missing if answer.outcome.held_out else hits).append(answer.outcome.confidence)
    assert (len(hits), len(missing)) == (4, 4)
    assert min(hits) > max(missing)
    assert max(missing) < 0.5 < min(hits)


def test_weights_can_be_kept(tmp_path: Path) -> None:
    """The others are fitted beside them, so the confidence still separates."""
    folder, work = write(tmp_path / "animals"), tmp_path / "work"
    free = fit([folder], None, MODELS, work, NoProgress())
    known = free.model_copy(update={"weights": free.weights | {"similarity": 0.25}})
    kept = fit([folder], None, replace(MODELS, calibration=known), work, NoProgress(), ["similarity"])
    assert kept.weights["similarity"] == 0.25 != free.weights["similarity"]
    assert kept.weights["coverage"] != free.weights["coverage"]
    again = fit([folder], None, replace(MODELS, calibration=free), work, NoProgress(), ["similarity"])
    assert again.weights == pytest.approx(free.weights, abs=0.01)


def test_weight_that_does_not_exist_cannot_be_kept(tmp_path: Path) -> None:
    folder = write(tmp_path / "animals")
    with pytest.raises(InvalidRequest, match="'similarity'") as refused:
        fit([folder], None, MODELS, tmp_path / "work", NoProgress(), ["similarity"])
    assert "no calibration" in refused.value.hint


def test_weights_can_be_rescaled(tmp_path: Path) -> None:
    """Their proportions stay, and neither a factor nor the intercept of the calibration in use matters."""
    folder, work = write(tmp_path / "animals"), tmp_path / "work"
    free = fit([folder], None, MODELS, work, NoProgress())
    tripled = {name: 3 * weight for name, weight in free.weights.items()}
    surer = free.model_copy(update={"weights": tripled, "intercept": 9.0})
    rescaled, again = (
        fit([folder], None, replace(MODELS, calibration=known), work, NoProgress(), rescale=True)
        for known in (free, surer)
    )
    factors = {rescaled.weights[name] / weight for name, weight in free.weights.items() if weight}
    assert max(factors) - min(factors) < 0.01
    assert again.weights == pytest.approx(rescaled.weights, abs=0.01)
    assert again.intercept == pytest.approx(rescaled.intercept, abs=0.01)


def test_rescaling_needs_a_calibration(tmp_path: Path) -> None:
    folder = write(tmp_path / "animals")
    with pytest.raises(InvalidRequest, match="no calibration"):
        fit([folder], None, MODELS, tmp_path / "work", NoProgress(), rescale=True)


def test_weights_cannot_be_both_kept_and_rescaled(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="cannot be kept"):
        fit([tmp_path], None, MODELS, tmp_path / "work", NoProgress(), ["similarity"], rescale=True)


def test_calibration_records_models_and_data(tmp_path: Path) -> None:
    """All questions are asked twice, the second time without half of the documents."""
    folder = write(tmp_path / "animals")
    calibration = fit([folder], None, MODELS, tmp_path / "work", NoProgress())
    assert (calibration.encoder, calibration.reranker) == (HashingEncoder().fingerprint, None)
    assert calibration.weights.keys() == {
        "passage",
        "similarity",
        "coverage",
        "question_words",
        "log_passages",
        "absent_names",
        "absent_numbers",
    }
    assert calibration.passages == (len(PAIRS) // 2, len(PAIRS))
    assert calibration.questions == 2 * len(PAIRS)
    content = b"".join(
        (folder / name).read_bytes() for name in ("corpus.jsonl", "queries.jsonl", "answers.jsonl")
    )
    assert calibration.fitted_on == {"animals": hashlib.sha256(content).hexdigest()}


def test_calibration_in_use_does_not_affect_the_fit(tmp_path: Path) -> None:
    folder, work = write(tmp_path / "animals"), tmp_path / "work"
    sure = Models(MODELS.encoder, None, a_calibration(encoder=MODELS.encoder.fingerprint, intercept=50.0))
    assert fit([folder], None, sure, work, NoProgress()) == fit([folder], None, MODELS, work, NoProgress())


def test_several_collections_are_fitted_together(tmp_path: Path) -> None:
    folders = [write(tmp_path / name) for name in ("animals", "others")]
    calibration = fit(folders, None, MODELS, tmp_path / "work", NoProgress())
    assert list(calibration.fitted_on) == ["animals", "others"]
    assert calibration.questions == 2 * 2 * len(PAIRS)


def test_limit_applies_to_every_run_of_a_collection(tmp_path: Path) -> None:
    folder = write(tmp_path / "animals")
    assert fit([folder], 5, MODELS, tmp_path / "work", NoProgress()).questions == 2 * 5


def test_filtered_collection_is_asked_once_in_its_own_documents(tmp_path: Path) -> None:
    folder = write(tmp_path / "animals", filtered=True)
    assert fit([folder], None, MODELS, tmp_path / "work", NoProgress()).questions == len(PAIRS)


def test_nothing_to_fit_if_every_question_is_answered(tmp_path: Path) -> None:
    folder = write(tmp_path / "animals", filtered=True)
    for name in ("queries.jsonl", "answers.jsonl"):
        *answered, _ = (folder / name).read_text().splitlines(keepends=True)
        (folder / name).write_text("".join(answered))
    with pytest.raises(CollectionUnusable) as raised:
        fit([folder], None, MODELS, tmp_path / "work", NoProgress())
    assert raised.value.hint


def a_calibration(**given: Any) -> Calibration:
    fields: dict[str, Any] = {
        "encoder": "an encoder",
        "reranker": None,
        "intercept": 0.5,
        "weights": {"coverage": 2.0},
        "passages": (1, 10),
        "fitted_on": {"birds": "0" * 64},
        "questions": 100,
    }
    return Calibration(**(fields | given))


def test_calibration_is_saved_to_a_new_file(tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    save_calibration(a_calibration(), path)
    assert CalibrationFile.read(path).calibrations == (a_calibration(),)


def test_calibration_replaces_only_the_one_for_the_same_models(tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    others = [a_calibration(reranker="a reranker"), a_calibration(encoder="another encoder")]
    for calibration in (others[0], a_calibration(), others[1]):
        save_calibration(calibration, path)
    save_calibration(a_calibration(intercept=0.75), path)
    assert CalibrationFile.read(path).calibrations == (*others, a_calibration(intercept=0.75))


def test_other_file_is_left_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Notes.")
    with pytest.raises(InvalidSettings, match="is not a calibration file"):
        save_calibration(a_calibration(), path)
    assert path.read_text() == "Notes."


def test_unwritable_file_is_reported_with_a_hint(tmp_path: Path) -> None:
    path = tmp_path / "gone" / "calibration.json"
    with pytest.raises(OutputNotWritable, match="cannot be written") as refused:
        save_calibration(a_calibration(), path)
    assert str(path) in refused.value.message
    assert refused.value.hint == "Choose another file."
