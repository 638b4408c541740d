"""Figures of judged answers, checked by written arithmetic."""

import random
from dataclasses import replace
from typing import Any

import pytest

from normqa.evaluate.figures.metrics import Bin, Outcome, measure_answers, reliability, risk_coverage


def _outcome(confidence: float = 0.5, hit_rank: int | None = 1, **fields: Any) -> Outcome:
    given: dict[str, Any] = {
        "question_id": "q",
        "question": "Who wades?",
        "answerable": True,
        "held_out": False,
        "answered": True,
        "quote_characters": (10,),
        "exact": True,
        "quotes": ("The heron wades.",),
        "expected": ("heron",),
        "seconds": 0.5,
    }
    return Outcome(confidence=confidence, hit_rank=hit_rank, **(given | fields))


def _unanswerable(confidence: float = 0.5, **fields: Any) -> Outcome:
    return _outcome(confidence, None, answerable=False, **fields)


def _held_out(confidence: float = 0.5, **fields: Any) -> Outcome:
    return _outcome(confidence, None, held_out=True, **fields)


def _measured(*outcomes: Outcome) -> dict[str, float]:
    return measure_answers(outcomes, resamples=10)[0]


def test_hits_are_counted_among_questions_with_an_answer() -> None:
    found = _measured(
        *(_outcome(hit_rank=rank) for rank in (1, 2, 3, None, None)), _unanswerable(), _held_out()
    )
    assert found["sentence_hit@1"] == 1 / 5
    assert found["sentence_hit@3"] == 3 / 5


def test_hit_below_the_third_quote_does_not_count() -> None:
    assert _measured(_outcome(hit_rank=4))["sentence_hit@3"] == 0
    assert risk_coverage([_outcome(hit_rank=4)]) == [(1, 1)]


def test_exact_is_a_share_of_all_questions() -> None:
    found = _measured(_outcome(), _outcome(exact=False), _unanswerable(), _held_out())
    assert found["exact"] == 3 / 4


def test_quote_length_is_the_median_of_all_quotes() -> None:
    outcomes = [_outcome(quote_characters=lengths) for lengths in ((10, 20, 90), (), (40,))]
    assert _measured(*outcomes)["quote_characters"] == (20 + 40) / 2


def test_auroc_is_the_share_of_pairs_in_the_right_order() -> None:
    """0.9 is above both; 0.8 is above 0.7 only."""
    answerable = [_outcome(0.9), _outcome(0.8)]
    assert _measured(*answerable, _unanswerable(0.7), _unanswerable(0.85))["auroc_unanswerable"] == 3 / 4
    assert _measured(*answerable, _held_out(0.7), _held_out(0.85))["auroc_held_out"] == 3 / 4


def test_equal_confidences_count_half() -> None:
    assert _measured(_outcome(0.8), _unanswerable(0.8), _unanswerable(0.1))["auroc_unanswerable"] == 1.5 / 2


def test_held_out_and_unanswerable_questions_are_separate() -> None:
    found = _measured(_outcome(0.5), _unanswerable(0.9), _held_out(0.1), _held_out(0.2, answerable=False))
    assert (found["auroc_unanswerable"], found["auroc_held_out"]) == (0, 1)


def test_false_answers_are_counted_separately_by_kind() -> None:
    unanswerable = [_unanswerable(answered=answered) for answered in (True, False, False)]
    held_out = [_held_out(answered=answered) for answered in (True, True, True, False)]
    found = _measured(_outcome(), *unanswerable, *held_out)
    assert found["false_answer_rate"] == 3 / 4
    assert found["false_answer_rate_unanswerable"] == 1 / 3


def test_false_answers_are_counted_among_unanswerable_questions_if_none_is_held_out() -> None:
    found = _measured(_outcome(), *(_unanswerable(answered=answered) for answered in (True, False, False)))
    assert found["false_answer_rate"] == 1 / 3
    assert "false_answer_rate_unanswerable" not in found


def test_false_refusals_are_counted_among_questions_with_an_answer() -> None:
    refused = [_unanswerable(answered=False), _held_out(answered=False)]
    assert (
        _measured(_outcome(), _outcome(), _outcome(answered=False), *refused)["false_refusal_rate"] == 1 / 3
    )


def test_figure_without_a_population_is_left_out() -> None:
    everything = {"exact", "quote_characters", "ece", "ece_by_chance", "questions", "seconds_per_question"}
    assert _measured(_unanswerable()).keys() == everything | {"false_answer_rate"}
    assert _measured(_held_out()).keys() == everything | {"false_answer_rate"}
    with_answer = {"sentence_hit@1", "sentence_hit@3", "false_refusal_rate"}
    assert _measured(_outcome()).keys() == everything | with_answer
    assert "quote_characters" not in _measured(_outcome(quote_characters=()))
    assert measure_answers([]) == ({"questions": 0}, {})


def test_count_time_and_error_by_chance_have_no_interval() -> None:
    found, intervals = measure_answers([_outcome(seconds=1), _outcome(seconds=2)], resamples=10)
    assert (found["questions"], found["seconds_per_question"]) == (2, 1.5)
    assert intervals.keys() == found.keys() - {"questions", "seconds_per_question", "ece_by_chance"}


def test_calibration_error_is_the_mean_gap() -> None:
    """Ten outcomes make ten bins of one, five with a gap of 0.1 and five with 0.2."""
    sure = [_outcome(0.9) for _ in range(5)]
    unsure = [_outcome(0.2, None) for _ in range(5)]
    assert _measured(*sure, *unsure)["ece"] == pytest.approx((5 * 0.1 + 5 * 0.2) / 10)


def test_opposite_gaps_in_a_bin_cancel() -> None:
    """Twenty outcomes make ten bins of two, with one hit each and a confidence of about a half."""
    steps = range(-10, 10, 2)
    pairs = [(0.5 + n / 100, 1) for n in steps] + [(0.51 + n / 100, None) for n in steps]
    expected = sum(abs(1 / 2 - (0.505 + n / 100)) for n in steps) / 10
    assert _measured(*(_outcome(*pair) for pair in pairs))["ece"] == pytest.approx(expected)


def test_order_of_equal_confidences_does_not_matter() -> None:
    hits, misses = [_outcome(0.5)] * 15, [_outcome(0.5, None)] * 15
    assert _measured(*hits, *misses)["ece"] == _measured(*misses, *hits)["ece"] == 0


def test_error_by_chance_is_the_expected_gap_of_right_confidences() -> None:
    """Ten questions at 0.5 have 5 hits, give or take 1.23 on average. In bins of one the gap is 0.5."""
    distinct = [_outcome(0.5 + n / 1000) for n in range(10)]
    assert _measured(*distinct)["ece_by_chance"] == pytest.approx(0.5, abs=0.01)
    assert _measured(*[_outcome(0.5)] * 10)["ece_by_chance"] == pytest.approx(0.123, abs=0.01)


def test_error_by_chance_falls_with_the_questions_and_is_zero_where_all_is_certain() -> None:
    few, many = (_measured(*[_outcome(0.5)] * count)["ece_by_chance"] for count in (100, 2500))
    assert many < few / 3
    assert _measured(_outcome(1.0), _outcome(0.0, None))["ece_by_chance"] == 0


def test_scores_that_are_not_probabilities_have_no_calibration_error() -> None:
    assert not {"ece", "ece_by_chance"} & _measured(_outcome(-3.5), _outcome(0.5)).keys()


def test_bins_have_equal_mass_and_ascend() -> None:
    generator = random.Random(0)
    bins = reliability([_outcome(generator.random() ** 4) for _ in range(43)])
    assert [part.count for part in bins] == [5] * 3 + [4] * 7
    assert [part.confidence for part in bins] == sorted(part.confidence for part in bins)


def test_bin_has_mean_confidence_and_hit_rate() -> None:
    ranked = [_outcome(0.75, 2), _outcome(0.125, None), _outcome(1.0, 3), _outcome(0.375, 1)]
    assert reliability(ranked, bins=2) == [
        Bin((0.125 + 0.375) / 2, 1 / 2, 2),
        Bin((0.75 + 1.0) / 2, 2 / 2, 2),
    ]


def test_there_are_no_more_bins_than_outcomes() -> None:
    assert reliability([_outcome(0.25), _outcome(0.75, None)]) == [Bin(0.25, 1, 1), Bin(0.75, 0, 1)]
    assert reliability([]) == []


def test_risk_follows_the_decreasing_threshold() -> None:
    outcomes = [_outcome(0.2), _outcome(0.9), _unanswerable(0.7), _outcome(0.4, 3)]
    assert risk_coverage(outcomes) == [(1 / 4, 0 / 1), (2 / 4, 1 / 2), (3 / 4, 1 / 3), (4 / 4, 1 / 4)]


def test_equal_confidences_are_answered_together() -> None:
    outcomes = [_outcome(0.5), _outcome(0.9, None), _outcome(0.5, None), _outcome(0.9)]
    assert risk_coverage(outcomes) == [(2 / 4, 1 / 2), (4 / 4, 2 / 4)]
    assert risk_coverage([]) == []


def _mixed(times: int) -> list[Outcome]:
    """Return sixteen uncalibrated questions of all kinds, repeated."""
    kinds = [
        *(_outcome(0.9 - n / 20, hit) for n, hit in enumerate((1, 2, None, 1))),
        *(_outcome(0.5 - n / 20, None, answered=False, exact=False) for n in range(4)),
        *(_unanswerable(0.8 - n / 6, answered=n < 2) for n in range(4)),
        *(_held_out(0.7 - n / 6, answered=n < 1) for n in range(4)),
    ]
    return [replace(outcome, quote_characters=(10 * n,)) for n, outcome in enumerate(kinds)] * times


def test_intervals_contain_figures_and_narrow_with_more_outcomes() -> None:
    few, few_intervals = measure_answers(_mixed(2), resamples=200)
    many, many_intervals = measure_answers(_mixed(32), resamples=200)
    assert len(few_intervals) == len(few) - 3 == 10
    for name, (low, high) in many_intervals.items():
        assert low <= many[name] <= high, name
        assert few_intervals[name][0] <= few[name] <= few_intervals[name][1], name
        assert high - low < few_intervals[name][1] - few_intervals[name][0], name


def test_interval_of_a_constant_is_a_point() -> None:
    _, intervals = measure_answers([_outcome()] * 20, resamples=50)
    assert intervals["sentence_hit@1"] == intervals["exact"] == (1, 1)


def test_intervals_are_reproducible() -> None:
    assert measure_answers(_mixed(1), resamples=20) == measure_answers(_mixed(1), resamples=20)


def test_resample_without_a_population_is_skipped() -> None:
    """A third of the resamples contain no held-out question; they must not change the figure's population."""
    found, intervals = measure_answers(
        [_held_out(0.1, answered=False), *[_unanswerable(0.1)] * 9, *[_outcome(0.9)] * 10], resamples=100
    )
    assert (found["false_answer_rate"], intervals["false_answer_rate"]) == (0, (0, 0))
    assert (found["auroc_held_out"], intervals["auroc_held_out"]) == (1, (1, 1))
