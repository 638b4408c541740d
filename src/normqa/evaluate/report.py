"""The report of an evaluation: one HTML file that can be kept and sent, and needs nothing beside it."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from normqa.evaluate.metrics import Bin, Outcome, reliability, risk_coverage

SIDE = 240
"""Width and height of a diagram's unit square, in SVG units."""


def write_report(
    path: Path,
    title: str,
    parameters: Mapping[str, object],
    figures: Mapping[str, float],
    intervals: Mapping[str, tuple[float, float]],
    outcomes: Sequence[Outcome],
    worst: int = 50,
) -> None:
    """Writes figures, their diagrams and the worst questions as a page.

    The page holds no script and loads nothing. Questions and quotes are shown as text, whatever they contain.

    Args:
        path: File to write; one that is there is replaced.
        title: Heading of the page.
        parameters: What was measured and how, by name.
        figures: By name.
        intervals: The 95 % interval of each figure that has one.
        outcomes: What the figures were measured on.
        worst: Most questions to show of each kind (see ``wrongly_answered`` and ``missed``).

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
    shown = {id(each) for each in wrong}
    page = environment.get_template("report.html").render(
        title=title,
        parameters=parameters,
        figures=[(name, _number(value), _interval(intervals.get(name))) for name, value in figures.items()],
        side=SIDE,
        risk_coverage=_line(risk_coverage(outcomes)),
        shipped=_shipped(outcomes),
        reliability=_reliability(outcomes),
        wrong=wrong,
        missed=[each for each in missed(outcomes) if id(each) not in shown][:worst],
    )
    # A question may hold half of a surrogate pair, which no encoding can write.
    path.write_text(page, encoding="utf-8", errors="replace")


def wrongly_answered(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """What was answered without a hit, whether or not there was an answer; the most confident first."""
    wrong = [each for each in outcomes if each.answered and not each.hits()]
    return sorted(wrong, key=lambda each: (-each.confidence, each.question_id))


def missed(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """What was refused or not hit though there was an answer; the least confident first."""
    lost = [each for each in outcomes if each.has_answer and not (each.answered and each.hits())]
    return sorted(lost, key=lambda each: (each.confidence, each.question_id))


def _number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.4f}"


def _interval(interval: tuple[float, float] | None) -> str:
    return " – ".join(map(_number, interval)) if interval else ""


def _shipped(outcomes: Sequence[Outcome]) -> tuple[float, float] | None:
    """Where the shipped threshold stands in the risk-coverage diagram; None where it answers nothing."""
    answered = [each for each in outcomes if each.answered]
    if not answered:
        return None
    wrong = sum(not each.hits() for each in answered)
    return _point(len(answered) / len(outcomes), wrong / len(answered))


def _reliability(outcomes: Sequence[Outcome]) -> list[tuple[tuple[float, float], Bin]]:
    """The bins and where they stand; none where confidences are no probabilities."""
    if not all(0 <= each.confidence <= 1 for each in outcomes):
        return []
    return [(_point(each.confidence, each.share), each) for each in reliability(outcomes)]


def _line(points: Iterable[tuple[float, float]]) -> str:
    """Points of the unit square as an SVG polyline's ``points``."""
    places = (_point(x, y) for x, y in points)
    return " ".join(f"{x},{y}" for x, y in places)


def _point(x: float, y: float) -> tuple[float, float]:
    """A point of the unit square in SVG units; SVG counts downwards."""
    return round(x * SIDE, 2), round((1 - y) * SIDE, 2)
