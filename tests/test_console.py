"""What people see in the terminal."""

import io
import json
import sys
from datetime import UTC, datetime

import pytest

from normqa import console
from normqa.datatypes import Answer, Band, Citation, Metadata, Quote, Reason, Span
from normqa.errors import NormqaError
from normqa.index.build import BuildReport
from normqa.index.manifest import FORMAT, DocumentEntry, Manifest, ProblemEntry, Recipe
from normqa.index.plan import Drift
from normqa.load.problem import Problem
from normqa.load.text import load_text
from normqa.search.verify import Match, Verification
from normqa.service import Status

BUILT_AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC).isoformat()


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
    )


def _manifest(documents: int, passages: int, *problems: ProblemEntry) -> Manifest:
    return Manifest(
        format=FORMAT,
        generation="20260102T030405.000000Z",
        built_at=BUILT_AT,
        encoder_name="hashing",
        recipe=Recipe(encoder="e", splitter="s", loader="l", files={}),
        documents={str(n): DocumentEntry(sha256="0" * 64, passages=1) for n in range(documents)},
        passages=passages,
        dimension=3,
        problems=list(problems),
        parts={},
    )


def test_quotes_are_numbered_and_cited_on_stdout(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    first = _quote("The pelican 🐦 eats.", 7, section=("Birds", "Of the sea"), source="Field notes")
    console.show_answer(_answer((first, _quote("The walrus sleeps.", 40))))
    out, err = capsysbinary.readouterr()
    assert out.decode() == (
        "\n[1] The pelican 🐦 eats.\n    — Zoo, Birds › Of the sea, Field notes, 2023, zoo [7, 26)\n"
        "\n[2] The walrus sleeps.\n    — Zoo, zoo [40, 58)\n"
    )
    assert err == b""


def test_a_refusal_says_so_and_labels_its_near_misses(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    console.show_answer(_answer(near_misses=(_quote("The walrus sleeps.", 40),)))
    assert capsysbinary.readouterr().out.decode() == (
        "The documents hold no answer to this question.\n"
        "\nWhat came nearest, but does not answer:\n"
        "\n[1] The walrus sleeps.\n    — Zoo, zoo [40, 58)\n"
    )


def test_a_refusal_without_near_misses_promises_none(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    console.show_answer(_answer())
    assert capsysbinary.readouterr().out == b"The documents hold no answer to this question.\n"


def test_an_empty_corpus_is_told_as_what_it_is(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    console.show_answer(_answer(reason="empty_index"))
    assert capsysbinary.readouterr().out == b"There are no documents to search.\n"


def test_what_was_searched_is_told_where_it_is_not_what_was_asked(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    quote = _quote("The walrus sleeps.", 40)
    console.show_answer(_answer((quote,), searched_as="? (walrus)"))
    expected = "Searched as: ? (walrus)\n\n[1] The walrus sleeps.\n    — Zoo, zoo [40, 58)\n"
    assert capsysbinary.readouterr().out.decode() == expected


def test_how_sure_to_be_is_told_after_an_answer_and_not_after_a_refusal(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    quote = _quote("The walrus sleeps.", 40)
    console.show_answer(_answer((quote,), confidence=0.4567, band="fair"))
    assert capsysbinary.readouterr().out.decode().endswith("[40, 58)\n\nConfidence: fair (0.46)\n")
    console.show_answer(_answer((), (quote,), confidence=0.1, band="weak"))
    assert capsysbinary.readouterr().out.decode().endswith("[40, 58)\n")


def test_figures_are_told_group_after_group_with_their_intervals(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    figures = {"questions": 1234, "answer@1": 0.5, "later": {"mrr@10": 0.123456, "questions": 7}}
    intervals = {"answer@1": (0.25, 0.75), "later": {"mrr@10": (0.1, 0.2)}}
    console.show_figures(figures, intervals, as_json=False)
    lines = capsysbinary.readouterr().out.decode().splitlines()
    assert [line.split() for line in lines] == [
        ["questions", "1,234"],
        ["answer@1", "0.5", "[0.25,", "0.75]"],
        ["later", "mrr@10", "0.1235", "[0.1,", "0.2]"],
        ["later", "questions", "7"],
    ]
    console.show_figures(figures, intervals, as_json=True)
    told = json.loads(capsysbinary.readouterr().out)
    assert told == {**figures, "intervals": {"answer@1": [0.25, 0.75], "later": {"mrr@10": [0.1, 0.2]}}}


def test_answers_are_utf_8_whatever_the_terminal_thinks(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    console.write("Möwe\n")
    console.write(b"Ente\n")
    console.write("a\ud800b\n")
    assert raw.getvalue() == "Möwe\nEnte\na?b\n".encode()


def test_an_error_is_told_as_it_is_with_its_hint_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    console.complain(NormqaError("There is no [bold]x[/] in a:cd:b.", "Run [it] \\[now]."))
    console.complain(NormqaError("No way out.", ""))
    out, err = capsys.readouterr()
    assert err == ("error: There is no [bold]x[/] in a:cd:b.\n  Run [it] \\[now].\nerror: No way out.\n")
    assert out == ""


def test_long_lines_are_not_broken(capsys: pytest.CaptureFixture[str]) -> None:
    console.say("x" * 500)
    console.complain(NormqaError("y " * 300 + "y", ""))
    assert capsys.readouterr().err == "x" * 500 + "\n" + "error: " + "y " * 300 + "y\n"


def test_a_build_tells_its_stages_and_every_problem_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    with console.BuildProgress() as progress:
        progress.stage("Reading", 0)
        progress.stage("Encoding", 2)
        progress.advance()
        progress.advance()
        progress.problem(Problem("a:cd:[b].pdf", "it is [not] read"))
        progress.problem(Problem("bad\nname\x1b[31m.md", "its name has control characters"))
        progress.problem(Problem("c.txt", "guessed", skipped=False))
    out, err = capsys.readouterr()
    assert out == ""
    assert "Reading …\n" in err
    assert "2/2" in err
    assert "left out: a:cd:[b].pdf: it is [not] read\n" in err
    assert "left out: bad\\nname\\x1b[31m.md: its name has control characters\n" in err
    assert "note: c.txt: guessed\n" in err


def test_a_build_that_fails_midway_leaves_the_terminal_as_it_was() -> None:
    def fail() -> None:
        with console.BuildProgress() as progress:
            progress.stage("Encoding", 2)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with console.BuildProgress() as after:  # rich lets only one display be live at a time
        after.stage("Encoding", 2)


@pytest.mark.parametrize(
    ("report", "told"),
    [
        (
            BuildReport(_manifest(1, 1), built=True),
            "Built generation 20260102T030405.000000Z: 1 document, 1 passage.\n",
        ),
        (
            BuildReport(_manifest(0, 12_345), built=False),
            "Up to date: generation 20260102T030405.000000Z: 0 documents, 12,345 passages.\n",
        ),
        (
            BuildReport(
                _manifest(
                    2,
                    3,
                    ProblemEntry(path="a", reason="r", skipped=True),
                    ProblemEntry(path="b", reason="r", skipped=False),
                ),
                built=True,
            ),
            "Built generation 20260102T030405.000000Z: 2 documents, 3 passages; 1 file left out.\n",
        ),
    ],
)
def test_what_a_build_has_come_to_is_told_in_one_line(
    capsys: pytest.CaptureFixture[str], report: BuildReport, told: str
) -> None:
    console.show_build(report)
    assert capsys.readouterr() == ("", told)


def test_the_status_names_everything_that_differs(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    left_out = ProblemEntry(path="x\n\x1b.pdf", reason="it is not read", skipped=True)
    guessed = ProblemEntry(path="y.txt", reason="guessed", skipped=False)
    drift = Drift(("a\x1b.md",), ("b.md", "ü.md"), (("c.md", "e.md"),), ("d.md",), ("encoder",))
    console.show_status(Status(_manifest(2, 5, left_out, guessed), drift))
    assert capsysbinary.readouterr().out.decode().splitlines() == [
        "generation  20260102T030405.000000Z",
        "built at    2026-01-02T03:04:05+00:00",
        "encoder     hashing",
        "documents   2",
        "passages    5",
        "left out    x\\n\\x1b.pdf: it is not read",
        "added       a\\x1b.md",
        "changed     b.md",
        "changed     ü.md",
        "renamed     c.md to e.md",
        "removed     d.md",
        "changed     the encoder",
        "The index is stale: run normqa build.",
    ]


def test_the_status_says_that_nothing_differs(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    console.show_status(Status(_manifest(1, 1), Drift()))
    assert capsysbinary.readouterr().out.endswith(b"\nThe index is up to date.\n")


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
    console.show_verification(found)
    assert capsysbinary.readouterr() == (told.encode(), b"")


def test_a_document_cannot_command_the_terminal(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    document = load_text("a", "Red \x1b[31malert\x07 now.", Metadata(title="Title"))
    quotes = (document.quote(Span(0, len(document.text))),)
    console.show_answer(_answer(quotes, searched_as="Red \x1b[31malert?"))
    told = capsysbinary.readouterr().out.decode()
    assert "Red \ufffd[31malert\ufffd now." in told
    assert "Searched as: Red \ufffd[31malert?\n" in told
