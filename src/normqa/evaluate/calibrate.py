"""Fits how sure to be of an answer, on collections whose answers have been marked.

Every collection is asked twice: with all of its documents, and with half of its titles left out, whose
questions then have no answer at all. What is fitted is whether one of the first three quotes answers.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from normqa.answer.confidence import Calibration, CalibrationFile, features
from normqa.answer.models import Models
from normqa.build.progress import Progress
from normqa.errors import CollectionUnusable, OutputNotWritable
from normqa.evaluate.answering import QaOptions, ask_all
from normqa.evaluate.questions import read_questions

LEFT_OUT = 0.5
"""Share of the titles that is left out the second time."""


def fit(
    folders: Sequence[Path], limit: int | None, models: Models, work: Path, progress: Progress
) -> Calibration:
    """Fits a logistic regression on judged answers; every question weighs the same.

    Args:
        folders: Of the collections; some of their questions must have no answer.
        limit: How many questions of each at most, each time.
        models: What they are asked with.
        work: Folder of what is built.
        progress: Told how far it is.

    Raises:
        CollectionUnusable: If a collection cannot be read, or there is nothing to tell apart.
    """
    rows: list[dict[str, float]] = []
    hits: list[bool] = []
    searched: list[int] = []
    digests = {}
    uncalibrated = Models(models.encoder, models.reranker, None)
    for folder in folders:
        judged = read_questions(folder)
        within_home = all(question.has_filter for question in judged.questions)
        asked = []
        for left_out in (0.0,) if within_home else (0.0, LEFT_OUT):
            setup = QaOptions(within_home, left_out, limit, min_confidence=0.0)
            asked += [
                each
                for each in ask_all(judged, setup, uncalibrated, work, progress)
                if each.findings.readings
            ]
        rows += [features(each.findings.readings, each.findings.searched) for each in asked]
        searched += [each.findings.searched for each in asked]
        hits += [each.outcome.hits() for each in asked]
        digests[judged.name] = _sha256(folder)
    if len(set(hits)) != 2:  # noqa: PLR2004 - there is something to tell apart
        raise CollectionUnusable(
            "All of the questions were answered, or none.", "Give collections, or a --limit, with both kinds."
        )
    names = list(rows[0])
    given = np.array([[row[name] for name in names] for row in rows])
    scale = given.std(axis=0) + 1e-9
    model = LogisticRegression().fit(given / scale, hits)
    return Calibration(
        encoder=models.encoder.fingerprint,
        reranker=models.reranker.fingerprint if models.reranker else None,
        intercept=round(float(model.intercept_[0]), 4),
        weights={
            name: round(float(weight), 4) for name, weight in zip(names, model.coef_[0] / scale, strict=True)
        },
        passages=(min(searched), max(searched)),
        fitted_on=digests,
        questions=len(rows),
    )


def put(calibration: Calibration, path: Path) -> None:
    """Writes a calibration into a file, in the place of the one for the same models.

    Raises:
        InvalidSettings: If the file is there and holds no calibrations.
        OutputNotWritable: If it cannot be written.
    """
    others = CalibrationFile.read(path).calibrations if path.exists() else ()
    models = (calibration.encoder, calibration.reranker)
    kept = [each for each in others if (each.encoder, each.reranker) != models]
    try:
        path.write_text(
            CalibrationFile(calibrations=(*kept, calibration)).model_dump_json(indent=1) + "\n",
            encoding="utf-8",
        )
    except OSError as error:
        raise OutputNotWritable(
            f"{path} cannot be written ({error.strerror}).", "Name another with --out."
        ) from error


def _sha256(folder: Path) -> str:
    """Of the files that a collection was read from."""
    total = hashlib.sha256()
    for name in ("corpus.jsonl", "queries.jsonl", "answers.jsonl"):
        total.update((folder / name).read_bytes())
    return total.hexdigest()
