"""Comparisons that lead with what names both sides."""

from itertools import combinations

from normqa.answer.candidates.candidate import Candidate
from normqa.answer.comparison import compose_comparison, find_lead
from tests.answer.documents import a_candidate, a_document, candidates, texts

BIRDS = a_document("# Herons\n\nHerons wade. They fish. Herons are larger than storks.", "herons")
STORKS = a_document("# White storks\n\nStorks nest on roofs. Storks clap.", "storks")
LISTED = a_document("Herons and storks differ in this:\n\n- legs\n- bills\n", "listed")
WADE, LARGER = candidates(BIRDS, "Herons wade", "Herons are larger")
NEST, CLAP = candidates(STORKS, "Storks nest", "Storks clap")


def lead_of(*found: Candidate) -> Candidate | None:
    return find_lead(found, ("herons", "storks"), (WADE, NEST))


def test_lead_is_the_best_candidate_that_names_both_sides() -> None:
    assert lead_of(WADE, LARGER, NEST) is LARGER
    assert lead_of(WADE, NEST) is None


def test_titles_of_the_best_documents_also_name_the_sides() -> None:
    assert find_lead([WADE, LARGER], ("grey ones", "white ones"), (WADE, NEST)) is LARGER


def test_words_of_both_sides_name_neither() -> None:
    sides = ("old storks", "young storks")
    assert find_lead([NEST], sides, (NEST, CLAP)) is None


def test_lead_comes_first_and_the_sides_share_the_other_quotes() -> None:
    answer = compose_comparison([[WADE], [NEST, CLAP]], 3, LARGER)
    assert answer.kind == "comparison"
    assert texts(answer.quotes) == ["Herons are larger than storks.", "Herons wade.", "Storks nest on roofs."]
    assert texts(compose_comparison([[WADE], [NEST]], 2, LARGER).quotes) == ["Herons are larger than storks."]


def test_lead_that_introduces_a_list_is_quoted_with_the_list() -> None:
    lead = a_candidate(LISTED, "Herons and storks")
    answer = compose_comparison([[a_candidate(LISTED, "legs")], [NEST]], 3, lead)
    assert texts(answer.quotes) == [
        "Herons and storks differ in this:",
        "legs",
        "bills",
        "Storks nest on roofs.",
    ]


def test_item_around_the_list_of_the_lead_is_not_quoted_again() -> None:
    text = "- Birds wade.\n\n  Herons and storks differ in this:\n\n  - legs\n  - bills\n\n- Fish swim.\n"
    nested = a_document(text, "nested")
    lead, around = candidates(nested, "Herons and storks", "Birds wade")
    answer = compose_comparison([[around], [NEST]], 3, lead)
    assert texts(answer.quotes)[-1] == "Storks nest on roofs."
    spans = [quote.span for quote in answer.quotes if quote.citation.document_id == "nested"]
    assert not any(first.overlaps(second) for first, second in combinations(spans, 2))
