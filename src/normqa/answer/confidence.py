"""How likely it is that the quotes answer: a logistic model over what is known of the best readings.

Platt 1999, "Probabilistic Outputs for Support Vector Machines": a score becomes a probability by a logistic
regression fitted on judged answers. The coefficients stand in a file, with what they were fitted on and the
models that they hold for. With other models there are none, and nothing is claimed.
"""

import math
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from normqa.answer.sentences import Candidate
from normqa.datatypes import Band
from normqa.errors import InvalidSettings

STRONG, FAIR = 0.6, 0.35
"""The least confidence of these bands."""

SHIPPED = Path(__file__).with_name("calibration.json")
"""Coefficients for the packaged encoder, with the packaged reranker and with none."""


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Calibration(_Frozen):
    """One logistic model.

    Attributes:
        encoder: Fingerprint of the encoder that it holds for.
        reranker: Likewise, of the reranker; None for none.
        intercept: In log-odds.
        weights: In log-odds, by the name of the feature; see :func:`features`.
        passages: The fewest and the most passages that were searched for a question. Beyond these nothing is
            known, so fewer count as the fewest, and more as the most.
        fitted_on: Sha256 of the data, by collection.
        questions: How many questions it was fitted on.
    """

    encoder: str
    reranker: str | None
    intercept: float
    weights: dict[str, float]
    passages: tuple[int, int]
    fitted_on: dict[str, str]
    questions: int

    def confidence(self, readings: Sequence[Candidate], searched: int) -> float:
        """Probability that the best readings answer.

        Args:
            readings: Best first.
            searched: Among how many passages they were found.

        Returns:
            From 0 to 1, rounded to four decimals.
        """
        if not readings:
            return 0.0
        fewest, most = self.passages
        values = features(readings, min(max(searched, fewest), most))
        odds = self.intercept + sum(weight * values[name] for name, weight in self.weights.items())
        return round(1 / (1 + math.exp(-max(-700.0, min(700.0, odds)))), 4)


class CalibrationFile(_Frozen):
    """The coefficients of a file."""

    calibrations: tuple[Calibration, ...]

    @classmethod
    def read(cls, path: Path) -> "CalibrationFile":
        """Reads a file of coefficients.

        Raises:
            InvalidSettings: If it cannot be read.
        """
        try:
            return cls.model_validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            raise InvalidSettings(
                f"{path} holds no calibration ({str(error).splitlines()[0]}).",
                "Write one with normqa calibrate, or unset NORMQA_CALIBRATION.",
            ) from None

    def for_models(self, encoder: str, reranker: str | None) -> Calibration | None:
        """The model that holds for an encoder and a reranker, by their fingerprints."""
        return next(
            (each for each in self.calibrations if (each.encoder, each.reranker) == (encoder, reranker)), None
        )


def features(readings: Sequence[Candidate], searched: int) -> dict[str, float]:
    """What the confidence is made of, by name.

    The more passages are searched, the likelier one only looks like an answer; so their number counts.

    Args:
        readings: Best first, at least one.
        searched: Among how many passages they were found, at least one.
    """
    best = readings[0].evidence
    known = {
        "similarity": best.similarity,
        "coverage": best.coverage,
        "log_passages": round(math.log(searched), 4),
    }
    return known if best.relevance is None else {"relevance": best.relevance, **known}


def band(confidence: float | None) -> Band:
    """The confidence in a word."""
    if confidence is None:
        return "uncalibrated"
    return "strong" if confidence >= STRONG else "fair" if confidence >= FAIR else "weak"
