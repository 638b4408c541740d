"""Quotes with dates, of a question and of documents."""

import pytest

from normqa.answer.timeline import timeline as module
from normqa.answer.timeline.coverage import Cell, coverage
from normqa.answer.timeline.timeline import Entry, Timeline
from normqa.errors import Misquote, UnknownDocument
from normqa.search.filters import Filters
from normqa.service import Service
from tests.conftest import asking, covering_models
from tests.serve.conftest import Built

FILES = {
    "birds/gulls.md": "# The 2015 gulls\n\nThe gull came in May 2021. It bred here from 2022 to 2023.\n\n"
    "The gull left on 3 June 2020.\n",
    "birds/news.md": "---\ndate: 2022-02-01\ntopics: [birds]\n---\n# News\n\nThe gull sings. It sleeps.\n",
    "fish/cod.md": "---\ndate: 2019\n---\nThe cod came in 2018.\n\n"
    "| cod | year |\n|---|---|\n| Big | 2017 |\n",
    "plain.txt": "The newt hides.\n",
}


@pytest.fixture(scope="module")
def service(built: Built) -> Service:
    return built(FILES, covering_models())


def of(service: Service, question: str = "", filters: Filters = Filters()) -> Timeline:  # noqa: B008 - frozen
    found = service.current().timeline(asking(question) if question else None, filters)
    assert found
    return found


def lines(entries: list[Entry]) -> list[tuple[str, str]]:
    return [(entry.date, entry.quote.text) for entry in entries]


def test_documents_are_told_in_order_of_their_dates(service: Service) -> None:
    timeline = of(service, filters=Filters(folders=("birds",)))
    assert lines(timeline.entries(0, 10)) == [
        ("2020-06-03", "The gull left on 3 June 2020."),
        ("2021-05", "The gull came in May 2021."),
        ("2022", "The gull came in May 2021. It bred here from 2022 to 2023."),
        ("2022-02-01", "The gull sings."),
        ("2023", "The gull came in May 2021. It bred here from 2022 to 2023."),
    ]
    assert (timeline.documents, timeline.read) == (2, 2)


def test_date_in_a_quote_is_a_slice_of_the_document(service: Service) -> None:
    for entry in of(service).entries(0, 100):
        text = service.document(entry.quote.citation.document_id).text
        assert entry.quote.span.of(text) == entry.quote.text
        assert (entry.place is None) == (entry.origin == "metadata")
        if entry.place:
            assert entry.place in entry.quote.span
            assert entry.date[:4] in entry.place.of(text)


def test_table_row_keeps_the_names_of_its_columns(service: Service) -> None:
    [row, _] = of(service, filters=Filters(documents=("fish/cod",))).entries(0, 10)
    assert (row.date, [part.text for part in row.quote.context]) == ("2017", ["cod\tyear"])


def test_question_finds_what_it_asks_for(service: Service) -> None:
    timeline = of(service, "gull")
    assert ("2020-06-03", "The gull left on 3 June 2020.") in lines(timeline.entries(0, 10))
    assert "birds/news" in {one.candidate.document.id for one in timeline.dated if one.origin == "metadata"}
    assert not [entry for entry in timeline.entries(0, 10) if "cod" in entry.quote.text]
    assert of(service, "zebra").dated == ()


def test_entries_come_in_pages(service: Service) -> None:
    whole = lines(of(service).entries(0, 100))
    assert [*lines(of(service).entries(0, 3)), *lines(of(service).entries(3, 100))] == whole


def test_only_some_of_many_documents_are_read(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_DOCUMENTS", 2)
    timeline = of(service)
    assert (timeline.documents, timeline.read, timeline.is_complete) == (4, 2, False)
    assert set(timeline.dates) == {("birds/news", "2022-02-01"), ("fish/cod", "2019")}


def test_quote_that_differs_from_its_document_is_not_shown(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    timeline = of(service)
    changed = timeline.generation.store.document("plain.txt")
    monkeypatch.setattr(timeline.generation.store, "document", lambda _: changed)
    with pytest.raises(Misquote):
        timeline.entries(0, 1)


def test_unknown_document_is_an_error(service: Service) -> None:
    with pytest.raises(UnknownDocument):
        of(service, filters=Filters(documents=("zebra",)))


def test_map_has_the_documents_of_each_folder_and_year(service: Service) -> None:
    cells = coverage(of(service).dates, ())
    assert cells == [
        Cell("birds", "2020", ("birds/gulls",)),
        Cell("birds", "2021", ("birds/gulls",)),
        Cell("birds", "2022", ("birds/gulls", "birds/news")),
        Cell("birds", "2023", ("birds/gulls",)),
        Cell("fish", "2017", ("fish/cod",)),
        Cell("fish", "2018", ("fish/cod",)),
        Cell("fish", "2019", ("fish/cod",)),
    ]
    assert coverage([("a/b/c", "2020-05"), ("d", "2020")], ("a/b",)) == [
        Cell(".", "2020", ("d",)),
        Cell("a/b", "2020", ("a/b/c",)),
    ]
