"""The HTML report shows the results and contains nothing active."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from normqa.evaluate.figures.metrics import Outcome
from normqa.evaluate.figures.report import SIDE, missed, write_report, wrongly_answered

SVG = "{http://www.w3.org/2000/svg}"
SCRIPT = "<script>alert('&')</script>"
ESCAPED = "&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;"
VOID = {"meta"}


def _outcome(question_id: str = "q1", **fields: Any) -> Outcome:
    given: dict[str, Any] = {
        "question": f"Question {question_id}?",
        "answerable": True,
        "held_out": False,
        "hit_rank": None,
        "confidence": 0.5,
        "answered": True,
        "quote_characters": (10,),
        "exact": True,
        "quotes": ("Terns dive.",),
        "expected": ("heron",),
        "seconds": 0.5,
    }
    return Outcome(question_id, **(given | fields))


def _write(
    folder: Path,
    outcomes: Sequence[Outcome] = (),
    title: str = "Birds",
    parameters: Mapping[str, object] | None = None,
    figures: Mapping[str, float] | None = None,
    intervals: Mapping[str, tuple[float, float]] | None = None,
    **more: Any,
) -> str:
    path = folder / "report.html"
    write_report(path, title, parameters or {}, figures or {}, intervals or {}, outcomes, **more)
    return path.read_text(encoding="utf-8")


def _diagrams(page: str) -> list[ET.Element]:
    return [ET.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", page, re.DOTALL)]


class _Tags(HTMLParser):
    """Collects tag names and attributes; fails unless all tags are closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag


@pytest.mark.parametrize("field", ["question", "question_id", "quotes", "expected"])
def test_texts_of_an_outcome_are_escaped(tmp_path: Path, field: str) -> None:
    fields: dict[str, Any] = {field: (SCRIPT,) if field in {"quotes", "expected"} else SCRIPT}
    page = _write(tmp_path, [_outcome(**fields)])
    assert "<script" not in page
    assert ESCAPED in page


def test_title_parameters_and_figure_names_are_escaped(tmp_path: Path) -> None:
    page = _write(tmp_path, title=SCRIPT, parameters={SCRIPT: Path(SCRIPT)}, figures={SCRIPT: 1})
    assert "<script" not in page
    assert page.count(ESCAPED) == 2 + 2 + 1


def test_page_is_complete_and_loads_nothing(tmp_path: Path) -> None:
    page = _write(tmp_path, [_outcome(), _outcome("q2", answered=False)], figures={"exact": 1})
    assert page.startswith("<!doctype html>")
    tags = _Tags(page)
    assert not tags.names & {"script", "link", "img", "iframe", "object"}
    assert not tags.attributes & {"src", "href", "srcset", "onclick"}
    assert "url(" not in page
    assert "@import" not in page
    assert "prefers-color-scheme: dark" in page


def test_empty_report_is_a_complete_page(tmp_path: Path) -> None:
    page = _write(tmp_path)
    assert {"h1", "svg", "table"} <= _Tags(page).names
    assert len(_diagrams(page)) == 2
    assert page.count("None.") == 3  # parameters and both kinds of questions


def test_tables_show_parameters_figures_and_intervals(tmp_path: Path) -> None:
    page = _write(
        tmp_path,
        parameters={"encoder": "hashing", "limit": None},
        figures={"exact": 0.5, "questions": 12000},
        intervals={"exact": (0.25, 1)},
    )
    rows = re.sub(r"<[^>]+>", "|", page)
    assert re.search(r"\|encoder\|+hashing\|", rows)
    assert re.search(r"\|limit\|+None\|", rows)
    assert re.search(r"\|exact\|+0\.5000\|+0\.2500 – 1\|", rows)
    assert re.search(r"\|questions\|+12,000\|", rows)


def test_diagrams_show_curve_bins_diagonal_and_labels(tmp_path: Path) -> None:
    """The more confident of two answers is right: risk is 0 at half coverage and 1/2 at full."""
    outcomes = [_outcome(confidence=0.75, hit_rank=1), _outcome(confidence=0.25, answered=False)]
    risk, calibration = _diagrams(_write(tmp_path, outcomes))
    curve = risk.find(f"{SVG}polyline")
    assert curve is not None
    half = SIDE * 0.5
    assert curve.get("points") == f"{half},{SIDE * 1.0} {SIDE * 1.0},{half}"
    shipped = risk.find(f"{SVG}circle")
    assert shipped is not None
    assert (shipped.get("cx"), shipped.get("cy")) == (str(half), str(SIDE * 1.0))
    bins = [(dot.get("cx"), dot.get("cy")) for dot in calibration.iter(f"{SVG}circle")]
    assert bins == [(str(SIDE * 0.25), str(SIDE * 1.0)), (str(SIDE * 0.75), "0.0")]
    assert [path.get("d") for path in calibration.iterfind(f"{SVG}path[@class='diagonal']")] == [
        f"M0,{SIDE}L{SIDE},0"
    ]
    for diagram, labels in ((risk, ("coverage", "risk")), (calibration, ("confidence", "hit rate"))):
        texts = [element.text or "" for element in diagram.iter(f"{SVG}text")]
        assert all(any(label in text for text in texts) for label in labels)
        assert texts.count("0.0") == texts.count("1.0") == 2


def test_no_bins_if_scores_are_not_probabilities(tmp_path: Path) -> None:
    page = _write(tmp_path, [_outcome(confidence=7.5)])
    assert list(_diagrams(page)[1].iter(f"{SVG}circle")) == []
    assert "confidence is not a probability" in page


def test_wrong_answers_are_sorted_by_falling_confidence() -> None:
    outcomes = [
        _outcome("low", confidence=0.1),
        _outcome("right", hit_rank=2, confidence=0.9),
        _outcome("refused", answered=False, confidence=0.8),
        _outcome("held out", held_out=True, confidence=0.7),
        _outcome("unanswerable", answerable=False, confidence=0.6),
    ]
    assert [outcome.question_id for outcome in wrongly_answered(outcomes)] == [
        "held out",
        "unanswerable",
        "low",
    ]


def test_missed_answers_are_sorted_by_rising_confidence() -> None:
    outcomes = [
        _outcome("refused", answered=False, hit_rank=1, confidence=0.3),
        _outcome("missed", confidence=0.2),
        _outcome("right", hit_rank=3, confidence=0.1),
        _outcome("held out", held_out=True, answered=False, confidence=0.1),
        _outcome("unanswerable", answerable=False, answered=False, confidence=0.1),
    ]
    assert [outcome.question_id for outcome in missed(outcomes)] == ["missed", "refused"]


def test_worst_questions_are_limited_and_listed_once(tmp_path: Path) -> None:
    wrong = [_outcome(f"wrong{n}", confidence=0.9 - n / 10) for n in range(4)]
    refused = [_outcome(f"refused{n}", answered=False, confidence=0.05 + n / 100) for n in range(3)]
    page = _write(tmp_path, [*refused, *wrong], worst=2)
    shown = re.findall(r"<h3>Question (\w+)\?</h3>", page)
    assert shown == ["wrong0", "wrong1", "refused0", "refused1"]
    page = _write(tmp_path, wrong, worst=3)
    assert re.findall(r"<h3>Question (\w+)\?</h3>", page) == ["wrong0", "wrong1", "wrong2", "wrong3"]


def test_entry_shows_confidence_quotes_and_expected_answers(tmp_path: Path) -> None:
    entry = _outcome(confidence=0.875, quotes=("Terns dive.", "Pelicans dive."), expected=("heron", "ibis"))
    text = re.sub(r"<[^>]+>", "|", _write(tmp_path, [entry]))
    assert "confidence 0.8750" in text
    assert re.search(r"Quotes\|\s+\|Terns dive\.\|\s+\|Pelicans dive\.\|", text)
    assert re.search(r"Expected\|\s+\|heron\|\s+\|ibis\|", text)


def test_lone_surrogate_is_replaced(tmp_path: Path) -> None:
    assert "Which \N{LATIN SMALL LETTER E WITH ACUTE} ??" in _write(
        tmp_path, [_outcome(question="Which é \ud800?")]
    )
