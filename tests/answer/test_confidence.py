"""Confidence, checked by written arithmetic."""

import json
from dataclasses import replace
from math import exp
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normqa.answer.candidates.candidate import Candidate, Signals
from normqa.answer.confidence import (
    FAIR,
    SHIPPED,
    STRONG,
    Calibration,
    CalibrationFile,
    confidence_level,
    features,
)
from normqa.errors import InvalidSettings
from tests.answer.documents import a_candidate, a_document, candidates

ASKED = "Where do herons wade?"
ANY = a_candidate(a_document("Herons wade in mud."), "Herons")


def a_calibration(**given: Any) -> Calibration:
    fields: dict[str, Any] = {
        "encoder": "an encoder",
        "reranker": None,
        "intercept": 0.0,
        "weights": {},
        "passages": (10, 1000),
        "fitted_on": {"birds": "0" * 64},
        "questions": 100,
    }
    return Calibration(**(fields | given))


def read_as(
    similarity: float = 0.0,
    coverage: float = 0.0,
    relevance: float | None = None,
    passage: float = 0.0,
    answer: float | None = None,
) -> Candidate:
    return replace(ANY, signals=Signals(passage, similarity, coverage, relevance, answer=answer))


def test_confidence_is_the_logistic_function_of_the_weighted_features() -> None:
    calibration = a_calibration(
        intercept=-3.0, weights={"relevance": 0.25, "similarity": 2.0, "coverage": 1.5}
    )
    found = calibration.confidence(ASKED, [read_as(similarity=0.5, coverage=0.8, relevance=4.0)], 100)
    odds = -3.0 + 0.25 * 4.0 + 2.0 * 0.5 + 1.5 * 0.8
    assert found == round(1 / (1 + exp(-odds)), 4)


def test_even_odds_are_a_half_and_odds_of_three_are_three_quarters() -> None:
    """The logarithm of 3 is 1.0986."""
    assert a_calibration().confidence(ASKED, [read_as()], 100) == 1 / 2
    assert a_calibration(intercept=1.0986).confidence(ASKED, [read_as()], 100) == 3 / 4
    assert (
        a_calibration(weights={"coverage": 1.0986}).confidence(ASKED, [read_as(coverage=1.0)], 100) == 3 / 4
    )


def test_no_candidates_have_no_confidence() -> None:
    assert a_calibration(intercept=100.0).confidence(ASKED, [], 100) == 0


def test_only_features_with_a_weight_count() -> None:
    calibration = a_calibration(weights={"similarity": 1.0})
    assert calibration.confidence(ASKED, [read_as(0.5, coverage=0.1)], 100) == calibration.confidence(
        ASKED, [read_as(0.5, coverage=0.9)], 100
    )


@pytest.mark.parametrize(("relevance", "expected"), [(1e9, 1.0), (-1e9, 0.0), (1e308, 1.0), (-1e308, 0.0)])
def test_extreme_odds_give_certainty_without_errors(relevance: float, expected: float) -> None:
    calibration = a_calibration(weights={"relevance": 9.0})
    assert calibration.confidence(ASKED, [read_as(relevance=relevance)], 100) == expected


def test_score_that_is_no_number_gives_no_confidence() -> None:
    calibration = a_calibration(weights={"relevance": 9.0})
    assert calibration.confidence(ASKED, [read_as(relevance=float("nan"))], 100) == 0


@given(st.floats(-30, 30), st.floats(-30, 30))
def test_confidence_is_a_probability_that_grows_with_the_odds(one: float, other: float) -> None:
    low, high = sorted((one, other))
    calibration = a_calibration(weights={"relevance": 1.0})
    less, more = (
        calibration.confidence(ASKED, [read_as(relevance=relevance)], 100) for relevance in (low, high)
    )
    assert 0 <= less <= more <= 1
    assert less == round(less, 4)


@pytest.mark.parametrize(("relevance", "counted"), [(-9.0, -5.0), (-3.0, 1.0), (-2.9, 1.0), (8.0, 1.0)])
def test_log_odds_count_at_most_four_above_the_relevance(relevance: float, counted: float) -> None:
    assert features(ASKED, [read_as(relevance=relevance, answer=1.0)], 1)["answer"] == counted


def test_features_come_from_the_best_candidate() -> None:
    best, other = read_as(0.5, 0.8, 4.0, passage=0.7), read_as(0.1, 0.2, 9.0, passage=0.9)
    assert features(ASKED, [best, other], 100) == {
        "relevance": 4.0,
        "passage": 0.7,
        "similarity": 0.5,
        "coverage": 0.8,
        "question_words": 2,
        "log_passages": 4.6052,  # 100 = e^4.6052
        "absent_names": 0,
        "absent_numbers": 0,
    }


def test_no_relevance_feature_without_a_reranker() -> None:
    assert features(ASKED, [read_as(0.5, 0.8)], 1) == {
        "passage": 0.0,
        "similarity": 0.5,
        "coverage": 0.8,
        "question_words": 2,
        "log_passages": 0.0,
        "absent_names": 0,
        "absent_numbers": 0,
    }
    assert features(ASKED, [read_as(0.5, 0.8, relevance=0.0)], 1)["relevance"] == 0


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Why is that so?", 2),
        ("herons", 2),
        ("Where do herons wade?", 2),
        ("Where do grey herons wade?", 3),
        ("Please list the mudflats where herons wade", 3),
        ("Where do grey herons wade at night?", 4),
        ("Where do grey herons wade at night in winter?", 4),
        ("herons, herons and more herons", 2),
    ],
)
def test_distinct_content_words_of_the_question_are_a_feature(question: str, words: int) -> None:
    assert features(question, [read_as()], 1)["question_words"] == words


def test_confidence_falls_with_passages_searched_within_the_fitted_range() -> None:
    calibration = a_calibration(weights={"log_passages": -1.0})
    sure = {
        searched: calibration.confidence(ASKED, [read_as()], searched)
        for searched in (1, 10, 99, 1000, 10**6)
    }
    assert sure[10] == round(1 / (1 + 10), 4)
    assert sure[99] == round(1 / (1 + 99), 4)
    assert sure[1] == sure[10]
    assert sure[10**6] == sure[1000] == round(1 / (1 + 1000), 4)


@pytest.mark.parametrize(
    ("confidence", "expected"),
    [
        (1.0, "strong"),
        (STRONG, "strong"),
        (STRONG - 0.0001, "fair"),
        (FAIR, "fair"),
        (FAIR - 0.0001, "weak"),
        (0.0, "weak"),
        (None, "uncalibrated"),
    ],
)
def test_confidence_level_follows_the_thresholds(confidence: float | None, expected: str) -> None:
    assert 0 < FAIR < STRONG < 1
    assert confidence_level(confidence) == expected


def test_calibration_applies_only_to_its_encoder_and_reranker() -> None:
    both, alone = a_calibration(reranker="a reranker"), a_calibration()
    known = CalibrationFile(calibrations=(both, alone))
    assert known.for_models("an encoder", "a reranker") is both
    assert known.for_models("an encoder", None) is alone
    assert known.for_models("an encoder", "another reranker") is None
    assert known.for_models("another encoder", "a reranker") is None
    assert known.for_models("another encoder", None) is None
    assert CalibrationFile(calibrations=()).for_models("an encoder", None) is None


def test_calibration_file_round_trips(tmp_path: Path) -> None:
    written = CalibrationFile(
        calibrations=(a_calibration(weights={"coverage": 0.1}), a_calibration(reranker="r"))
    )
    path = tmp_path / "calibration.json"
    path.write_text(written.model_dump_json())
    assert CalibrationFile.read(path) == written


def test_shipped_calibrations_are_readable_and_unique() -> None:
    found = CalibrationFile.read(SHIPPED).calibrations
    models = [(calibration.encoder, calibration.reranker) for calibration in found]
    assert len(set(models)) == len(models)
    for calibration in found:
        candidate = read_as(
            relevance=0.0 if calibration.reranker else None,
            answer=0.0 if "answer" in calibration.weights else None,
        )
        known = features(ASKED, [candidate], 1).keys()
        is_older = "question_words" not in calibration.weights  # fitted before these two were features
        assert calibration.weights.keys() == known - ({"passage", "question_words"} if is_older else set())
    assert any({"answer", "question_words"} <= calibration.weights.keys() for calibration in found)


def changed(**fields: Any) -> str:
    """A file with one calibration in which these fields are changed."""
    return json.dumps({"calibrations": [a_calibration().model_dump() | fields]})


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"calibrations": [{}]}',
        '{"calibrations": [], "more": 1}',
        changed(intercept="high"),
        changed(weights=None),
        changed(more=1),
        changed(intercept=float("nan")),
        changed(intercept=float("inf")),
        changed(intercept=1e300),
        changed(weights={"similarity": float("nan")}),
        changed(weights={"similarity": float("-inf")}),
        changed(weights={"similarity": 1e308, "coverage": -1e308}),
        changed(weights={"similarity": "1"[:0]}),
        changed(weights={"familiarity": 1.0}),
        changed(passages=[0, 10]),
        changed(passages=[10, 1]),
        changed(passages=[1]),
        b"\xff\xfe",
    ],
)
def test_malformed_calibration_file_is_refused_with_a_hint(content: str | bytes, tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InvalidSettings, match="is not a calibration file") as refused:
        CalibrationFile.read(path)
    assert str(path) in refused.value.message
    assert "\n" not in refused.value.message
    assert refused.value.hint == "Create one with normqa calibrate, or unset NORMQA_CALIBRATION."


@pytest.mark.parametrize("name", ["gone.json", "."])
def test_unreadable_calibration_file_is_refused_with_a_hint(name: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="is not a calibration file") as refused:
        CalibrationFile.read(tmp_path / name)
    assert "unset NORMQA_CALIBRATION" in refused.value.hint


def test_names_that_no_best_candidate_mentions_are_a_feature() -> None:
    document = a_document("Herons wade. Storks nest. Otters dive. Hares run.")
    missing = [("2031",), ("2031", "Ghent"), ("2031", "Ghent"), ()]
    found = [
        replace(candidate, signals=replace(candidate.signals, absent=absent))
        for candidate, absent in zip(
            candidates(document, "Herons", "Storks", "Otters", "Hares"), missing, strict=True
        )
    ]
    found += [replace(found[1], signals=replace(found[1].signals, absent=("Ghent", "seventh", "A/70/174")))]

    def absent(first: int, last: int) -> tuple[float, float]:
        figures = features(ASKED, found[first:last], 1)
        return figures["absent_names"], figures["absent_numbers"]

    assert absent(0, 4) == (0, 1)
    assert absent(1, 3) == (1, 1)
    assert absent(1, 4) == absent(3, 4) == (0, 0)
    assert absent(4, 5) == (1, 2)
