"""Counts of documents by folder, topic, source and year."""

from collections.abc import Sequence

import pytest

from normqa.datatypes import Metadata
from normqa.search.facets import Facets, FacetValue
from normqa.search.filters import Filters

DOCUMENTS = [
    ("birds/sea/gull", Metadata(topics=("food", "Nests"), source="Notes", date="2021-05-17")),
    ("birds/wren", Metadata(topics=("nests",), source="Notes", date="2021")),
    ("fish/cod", Metadata(topics=("food",), source="Lectures", date="2023-01")),
    ("otter", Metadata(date="spring")),
]


def counts(values: Sequence[FacetValue]) -> dict[str, int]:
    return {value.name: value.count for value in values}


def test_everything_is_counted_without_filters() -> None:
    facets = Facets.of(DOCUMENTS, Filters())
    assert counts(facets.folders) == {".": 1, "birds": 2, "fish": 1}
    assert counts(facets.topics) == {"Nests": 2, "food": 2}
    assert list(counts(facets.sources)) == ["Notes", "Lectures"]
    assert counts(facets.years) == {"2021": 2, "2023": 1}
    assert (facets.dated, facets.undated, facets.passing, facets.total) == (3, 1, 4, 4)


def test_filters_on_other_things_decide_a_count() -> None:
    """A second folder would add documents, so its count ignores the first."""
    facets = Facets.of(DOCUMENTS, Filters(folders=("birds",), topics=("FOOD",)))
    assert counts(facets.folders) == {".": 0, "birds": 1, "birds/sea": 1, "fish": 1}
    assert counts(facets.topics) == {"food": 1, "Nests": 2}
    assert counts(facets.sources) == {"Notes": 1, "Lectures": 0}
    assert (counts(facets.years), facets.passing) == ({"2021": 1}, 1)
    assert [value.name for value in (*facets.folders, *facets.topics) if value.is_chosen] == ["birds", "food"]


@pytest.mark.parametrize(
    ("filters", "passing"),
    [
        (Filters(date_from="2022"), 2),
        (Filters(date_from="2022", dated_only=True), 1),
        (Filters(documents=("otter", "fish/cod"), sources=("lectures",)), 1),
    ],
)
def test_count_of_passing_documents_is_that_of_the_search(filters: Filters, passing: int) -> None:
    facets = Facets.of(DOCUMENTS, filters)
    assert facets.passing == passing
    assert facets.dated + facets.undated >= passing


def test_chosen_value_that_no_document_has_is_shown() -> None:
    facets = Facets.of(DOCUMENTS, Filters(folders=("gone",), topics=("gone",)))
    assert [value for value in facets.folders if value.is_chosen] == [FacetValue("gone", 0, True)]
    assert facets.topics[0] == FacetValue("gone", 0, True)
