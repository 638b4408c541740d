"""Finding the list that answers."""

from dataclasses import replace

import pytest

from normqa.answer.quotes.lists import FoundList, introduced_list, surrounding_list
from normqa.datatypes import Document
from tests.answer.documents import a_candidate, a_document, candidates, texts

LISTED = a_document(
    "# Norms\n\nStates have three channels:\n\n- Hotlines connect capitals.\n- Meetings build trust.\n"
    "- Letters take long.\n\nNo other is known.\n\n## Duties\n\n1. Report.\n2. Reply.\n"
)
NESTED = a_document(
    "Measures are of two kinds:\n\n"
    "- Some build trust:\n  - hotlines\n  - visits\n"
    "- Some build capacity:\n  - courses\n  - grants\n"
)
TABLE = a_document(
    "# States\n\n| State | Report |\n|---|---|\n| Norway | 2021 |\n| Ghana | 2022 |\n\nOthers do not report."
    "\n\n| Body | Seat |\n|---|---|\n| Council | Ghent |\n"
)
COUNTED = a_document(
    "# Steps\n\nA town has work after a flood. There are three steps. First, pumps are lent. They weigh much."
    " Second, cellars are dried.\n\nThe mayor is in charge. Finally, houses are painted. Paint is dear.\n\n"
    "## Costs\n\nFinally, the town pays.\n"
)


def listed(document: Document, *openings: str) -> list[str] | None:
    """Return the quotes of the list around these candidates, best first; None if there is no list."""
    found = surrounding_list(candidates(document, *openings))
    return texts(found.quotes()) if found else None


CHANNELS = [
    "States have three channels:",
    "Hotlines connect capitals.",
    "Meetings build trust.",
    "Letters take long.",
]


def test_lead_in_introduces_its_list() -> None:
    found = introduced_list(a_candidate(LISTED, "States have"))
    assert found is not None
    assert texts(found.quotes()) == CHANNELS


@pytest.mark.parametrize("opening", ["Hotlines", "No other", "1. Report"])
def test_other_sentences_introduce_no_list(opening: str) -> None:
    assert introduced_list(a_candidate(LISTED, opening)) is None


def test_only_the_last_sentence_of_a_lead_in_introduces_the_list() -> None:
    document = a_document("States talk. They have channels:\n\n- Hotlines.\n- Meetings.\n")
    assert introduced_list(a_candidate(document, "States talk")) is None
    found = introduced_list(a_candidate(document, "They have"))
    assert found is not None
    assert texts(found.quotes()) == ["States talk. They have channels:", "Hotlines.", "Meetings."]


def test_heading_may_introduce_a_list() -> None:
    found = introduced_list(a_candidate(LISTED, "Duties"))
    assert found is not None
    assert texts(found.quotes()) == ["Duties", "1. Report.", "2. Reply."]


@pytest.mark.parametrize(
    "openings",
    [
        ("Letters", "Hotlines"),
        ("Letters", "States have"),
        ("States have", "Hotlines"),
        ("Letters", "No other", "1. Report", "2. Reply", "Meetings"),
    ],
)
def test_list_with_two_of_the_best_candidates_is_quoted_in_full(
    openings: tuple[str, ...],
) -> None:
    assert listed(LISTED, *openings) == CHANNELS


@pytest.mark.parametrize(
    "openings",
    [
        ("Letters",),
        ("Letters", "No other"),
        ("Letters", "1. Report", "2. Reply"),
        ("No other", "Letters", "Hotlines"),
        ("Letters", "Letters"),
        ("Letters", "No other", "1. Report", "2. Reply", "No other", "Meetings"),
    ],
)
def test_one_candidate_alone_gives_no_list(openings: tuple[str, ...]) -> None:
    """Nor if it is in no list, or if the other one is only the sixth."""
    assert listed(LISTED, *openings) is None


def test_list_without_lead_in_starts_with_its_first_item() -> None:
    document = a_document("- Hotlines.\n- Meetings.\n- Letters.\n")
    assert listed(document, "Meetings", "Letters") == ["Hotlines.", "Meetings.", "Letters."]


def test_candidates_of_another_document_give_no_list() -> None:
    """Even if their spans are the same."""
    twin = replace(LISTED, id="twin")
    assert surrounding_list([a_candidate(LISTED, "Letters"), a_candidate(twin, "Hotlines")]) is None


def test_innermost_list_with_both_candidates_is_preferred() -> None:
    trust = ["Some build trust:", "hotlines", "visits"]
    assert listed(NESTED, "hotlines", "visits") == trust
    assert listed(NESTED, "hotlines", "courses", "visits") == trust


def test_outer_list_is_found_if_candidates_are_in_different_items() -> None:
    """Its items are quoted with everything nested in them."""
    found = surrounding_list(candidates(NESTED, "hotlines", "grants"))
    assert found is not None
    lead_in, trust, capacity = texts(found.quotes())
    assert lead_in == "Measures are of two kinds:"
    assert trust.split() == ["Some", "build", "trust:", "hotlines", "visits"]
    assert capacity.split() == ["Some", "build", "capacity:", "courses", "grants"]


def test_table_starts_with_its_header_row() -> None:
    assert listed(TABLE, "Ghana", "Norway") == ["State\tReport", "Norway\t2021", "Ghana\t2022"]
    assert listed(TABLE, "Council", "Body") == ["Body\tSeat", "Council\tGhent"]


def test_adjacent_tables_are_separate() -> None:
    document = a_document(
        "| Bird | Food |\n|---|---|\n| Heron | frogs |\n| Tern | fish |\n\n"
        "| Ship | Port |\n|---|---|\n| Argo | Iolcus |\n| Beagle | Plymouth |\n"
    )
    assert listed(document, "Heron", "Tern") == ["Bird\tFood", "Heron\tfrogs", "Tern\tfish"]
    assert listed(document, "Beagle", "Argo") == ["Ship\tPort", "Argo\tIolcus", "Beagle\tPlymouth"]


def test_table_includes_the_paragraph_with_a_colon_before_it() -> None:
    document = a_document("The plan has phases:\n\n| Phase | Year |\n|---|---|\n| Talks | 2021 |\n")
    table = ["The plan has phases:", "Phase\tYear", "Talks\t2021"]
    assert listed(document, "The plan", "Talks") == table
    assert listed(document, "Talks", "The plan") == table


def test_fact_before_a_list_introduces_it_only_if_a_list_is_asked_for() -> None:
    document = a_document("The treaty was signed in 1999.\n\n- Bananas are yellow.\n- Apples are red.\n")
    fact = a_candidate(document, "The treaty")
    assert introduced_list(fact) is None
    assert introduced_list(fact, asks_for_list=True) is not None


def test_rows_of_two_tables_give_no_list() -> None:
    assert listed(TABLE, "Ghana", "Council") is None
    assert listed(TABLE, "Others", "Ghana", "Norway") is None


def test_enumerating_sentences_are_a_list_with_the_sentence_before_them() -> None:
    """Sentences after an item in its paragraph belong to it; a new paragraph does not."""
    assert listed(COUNTED, "Second", "First") == [
        "There are three steps.",
        "First, pumps are lent. They weigh much.",
        "Second, cellars are dried.",
        "Finally, houses are painted. Paint is dear.",
    ]


def test_enumeration_is_found_from_its_continuations_and_lead_in() -> None:
    assert listed(COUNTED, "Paint is dear", "They weigh much") == listed(COUNTED, "Second", "First")
    assert listed(COUNTED, "There are three", "Second") == listed(COUNTED, "Second", "First")


@pytest.mark.parametrize(
    "openings",
    [
        ("First",),
        ("First", "They weigh much"),
        ("First", "Finally, the town pays"),
        ("Finally, the town pays", "First", "Second"),
        ("The mayor", "First", "Second"),
        ("A town", "First", "Second"),
    ],
)
def test_sentences_of_one_item_or_of_other_sections_give_no_list(openings: tuple[str, ...]) -> None:
    assert listed(COUNTED, *openings) is None


def test_two_enumerations_in_one_section_are_separate() -> None:
    document = a_document(
        "First, pumps are lent. Second, cellars are dried.\n\n"
        "The costs are shared. First, the town pays. Second, the state pays.\n"
    )
    assert listed(document, "First, pumps", "Second, cellars") == [
        "First, pumps are lent.",
        "Second, cellars are dried.",
    ]
    assert listed(document, "First, the town", "Second, the state") == [
        "The costs are shared.",
        "First, the town pays.",
        "Second, the state pays.",
    ]


def test_single_enumerating_sentence_is_no_list() -> None:
    document = a_document("# Steps\n\nThere is a step. First, pumps are brought. They weigh much.\n")
    assert listed(document, "First", "There is") is None


def test_enumeration_at_the_start_has_no_lead_in() -> None:
    document = a_document("One aim is trust. Another is peace. The last aim is trade.\n")
    assert listed(document, "Another", "One aim") == [
        "One aim is trust.",
        "Another is peace.",
        "The last aim is trade.",
    ]


def test_parts_of_a_list_are_slices_of_its_document() -> None:
    for document, openings in ((LISTED, ("1. Report", "2. Reply")), (COUNTED, ("First", "Second"))):
        found = surrounding_list(candidates(document, *openings))
        assert isinstance(found, FoundList)
        assert found.lead_in is not None
        assert found.parts() == (found.lead_in, *found.items)
        assert [part.of(document.text) for part in found.parts()] == texts(found.quotes())
