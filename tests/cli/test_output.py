"""What people see in the terminal."""

import io
import json
import sys
import unicodedata

import pytest

from normqa.cli import output
from normqa.datatypes import Answer, Band, Citation, Metadata, Quote, Reason, Span
from normqa.errors import NormqaError
from normqa.load.plain_text import load_text
from normqa.search.verify import Match, Verification

NAME, BUILT_AT = "20260102T030405.000000Z", "2026-01-02T03:04:05+00:00"


def _quote(text: str, start: int, *, section: tuple[str, ...] = (), source: str | None = None) -> Quote:
    span = Span(start, start + len(text))
    citation = Citation("zoo", "Zoo", source, None, "2023" if source else None, section, None)
    return Quote(text, span, span, citation, "0" * 64, "", "")


def _answer(
    quotes: tuple[Quote, ...] = (),
    near_misses: tuple[Quote, ...] = (),
    *,
    searched_as: str = "?",
    confidence: float | None = None,
    band: Band = "uncalibrated",
    reason: Reason = "related_but_no_answer",
    rolled_back: bool = False,
    warning: str | None = None,
) -> Answer:
    return Answer(
        question=" ?\n",
        searched_as=searched_as,
        kind="passages",
        quotes=quotes,
        has_lead_in=False,
        near_misses=near_misses,
        confidence=confidence,
        band=band,
        reason=None if quotes else reason,
        generation="g",
        built_at=BUILT_AT,
        rolled_back=rolled_back,
        warning=warning,
    )


def test_quotes_are_numbered_and_cited_on_stdout(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    first = _quote("The pelican 🐦 eats.", 7, section=("Birds", "Of the sea"), source="Field notes")
    output.show_answer(_answer((first, _quote("The walrus sleeps.", 40))))
    out, err = capsysbinary.readouterr()
    assert out.decode() == (
        "[1] The pelican 🐦 eats.\n    — Zoo. Field notes, 2023. Birds › Of the sea. zoo [7, 26)\n"
        "\n[2] The walrus sleeps.\n    — Zoo. zoo [40, 58)\n"
    )
    assert err == b""


def test_a_refusal_says_so_and_labels_its_near_misses(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    output.show_answer(_answer(near_misses=(_quote("The walrus sleeps.", 40),)))
    assert capsysbinary.readouterr().out.decode() == (
        "No answer found in these documents.\n"
        "\nNear misses, which do not answer the question:\n"
        "\n[1] The walrus sleeps.\n    — Zoo. zoo [40, 58)\n"
    )


def test_a_refusal_without_near_misses_promises_none(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    output.show_answer(_answer())
    assert capsysbinary.readouterr().out == b"No answer found in these documents.\n"


def test_an_empty_corpus_is_told_as_what_it_is(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    output.show_answer(_answer(reason="empty_index"))
    assert capsysbinary.readouterr().out == b"There are no documents to search.\n"


def test_what_was_searched_is_told_where_it_is_not_what_was_asked(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    quote = _quote("The walrus sleeps.", 40)
    output.show_answer(_answer((quote,), searched_as="? (walrus)"))
    expected = "Searched as: ? (walrus)\n\n[1] The walrus sleeps.\n    — Zoo. zoo [40, 58)\n"
    assert capsysbinary.readouterr().out.decode() == expected


def test_how_sure_to_be_is_told_after_an_answer_and_not_after_a_refusal(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    quote = _quote("The walrus sleeps.", 40)
    output.show_answer(_answer((quote,), confidence=0.4567, band="fair"))
    assert capsysbinary.readouterr().out.decode().endswith("[40, 58)\n\nConfidence: fair (0.46)\n")
    output.show_answer(_answer((), (quote,), confidence=0.1, band="weak"))
    assert capsysbinary.readouterr().out.decode().endswith("[40, 58)\n")


def test_figures_are_told_group_after_group_with_their_intervals(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    figures = {"questions": 1234, "answer@1": 0.5, "later": {"mrr@10": 0.123456, "questions": 7}}
    intervals = {"answer@1": (0.25, 0.75), "later": {"mrr@10": (0.1, 0.2)}}
    output.show_figures(figures, intervals, as_json=False)
    lines = capsysbinary.readouterr().out.decode().splitlines()
    assert [line.split() for line in lines] == [
        ["questions", "1,234"],
        ["answer@1", "0.5", "[0.25,", "0.75]"],
        ["later", "mrr@10", "0.1235", "[0.1,", "0.2]"],
        ["later", "questions", "7"],
    ]
    output.show_figures(figures, intervals, as_json=True)
    told = json.loads(capsysbinary.readouterr().out)
    assert told == {**figures, "intervals": {"answer@1": [0.25, 0.75], "later": {"mrr@10": [0.1, 0.2]}}}


def test_answers_are_utf_8_whatever_the_terminal_thinks(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    output.write("Möwe\n")
    output.write(b"Ente\n")
    output.write("a\ud800b\n")
    assert raw.getvalue() == "Möwe\nEnte\na?b\n".encode()


def test_an_error_is_told_as_it_is_with_its_hint_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    output.complain(NormqaError("There is no [bold]x[/] in a:cd:b.", "Run [it] \\[now]."))
    output.complain(NormqaError("No way out.", ""))
    out, err = capsys.readouterr()
    assert err == ("error: There is no [bold]x[/] in a:cd:b.\n  Run [it] \\[now].\nerror: No way out.\n")
    assert out == ""


def test_long_lines_are_not_broken(capsys: pytest.CaptureFixture[str]) -> None:
    output.say("x" * 500)
    output.complain(NormqaError("y " * 300 + "y", ""))
    assert capsys.readouterr().err == "x" * 500 + "\n" + "error: " + "y " * 300 + "y\n"


def _commands(told: str) -> set[str]:
    """The control characters in what was told, but for the ends of lines."""
    return {c for c in told if unicodedata.category(c) == "Cc"} - {"\n"}


@pytest.mark.parametrize(
    ("rolled_back", "warning", "told"),
    [
        (False, None, []),
        (False, "It is [bold]damaged[/].", ["warning: It is [bold]damaged[/]."]),
        (True, None, ["warning: The index was rolled back; what has changed since may be quoted."]),
    ],
)
def test_what_to_know_of_the_index_is_told_on_stderr_beside_an_answer(
    capsys: pytest.CaptureFixture[str], rolled_back: bool, warning: str | None, told: list[str]
) -> None:
    answer = _answer((_quote("The walrus sleeps.", 40),), rolled_back=rolled_back, warning=warning)
    output.show_answer(answer)
    out, err = capsys.readouterr()
    assert err.splitlines() == told
    assert out.startswith("[1] The walrus sleeps.")


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (
            Verification("exact", (Match("a b", Span(3, 9)), Match("ü", Span(0, 6)))),
            "The text stands word for word in:\na b [3, 9)\nü [0, 6)\n",
        ),
        (
            Verification("whitespace", (Match("a", Span(3, 9)),)),
            "But for blanks and line breaks, the text stands in:\na [3, 9)\n",
        ),
        (Verification("not_found", ()), "The text does not stand in the documents.\n"),
    ],
)
def test_where_a_text_stands_is_told_on_stdout(
    capsysbinary: pytest.CaptureFixture[bytes], found: Verification, told: str
) -> None:
    output.show_verification(found)
    assert capsysbinary.readouterr() == (told.encode(), b"")


def test_a_document_cannot_command_the_terminal(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    document = load_text("a", "Red \x1b[31malert\x07 now.", Metadata(title="Title"))
    quotes = (document.quote(Span(0, len(document.text))),)
    output.show_answer(_answer(quotes, searched_as="Red \x1b[31malert?"))
    told = capsysbinary.readouterr().out.decode()
    assert "Red \ufffd[31malert\ufffd now." in told
    assert "Searched as: Red \ufffd[31malert?\n" in told


def test_no_document_id_commands_the_terminal_either(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    output.show_verification(Verification("exact", (Match("a\x9b31m", Span(0, 6)),)))
    assert _commands(capsysbinary.readouterr().out.decode()) == set()
