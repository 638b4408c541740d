"""Filters, and searches inside a selection."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normqa.build.progress import NoProgress
from normqa.datatypes import Metadata
from normqa.errors import UnknownDocument
from normqa.evaluate.workspace import open_collection
from normqa.index.backend import Backend
from normqa.index.folder import IndexFolder
from normqa.index.generation import Generation
from normqa.load.text.plain_text import load_text
from normqa.models.hashing import HashingEncoder
from normqa.search.filters import Filters, passes, select
from normqa.search.retrieve import retrieve

ABOUT = {
    "bare": Metadata(),
    "day": Metadata(date="2021-05-17", topics=("Norms", "Trust"), source="UN GGE"),
    "month": Metadata(date="2021-05", topics=("trust",), source="Straße"),
    "spring": Metadata(date="Spring 2021", topics=("STRASSE",)),
    "timed": Metadata(date="2021-05-17T10:00:00"),
    "year": Metadata(date="2021", topics=("birds",), source="un gge"),
}
"""Sorted by id."""

TEXT = "Herons wade in mud. States build trust.\n\nOtters dive for crabs."


def built(folder: Path, about: dict[str, Metadata], max_tokens: int = 256) -> Backend:
    """A generation of documents with the same text and different metadata."""
    documents = [load_text(name, TEXT, metadata) for name, metadata in sorted(about.items())]
    return open_collection("about", documents, HashingEncoder(64, max_tokens), folder, NoProgress())


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Backend:
    """A text of two or more passages."""
    return built(tmp_path_factory.mktemp("index"), ABOUT, max_tokens=10)


def passing(generation: Backend, filters: Filters) -> list[str]:
    selection = select(filters, generation.store)
    assert selection is not None
    return list(selection.documents)


def test_no_filters_select_everything(generation: Backend) -> None:
    assert not Filters()
    assert select(Filters(), generation.store) is None


def test_documents_are_selected_by_id(generation: Backend) -> None:
    assert passing(generation, Filters(documents=("year", "bare"))) == ["bare", "year"]
    assert passing(generation, Filters(documents=("day", "day"))) == ["day"]


def test_selection_contains_all_passages_of_its_documents(generation: Backend) -> None:
    """All documents have the same number of passages, numbered in order of id."""
    count = generation.manifest.passages // len(ABOUT)
    assert count > 1
    selection = select(Filters(documents=("day", "year")), generation.store)
    assert selection is not None
    second, last = list(ABOUT).index("day"), list(ABOUT).index("year")
    assert selection.passages.tolist() == [
        *range(second * count, second * count + count),
        *range(last * count, last * count + count),
    ]


@pytest.mark.parametrize(
    "filters",
    [
        Filters(documents=("gone",)),
        Filters(documents=("bare", "gone")),
        Filters(documents=("gone",), topics=("birds",)),
        Filters(documents=("Bare",)),
    ],
)
def test_unknown_document_is_an_error_despite_other_filters(filters: Filters, generation: Backend) -> None:
    with pytest.raises(UnknownDocument) as unknown:
        select(filters, generation.store)
    assert filters.documents[-1] in unknown.value.message
    assert unknown.value.hint


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("a", ["a/b/x", "a/y"]),
        ("a/", ["a/b/x", "a/y"]),
        ("a/b", ["a/b/x"]),
        ("ab", ["ab/z"]),
        (".", ["w"]),
        ("b", []),
        ("A", []),
        ("", []),
        ("e\u0301", ["\u00e9/v"]),
    ],
)
def test_folder_contains_documents_at_any_depth(folder: str, expected: list[str]) -> None:
    ids = ["a/b/x", "a/y", "ab/z", "w", "\u00e9/v"]
    assert [name for name in ids if passes(name, Metadata(), Filters(folders=(folder,)))] == expected
    others = Filters(folders=("b", folder))
    assert [name for name in ids if passes(name, Metadata(), others)] == expected


@pytest.mark.parametrize(
    ("topics", "expected"),
    [
        (("norms",), ["day"]),
        (("TRUST",), ["day", "month"]),
        (("birds", "trust"), ["day", "month", "year"]),
        (("straße",), ["spring"]),
        (("bird",), []),
        (("",), []),
    ],
)
def test_one_matching_topic_in_any_case_is_enough(
    topics: tuple[str, ...], expected: list[str], generation: Backend
) -> None:
    assert passing(generation, Filters(topics=topics)) == expected


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        (("Un Gge",), ["day", "year"]),
        (("STRASSE",), ["month"]),
        (("UN GGE", "Strasse"), ["day", "month", "year"]),
        (("UN",), []),
    ],
)
def test_one_matching_source_in_any_case_is_enough(
    sources: tuple[str, ...], expected: list[str], generation: Backend
) -> None:
    assert passing(generation, Filters(sources=sources)) == expected


@pytest.mark.parametrize(
    ("date_from", "date_to", "expected"),
    [
        ("2021-05-17", "2021-05-17", ["day", "month", "timed", "year"]),
        ("2021-05-18", None, ["month", "year"]),
        ("2021-05-31", None, ["month", "year"]),
        ("2021-06-01", None, ["year"]),
        ("2021-12-31", None, ["year"]),
        ("2022-01-01", None, []),
        (None, "2021-05-16", ["month", "year"]),
        (None, "2021-05-01", ["month", "year"]),
        (None, "2021-04-30", ["year"]),
        (None, "2021-01-01", ["year"]),
        (None, "2020-12-31", []),
        ("2021-05", "2021-05", ["day", "month", "timed", "year"]),
        ("2021-06", None, ["year"]),
        (None, "2021-04", ["year"]),
        ("2021", "2021", ["day", "month", "timed", "year"]),
        ("2022", None, []),
        (None, "2020", []),
        ("2021-02", "2021-02", ["year"]),
        ("2021-06", "2021-04", ["year"]),
        ("0000", "9999", ["day", "month", "timed", "year"]),
    ],
)
def test_partial_date_passes_if_any_of_its_days_does(
    date_from: str | None, date_to: str | None, expected: list[str], generation: Backend
) -> None:
    """Other dates pass only without ``dated_only``."""
    dated = Filters(date_from=date_from, date_to=date_to, dated_only=True)
    assert passing(generation, dated) == expected
    undated = set(ABOUT) - set(passing(generation, Filters(dated_only=True)))
    assert "spring" in undated
    assert set(passing(generation, replace(dated, dated_only=False))) == {*expected, *undated}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(documents=("day", "bare"), topics=("trust",)), ["day"]),
        (Filters(documents=("bare",), topics=("trust",)), []),
        (Filters(topics=("trust",), sources=("UN GGE",)), ["day"]),
        (Filters(topics=("trust", "birds"), date_from="2021-06"), ["year"]),
        (Filters(topics=("trust",), sources=("un gge",), date_to="2021-05-16"), []),
    ],
)
def test_document_must_pass_every_filter(filters: Filters, expected: list[str], generation: Backend) -> None:
    assert passing(generation, filters) == expected


NAMES = list(ABOUT)
FILTERS = st.builds(
    Filters,
    documents=st.lists(st.sampled_from(NAMES), max_size=3).map(tuple),
    topics=st.lists(st.sampled_from(["norms", "trust", "birds", "x"]), max_size=2).map(tuple),
    sources=st.lists(st.sampled_from(["un gge", "strasse", "x"]), max_size=2).map(tuple),
    date_from=st.none() | st.sampled_from(["2020", "2021-05-17", "2021-06"]),
    date_to=st.none() | st.sampled_from(["2022", "2021-05-17", "2021-04"]),
)


def alone(filters: Filters) -> Iterator[Filters]:
    """Every filter alone."""
    yield Filters(documents=filters.documents)
    yield Filters(folders=filters.folders)
    yield Filters(topics=filters.topics)
    yield Filters(sources=filters.sources)
    yield Filters(date_from=filters.date_from, date_to=filters.date_to, dated_only=filters.dated_only)


def passing_each(generation: Backend, filters: Filters) -> list[str]:
    """Ids that pass the filters one after the other."""
    left = NAMES
    for one in filter(None, alone(filters)):
        selected = passing(generation, one)
        left = [name for name in left if name in selected]
    return left


@given(FILTERS.filter(bool))
def test_filters_are_intersected(generation: Backend, filters: Filters) -> None:
    assert passing(generation, filters) == passing_each(generation, filters)


def owners(generation: Backend, numbers: Sequence[int]) -> set[str]:
    return {generation.store.passage(number).document_id for number in numbers}


@given(
    FILTERS, st.sampled_from(["Do herons wade?", "trust", "otters in mud", "What is it?"]), st.integers(1, 9)
)
def test_search_stays_inside_the_selection(
    generation: Backend, filters: Filters, question: str, top_k: int
) -> None:
    selection = select(filters, generation.store)
    documents, numbers = (selection.documents, selection.passages) if selection else (None, None)
    allowed = set(NAMES if documents is None else documents)
    vector = HashingEncoder(64).encode_question(question)
    inside = generation.manifest.passages if numbers is None else len(numbers)
    dense = generation.dense.search(vector, top_k, numbers) if inside else {}
    lexical = generation.lexical.search(question, top_k, documents)
    hits = list(retrieve(generation, question, vector, top_k, selection))
    assert owners(generation, list(dense)) | owners(generation, list(lexical)) <= allowed
    assert {hit.passage.document_id for hit in hits} <= allowed
    assert len(dense) == len(hits) == min(top_k, inside)


def test_selection_does_not_change_scores(generation: Backend) -> None:
    """BM25 scores and inner products do not depend on the selection; only the fusion does."""
    vector = HashingEncoder(64).encode_question("Do herons build trust?")
    selection = select(Filters(documents=("day", "year")), generation.store)
    assert selection is not None
    everywhere = generation.dense.search(vector, 99), generation.lexical.search("herons build trust", 99)
    within = (
        generation.dense.search(vector, 99, selection.passages),
        generation.lexical.search("herons build trust", 99, selection.documents),
    )
    chosen = set(selection.passages.tolist())
    for found, whole in zip(within, everywhere, strict=True):
        assert found == pytest.approx({n: score for n, score in whole.items() if n in chosen}, abs=1e-6)
        assert found


def test_selection_far_down_the_ranking_is_found(tmp_path: Path) -> None:
    """150 other passages match as well and come first; only one passage is requested."""
    about = {f"d{n:03}": Metadata() for n in range(150)} | {"last": Metadata(topics=("norms",))}
    generation = built(tmp_path, about)
    vector = HashingEncoder(64).encode_question("herons")
    hits = retrieve(generation, "herons", vector, 3, select(Filters(topics=("norms",)), generation.store))
    assert [hit.passage.document_id for hit in hits] == ["last"]


def test_empty_selection_finds_nothing(generation: Backend) -> None:
    selection = select(Filters(topics=("nobody's",)), generation.store)
    assert selection is not None
    assert (selection.documents, selection.passages.tolist()) == ((), [])
    vector = HashingEncoder(64).encode_question("herons")
    assert list(retrieve(generation, "herons", vector, 3, selection)) == []


def test_store_returns_metadata_of_documents(generation: Backend) -> None:
    """Filters read it from the store."""
    assert dict(generation.store.metadata()) == ABOUT


@pytest.fixture(scope="module")
def partial(tmp_path_factory: pytest.TempPathFactory) -> Backend:
    """The same generation with only two valid documents."""
    folder = tmp_path_factory.mktemp("partial")
    built(folder, ABOUT, max_tokens=10)
    [path] = folder.iterdir()
    index = IndexFolder(path)
    return Generation.open(index, index.current().name, frozenset({"month", "year"}))


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), ["month", "year"]),
        (Filters(topics=("trust",)), ["month"]),
        (Filters(documents=("year",)), ["year"]),
        (Filters(documents=("year",), topics=("trust",)), []),
    ],
)
def test_partial_generation_selects_only_its_valid_documents(
    filters: Filters, expected: list[str], partial: Backend
) -> None:
    """Even without filters."""
    assert passing(partial, filters) == expected


def test_invalid_document_is_unknown(partial: Backend) -> None:
    with pytest.raises(UnknownDocument, match="'day'"):
        select(Filters(documents=("day",)), partial.store)
