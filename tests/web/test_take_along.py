"""Permalinks, copies, exports and print."""

import json
from hashlib import sha256
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import QUESTIONS, OpenPage, Site

HERRING = "The pelican eats herring."


def test_permalink_never_shows_text_that_has_changed(page: Page, own_site: Site) -> None:
    page.goto(own_site.asking(QUESTIONS["answer"]))
    page.get_by_role("link", name="Link to these quotes").click()
    permalink = page.url
    expect(page.locator(".searched")).to_have_text(f"Question in this link: {QUESTIONS['answer']}")
    expect(page.locator("blockquote").first).to_have_text(HERRING)

    zoo = own_site.corpus / "zoo.md"
    zoo.write_text(zoo.read_text(encoding="utf-8").replace("herring", "squid"), encoding="utf-8")
    own_site.build()
    page.goto(permalink)
    expect(page.locator(".verdict")).to_contain_text("has changed")
    assert page.locator("blockquote").count() == 0
    assert "herring" not in (page.locator("main").text_content() or "")
    page.get_by_role("link", name="Ask the question").click()
    expect(page.locator("blockquote").first).to_have_text("The pelican eats squid.")
    page.goto(f"{own_site.address}/answer?q=pelican&quote=0-9-{'0' * 16}-gone")
    expect(page.locator(".changed")).to_contain_text("gone")


def test_malformed_permalink_is_reported(open_page: OpenPage, site: Site) -> None:
    page = open_page(forgiven="422")
    page.goto(f"{site.address}/answer?q=pelican&quote=here")
    expect(page.locator("h1")).to_have_text("The link is damaged: one of its quotes cannot be read.")


@pytest.mark.parametrize(
    ("button", "copied"),
    [
        ("Copy quote 1", f"“{HERRING}”\n— Birds of the bay. Field notes, 2023-05-01. The pelican. {{}}"),
        (
            "Copy as Markdown: quote 1",
            f"> {HERRING}\n>\n> — Birds of the bay. Field notes, 2023-05-01. The pelican. <{{}}>",
        ),
    ],
)
def test_copy_includes_the_citation(button: str, copied: str, open_page: OpenPage, site: Site) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(site.asking(QUESTIONS["answer"]))
    page.locator(".quote").first.get_by_role("button", name=button, exact=True).click()
    expect(page.locator("#announcement")).to_have_text("Copied with citation.")
    with urlopen(f"{site.address}/documents/zoo/text") as reply:
        start = reply.read().decode().index(HERRING)
    address = f"{site.address}/documents/zoo?start={start}&end={start + 25}"
    assert page.evaluate("navigator.clipboard.readText()") == copied.format(address)


def test_link_to_quotes_is_copied(open_page: OpenPage, site: Site) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(site.asking(QUESTIONS["answer"]))
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    link = page.get_by_role("link", name="Link to these quotes").get_attribute("href")
    assert page.evaluate("navigator.clipboard.readText()") == f"{site.address}{link}"


def test_conversation_exports_contain_places_and_hashes(page: Page, site: Site) -> None:
    page.goto(site.asking(QUESTIONS["list"], QUESTIONS["answer"]))
    with page.expect_download() as download:
        page.get_by_role("link", name="JSON").click()
    answers = json.loads(download.value.path().read_text(encoding="utf-8"))["conversation"]
    assert [answer["question"] for answer in answers] == [QUESTIONS["answer"], QUESTIONS["list"]]
    for quote in (quote for answer in answers for quote in answer["quotes"]):
        with urlopen(f"{site.address}/documents/{quote['document']['id']}/text") as reply:
            raw = reply.read()
        assert raw.decode()[quote["start"] : quote["end"]] == quote["text"]
        assert sha256(raw).hexdigest() == quote["sha256"]
    with page.expect_download() as download:
        page.get_by_role("link", name="Markdown").click()
    markdown = download.value.path().read_text(encoding="utf-8")
    assert markdown.startswith(f"## {QUESTIONS['answer']}\n\n> {HERRING}\n>\n> — Birds of the bay.")
    assert "> The gannet plunges.\n>\n> — Birds of the bay." in markdown
    assert answers[0]["quotes"][0]["sha256"] in markdown


def test_print_shows_quotes_and_footnotes_without_controls(page: Page, site: Site) -> None:
    page.goto(site.asking(QUESTIONS["more"]))
    page.emulate_media(media="print")
    expect(page.locator("blockquote").first).to_be_visible()
    expect(page.locator(".footnotes li").first).to_be_visible()
    expect(page.locator(".footnotes li").first).to_contain_text("SHA-256")
    for unprinted in (".ask", ".tools", ".along", ".masthead nav", ".more", ".quote .source"):
        expect(page.locator(unprinted).first).to_be_hidden()
