"""Judging of gold sets, and the shipped one."""

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any, get_args

import pytest

from normqa.answer.question import Question
from normqa.build.progress import NoProgress
from normqa.datatypes import Answer
from normqa.errors import CollectionUnusable
from normqa.evaluate.gold import (
    GoldFigures,
    GoldQuestion,
    Kind,
    evaluate_gold,
    failing_floors,
    read_floors,
    read_gold,
)
from normqa.load.corpus import scan
from normqa.load.loaders import load
from normqa.service import Service
from tests.conftest import ROOT, BuildService

GOLD = ROOT / "tests" / "gold" / "gold.jsonl"
BIRDS = """# Birds

## Herons

The heron wades in shallow water.

## Divers

The diving birds are:

1. Pelicans
2. Terns
"""


@pytest.fixture
def service(build_service: BuildService) -> Service:
    """A service over one document about birds."""
    return build_service({"birds.md": BIRDS})


def _figures(service: Service, kind: str, question: str, **expected: Any) -> GoldFigures:
    places = expected.pop("places", [expected] if "document" in expected else [])
    history = expected.pop("history", [])
    fields = {"kind": kind, "question": question, "places": places, "history": history}
    gold = GoldQuestion.model_validate(fields)
    return evaluate_gold([gold], service, 0.3, NoProgress())


def test_fact_passes_if_document_section_and_text_come_first(service: Service) -> None:
    heron = {"document": "birds", "section": ["Herons"], "answers": ["The heron wades"]}
    found = _figures(service, "fact", "Where does the heron wade?", **heron)
    assert found.result.figures == {
        "answer@1": 1,
        "answer@3": 1,
        "answered": 1,
        "bm25_document@1": 1,
        "document@1": 1,
        "document@3": 1,
        "questions": 1,
    }
    assert found.failures == ()


def test_fact_from_elsewhere_fails_and_is_named(service: Service) -> None:
    elsewhere = {"document": "fish", "section": ["Divers"], "answers": ["The heron wades"]}
    found = _figures(service, "fact", "Where does the heron wade?", **elsewhere)
    assert found.result.figures == {
        "answer@1": 0,
        "answer@3": 1,
        "answered": 1,
        "bm25_document@1": 0,
        "document@1": 0,
        "document@3": 0,
        "questions": 1,
    }
    assert found.failures == ("Where does the heron wade? (document@1, document@3, answer@1)",)


def test_any_location_suffices(service: Service) -> None:
    fish = {"document": "fish", "section": [], "answers": ["Herons eat fish"]}
    heron = {"document": "birds", "section": ["Herons"], "answers": ["The heron wades"]}
    found = _figures(service, "fact", "Where does the heron wade?", places=[fish, heron])
    assert found.failures == ()


@pytest.mark.parametrize(
    ("items", "whole"),
    [
        (["1. Pelicans"], 1),
        (["The diving birds are:", "1. Pelicans", "2. Terns"], 1),
        (["The diving birds are:", "1. Pelicans"], 0),
        (["The diving birds are:", "2. Terns", "1. Pelicans"], 0),
    ],
)
def test_list_passes_if_whole_and_in_order(service: Service, items: list[str], whole: int) -> None:
    expected = {"document": "birds", "section": ["Divers"], "answers": items}
    found = _figures(service, "list", "Which are the diving birds?", **expected)
    assert found.result.figures["list"] == whole


@pytest.mark.parametrize(("other", "both"), [("2. Terns", 1), ("no such words", 0), ("", 0)])
def test_comparison_passes_if_both_sides_are_quoted(service: Service, other: str, both: int) -> None:
    expected = {"document": "birds", "section": ["Herons"], "answers": ["heron wades", other]}
    found = _figures(service, "comparison", "How do the heron and terns differ?", **expected)
    assert found.result.figures["both_sides"] == both


def test_sides_of_a_comparison_may_be_in_several_locations(service: Service) -> None:
    heron = {"document": "birds", "section": ["Herons"], "answers": ["heron wades", ""]}
    terns = {"document": "birds", "section": ["Divers"], "answers": ["", "2. Terns"]}
    found = _figures(service, "comparison", "How do the heron and terns differ?", places=[heron, terns])
    assert found.result.figures["both_sides"] == 1


def test_bm25_baseline_is_measured(service: Service) -> None:
    """Only the words of earlier questions connect "it" to the heron."""
    heron = {"document": "birds", "section": ["Herons"], "answers": ["The heron wades"]}
    asked = _figures(service, "follow_up", "Does it nest?", **heron)
    assert asked.result.figures["bm25_document@1"] == 0
    asked = _figures(service, "follow_up", "Does it nest?", history=["What is the heron?"], **heron)
    assert asked.result.figures["bm25_document@1"] == 1


def test_refusal_passes_if_the_question_must_be_refused(service: Service) -> None:
    found = _figures(service, "outside", "Who painted the ceiling?")
    assert (found.result.figures, found.failures) == ({"refused_outside": 1, "questions": 1}, ())
    found = _figures(service, "near_domain", "Where does the heron wade?")
    assert found.result.figures == {"refused_near_domain": 0, "questions": 1}
    assert found.failures == ("Where does the heron wade? (refused_near_domain)",)


def test_questions_are_asked_with_history_and_minimum_confidence(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Question] = []
    ask = service.ask

    def note(inquiry: Question) -> Answer:
        asked.append(inquiry)
        return ask(inquiry)

    monkeypatch.setattr(service, "ask", note)
    _figures(service, "follow_up", "Where does it wade?", history=["What is a bird?", "What is the heron?"])
    history = ("What is a bird?", "What is the heron?")
    assert asked == [Question("Where does it wade?", 3, 0.3, history=history)]


def test_missing_or_lower_figure_fails_its_floor() -> None:
    floors = {"a": 0.5, "b": 0.5, "c": 0.5}
    assert failing_floors({"a": 0.5, "b": 0.49}, floors) == {"b": 0.5, "c": 0.5}


def test_floors_of_another_gold_set_are_refused(tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text("")
    floors = {"gold_sha256": hashlib.sha256(b"").hexdigest(), "floors": {}}
    (tmp_path / "floors.json").write_text(json.dumps(floors))
    assert read_floors(gold).floors == {}
    gold.write_text("\n")
    with pytest.raises(CollectionUnusable, match="was measured on another version of gold"):
        read_floors(gold)


@pytest.mark.parametrize("line", ["{}", "no json", '{"kind": "riddle"}'])
def test_malformed_gold_question_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "gold.jsonl").write_text(f"{line}\n")
    with pytest.raises(CollectionUnusable, match="line 1"):
        read_gold(tmp_path / "gold.jsonl")


def test_gold_answers_are_in_the_corpus() -> None:
    documents = {source.id: load(source).document for source in scan(ROOT / "corpus", 10_000_000)[0]}
    for question in read_gold(GOLD):
        assert bool(question.places) == (question.kind not in {"outside", "near_domain"}), question.question
        for place in question.places:
            document = documents[place.document]
            assert document is not None
            texts = [
                section.span.of(document.text)
                for section in document.sections
                if list(section.heading_path) == place.section
            ]
            assert any(place.answers), question.question
            for answer in place.answers:
                assert any(answer in text for text in texts), (place.document, place.section, answer)


def test_gold_set_covers_all_kinds_without_repetition() -> None:
    questions = read_gold(GOLD)
    kinds = Counter(question.kind for question in questions)
    assert len({(question.question, *question.history) for question in questions}) == len(questions) >= 150
    assert min(kinds[kind] for kind in get_args(Kind)) >= 10
    assert min(kinds["outside"], kinds["near_domain"]) >= 20
