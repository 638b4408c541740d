"""Why a question was answered or refused."""

from dataclasses import replace
from math import log

import pytest

from normqa.answer.question import Question
from normqa.service import Service
from tests.conftest import BuildService, covering_models
from tests.serve.conftest import Built

FILES = {
    "birds.md": "# Birds\n\nThe pelican eats herring.\n\nHerons wade in mud.\n",
    "mills.md": "# Mills\n\nTide mills were built by monks.\n",
}
QUESTIONS = [
    "What does the pelican eat?",
    "What do zebras eat in mud?",
    "What does the pelican eat, and who built tide mills?",
    "How do herons and mills differ?",
    "Whho built tide mils?",
    "qqqq zzzz",
]


@pytest.fixture(scope="module")
def service(built: Built) -> Service:
    return built(FILES, covering_models())


@pytest.mark.parametrize("text", QUESTIONS)
def test_explained_answer_is_the_answer(service: Service, text: str) -> None:
    asked = Question(text, 3, 0.3)
    explained = service.current().explain(asked)
    assert explained.answer == service.current().ask(asked)
    assert explained.min_confidence == 0.3
    assert explained.searches


def test_every_stage_has_its_figures(service: Service) -> None:
    explained = service.current().explain(Question("What does the pelican eat?", 1, 0.3))
    [search] = explained.searches
    assert (search.text, search.passages_searched) == ("What does the pelican eat?", 2)
    assert {hit.passage.document_id for hit in search.hits} == {"birds", "mills"}
    best, *others = search.candidates
    assert best.candidate.text == "The pelican eats herring."
    assert best.candidate.signals.coverage == 1.0
    assert best.candidate.confidence == search.confidence == 0.982
    assert (best.is_quoted, best.is_confident, search.reason) == (True, True, None)
    assert others
    assert not any(other.is_quoted or other.is_confident for other in others)


def test_refusal_says_what_was_missing(service: Service) -> None:
    explained = service.current().explain(Question("What do zebras sell in mud?", 3, 0.99))
    [search] = explained.searches
    assert explained.answer.reason == search.reason == "related_but_no_answer"
    assert search.candidates[0].candidate.confidence == explained.answer.confidence
    assert not search.candidates[0].is_confident
    assert search.candidates[0].is_quoted  # as a near miss
    assert search.candidates[0].candidate.signals.coverage < 1


def test_log_odds_sum_to_the_confidence(service: Service) -> None:
    [search] = service.current().explain(Question("What does the pelican eat?", 1, 0.3)).searches
    assert search.log_odds == {"intercept": -4, "coverage": 8.0}
    assert search.confidence is not None
    assert sum(search.log_odds.values()) == pytest.approx(
        log(search.confidence / (1 - search.confidence)), 0.01
    )


def test_every_search_of_a_question_is_explained(service: Service) -> None:
    explained = service.current().explain(Question(QUESTIONS[2], 3, 0.3))
    texts = [search.text for search in explained.searches]
    assert texts[:2] == ["What does the pelican eat?", "Who built tide mills?"]
    assert len(explained.answer.parts) == 2


def test_uncalibrated_answer_is_explained_without_confidence(build_service: BuildService) -> None:
    [search] = build_service(FILES).current().explain(Question("Which birds wade?", 1, 0.3)).searches
    assert (search.confidence, search.log_odds) == (None, {})
    assert all(candidate.is_confident for candidate in search.candidates)


def test_empty_index_is_explained(service: Service) -> None:
    snapshot = replace(service.current(), opened=None)
    explained = snapshot.explain(Question("Which birds wade?", 1, 0.3))
    assert (explained.answer.reason, explained.searches) == ("empty_index", ())


def test_explaining_records_nothing(service: Service) -> None:
    def record(*_: object) -> None:
        pytest.fail("recorded")

    replace(service.current(), on_answer=record).explain(Question("Which birds wade?", 1, 0.3))
