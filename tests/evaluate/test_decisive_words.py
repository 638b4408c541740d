"""Questions whose answers are judged by decisive words."""

from dataclasses import replace
from pathlib import Path

import pytest

from normqa.build.progress import NoProgress
from normqa.errors import CollectionUnusable
from normqa.evaluate.decisive_words import (
    DecisiveQuestion,
    evaluate_decisive_words,
    first_quotes,
    judge,
    read_decisive_questions,
)
from normqa.service import Service
from tests.conftest import BuildService

BIRDS = """# Herons

The heron wades in  shallow water. Herons nest in tall trees.
"""


@pytest.fixture
def service(build_service: BuildService) -> Service:
    """A service over one document about herons."""
    return build_service({"birds.md": BIRDS})


def _question(*groups: tuple[str, ...], answerable: bool = True) -> DecisiveQuestion:
    return DecisiveQuestion(
        id="1",
        kind="fact",
        question="Where does the heron wade?",
        expected_documents=("birds",),
        decisive_words=groups,
        answerable=answerable,
    )


def test_an_answer_needs_one_wording_of_every_group(service: Service) -> None:
    answer = service.ask("Where does the heron wade?")
    assert judge(_question(("Shallow  water", "deep water")), answer) == "whole"
    assert judge(_question(("shallow water",), ("in winter",)), answer) == "partly"
    assert judge(_question(("in winter",)), answer) == "wrong"


def test_an_answer_without_decisive_words_is_wrong_and_a_refusal_is_not(service: Service) -> None:
    answer = service.ask("Where does the heron wade?")
    assert judge(_question(answerable=False), answer) == "wrong"
    refused = replace(answer, quotes=(), reason="nothing_relevant")
    assert judge(_question(answerable=False), refused) == "refused"


def test_figures_are_shares_by_name_and_failures_name_the_question(service: Service) -> None:
    questions = [_question(("shallow water",)), _question(("in winter",)), _question(answerable=False)]
    measured = evaluate_decisive_words(questions, service, NoProgress())
    figures = measured.result.figures
    assert figures["document@1"] == 1
    assert figures["words"] == figures["words@1"] == figures["words_fact"] == 1 / 2
    assert figures["refused_fact"] == 0
    assert figures["questions"] == 3
    assert [failure.split(" (")[1].split(",")[0] for failure in measured.failures] == ["wrong", "wrong"]


def test_first_quotes_are_one_quote_a_whole_list_or_one_of_every_part(build_service: BuildService) -> None:
    service = build_service(
        {
            "birds.md": f"{BIRDS}\n\n## Storks\n\nStorks nest on high roofs. Mice are food of the storks.",
            "list.md": "# Divers\n\nBirds that dive:\n\n- The gannet.\n- The puffin.",
        }
    )

    def first(question: str) -> list[str]:
        return [quote.text for quote in first_quotes(service.ask(question))]

    assert first("What is the food of the storks?") == [
        "Storks nest on high roofs. Mice are food of the storks."
    ]
    assert first("Which birds dive?") == ["Birds that dive:", "The gannet.", "The puffin."]
    assert first("Where does the heron wade, and what is the food of the storks?") == [
        "The heron wades in  shallow water. Herons nest in tall trees.",
        "Storks nest on high roofs. Mice are food of the storks.",
    ]


@pytest.mark.parametrize("line", ['{"id": "1"}', '{"id": 1, "kind": "fact", "question": "Why?"}', "[]", ""])
def test_a_malformed_file_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(CollectionUnusable, match=r"questions\.jsonl"):
        read_decisive_questions(path)
