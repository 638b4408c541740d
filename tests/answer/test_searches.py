"""The budget of searches that one question has."""

import pytest

from normqa.answer.searches import BUDGET, STEP, SearchCache, Searches, SearchResult, cost


class Search:
    """Finds nothing, and records the texts."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def __call__(self, text: str) -> SearchResult:
        self.texts.append(text)
        return SearchResult(text, [], None, 0)


def test_same_text_is_searched_and_paid_once() -> None:
    search = Search()
    searches = Searches(search)
    assert searches.run("a") is searches.run("a")
    assert search.texts == ["a"]
    assert searches.remaining == BUDGET - 1
    assert searches.can_afford("a", reserve=BUDGET - 1)


def test_questions_share_results_but_not_their_budgets() -> None:
    """So that an answer does not depend on the questions that were asked with it."""
    search, cache = Search(), SearchCache()
    first, second = Searches(search, ("top_k", 3), cache), Searches(search, ("top_k", 3), cache)
    first.run("a")
    assert second.remaining == BUDGET
    second.run("a")
    assert search.texts == ["a"]
    assert second.remaining == BUDGET - 1


def test_results_with_other_options_are_not_shared() -> None:
    search, cache = Search(), SearchCache()
    Searches(search, ("top_k", 3), cache).run("a")
    Searches(search, ("top_k", 4), cache).run("a")
    assert search.texts == ["a", "a"]


@pytest.mark.parametrize(("length", "expected"), [(1, 1), (STEP - 1, 1), (STEP, 2), (10 * STEP, 11)])
def test_long_text_costs_more(length: int, expected: int) -> None:
    assert cost("x" * length) == expected


def test_search_is_affordable_if_the_reserve_remains() -> None:
    searches = Searches(Search())
    searches.run("a")
    assert searches.can_afford("b", reserve=BUDGET - 2)
    assert not searches.can_afford("b", reserve=BUDGET - 1)


def test_question_that_exceeds_the_budget_is_searched_alone() -> None:
    searches = Searches(Search())
    searches.run("x" * STEP * BUDGET)
    assert searches.remaining < 0
    assert not searches.can_afford("b")
