"""Estimate the probability that the quotes answer, from the question and the signals of the best candidate.

Platt 1999, "Probabilistic Outputs for Support Vector Machines": a logistic regression fitted on judged
answers turns scores into probabilities. A file contains the coefficients, the data that they were fitted on,
and the models that they apply to. Answers from other models have no confidence.
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, ValidationError, model_validator

from normqa.answer.candidates.absence import absent_from_best
from normqa.answer.candidates.candidate import Candidate
from normqa.datatypes import Band
from normqa.errors import InvalidSettings
from normqa.search.question.instruction import content_words
from normqa.search.question.names import is_number
from normqa.search.question.scripts import main_script

STRONG, FAIR = 0.6, 0.35
"""Minimum confidence of the levels ``strong`` and ``fair``."""

MOST_ABSENT = 3
"""More absent names or numbers lower the confidence no further."""

FEWEST_WORDS, MOST_WORDS = 2, 4
"""Content words of a question. Fewer or more of them change the confidence no further."""

MOST_ABOVE_RELEVANCE = 4.0
"""The log-odds of an answer count at most this far above the relevance."""

SHIPPED = Path(__file__).with_name("calibration.json")
"""Coefficients for the packaged encoder, with and without the packaged reranker."""


FEATURES = {
    "answer",
    "relevance",
    "passage",
    "similarity",
    "coverage",
    "question_words",
    "log_passages",
    "absent_names",
    "absent_numbers",
}
"""Names of the features."""

Coefficient = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]
"""A number in log-odds. Sums of larger ones could overflow."""


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Calibration(_Frozen):
    """One logistic model.

    Attributes:
        encoder: Fingerprint of the encoder that it applies to.
        reranker: Fingerprint of the reranker that it applies to; None for no reranker.
        intercept: In log-odds.
        weights: In log-odds, by feature name; see :func:`features`.
        passages: The smallest and largest number of passages searched in the data. Other numbers are clipped
            to this range.
        fitted_on: SHA-256 of the data by collection.
        questions: Number of questions in the data.
        scripts: Scripts of the questions in the data, as Unicode names them. Questions in other scripts have
            no confidence.
    """

    encoder: str
    reranker: str | None
    intercept: Coefficient
    weights: dict[str, Coefficient]
    passages: tuple[PositiveInt, PositiveInt]
    fitted_on: dict[str, str]
    questions: int
    scripts: tuple[str, ...] = ("LATIN",)

    def covers(self, question: str) -> bool:
        """Return whether it applies to a question: its script is one of the data, or it has no letters."""
        script = main_script(question)
        return script is None or script in self.scripts

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if unknown := sorted(self.weights.keys() - FEATURES):
            raise ValueError(f"weights has unknown features: {', '.join(unknown)}")
        if self.passages[0] > self.passages[1]:
            raise ValueError("passages has the largest number first")
        return self

    def confidence(self, question: str, candidates: Sequence[Candidate], passages_searched: int) -> float:
        """Return the probability that the best candidate answers, rounded to four decimals.

        Args:
            question: The text that was searched.
            candidates: Best first.
            passages_searched: Number of passages that were searched for them.
        """
        if not candidates:
            return 0.0
        odds = sum(self.log_odds(question, candidates, passages_searched).values())
        if math.isnan(odds):  # from a model that returns no number
            return 0.0
        return round(1 / (1 + math.exp(-max(-700.0, min(700.0, odds)))), 4)

    def log_odds(
        self, question: str, candidates: Sequence[Candidate], passages_searched: int
    ) -> dict[str, float]:
        """Return the log-odds that the best candidate answers, as a sum of the intercept and every feature.

        Args:
            question: The text that was searched.
            candidates: Best first, at least one.
            passages_searched: Number of passages that were searched for them.
        """
        fewest, most = self.passages
        values = features(question, candidates, min(max(passages_searched, fewest), most))
        return {
            "intercept": self.intercept,
            **{name: weight * values[name] for name, weight in self.weights.items()},
        }


class CalibrationFile(_Frozen):
    """A file of coefficients for several combinations of models."""

    calibrations: tuple[Calibration, ...]

    @classmethod
    def read(cls, path: Path) -> "CalibrationFile":
        """Read a file of coefficients.

        Raises:
            InvalidSettings: If the file cannot be read.
        """
        try:
            return cls.model_validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            reason = _first_fault(error) if isinstance(error, ValidationError) else str(error).splitlines()[0]
            raise InvalidSettings(
                f"{path} is not a calibration file ({reason}).",
                "Create one with normqa calibrate, or unset NORMQA_CALIBRATION.",
            ) from None

    def for_models(self, encoder: str, reranker: str | None) -> Calibration | None:
        """Return the calibration for an encoder and a reranker, given their fingerprints."""
        for calibration in self.calibrations:
            if (calibration.encoder, calibration.reranker) == (encoder, reranker):
                return calibration
        return None


def features(question: str, candidates: Sequence[Candidate], passages_searched: int) -> dict[str, float]:
    """Return the features of the logistic model by name.

    The number of passages is a feature because a larger search finds more passages that only look like an
    answer. So are names and numbers of the question that none of the best candidates mentions: a text that
    answers another question often shares everything but the name or the year. A question of few content words
    leaves open what it is about, so that it is harder to answer and easier to match.

    A text that is not about the question does not answer it, however sure the reranker is: it never learnt
    what "hello" asks for.

    Args:
        question: The text that was searched.
        candidates: Best first, at least one.
        passages_searched: At least one.
    """
    words = len(content_words(question))
    best = candidates[0].signals
    absent = absent_from_best(candidates)
    numbers = sum(map(is_number, absent))
    retrieval = {
        "passage": best.passage,
        "similarity": best.similarity,
        "coverage": best.coverage,
        "question_words": min(max(words, FEWEST_WORDS), MOST_WORDS),
        "log_passages": round(math.log(passages_searched), 4),
        "absent_names": min(len(absent) - numbers, MOST_ABSENT),
        "absent_numbers": min(numbers, MOST_ABSENT),
    }
    if best.relevance is None:
        return retrieval
    if best.answer is None:
        return {"relevance": best.relevance, **retrieval}
    answer = min(best.answer, round(best.relevance + MOST_ABOVE_RELEVANCE, 4))
    return {"answer": answer, "relevance": best.relevance, **retrieval}


def confidence_level(confidence: float | None) -> Band:
    """Return the confidence as a word."""
    if confidence is None:
        return "uncalibrated"
    return "strong" if confidence >= STRONG else "fair" if confidence >= FAIR else "weak"


def _first_fault(error: ValidationError) -> str:
    fault = error.errors(include_url=False)[0]
    place = ".".join(map(str, fault["loc"]))
    return f"{place}: {fault['msg']}" if place else fault["msg"]
