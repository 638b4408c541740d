"""Narrowing a search on the page."""

import pytest
from fastapi.testclient import TestClient
from starlette.datastructures import QueryParams

from normqa.search.facets import Facets
from normqa.search.filters import Filters
from normqa.serve.pages.conversation import Conversation
from normqa.serve.pages.scope.scope import Scope
from normqa.serve.pages.scope.view import ScopeView
from tests.conftest import covering_models
from tests.search.test_facets import DOCUMENTS
from tests.serve.conftest import BROWSER, Built, client_of
from tests.serve.markup import Page

ASKED = "q=What+does+the+pelican+eat%3F"


def about(date: str, question: str = "") -> str:
    return f'---\ntopics: [food]\ndate: {date}\nsource: Notes\nquestions: ["{question}"]\n---\n'


@pytest.fixture(scope="module")
def client(built: Built) -> TestClient:
    files = {
        "birds/a.md": about("2021", "Who feeds the pelican?") + "The pelican eats herring.",
        "fish/b.md": about("2023-05") + "The pelican eats cod at sea.",
        "c.md": "The pelican eats eels by night.",
    }
    return client_of(built(files, covering_models()))


def page_at(client: TestClient, target: str, status: int = 200) -> Page:
    reply = client.get(target, headers=BROWSER)
    assert reply.status_code == status
    return Page(reply.content)


def scope_of(page: Page) -> dict[str, str]:
    """Return label and address of everything that narrows the search, in order."""
    [details, *_] = page.of_class("scope")
    end = len(page.elements) if page.of_class("turn") == [] else page.of_class("quote")[0].place
    links = [element for element in page.all("a") if details.place < element.place < end]
    return {link.text: link.attributes["href"] for link in links}


def view(filters: Filters, question: str = "") -> ScopeView:
    return ScopeView.of(
        Facets.of(DOCUMENTS, filters),
        filters,
        str.upper,
        lambda others: Conversation(question, scope=Scope.of(others)).address,
    )


def choices(filters: Filters) -> dict[str, str]:
    shown = view(filters)
    return {choice.label: choice.address for group in shown.groups for choice in group.first + group.more}


def test_filters_round_trip_through_an_address() -> None:
    filters = Filters(("d/e",), ("a", "b"), ("c",), "2021", "2022-05", dated_only=True, folders=("f & g",))
    scope = Scope.read(QueryParams(Scope.of(filters).query))
    assert scope.request.filters() == filters
    assert Scope.read(QueryParams("q=x&folders=&date_from=&top_k=2")) == Scope()


def test_question_is_answered_from_the_chosen_documents(client: TestClient) -> None:
    page = page_at(client, f"/?{ASKED}&folders=fish&folders=birds")
    assert sorted(page.texts("blockquote")) == ["The pelican eats cod at sea.", "The pelican eats herring."]
    assert "In 2 of 3 documents: birds, fish" in page.one("article").text
    assert "In all 3 documents" in page_at(client, f"/?{ASKED}").one("article").text


def test_links_add_and_remove_conditions(client: TestClient) -> None:
    links = scope_of(page_at(client, f"/?{ASKED}&folders=fish"))
    assert links["fish"] == f"/?{ASKED}"
    assert links["birds"] == f"/?{ASKED}&folders=fish&folders=birds"
    assert links["Not in a folder"] == f"/?{ASKED}&folders=fish&folders=."
    assert links["Search all documents"] == f"/?{ASKED}"


def test_undated_documents_stay_in_unless_dated_only_is_chosen(client: TestClient) -> None:
    late = scope_of(page_at(client, f"/?{ASKED}"))["2023"]
    assert sorted(page_at(client, late).texts("blockquote")) == [
        "The pelican eats cod at sea.",
        "The pelican eats eels by night.",
    ]
    dated = scope_of(page_at(client, late))["Dated only"]
    assert page_at(client, dated).texts("blockquote") == ["The pelican eats cod at sea."]


def test_conversation_stays_in_its_scope(client: TestClient) -> None:
    page = page_at(client, f"/?{ASKED}&folders=birds&after=What+is+here%3F")
    kept = [element.attributes for element in page.all("input") if element.attributes["type"] == "hidden"]
    assert ("folders", "birds") in [(field["name"], field["value"]) for field in kept]
    assert "/?q=What+is+here%3F&folders=birds" in page.hrefs()
    assert all("folders=birds" in href for href in page.hrefs() if href.startswith("/conversation."))
    assert client.get(f"/conversation.json?{ASKED}&folders=fish").text.count("eats herring") == 0


def test_quotes_and_documents_offer_to_ask_only_them(client: TestClient) -> None:
    page = page_at(client, f"/?{ASKED}")
    assert f"/?{ASKED}&documents=fish%2Fb" in page.hrefs()
    alone = page_at(client, f"/?{ASKED}&documents=fish%2Fb")
    assert alone.texts("blockquote") == ["The pelican eats cod at sea."]
    assert "In 1 of 3 documents: b" in alone.one("article").text
    assert "/?documents=fish%2Fb" in page_at(client, "/documents/fish/b").hrefs()
    form = page_at(client, "/?documents=fish%2Fb")
    assert [field.attributes["value"] for field in form.all("input")] == ["", "fish/b"]


def test_examples_are_those_of_the_chosen_documents(client: TestClient) -> None:
    asked = "/?q=Who+feeds+the+pelican%3F"
    assert f"{asked}&folders=birds" in page_at(client, "/?folders=birds").hrefs()
    assert not [href for href in page_at(client, "/?folders=fish").hrefs() if href.startswith(asked)]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("date_from=May", 422),
        ("date_from=2022&date_to=2021", 422),
        ("dated_only=2", 422),
        ("documents=z", 404),
    ],
)
def test_impossible_scope_is_an_error(client: TestClient, query: str, status: int) -> None:
    for target in (f"/?{query}", f"/?{ASKED}&{query}"):
        page = page_at(client, target, status)
        assert len(page.all("input")) == 1  # the next question is asked of all documents


def test_second_year_extends_the_period() -> None:
    within = Filters(date_from="2021", date_to="2021")
    assert choices(Filters())["2021"] == "/?date_from=2021&date_to=2021"
    assert choices(within)["2021"] == "/?"
    assert choices(within)["2023"] == "/?date_from=2021&date_to=2023"
    assert choices(Filters(date_from="2021-03", date_to="2023"))["2023"] == "/?date_from=2023&date_to=2023"
    assert choices(Filters(date_from="2022"))["2021"] == "/?date_from=2021"


def test_topic_is_removed_in_any_case() -> None:
    assert choices(Filters(topics=("FOOD", "nests")))["food"] == "/?topics=nests"


def test_summary_names_what_is_chosen() -> None:
    shown = view(Filters(("otter",), ("food", "nests"), date_to="2022", dated_only=True))
    assert (shown.chosen, shown.more_chosen) == (("OTTER", "food", "Nests"), 2)
    assert not view(Filters(documents=("otter",))).is_open


def test_long_question_gets_few_links() -> None:
    """Every link repeats the question."""
    short, long = (sum(map(len, choices_size(question))) for question in ("a?", "a" * 2000))
    assert short < long < 20_000


def choices_size(question: str) -> list[str]:
    return [choice.address for group in view(Filters(), question).groups for choice in group.first]
