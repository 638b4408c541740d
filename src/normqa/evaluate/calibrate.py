"""Fit the confidence of answers on collections with marked answers.

Every collection is asked with all documents, with half of the titles held out, so that their questions have
no answer, and in small corpora sampled from it. The model predicts whether one of the first three quotes
answers.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from normqa.answer.confidence import Calibration, CalibrationFile, features
from normqa.answer.models import Models
from normqa.build.progress import Progress
from normqa.errors import CollectionUnusable, InvalidRequest, OutputNotWritable
from normqa.evaluate.answering import QaOptions, ask_all
from normqa.evaluate.questions import read_questions
from normqa.evaluate.small_corpora import small_corpora
from normqa.search.question.scripts import main_script

HOLD_OUT = 0.5
"""Share of the titles that are held out the second time."""


def fit(
    folders: Sequence[Path],
    limit: int | None,
    models: Models,
    work: Path,
    progress: Progress,
    keep: Collection[str] = (),
    *,
    rescale: bool = False,
) -> Calibration:
    """Fit a logistic regression on judged answers; all questions weigh the same.

    Args:
        folders: Folders of the collections; some questions must have no answer.
        limit: Maximum number of questions per collection and run; None asks all.
        models: Models to ask with.
        work: Folder for indexes.
        progress: Receives progress.
        keep: Features whose weights stay as they are in the calibration of the models.
        rescale: Whether all weights of that calibration stay, times one factor. Then only the factor and the
            intercept are fitted.

    Raises:
        CollectionUnusable: If a collection cannot be read, or all answers hit, or none does.
        InvalidRequest: If a weight to keep, or the calibration to rescale, does not exist, or both options
            are given.
    """
    if rescale and keep:
        raise InvalidRequest(
            "Weights that are rescaled cannot be kept as they are.", "Leave out --keep or --rescale."
        )
    kept = _weights_to_keep(models.calibration, keep)
    direction = _weights_to_rescale(models.calibration) if rescale else None
    rows: list[dict[str, float]] = []
    hits: list[bool] = []
    searched: list[int] = []
    digests = {}
    scripts: set[str] = set()
    uncalibrated = Models(models.encoder, models.reranker, None)
    for folder in folders:
        collection = read_questions(folder)
        own_documents = all(question.has_filter for question in collection.questions)
        runs = [(collection, QaOptions(own_documents, 0.0, limit, min_confidence=0.0))]
        if not own_documents:
            runs.append((collection, QaOptions(own_documents, HOLD_OUT, limit, min_confidence=0.0)))
            everything = QaOptions(own_documents, 0.0, None, min_confidence=0.0)
            runs += [(corpus, everything) for _, corpus in small_corpora(collection, limit)]
        answers = [
            answer
            for questions, options in runs
            for answer in ask_all(questions, options, uncalibrated, work, progress)
            if answer.result.sentences
        ]
        results = [answer.result for answer in answers]
        rows += [
            features(result.searched_as, result.sentences, result.passages_searched) for result in results
        ]
        searched += [result.passages_searched for result in results]
        hits += [answer.outcome.hits() for answer in answers]
        scripts |= {main_script(answer.outcome.question) or "LATIN" for answer in answers}
        digests[collection.name] = _sha256(folder)
    if all(hits) or not any(hits):
        raise CollectionUnusable(
            "Either all questions were answered correctly or none were, so there is nothing to fit.",
            "Choose collections, or a larger limit, that give both kinds.",
        )
    names = list(rows[0])
    values = np.array([[row[name] for name in names] for row in rows])
    judged = np.array(hits, float)
    if direction:
        fixed = np.array([direction.get(name, 0.0) for name in names])
        intercept, (factor,) = _fit(values @ fixed[:, None], judged, {})
        weights = factor * fixed
    else:
        intercept, weights = _fit(values, judged, {names.index(name): kept[name] for name in kept})
    return Calibration(
        encoder=models.encoder.fingerprint,
        reranker=models.reranker.fingerprint if models.reranker else None,
        intercept=round(intercept, 4),
        weights={name: round(float(weight), 4) for name, weight in zip(names, weights, strict=True)},
        passages=(min(searched), max(searched)),
        fitted_on=digests,
        questions=len(rows),
        scripts=tuple(sorted(scripts)),
    )


def _weights_to_keep(calibration: Calibration | None, names: Collection[str]) -> dict[str, float]:
    known = calibration.weights if calibration else {}
    if unknown := sorted(set(names) - known.keys()):
        raise InvalidRequest(
            f"There is no weight of {', '.join(map(repr, unknown))} to keep.",
            f"Weights in use: {', '.join(sorted(known)) or 'none, as the models have no calibration'}.",
        )
    return {name: known[name] for name in names}


def _weights_to_rescale(calibration: Calibration | None) -> Mapping[str, float]:
    if not calibration:
        raise InvalidRequest(
            "There is no calibration of the models to rescale.",
            "Set NORMQA_CALIBRATION to a file that contains one.",
        )
    return calibration.weights


def _fit(
    values: NDArray[np.float64], hits: NDArray[np.float64], kept: Mapping[int, float]
) -> tuple[float, NDArray[np.float64]]:
    """Fit a logistic regression with a penalty of half the squared norm of the standardised weights.

    Args:
        values: Features, shape (questions, features).
        hits: Whether an answer hits, 0 or 1, shape (questions,).
        kept: Weights that are not fitted, by column.

    Returns:
        The intercept, and the weights of all features, shape (features,).
    """
    free = [column for column in range(values.shape[1]) if column not in kept]
    deviation = values[:, free].std(axis=0)
    scale = np.where(deviation > 0, deviation, 1.0)
    fitted = values[:, free] / scale
    offset = values[:, list(kept)] @ np.array(list(kept.values()))

    def loss(point: NDArray[np.float64]) -> float:
        odds = offset + point[0] + fitted @ point[1:]
        return float(np.sum(np.logaddexp(0, odds) - hits * odds) + 0.5 * point[1:] @ point[1:])

    point = minimize(loss, np.zeros(1 + len(free))).x
    weights = np.empty(values.shape[1])
    weights[list(kept)] = list(kept.values())
    weights[free] = point[1:] / scale
    return float(point[0]), weights


def save_calibration(calibration: Calibration, path: Path) -> None:
    """Write a calibration to a file, replacing the one for the same models.

    Raises:
        InvalidSettings: If the file exists and is not a calibration file.
        OutputNotWritable: If the file cannot be written.
    """
    others = CalibrationFile.read(path).calibrations if path.exists() else ()
    models = (calibration.encoder, calibration.reranker)
    kept = [other for other in others if (other.encoder, other.reranker) != models]
    try:
        path.write_text(
            CalibrationFile(calibrations=(*kept, calibration)).model_dump_json(indent=1) + "\n",
            encoding="utf-8",
        )
    except OSError as error:
        raise OutputNotWritable(
            f"{path} cannot be written ({error.strerror}).", "Choose another file."
        ) from error


def _sha256(folder: Path) -> str:
    """Return the SHA-256 of the files of a collection."""
    digest = hashlib.sha256()
    for name in ("corpus.jsonl", "queries.jsonl", "answers.jsonl"):
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()
