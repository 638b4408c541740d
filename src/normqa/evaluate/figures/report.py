"""Write the report of an evaluation as one self-contained HTML file."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from normqa.evaluate.figures.metrics import Bin, Outcome, reliability, risk_coverage

SIDE = 240
"""Side of the unit square of a diagram, in SVG units."""


def write_report(
    path: Path,
    title: str,
    parameters: Mapping[str, object],
    figures: Mapping[str, float],
    intervals: Mapping[str, tuple[float, float]],
    outcomes: Sequence[Outcome],
    worst: int = 50,
) -> None:
    """Write figures, diagrams and the worst questions as a page.

    The page contains no script and loads nothing. All texts are escaped.

    Args:
        path: File to write; an existing file is replaced.
        title: Heading of the page.
        parameters: Options of the evaluation by name.
        figures: Figures by name.
        intervals: The 95 % intervals by name.
        outcomes: The judged questions.
        worst: Maximum number of questions shown per kind (see ``wrongly_answered`` and ``missed``).

    Raises:
        OSError: If the file cannot be written.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    wrong = wrongly_answered(outcomes)[:worst]
    shown = {id(outcome) for outcome in wrong}
    page = environment.get_template("report.html").render(
        title=title,
        parameters=parameters,
        figures=[(name, _number(value), _interval(intervals.get(name))) for name, value in figures.items()],
        side=SIDE,
        risk_coverage=_line(risk_coverage(outcomes)),
        shipped=_shipped(outcomes),
        reliability=_reliability(outcomes),
        wrong=wrong,
        missed=[outcome for outcome in missed(outcomes) if id(outcome) not in shown][:worst],
    )
    # A question may contain a lone surrogate, which no encoding can write.
    path.write_text(page, encoding="utf-8", errors="replace")


def wrongly_answered(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Return the questions that were answered without a hit, the most confident first."""
    wrong = [outcome for outcome in outcomes if outcome.answered and not outcome.hits()]
    return sorted(wrong, key=lambda outcome: (-outcome.confidence, outcome.question_id))


def missed(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Return the questions with an answer that were refused or not hit, the least confident first."""
    lost = [
        outcome for outcome in outcomes if outcome.has_answer and not (outcome.answered and outcome.hits())
    ]
    return sorted(lost, key=lambda outcome: (outcome.confidence, outcome.question_id))


def _number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.4f}"


def _interval(interval: tuple[float, float] | None) -> str:
    return " – ".join(map(_number, interval)) if interval else ""


def _shipped(outcomes: Sequence[Outcome]) -> tuple[float, float] | None:
    """Return the point of the threshold in the risk-coverage diagram; None if nothing is answered."""
    answered = [outcome for outcome in outcomes if outcome.answered]
    if not answered:
        return None
    wrong = sum(not outcome.hits() for outcome in answered)
    return _point(len(answered) / len(outcomes), wrong / len(answered))


def _reliability(outcomes: Sequence[Outcome]) -> list[tuple[tuple[float, float], Bin]]:
    """Return the bins with their points; none if confidences are not probabilities."""
    if not all(0 <= outcome.confidence <= 1 for outcome in outcomes):
        return []
    return [(_point(bin_.confidence, bin_.share), bin_) for bin_ in reliability(outcomes)]


def _line(points: Iterable[tuple[float, float]]) -> str:
    """Convert points of the unit square to the ``points`` of an SVG polyline."""
    scaled = (_point(x, y) for x, y in points)
    return " ".join(f"{x},{y}" for x, y in scaled)


def _point(x: float, y: float) -> tuple[float, float]:
    """Convert a point of the unit square to SVG units; the y axis of SVG points down."""
    return round(x * SIDE, 2), round((1 - y) * SIDE, 2)
