"""Compute confidence intervals of figures by bootstrap (Efron 1979)."""

import warnings
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from scipy import stats

RESAMPLES = 1000
BATCH = 100
"""Resamples drawn at a time, to bound memory."""

Chosen = NDArray[np.int64]
"""Indexes of observations; in a resample some occur more than once."""


def intervals(
    count: int, measure: Callable[[Chosen], Mapping[str, float]], resamples: int = RESAMPLES
) -> dict[str, tuple[float, float]]:
    """Return the 95 % percentile interval of every figure, from resamples drawn with seed 0.

    Args:
        count: Number of observations, at least one.
        measure: Computes figures of the chosen observations. It may leave out a figure that it cannot compute
            for them; such a resample is skipped for that figure.
        resamples: Number of resamples, at least one.
    """
    everything = np.arange(count)
    measured = measure(everything)
    if count == 1:  # scipy requires two observations
        return {name: (value, value) for name, value in measured.items()}

    def statistic(chosen: Chosen) -> NDArray[np.float64]:
        figures = measure(chosen)
        return np.array([figures.get(name, np.nan) for name in measured])

    with warnings.catch_warnings():
        # scipy warns of skipped resamples; nanpercentile below leaves them out.
        warnings.simplefilter("ignore", stats.DegenerateDataWarning)
        result = stats.bootstrap(
            (everything,),
            statistic,
            n_resamples=resamples,
            batch=BATCH,
            vectorized=False,
            method="percentile",
            rng=np.random.default_rng(0),
        )
    bounds = np.nanpercentile(result.bootstrap_distribution, [2.5, 97.5], axis=-1)
    return {name: (float(low), float(high)) for name, low, high in zip(measured, *bounds, strict=True)}
