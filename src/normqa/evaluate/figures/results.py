"""The result of an evaluation, and its file."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from normqa import __version__
from normqa.errors import OutputNotWritable
from normqa.evaluate.figures.metrics import Outcome
from normqa.evaluate.figures.report import write_report


@dataclass(frozen=True, slots=True)
class EvaluationResult:
    """The result of one evaluation.

    Attributes:
        figures: Numbers by name, or groups of them.
        intervals: The 95 % intervals, under the same names.
        outcomes: The judged questions, if answers were judged.
    """

    figures: Mapping[str, Any]
    intervals: Mapping[str, Any] = field(default_factory=dict)
    outcomes: Sequence[Outcome] = ()


def save_result(
    result: EvaluationResult, name: str, parameters: Mapping[str, object], work: Path, report: Path | None
) -> Path:
    """Write figures and parameters to a new JSON file, and optionally a report.

    Args:
        result: What to save.
        name: Name of the collection.
        parameters: The options of the evaluation by name.
        work: Folder for results.
        report: File for the HTML report; None writes none.

    Returns:
        The JSON file.

    Raises:
        OutputNotWritable: If a file cannot be written.
    """
    now = datetime.now(UTC)
    path = work / "figures" / f"{name}-{now:%Y%m%dT%H%M%S.%f}.json"
    content = {
        "measured_at": now.isoformat(timespec="seconds"),
        "normqa": __version__,
        "parameters": parameters,
        "figures": result.figures,
        "intervals": result.intervals,
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        if report:
            report.parent.mkdir(parents=True, exist_ok=True)
            write_report(report, name, parameters, result.figures, result.intervals, result.outcomes)
    except OSError as error:
        raise OutputNotWritable(
            f"{error.filename} cannot be written ({error.strerror}).", "Choose another file or folder."
        ) from error
    return path
