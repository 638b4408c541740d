"""Bootstrap intervals."""

import math
from collections.abc import Sequence

import numpy as np
import pytest

from normqa.evaluate.figures.bootstrap import Chosen, intervals


def interval_of_mean(values: Sequence[float], resamples: int = 1000) -> tuple[float, float]:
    array = np.array(values, dtype=float)

    def measure(chosen: Chosen) -> dict[str, float]:
        return {"mean": float(array[chosen].mean())}

    return intervals(len(values), measure, resamples)["mean"]


def test_interval_of_equal_values_is_that_value() -> None:
    assert interval_of_mean([0.25] * 40) == (0.25, 0.25)


def test_interval_of_one_observation_is_its_value() -> None:
    assert interval_of_mean([0.25]) == (0.25, 0.25)


def test_interval_spans_the_normal_approximation_of_the_mean() -> None:
    """The standard error of the mean of 400 fair coins is 0.5 / 20."""
    low, high = interval_of_mean([0, 1] * 200)
    assert low == pytest.approx(0.5 - 1.96 * 0.5 / math.sqrt(400), abs=0.01)
    assert high == pytest.approx(0.5 + 1.96 * 0.5 / math.sqrt(400), abs=0.01)


def test_interval_contains_the_mean_and_narrows_with_more_values() -> None:
    few, many = interval_of_mean([0, 1] * 10), interval_of_mean([0, 1] * 1000)
    assert few[0] < many[0] < 0.5 < many[1] < few[1]


def test_intervals_are_reproducible() -> None:
    assert interval_of_mean([0, 0.5, 1], 20) == interval_of_mean([0, 0.5, 1], 20)


def test_resamples_without_a_figure_are_skipped() -> None:
    """About a third of the resamples lack observation 0."""

    def measure(chosen: Chosen) -> dict[str, float]:
        return {"count": float(len(chosen))} | ({"first": 1.0} if 0 in chosen else {})

    assert intervals(3, measure, 100) == {"count": (3, 3), "first": (1, 1)}
