"""Briefs that a reader collects: the page, and its files."""

import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import QueryParams

from normqa.citations.brief.brief import NOTES_REMARK
from normqa.citations.brief.formats import BRIEF_FORMATS
from normqa.serve.brief.draft import MAX_BYTES, Draft, DraftQuote
from normqa.serve.pages.permalink import MAX_CHARACTERS, QuoteLink
from normqa.service import Service
from tests.citations.readable import readable
from tests.conftest import ROOT, WriteCorpus
from tests.serve.conftest import BROWSER, Built, client_of
from tests.serve.markup import Page

FILES = {
    "birds.md": "---\ntitle: <b>Birds\nauthors: ['Roe, Ada']\n---\nBirds that dive:\n\n- The gannet plunges."
    "\n- The puffin digs.\n",
    "a-b/seals 1.md": "The walrus eats clams. It sleeps on ice.\n",
}
PUFFIN, WALRUS = "The puffin digs.", "The walrus eats clams."
NOTE = "“The walrus flies.”\n\n> <b>quoted</b>\n[^1]: & so on"
MARKED = re.compile(r"Reader’s note:(</strong>|\*\*)? ?")


@pytest.fixture(scope="module")
def service(built: Built) -> Service:
    return built(FILES)


@pytest.fixture(scope="module")
def client(service: Service) -> TestClient:
    return client_of(service)


def link(service: Service, document_id: str, text: str) -> str:
    """Return a quote in an address."""
    document = service.document(document_id)
    start = document.text.index(text)
    return f"{start}-{start + len(text)}-{document.sha256[:16]}-{document_id}"


@pytest.fixture(scope="module")
def links(service: Service) -> list[str]:
    return [link(service, "a-b/seals 1", WALRUS), link(service, "birds", PUFFIN)]


def page(client: TestClient, **query: Any) -> Page:
    reply = client.get("/brief", params=query, headers=BROWSER)
    assert reply.status_code == 200
    return Page(reply.content)


def notes(shown: Page) -> list[str]:
    """Return the notes on the page."""
    return [text.removeprefix("\n") for text in shown.texts("textarea")]


def test_page_shows_quotes_in_order_with_their_notes(client: TestClient, links: list[str]) -> None:
    query = [("title", "Diet"), ("quote", links[1]), ("note", NOTE), ("quote", links[0])]
    shown = Page(client.get(f"/brief?{urlencode(query)}", headers=BROWSER).content)
    assert shown.one("h1").text == "Diet"
    assert shown.texts("blockquote") == [PUFFIN, WALRUS]
    assert [context.text for context in shown.of_class("outside")] == ["Birds that dive:"]
    assert notes(shown) == [NOTE, ""]
    assert [label.text for label in shown.all("label")][1].startswith("Reader’s note:")


def test_empty_page_explains_how_to_collect(client: TestClient) -> None:
    assert "with the star beside them" in page(client).one("main").text
    assert 'href="/brief"' in client.get("/", headers=BROWSER).text


@pytest.mark.parametrize("extension", BRIEF_FORMATS)
def test_every_format_has_verbatim_quotes_sources_and_marked_notes(
    client: TestClient, links: list[str], extension: str
) -> None:
    query = [("title", "Diet"), ("quote", links[1]), ("note", "my own words"), ("quote", links[0])]
    reply = client.get(f"/brief.{extension}?{urlencode(query)}")
    assert reply.status_code == 200
    assert reply.headers["content-type"] == BRIEF_FORMATS[extension].media_type
    assert reply.headers["content-disposition"] == f'attachment; filename="brief.{extension}"'
    text = readable(extension, reply.content)
    assert text.index(PUFFIN) < text.index(WALRUS)
    assert text.count("SHA-256") == 2
    assert re.search(f"{MARKED.pattern}my own words", text)
    assert (NOTES_REMARK in text.replace("\\", "")) == (extension != "csl.json")
    assert NOTES_REMARK not in readable(extension, client.get(f"/brief.{extension}?quote={links[0]}").content)


def test_markdown_has_footnotes_and_no_markup_of_the_note(client: TestClient, links: list[str]) -> None:
    text = client.get("/brief.md", params={"quote": links[0], "note": NOTE}).text
    lines = text.splitlines()
    assert f"> {WALRUS.replace('.', '.')}[^1]" in lines
    assert [line for line in lines if line.startswith(">")] == [f"> {WALRUS}[^1]"]
    assert [line[:5] for line in lines if line.startswith("[^")] == ["[^1]:"]
    assert "- **Reader’s note:** “The walrus flies.”" in lines
    assert "  \\[^1\\]: \\& so on" in lines
    assert f"<https://zoo.example/q/documents/a-b/seals%201?start=0&end={len(WALRUS)}>" in lines[-1]


def test_csl_json_has_the_note_as_annotation(client: TestClient, links: list[str]) -> None:
    one, two = json.loads(
        client.get(
            f"/brief.csl.json?{urlencode([('quote', links[0]), ('note', 'Mine'), ('quote', links[1])])}"
        ).text
    )
    assert (one["annote"], one["custom"]["quote"]) == ("Reader’s note: Mine", WALRUS)
    assert "annote" not in two


@pytest.mark.parametrize(
    ("quote", "reason"),
    [
        ("0-5-0000000000000000-birds", "The text of “birds” has changed since it was quoted"),
        ("0-9999-HASH-birds", "The text of “birds” has changed since it was quoted"),
        ("0-5-HASH-dodo", "A quote of “dodo” is not shown, because there is no such document."),
        ("5-0-HASH-birds", "A quote is not shown, because its link is damaged."),
        (
            "0-5-HASH-dodo\n\n> “It flies.”",
            "A quote of “dodo > “It flies.”” is not shown, because there is no such document.",
        ),
        ("nonsense", "A quote is not shown, because its link is damaged."),
    ],
)
def test_missing_quote_is_reported_and_costs_no_other(
    service: Service, client: TestClient, links: list[str], quote: str, reason: str
) -> None:
    hashed = quote.replace("HASH", service.document("birds").sha256[:16])
    query = urlencode([("quote", hashed), ("note", "my words"), ("quote", links[0])])
    shown = Page(client.get(f"/brief?{query}", headers=BROWSER).content)
    assert shown.texts("blockquote") == [WALRUS]
    assert notes(shown) == ["my words", ""]
    for extension in BRIEF_FORMATS:
        raw = client.get(f"/brief.{extension}?{query}").content
        text = unescape(readable(extension, raw).replace("\\", ""))
        assert reason in text, extension
        assert WALRUS in text
        assert "my words" in text
    assert reason in shown.one("main").text


def test_quote_of_a_document_that_changes_is_never_shown_again(
    write_corpus: WriteCorpus, make_service: Callable[..., Service]
) -> None:
    write_corpus(FILES)
    service = make_service()
    service.build()
    client, collected = client_of(service), link(service, "birds", PUFFIN)
    assert PUFFIN in page(client, quote=collected).texts("blockquote")
    write_corpus({"birds.md": FILES["birds.md"].replace("gannet", "booby")})
    service.build()
    shown = page(client, quote=collected)
    assert shown.texts("blockquote") == []
    assert "has changed since it was quoted" in shown.one("main").text
    for extension in BRIEF_FORMATS:
        assert PUFFIN not in readable(extension, client.get(f"/brief.{extension}?quote={collected}").content)


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        ({"up": "2"}, ["b", "a", "c"]),
        ({"down": "1"}, ["b", "a", "c"]),
        ({"down": "3"}, ["a", "b", "c"]),
        ({"up": "1"}, ["a", "b", "c"]),
        ({"remove": "2"}, ["a", "c"]),
        ({"remove": "9"}, ["a", "b", "c"]),
        ({"remove": "²"}, ["a", "b", "c"]),
        ({"add": "http://x.example/answer?q=y&quote=d&quote=a"}, ["a", "b", "c", "d"]),
        ({"add": "nothing"}, ["a", "b", "c"]),
    ],
)
def test_edits_lead_to_the_address_of_the_edited_brief(
    client: TestClient, edit: dict[str, str], expected: list[str]
) -> None:
    state = [
        ("title", "T"),
        *((name, value) for text in "abc" for name, value in (("quote", text), ("note", text * 2))),
    ]
    reply = client.get(f"/brief?{urlencode([*state, *edit.items()])}", follow_redirects=False)
    assert reply.status_code == 303
    edited = Draft.read(parse_qsl(urlsplit(reply.headers["location"]).query))
    assert [quote.text for quote in edited.quotes] == expected
    assert [quote.note for quote in edited.quotes] == [text * 2 if text < "d" else "" for text in expected]
    assert edited.title == "T"
    assert set(edit).isdisjoint(dict(parse_qsl(urlsplit(reply.headers["location"]).query)))


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(words, st.lists(st.tuples(words, words), max_size=5))
def test_address_of_a_draft_is_read_as_the_same_draft(title: str, quotes: list[tuple[str, str]]) -> None:
    pairs = [("title", title), *(pair for text, note in quotes for pair in (("quote", text), ("note", note)))]
    draft = Draft.read(pairs)
    assert Draft.read(QueryParams(draft.query).multi_items()) == draft
    assert len({quote.text for quote in draft.quotes}) == len(draft.quotes)


def test_brief_that_is_too_long_is_an_error_page(client: TestClient, links: list[str]) -> None:
    fitting = Draft("", (DraftQuote(links[0], ""),))
    room = MAX_BYTES - len(fitting.query) - len("&note=")
    for extra, status in ((0, 200), (1, 422)):
        query = {"quote": links[0], "note": "x" * (room + extra)}
        for path in ("/brief", *(f"/brief.{extension}" for extension in BRIEF_FORMATS)):
            reply = client.get(path, params=query, headers=BROWSER)
            assert reply.status_code == status, path
    assert f"7,001 of {MAX_BYTES:,} bytes" in Page(reply.content).one("h1").text
    assert "shorten your notes" in reply.text
    moved = client.get("/brief", params={**query, "up": "1"}, follow_redirects=False)
    assert (moved.status_code, moved.json()["code"]) == (422, "brief_too_long")


def test_brief_that_quotes_too_much_is_an_error(client: TestClient) -> None:
    quotes = [f"0-{MAX_CHARACTERS // 2 + 1}-{'0' * 16}-{name}" for name in "ab"]
    assert client.get("/brief", params={"quote": quotes}).json()["code"] == "brief_too_long"


def test_script_knows_the_limit() -> None:
    script = (ROOT / "web" / "static" / "brief.js").read_text(encoding="utf-8")
    assert f"MAX_BYTES = {MAX_BYTES};" in script


def test_stars_name_the_quotes_of_answers_and_sources(client: TestClient) -> None:
    for address in ("/?q=walrus+clams", f"/documents/a-b/seals%201?start=0&end={len(WALRUS)}"):
        shown = Page(client.get(address, headers=BROWSER).content)
        stars = [each.attributes for each in shown.all("input") if each.attributes["type"] == "checkbox"]
        assert any(QuoteLink.parse(star["value"]).document_id == "a-b/seals 1" for star in stars), address
        assert {star["name"] for star in stars} == {"quote"}
        [form] = [each for each in shown.all("form") if each.attributes.get("id") == "collect"]
        assert form.attributes["action"] == "/brief"
        assert all(QuoteLink.parse(star["value"]) for star in stars)
