"""What an evaluation leaves behind: figures, and how they were come by."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from normqa import __version__
from normqa.errors import OutputNotWritable
from normqa.evaluate.metrics import Outcome
from normqa.evaluate.report import write_report


@dataclass(frozen=True, slots=True)
class EvaluationResult:
    """What one evaluation has come to.

    Attributes:
        figures: Plain numbers by name, or groups of them.
        intervals: For each figure that has one, its 95 % interval under the same key.
        outcomes: The questions and what came of each, where answers were judged.
    """

    figures: Mapping[str, Any]
    intervals: Mapping[str, Any] = field(default_factory=dict)
    outcomes: Sequence[Outcome] = ()


def keep(
    measured: EvaluationResult, name: str, parameters: Mapping[str, object], work: Path, report: Path | None
) -> Path:
    """Writes figures and parameters to a JSON file of their own, and a report if one is wanted.

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
        "figures": measured.figures,
        "intervals": measured.intervals,
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        if report:
            report.parent.mkdir(parents=True, exist_ok=True)
            write_report(report, name, parameters, measured.figures, measured.intervals, measured.outcomes)
    except OSError as error:
        raise OutputNotWritable(
            f"{error.filename} cannot be written ({error.strerror}).", "Name another place."
        ) from error
    return path
