"""Whole lists and tables as candidates."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import pytest

from normqa.answer.candidates.candidate import Candidate
from normqa.answer.candidates.listings import ASKED_MARGIN, ITEM_MARGIN, best_listing, with_listings
from normqa.answer.confidence import CalibrationFile
from normqa.answer.models import Models
from normqa.answer.quotes.compose import compose
from normqa.datatypes import Answer
from normqa.models.hashing import HashingEncoder
from normqa.models.protocols import PairScore, Ranking
from tests.answer.documents import a_candidate, a_document, texts
from tests.conftest import asking
from tests.serve.conftest import Built

LISTED = a_document(
    "Herons fish.\n\nBirds that dive:\n\n- The gannet.\n- The puffin.\n- The tern.\n\nStorks nest.\n"
)
DIVERS = ["Birds that dive:", "The gannet.", "The puffin.", "The tern."]


def the_list(score: float) -> Candidate:
    [listing] = LISTED.lists
    return replace(a_candidate(LISTED, "The puffin", score), listing=listing)


@pytest.mark.parametrize(
    ("opening", "asks_for_list", "lead"),
    [
        ("The puffin", True, -ASKED_MARGIN),
        ("The puffin", False, ITEM_MARGIN),
        ("Storks", True, -ASKED_MARGIN),
        ("Storks", False, 0.0),
        ("Birds that", False, 0.0),
    ],
)
def test_list_answers_if_it_is_good_enough_beside_the_best_sentence(
    opening: str, asks_for_list: bool, lead: float
) -> None:
    sentence = a_candidate(LISTED, opening, 5.0)
    for score, answers in ((5.0 + lead, True), (5.0 + lead - 0.1, False)):
        found = sorted([sentence, the_list(score)], key=lambda candidate: -candidate.signals.score)
        assert (best_listing(found, asks_for_list=asks_for_list) is not None) == answers


def test_best_sentence_outside_a_list_is_quoted_above_it() -> None:
    found = [the_list(6.0), a_candidate(LISTED, "Storks", 5.0)]
    composition = compose(found, 3, asks_for_list=False)
    assert (composition.kind, composition.has_best_sentence) == ("list", True)
    assert texts(composition.quotes) == ["Storks nest.", *DIVERS]


@pytest.mark.parametrize("opening", ["The puffin", "Birds that"])
def test_part_of_the_list_is_not_repeated_above_it(opening: str) -> None:
    composition = compose([the_list(9.0), a_candidate(LISTED, opening, 5.0)], 3, asks_for_list=False)
    assert not composition.has_best_sentence
    assert texts(composition.quotes) == DIVERS


def test_list_that_does_not_answer_is_not_quoted() -> None:
    composition = compose([a_candidate(LISTED, "Storks", 5.0), the_list(1.0)], 3, asks_for_list=False)
    assert texts(composition.quotes) == ["Storks nest."]


class LongReranker:
    """Prefers texts with many lines, as a reader of a list does."""

    name = "long"
    fingerprint = "long/1"

    def __init__(self) -> None:
        self.read: list[str] = []

    def scores(self, question: str, texts: Sequence[str], *ranking: object) -> list[PairScore]:  # noqa: ARG002
        self.read += texts
        self.ranking = ranking
        return [PairScore(float(text.count("\n"))) for text in texts]


def ask(built: Built, markdown: str, question: str) -> tuple[Answer, list[str]]:
    reranker = LongReranker()
    models = Models.of(HashingEncoder(), reranker, CalibrationFile(calibrations=()))
    return built({"a.md": markdown}, models).ask(asking(question)), reranker.read


def test_whole_list_is_read_below_its_title_and_lead_in(built: Built) -> None:
    answer, read = ask(
        built, "# Birds\n\nBirds that dive:\n\n- The gannet.\n- The puffin.\n", "Which birds dive?"
    )
    assert "Birds\nBirds that dive:\nThe gannet.\nThe puffin." in read
    assert (answer.kind, texts(answer.quotes)) == ("list", ["Birds that dive:", "The gannet.", "The puffin."])


def test_list_has_to_beat_the_best_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("normqa.answer.candidates.listings.question_idfs", lambda *_: {})
    ranked = [a_candidate(LISTED, "Storks", 5.0), a_candidate(LISTED, "The puffin", 3.0)]
    reranker, generation = LongReranker(), cast("Any", None)
    found = with_listings("Which birds dive?", ranked, generation, reranker)
    assert reranker.ranking == (Ranking([range(1)], [ranked[1].signals.prior], 5.0),)
    assert len(found) == 3


def test_list_that_is_asked_for_is_read_although_its_lead_in_ranks_low(built: Built) -> None:
    """Four sentences share more words with the question."""
    prose = "".join(f"The diving birds of Ghent, number {n}, dive.\n\n" for n in range(5))
    markdown = f"{prose}Birds in water:\n\n- The gannet.\n- The puffin.\n"
    _, read = ask(built, markdown, "Which diving birds of Ghent dive in water?")
    assert "a\nBirds in water:\nThe gannet.\nThe puffin." not in read
    _, read = ask(built, markdown, "List the diving birds of Ghent that dive in water.")
    assert "a\nBirds in water:\nThe gannet.\nThe puffin." in read


def test_whole_table_is_quoted_below_its_column_names(built: Built) -> None:
    table = "| Bird | Food |\n|---|---|\n| Heron | frogs |\n| Tern | fish |\n| Stork | mice |\n"
    answer, _ = ask(built, f"# Food\n\n{table}", "What are the foods of the heron, the tern and the stork?")
    assert texts(answer.quotes) == ["Bird\tFood", "Heron\tfrogs", "Tern\tfish", "Stork\tmice"]
    assert [part.text for part in answer.quotes[2].context] == ["Bird\tFood"]


def test_part_of_a_long_list_is_read_and_all_of_it_is_quoted(built: Built) -> None:
    items = [f"The bird of town number {n} is fed by its mayor." for n in range(80)]
    markdown = "Birds of towns:\n\n" + "".join(f"- {item}\n" for item in items)
    answer, read = ask(built, markdown, "What are the birds of town number 40?")
    assert max(map(len, read)) < 800
    assert texts(answer.quotes) == ["Birds of towns:", *items]


def test_column_names_are_not_quoted_by_themselves(built: Built) -> None:
    markdown = "| Bird | Food |\n|---|---|\n| Heron | frogs |\n"
    answer = built({"a.md": markdown}).ask(asking("What is the food of a bird?"))
    assert texts(answer.quotes) == ["Heron\tfrogs"]


def test_similar_items_are_no_near_duplicates(built: Built) -> None:
    sentence = "of the city museum is open on every weekday from nine to five"
    markdown = (
        f"# Hours\n\n- The north wing {sentence}.\n- The south wing {sentence}.\n\nThe museum is big.\n"
    )
    answer = built({"a.md": markdown}).ask(asking("When is the wing of the city museum open?", 2))
    assert len({quote.text for quote in answer.quotes if "wing" in quote.text}) == 2
