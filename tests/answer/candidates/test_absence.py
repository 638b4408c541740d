"""Names of the question that candidates lack."""

from normqa.answer.candidates.absence import absent_from_best, with_absent_names
from tests.answer.documents import a_document, candidates

DOCUMENT = a_document("# Ferries of Ghent\n\nThe ferry leaves at nine. In 2021 it stopped. It is old.")
FOUND = candidates(DOCUMENT, "The ferry", "In 2021", "It is old")


def absent(searched: str, asked: str, common: str = "") -> list[tuple[str, ...]]:
    found = with_absent_names(searched, asked, FOUND, lambda name: name == common)
    return [candidate.signals.absent for candidate in found]


def test_title_and_headings_mention_names_too() -> None:
    question = "Did the ferry of Ghent stop in 2021 or 2031?"
    assert absent(question, question) == [("2021", "2031"), ("2031",), ("2021", "2031")]


def test_names_that_a_search_added_do_not_count() -> None:
    assert absent("Who owns it? (Lisbon Group, Oslo)", "Who owns it? What is Oslo?") == [("Oslo",)] * 3


def test_common_names_do_not_count() -> None:
    question = "Does the Party own Oslo?"
    assert absent(question, question, common="Party") == [("Oslo",)] * 3


def test_name_is_absent_if_none_of_the_best_candidates_mentions_it() -> None:
    question = "Did the ferry stop in 2021 or 2031?"
    found = with_absent_names(question, question, FOUND, lambda _: False)
    assert absent_from_best(found) == ["2031"]
    assert absent_from_best(found[:1]) == ["2021", "2031"]
