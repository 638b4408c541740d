"""GET /documents: pages, filters and search."""

from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient

from tests.serve.conftest import BROWSER, Built, client_of
from tests.serve.markup import Page

FILES = {
    "a.md": "---\ntitle: Pelicans\ntopics: [birds, fishing]\nauthors: [Ada]\ndate: 2020\n---\nOne.\n",
    "b.md": "---\ntitle: “Sea” lions\nsource: Notes\npublisher: The Zoo\ndate: 2021-05\n---\nTwo.\n",
    "c.md": "---\ntitle: Straße\ntopics: [roads]\n---\nThree.\n",
    "d/e.md": "Four.\n",
}
EVERY = ["a", "b", "c", "d/e"]


@pytest.fixture(scope="module")
def client(built: Built) -> TestClient:
    return client_of(built(FILES))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, EVERY),
        ({"q": ""}, EVERY),
        ({"q": "pelic"}, ["a"]),
        ({"q": "ADA birds"}, ["a"]),
        ({"q": "zoo notes"}, ["b"]),
        ({"q": '"sea"'}, ["b"]),
        ({"q": "STRASSE"}, ["c"]),
        ({"q": "d/"}, ["d/e"]),
        ({"q": "pelican roads"}, []),
        ({"topics": ["Birds", "roads"]}, ["a", "c"]),
        ({"sources": "notes"}, ["b"]),
        ({"folders": "d"}, ["d/e"]),
        ({"folders": [".", "d"], "date_from": "2021", "dated_only": "true"}, ["b"]),
        ({"date_from": "2021"}, ["b", "c", "d/e"]),
        ({"date_from": "2021", "dated_only": "true"}, ["b"]),
        ({"documents": ["c", "a"]}, ["a", "c"]),
        ({"documents": ["c", "a"], "q": "pelicans"}, ["a"]),
    ],
)
def test_filters_and_words_select_documents(
    client: TestClient, query: dict[str, str], found: list[str]
) -> None:
    body = client.get("/documents", params=query).json()
    assert [document["id"] for document in body["documents"]] == found
    assert (body["total"], body["next_href"]) == (len(found), None)


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5])
def test_pages_together_are_the_list(client: TestClient, limit: int) -> None:
    seen, address, pages = list[str](), f"/documents?{urlencode({'limit': limit, 'q': 'e'})}", 0
    whole = [document["id"] for document in client.get("/documents?q=e").json()["documents"]]
    while address:
        body = client.get(address).json()
        assert body["total"] == len(whole)
        seen += [document["id"] for document in body["documents"]]
        address, pages = body["next_href"], pages + 1
    assert seen == whole
    assert pages == -(-len(whole) // limit)


def test_an_offset_beyond_the_end_is_an_empty_page(client: TestClient) -> None:
    assert client.get("/documents?offset=9&limit=1").json() == {
        "documents": [],
        "total": 4,
        "next_href": None,
    }


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("limit=0", 422),
        ("limit=1001", 422),
        ("offset=-1", 422),
        ("limit=x&page=2", 422),
        ("page=2", 422),
        ("date_from=2022&date_to=2021", 422),
        ("dated_only=maybe", 422),
        ("documents=dodo", 404),
    ],
)
def test_unknown_or_invalid_parameter_is_an_error(client: TestClient, query: str, status: int) -> None:
    reply = client.get(f"/documents?{query}")
    assert reply.status_code == status
    named = {fault["field"] for fault in reply.json().get("errors", [])}
    assert named <= {"", *(part.partition("=")[0] for part in query.split("&"))}
    assert bool(named) == (status == 422)


def test_page_shows_the_same_selection(client: TestClient) -> None:
    page = Page(client.get("/documents?limit=1&topics=birds&topics=roads", headers=BROWSER).content)
    main = page.one("main").text
    assert "Pelicans" in main
    assert "Straße" not in main
    assert "1 of 2 documents" in main
    assert "More documents" in main
    nothing = Page(client.get("/documents?q=dodo", headers=BROWSER).content).one("main").text
    assert "No document matches." in nothing


def test_page_groups_documents_by_folder(built: Built) -> None:
    names = ["b/z", "b/c/a", "b/a", "top", "a"]
    about = "---\ntitle: T {0}\ndate: 2021-05\ntopics: [t]\n---\nOne {0}.\n"
    client = client_of(built({f"{name}.md": about.format(name) for name in names}))
    page = Page(client.get("/documents", headers=BROWSER).content)
    assert [" ".join(text.split()) for text in page.texts("h2")] == [
        "Corpus 2 documents",
        "b 2 documents",
        "b/c 1 document",
    ]
    linked = [link.attributes["href"] for link in page.all("a") if link.text.startswith("T ")]
    assert linked == [
        "/documents/a",
        "/documents/top",
        "/documents/b/a",
        "/documents/b/z",
        "/documents/b/c/a",
    ]
    entry = " ".join(page.of_class("documents")[2].text.split())
    assert entry == "T b/c/a a 2021-05 1 passage t"
    folders = [link for link in page.hrefs() if "#folder-" in link]
    assert folders == ["/documents#folder-0", "/documents#folder-1", "/documents#folder-2"]


def test_pages_for_readers_together_are_the_list(client: TestClient) -> None:
    seen, address = list[str](), "/documents?limit=2&q=e"
    for _ in range(3):
        page = Page(client.get(address, headers=BROWSER).content)
        seen += [link for link in page.hrefs() if link.startswith("/documents/")]
        [field] = [each.attributes for each in page.all("input")]
        assert field["value"] == "e"
        following = [link.attributes["href"] for link in page.all("a") if link.text == "More documents"]
        address = following[0] if following else address
    every = [document["id"] for document in client.get("/documents?q=e").json()["documents"]]
    assert sorted(set(seen)) == [f"/documents/{name}" for name in every]
    beyond = client.get("/documents?offset=9", headers=BROWSER).text
    assert "There are no more documents." in beyond


def test_form_keeps_other_filters(client: TestClient) -> None:
    page = Page(client.get("/documents?topics=birds&topics=roads&q=x&offset=1", headers=BROWSER).content)
    fields = [(each.attributes["name"], each.attributes["value"]) for each in page.all("input")]
    assert fields == [("q", "x"), ("topics", "birds"), ("topics", "roads")]
