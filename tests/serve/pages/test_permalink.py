"""Permalinks, and what their page claims."""

import pytest
from fastapi.testclient import TestClient

from normqa.datatypes import Document, Metadata, Quote, Span
from normqa.errors import InvalidRequest
from normqa.load.text.plain_text import load_text
from normqa.serve.pages.permalink import QuoteLink, answer_address, read_links, source_address
from tests.serve.conftest import BROWSER, Built, client_of
from tests.serve.markup import Page


def a_document(text: str = "The pelican eats herring.") -> Document:
    return load_text("sub/a-b & c", text, Metadata())


def a_quote(start: int = 4) -> Quote:
    return a_document().quote(Span(start, 11))


def test_link_round_trips_for_any_document_id() -> None:
    link = QuoteLink.of(a_quote())
    assert str(link) == f"4-11-{a_document().sha256[:16]}-sub/a-b & c"
    assert QuoteLink.parse(str(link)) == link


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4-11",
        f"4-11-{'0' * 16}-",
        f"4-11-{'0' * 15}-a",
        f"4-11-{'G' * 16}-a",
        f"11-4-{'0' * 16}-a",
        f"4-4-{'0' * 16}-a",
        f"-4-11-{'0' * 16}-a",
        f"²-11-{'0' * 16}-a",
        f"4-{'9' * 10}-{'0' * 16}-a",
    ],
)
def test_malformed_link_is_invalid(text: str) -> None:
    with pytest.raises(InvalidRequest):
        QuoteLink.parse(text)


def test_link_matches_only_unchanged_text() -> None:
    link = QuoteLink.of(a_quote())
    assert link.matches(a_document())
    assert not link.matches(a_document("The pelican eats squid."))
    assert not QuoteLink(Span(4, 99), link.sha256, link.document_id).matches(a_document())


def test_permalinks_have_a_maximum_number_of_quotes() -> None:
    link = QuoteLink.of(a_quote())
    assert answer_address("Why?", [link]) == (f"/answer?q=Why%3F&quote=4-11-{link.sha256}-sub%2Fa-b+%26+c")
    assert answer_address("Why?", [link] * 201) is None
    with pytest.raises(InvalidRequest):
        read_links([str(link)] * 201)
    assert source_address(link, "Why?", [link] * 20).count("quote=") == 20
    assert source_address(link, "Why?", [link] * 21).count("quote=") == 1


def test_permalinks_have_a_maximum_number_of_characters() -> None:
    long = QuoteLink(Span(0, 50_000), "0" * 16, "a")
    assert answer_address("Why?", [long, long]) is not None
    assert len(read_links([str(long)] * 2)) == 2
    assert answer_address("Why?", [long, long, QuoteLink.of(a_quote())]) is None
    with pytest.raises(InvalidRequest, match="100,000"):
        read_links([str(long)] * 3)


def test_source_address_names_document_and_place() -> None:
    link = QuoteLink.of(a_quote())
    address = source_address(link, "Why?", [link])
    assert address.startswith("/documents/sub/a-b%20%26%20c?start=4&end=11&q=Why%3F&quote=4-11-")
    assert address.endswith("#quote")


@pytest.fixture(scope="module")
def client(built: Built) -> TestClient:
    """A client for one document."""
    return client_of(built({"a.md": "The pelican eats herring.\n\nThe walrus sleeps."}))


def _page(client: TestClient, question: str, *quotes: str) -> Page:
    reply = client.get("/answer", params={"q": question, "quote": list(quotes)}, headers=BROWSER)
    assert reply.status_code == 200
    return Page(reply.content)


def _link(client: TestClient, text: str) -> str:
    body = client.get("/documents/a").json()
    start = client.get("/documents/a/text").text.index(text)
    return f"{start}-{start + len(text)}-{body['sha256'][:16]}-a"


def test_page_claims_only_that_the_passages_exist(client: TestClient) -> None:
    """Anyone can combine a question with passages that do not answer it."""
    question = "What should I buy?"
    page = _page(client, question, _link(client, "The walrus sleeps."))
    assert page.texts("blockquote") == ["The walrus sleeps."]
    [claim] = page.of_class("band")
    assert claim.text == (
        "These passages appear verbatim in the documents."
        " Anyone can create such a link, so they may not answer the question."
    )
    assert page.of_class("searched")[0].text == f"Question in this link: {question}"
    for heading in page.texts("title") + page.texts("h1"):
        assert question not in heading


def test_page_describes_its_passages_to_other_sites(client: TestClient) -> None:
    page = _page(client, "What should I buy?", _link(client, "The walrus sleeps."))
    tags = {
        tag.attributes.get("property") or tag.attributes.get("name"): tag.attributes.get("content")
        for tag in page.all("meta")
    }
    assert tags["og:title"] == "Passages from a"
    assert tags["og:description"] == "The walrus sleeps."
    assert tags["twitter:card"] == "summary"
    assert tags["citation_title"] == "a"
    assert not any("buy" in (content or "") for name, content in tags.items() if name != "og:url")


def test_page_shows_no_text_that_has_changed(client: TestClient) -> None:
    kept, changed = _link(client, "The walrus sleeps."), f"0-25-{'0' * 16}-a"
    page = _page(client, "Why?", kept, changed)
    assert page.texts("blockquote") == ["The walrus sleeps."]
    assert page.of_class("band") == []
    assert page.of_class("verdict")[0].text.startswith("Some passages are not shown")
    page = _page(client, "Why?", changed)
    assert page.all("blockquote") == []
    assert page.of_class("verdict")[0].text.startswith("The text of these passages has changed")


def test_page_without_passages_claims_nothing(client: TestClient) -> None:
    page = _page(client, "Why?")
    assert page.of_class("band") == []
    assert page.of_class("verdict")[0].text.startswith("This link names no passages.")
