"""``normqa ask`` and ``normqa verify``."""

import json
import math
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from normqa.cli.ask import show_answer, show_verification
from normqa.datatypes import Answer, Band, Citation, Metadata, Quote, Reason, Span
from normqa.load.text.plain_text import load_text
from normqa.models.hashing import HashingEncoder
from normqa.search.verify import Match, Verification
from normqa.serve.app import create_app
from normqa.service import Service
from normqa.settings import Settings
from tests.cli.conftest import (
    BUILT_AT,
    PELICAN,
    QUESTION,
    SQUID,
    Run,
    control_characters,
    in_process,
    kept_builds,
)
from tests.conftest import WriteCorpus, damage, parts_in_force


def test_only_the_answer_goes_to_stdout(built: Run) -> None:
    done = built("ask", QUESTION)
    assert (done.code, done.err) == (0, "")
    assert done.out.decode() == f"[1] {PELICAN}\n    — Zoo. zoo [5, 30)\n"


def test_refusal_exits_with_0(built: Run) -> None:
    done = built("ask", "zzzz qqqq")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(b"No answer found in these documents.\n")
    assert json.loads(built("ask", "zzzz qqqq", "--json").out)["status"] == "not_found"


def test_asking_without_models_loads_no_model_library(built: Run) -> None:
    assert built("status").code == 0
    program = (
        "import sys; from normqa.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print({'torch', 'sentence_transformers', 'transformers', 'onnxruntime'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "ask", QUESTION], capture_output=True, text=True, check=True
    )
    assert PELICAN in done.stdout
    assert done.stdout.splitlines()[-1] == "set()"


def test_answer_is_utf_8_in_any_terminal(write_corpus: WriteCorpus) -> None:
    write_corpus({"ü.md": "Die Möwe frisst Fisch 🐟.\n"})
    assert in_process("build", PYTHONIOENCODING="ascii").returncode == 0
    asked = in_process("ask", "Möwe Fisch", PYTHONIOENCODING="ascii", LC_ALL="C")
    assert asked.stdout.decode() == "[1] Die Möwe frisst Fisch 🐟.\n    — ü. ü [0, 24)\n"


@pytest.mark.parametrize(
    ("question", "top_k"),
    [(QUESTION, None), ("  pelican\tHERRING ", 1), ("zzzz qqqq", None), ("🐦" * 2000, 20), ("eat ü?", 2)],
)
def test_json_equals_the_http_reply(
    built: Run, make_service: Callable[..., Service], question: str, top_k: int | None
) -> None:
    client = TestClient(create_app(Settings(allowed_hosts=("*",)), make_service()))
    reply = client.post("/ask", json={"question": question, "top_k": top_k})
    assert reply.status_code == 200
    more = () if top_k is None else ("--top-k", str(top_k))
    done = built("ask", question, "--json", *more)
    assert (done.code, done.out, done.err) == (0, reply.content, "")


@pytest.fixture
def shelves(run: Run, write_corpus: WriteCorpus) -> Run:
    """Run ``normqa`` over documents with different topics, sources and dates."""

    def about(topic: str, source: str, date: str) -> str:
        return f"---\ntopics: [{topic}]\nsource: {source}\ndate: {date}\n---\n{PELICAN[:-1]} at {topic}.\n"

    write_corpus(
        {
            "a.md": about("bays", "Field notes", "2021-05-31"),
            "b.md": about("piers", "Lectures", "2023"),
            "c.md": f"{PELICAN[:-1]} at sea.\n",
        }
    )
    assert run("build").code == 0
    return run


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ((), ["a", "b", "c"]),
        (("--document", "c", "--document", "a"), ["a", "c"]),
        (("--topic", "bays", "--topic", "piers"), ["a", "b"]),
        (("--source", "Lectures"), ["b"]),
        (("--folder", "d", "--folder", "."), ["a", "b", "c"]),
        (("--folder", "d"), []),
        (("--from", "2021-06", "--dated-only"), ["b"]),
        (("--to", "2021-05", "--dated-only"), ["a"]),
        (("--from", "2021-06"), ["b", "c"]),
        (("--from", "2021", "--to", "2022", "--topic", "bays"), ["a"]),
    ],
    ids=repr,
)
def test_filters_select_documents(shelves: Run, options: tuple[str, ...], found: list[str]) -> None:
    answer = json.loads(shelves("ask", QUESTION, "--json", *options).out)
    assert sorted(quote["document"]["id"] for quote in answer["quotes"]) == found


def test_unknown_document_fails(shelves: Run) -> None:
    error = shelves("ask", QUESTION, "--document", "zebra").failed(1)
    assert "There is no document 'zebra'." in error
    assert "normqa build --dry-run --json lists" in error
    report = json.loads(shelves("build", "--dry-run", "--json").out)
    assert [file["document"] for file in report["files"]] == ["a", "b", "c"]


def test_after_resolves_a_followup(run: Run, write_corpus: WriteCorpus) -> None:
    """Without a calibration, ``--min-confidence`` refuses nothing."""
    write_corpus({"a.md": "The walrus sleeps on ice. The walrus eats clams."})
    assert run("build").code == 0
    options = ("--after", "Which walrus?", "--after", "What does the walrus eat?", "--min-confidence", "1")
    done = run("ask", "Where does it sleep?", *options)
    assert (done.code, done.err) == (0, "")
    assert done.out.decode().startswith("Searched as: Where does it sleep? (walrus)\n")


def test_min_confidence_decides_a_refusal(
    built: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The calibration gives every answer the confidence 1 / (1 + e^0)."""
    calibration: dict[str, Any] = {
        "encoder": HashingEncoder().fingerprint,
        "reranker": None,
        "intercept": 0,
        "weights": {},
        "passages": [1, 1],
        "fitted_on": {},
        "questions": 1,
    }
    (tmp_path / "fitted.json").write_text(json.dumps({"calibrations": [calibration]}), encoding="utf-8")
    monkeypatch.setenv("NORMQA_CALIBRATION", "fitted.json")
    told = {}
    for least in ("0.5", "0.51"):
        monkeypatch.setenv("NORMQA_MIN_CONFIDENCE", least)
        answer = json.loads(built("ask", QUESTION, "--json").out)
        assert answer["confidence"] == 1 / (1 + math.exp(0))
        told[least] = (answer["status"], answer["reason"])
    assert told == {"0.5": ("answered", None), "0.51": ("not_found", "related_but_no_answer")}
    assert json.loads(built("ask", QUESTION, "--json", "--min-confidence", "0.5").out)["reason"] is None
    assert "\nConfidence: " in built("ask", QUESTION, "--min-confidence", "0").out.decode()


@pytest.mark.parametrize("content", [None, "{}", "no json"])
def test_unreadable_calibration_fails(
    built: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    if content is not None:
        (tmp_path / "fitted.json").write_text(content, encoding="utf-8")
    monkeypatch.setenv("NORMQA_CALIBRATION", "fitted.json")
    told = built("ask", QUESTION).failed(2)
    assert "fitted.json is not a calibration file" in told
    assert "normqa calibrate" in told


def test_top_k_option_overrides_the_setting(
    run: Run, write_corpus: WriteCorpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_corpus({f"{n}.md": f"The pelican eats herring at pier {n}." for n in range(1, 7)})
    assert run("build").code == 0

    def quotes(*more: str) -> int:
        return len(json.loads(run("ask", QUESTION, "--json", *more).out)["quotes"])

    assert quotes() == 3
    monkeypatch.setenv("NORMQA_TOP_K", "2")
    assert quotes() == 2
    assert quotes("--top-k", "5") == 5


def test_invalid_request_names_the_option_not_json(built: Run) -> None:
    assert built("ask", "a", "--top-k", "0").failed(2).startswith("error: top_k: ")
    assert "JSON" not in built("ask", " ").failed(2)


def test_empty_corpus_is_a_refusal(run: Run, corpus: Path) -> None:
    assert not list(corpus.iterdir())
    done = run("ask", QUESTION)
    assert (done.code, done.err) == (0, "")
    assert done.out.decode() == "There are no documents to search.\n"
    assert json.loads(run("ask", QUESTION, "--json").out)["reason"] == "empty_index"


def test_edit_is_quoted_after_a_build(built: Run, write_corpus: WriteCorpus) -> None:
    write_corpus({"zoo.md": "The pelican eats squid."})
    assert PELICAN in built("ask", QUESTION).out.decode()
    assert built("build").code == 0
    answer: Any = json.loads(built("ask", QUESTION, "--json").out)
    assert [quote["text"] for quote in answer["quotes"]] == ["The pelican eats squid."]


def test_verify_exit_code_says_whether_text_was_found(built: Run) -> None:
    done = built("verify", "  pelican eats ")
    assert (done.code, done.err) == (0, "")
    assert done.out.decode() == "Found verbatim in:\nzoo [9, 21)\n"
    done = built("verify", "Zoo The")
    assert (done.code, done.err) == (0, "")
    assert done.out.decode() == "Found with different white space in:\nzoo [0, 8)\n"
    done = built("verify", "Pelicans")
    assert (done.code, done.err) == (1, "")
    assert done.out.decode() == "Not found in these documents.\n"
    done = built("verify", "Pelican")
    assert (done.code, done.err) == (1, "")
    assert done.out.decode() == (
        "Not found verbatim, but with different capitals in:\nzoo [9, 16)\n  'Pelican' is 'pelican'\n"
    )


def test_text_may_look_like_an_option(built: Run) -> None:
    assert built("verify", "--", "--bogus").code == 1
    assert built("ask", "--", "--json").code == 0


@pytest.fixture
def fallen_back(twice: Run, write_corpus: WriteCorpus, index: Path) -> Run:
    """Run ``normqa`` where the newest build is damaged, after an edit of one of two documents."""
    write_corpus({"heron.md": "The heron wades in mud."})
    assert twice("build").code == 0
    write_corpus({"zoo.md": "Closed."})
    assert twice("build").code == 0
    damage(parts_in_force(index)["texts.sqlite"])
    return twice


def test_answer_from_an_older_build_warns_on_stderr(fallen_back: Run) -> None:
    done = fallen_back("ask", "What wades in mud?")
    assert done.code == 0
    assert "The heron wades in mud." in done.out.decode()
    assert re.fullmatch(
        r"warning: index/\S+ is corrupted: checksum mismatch\. Until .*normqa build\.\n", done.err
    )


def test_json_from_an_older_build_has_a_warning(fallen_back: Run) -> None:
    answer = json.loads(fallen_back("ask", "What wades in mud?", "--json").out)
    assert answer["index"]["generation"] == kept_builds(fallen_back)[1]["generation"]
    assert "is corrupted: checksum mismatch. Until " in answer["index"]["warning"]


def test_older_build_never_quotes_changed_text(fallen_back: Run) -> None:
    assert SQUID not in fallen_back("ask", QUESTION).out.decode()
    assert "There is no document 'zoo'." in fallen_back("ask", QUESTION, "--document", "zoo").failed(1)
    assert fallen_back("verify", SQUID).code == 1


@pytest.mark.usefixtures("fallen_back")
def test_process_warns_once() -> None:
    """The log does not repeat the warning."""
    asked = in_process("ask", "What wades in mud?")
    assert asked.stderr.decode().count("Until this is repaired") == 1


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


def test_quotes_are_numbered_and_cited(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    first = _quote("The pelican 🐦 eats.", 7, section=("Birds", "Of the sea"), source="Field notes")
    show_answer(_answer((first, _quote("The walrus sleeps.", 40))))
    out, err = capsysbinary.readouterr()
    assert out.decode() == (
        "[1] The pelican 🐦 eats.\n    — Zoo. Field notes, 2023. Birds › Of the sea. zoo [7, 26)\n"
        "\n[2] The walrus sleeps.\n    — Zoo. zoo [40, 58)\n"
    )
    assert err == b""


def test_refusal_labels_near_misses(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    show_answer(_answer(near_misses=(_quote("The walrus sleeps.", 40),)))
    assert capsysbinary.readouterr().out.decode() == (
        "No answer found in these documents.\n"
        "\nClosest passages, which may not answer the question:\n"
        "\n[1] The walrus sleeps.\n    — Zoo. zoo [40, 58)\n"
    )


def test_refusal_without_near_misses(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    show_answer(_answer())
    assert capsysbinary.readouterr().out == b"No answer found in these documents.\n"


def test_refusal_over_an_empty_corpus(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    show_answer(_answer(reason="empty_index"))
    assert capsysbinary.readouterr().out == b"There are no documents to search.\n"


def test_rewritten_question_is_shown(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    quote = _quote("The walrus sleeps.", 40)
    show_answer(_answer((quote,), searched_as="? (walrus)"))
    expected = "Searched as: ? (walrus)\n\n[1] The walrus sleeps.\n    — Zoo. zoo [40, 58)\n"
    assert capsysbinary.readouterr().out.decode() == expected


def test_confidence_follows_an_answer_but_not_a_refusal(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    quote = _quote("The walrus sleeps.", 40)
    show_answer(_answer((quote,), confidence=0.4567, band="fair"))
    assert capsysbinary.readouterr().out.decode().endswith("[40, 58)\n\nConfidence: fair (0.46)\n")
    show_answer(_answer((), (quote,), confidence=0.1, band="weak"))
    assert capsysbinary.readouterr().out.decode().endswith("[40, 58)\n")


@pytest.mark.parametrize(
    ("rolled_back", "warning", "told"),
    [
        (False, None, []),
        (False, "It is [bold]damaged[/].", ["warning: It is [bold]damaged[/]."]),
        (True, None, ["warning: The index was rolled back; text that changed since then may be quoted."]),
    ],
)
def test_index_warnings_go_to_stderr(
    capsys: pytest.CaptureFixture[str], rolled_back: bool, warning: str | None, told: list[str]
) -> None:
    answer = _answer((_quote("The walrus sleeps.", 40),), rolled_back=rolled_back, warning=warning)
    show_answer(answer)
    out, err = capsys.readouterr()
    assert err.splitlines() == told
    assert out.startswith("[1] The walrus sleeps.")


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (
            Verification("exact", (Match("a b", Span(3, 9)), Match("ü", Span(0, 6)))),
            "Found verbatim in:\na b [3, 9)\nü [0, 6)\n",
        ),
        (
            Verification("whitespace", (Match("a", Span(3, 9)),)),
            "Found with different white space in:\na [3, 9)\n",
        ),
        (Verification("not_found", ()), "Not found in these documents.\n"),
    ],
)
def test_verification_lists_places(
    capsysbinary: pytest.CaptureFixture[bytes], found: Verification, told: str
) -> None:
    show_verification(found)
    assert capsysbinary.readouterr() == (told.encode(), b"")


def test_document_text_cannot_command_the_terminal(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    document = load_text("a", "Red \x1b[31malert\x07 now.", Metadata(title="Title"))
    quotes = (document.quote(Span(0, len(document.text))),)
    show_answer(_answer(quotes, searched_as="Red \x1b[31malert?"))
    told = capsysbinary.readouterr().out.decode()
    assert "Red \ufffd[31malert\ufffd now." in told
    assert "Searched as: Red \ufffd[31malert?\n" in told


def test_document_id_cannot_command_the_terminal(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    show_verification(Verification("exact", (Match("a\x9b31m", Span(0, 6)),)))
    assert control_characters(capsysbinary.readouterr().out.decode()) == set()


def test_explanation_shows_what_was_found_read_and_scored(built: Run) -> None:
    done = built("ask", QUESTION, "--explain")
    assert (done.code, done.err) == (0, "")
    out = done.out.decode()
    for line in (
        "Outcome      answered, 1 quote",
        f"Search 1: {QUESTION}",
        "  Found and read: 1 passage",
        "    1. sentence, score",
        f"       {PELICAN}",
        "(quoted)",
        "coverage 1.00",
    ):
        assert line in out
    assert control_characters(out) == set()


def test_explanation_as_json_contains_the_answer(built: Run) -> None:
    explained = json.loads(built("ask", QUESTION, "--explain", "--json").out)
    assert explained["answer"] == json.loads(built("ask", QUESTION, "--json").out)
    assert explained["searches"][0]["candidates"][0]["text"] == PELICAN


def test_explanation_has_no_citation_format(built: Run) -> None:
    assert "--format" in built("ask", QUESTION, "--explain", "--format", "ris").failed(2)
