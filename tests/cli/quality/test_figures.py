"""How ``normqa eval`` prints figures; ``tests/evaluate`` tests the figures and the command."""

import json

import pytest

from normqa.cli.quality.figures import show_figures


def test_figures_are_grouped_with_their_intervals(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    figures = {"questions": 1234, "answer@1": 0.5, "later": {"mrr@10": 0.123456, "questions": 7}}
    intervals = {"answer@1": (0.25, 0.75), "later": {"mrr@10": (0.1, 0.2)}}
    show_figures(figures, intervals, as_json=False)
    lines = capsysbinary.readouterr().out.decode().splitlines()
    assert [line.split() for line in lines] == [
        ["questions", "1,234"],
        ["answer@1", "0.5", "[0.25,", "0.75]"],
        ["later", "mrr@10", "0.1235", "[0.1,", "0.2]"],
        ["later", "questions", "7"],
    ]
    show_figures(figures, intervals, as_json=True)
    told = json.loads(capsysbinary.readouterr().out)
    assert told == {**figures, "intervals": {"answer@1": [0.25, 0.75], "later": {"mrr@10": [0.1, 0.2]}}}
