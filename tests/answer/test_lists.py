"""The list that answers, however a document states it."""

from dataclasses import replace

import pytest

from normqa.answer.lists import FoundList, introduced_list, surrounding_list
from normqa.datatypes import Document
from tests.answer.candidates import a_candidate, a_document, candidates, texts

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
    """What is quoted of the list that is found for these readings, best first."""
    found = surrounding_list(candidates(document, *openings))
    return texts(found.quotes()) if found else None


CHANNELS = [
    "States have three channels:",
    "Hotlines connect capitals.",
    "Meetings build trust.",
    "Letters take long.",
]


def test_a_lead_in_leads_to_its_list() -> None:
    found = introduced_list(a_candidate(LISTED, "States have"))
    assert found is not None
    assert texts(found.quotes()) == CHANNELS


@pytest.mark.parametrize("opening", ["Hotlines", "No other", "1. Report"])
def test_what_introduces_no_list_leads_to_none(opening: str) -> None:
    assert introduced_list(a_candidate(LISTED, opening)) is None


def test_only_the_last_sentence_of_a_lead_in_leads_to_its_list() -> None:
    document = a_document("States talk. They have channels:\n\n- Hotlines.\n- Meetings.\n")
    assert introduced_list(a_candidate(document, "States talk")) is None
    found = introduced_list(a_candidate(document, "They have"))
    assert found is not None
    assert texts(found.quotes()) == ["States talk. They have channels:", "Hotlines.", "Meetings."]


def test_a_heading_may_lead_to_its_list() -> None:
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
def test_a_list_of_which_two_parts_are_among_the_best_is_told_whole_and_in_order(
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
def test_where_the_best_is_alone_in_its_list_there_is_none(openings: tuple[str, ...]) -> None:
    """Nor where it stands in none, nor where the other is only the sixth."""
    assert listed(LISTED, *openings) is None


def test_a_list_without_a_lead_in_begins_with_its_first_item() -> None:
    document = a_document("- Hotlines.\n- Meetings.\n- Letters.\n")
    assert listed(document, "Meetings", "Letters") == ["Hotlines.", "Meetings.", "Letters."]


def test_readings_of_another_document_make_no_list() -> None:
    """Though they stand at the very place."""
    twin = replace(LISTED, id="twin")
    assert surrounding_list([a_candidate(LISTED, "Letters"), a_candidate(twin, "Hotlines")]) is None


def test_of_nested_lists_the_innermost_that_holds_both_is_told() -> None:
    trust = ["Some build trust:", "hotlines", "visits"]
    assert listed(NESTED, "hotlines", "visits") == trust
    assert listed(NESTED, "hotlines", "courses", "visits") == trust


def test_of_nested_lists_the_outer_is_told_where_the_readings_stand_in_different_items() -> None:
    """Its items are quoted with all that is nested in them."""
    found = surrounding_list(candidates(NESTED, "hotlines", "grants"))
    assert found is not None
    lead_in, trust, capacity = texts(found.quotes())
    assert lead_in == "Measures are of two kinds:"
    assert trust.split() == ["Some", "build", "trust:", "hotlines", "visits"]
    assert capacity.split() == ["Some", "build", "capacity:", "courses", "grants"]


def test_a_table_is_told_with_its_first_row() -> None:
    assert listed(TABLE, "Ghana", "Norway") == ["State\tReport", "Norway\t2021", "Ghana\t2022"]
    assert listed(TABLE, "Council", "Body") == ["Body\tSeat", "Council\tGhent"]


def test_of_two_tables_in_a_row_only_the_one_is_told() -> None:
    document = a_document(
        "| Bird | Food |\n|---|---|\n| Heron | frogs |\n| Tern | fish |\n\n"
        "| Ship | Port |\n|---|---|\n| Argo | Iolcus |\n| Beagle | Plymouth |\n"
    )
    assert listed(document, "Heron", "Tern") == ["Bird\tFood", "Heron\tfrogs", "Tern\tfish"]
    assert listed(document, "Beagle", "Argo") == ["Ship\tPort", "Argo\tIolcus", "Beagle\tPlymouth"]


def test_a_table_that_a_colon_introduces_is_told_with_that() -> None:
    document = a_document("The plan has phases:\n\n| Phase | Year |\n|---|---|\n| Talks | 2021 |\n")
    table = ["The plan has phases:", "Phase\tYear", "Talks\t2021"]
    assert listed(document, "The plan", "Talks") == table
    assert listed(document, "Talks", "The plan") == table


def test_a_fact_that_only_stands_before_a_list_leads_to_it_where_a_list_is_asked_for() -> None:
    document = a_document("The treaty was signed in 1999.\n\n- Bananas are yellow.\n- Apples are red.\n")
    fact = a_candidate(document, "The treaty")
    assert introduced_list(fact) is None
    assert introduced_list(fact, asks_for_list=True) is not None


def test_rows_of_two_tables_are_no_list() -> None:
    assert listed(TABLE, "Ghana", "Council") is None
    assert listed(TABLE, "Others", "Ghana", "Norway") is None


def test_sentences_that_count_themselves_are_a_list_with_what_stands_before_the_first() -> None:
    """What follows one in its paragraph belongs to it; what opens a paragraph of its own does not."""
    assert listed(COUNTED, "Second", "First") == [
        "There are three steps.",
        "First, pumps are lent. They weigh much.",
        "Second, cellars are dried.",
        "Finally, houses are painted. Paint is dear.",
    ]


def test_sentences_that_count_themselves_are_found_by_what_belongs_to_them_and_by_their_lead_in() -> None:
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
def test_sentences_of_one_step_of_none_or_of_another_section_are_no_list(openings: tuple[str, ...]) -> None:
    assert listed(COUNTED, *openings) is None


def test_two_lists_of_sentences_in_one_section_are_told_apart() -> None:
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


def test_one_sentence_that_counts_itself_is_no_list() -> None:
    document = a_document("# Steps\n\nThere is a step. First, pumps are brought. They weigh much.\n")
    assert listed(document, "First", "There is") is None


def test_sentences_that_count_themselves_from_the_start_have_no_lead_in() -> None:
    document = a_document("One aim is trust. Another is peace. The last aim is trade.\n")
    assert listed(document, "Another", "One aim") == [
        "One aim is trust.",
        "Another is peace.",
        "The last aim is trade.",
    ]


def test_the_parts_of_a_list_are_slices_of_its_document() -> None:
    for document, openings in ((LISTED, ("1. Report", "2. Reply")), (COUNTED, ("First", "Second"))):
        found = surrounding_list(candidates(document, *openings))
        assert isinstance(found, FoundList)
        assert found.lead_in is not None
        assert found.parts() == (found.lead_in, *found.items)
        assert [part.of(document.text) for part in found.parts()] == texts(found.quotes())
