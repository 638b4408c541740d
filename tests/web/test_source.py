"""The source of a quote as a pane or a page."""

import re
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import QUESTIONS, OpenPage, Site

WIDE = {"width": 1400, "height": 800}
NARROW = {"width": 420, "height": 800}


def text_of(site: Site, document: str) -> str:
    """Return the canonical text of a document."""
    with urlopen(f"{site.address}/documents/{document}/text") as reply:
        return str(reply.read().decode())


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["pane", "sheet"])
def test_source_marks_exactly_the_quote(size: Any, open_page: OpenPage, site: Site) -> None:
    page = open_page(viewport=size)
    page.goto(site.asking("What lives at the bay?"))
    quoted = page.locator("blockquote").first.text_content()
    page.locator(".source a").first.click()
    expect(page.locator(".pane mark")).to_be_in_viewport()
    assert page.locator(".pane mark").text_content() == quoted
    assert page.locator(".pane .text").text_content() == text_of(site, "zoo")
    expect(page.locator(".pane .sheet")).to_be_focused()


def test_source_opens_beside_the_conversation_or_over_it(open_page: OpenPage, site: Site) -> None:
    page = open_page(viewport=WIDE)
    page.goto(site.asking(QUESTIONS["answer"]))
    page.locator(".source a").first.click()
    expect(page.locator(".pane")).to_be_visible()
    pane, quote = page.locator(".pane").bounding_box(), page.locator("blockquote").first.bounding_box()
    assert pane
    assert quote
    assert quote["x"] + quote["width"] <= pane["x"]
    assert page.locator(".pane:modal").count() == 0
    page = open_page(viewport=NARROW)
    page.goto(site.asking(QUESTIONS["answer"]))
    page.locator(".source a").first.click()
    expect(page.locator(".pane:modal")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".pane")).to_be_hidden()
    expect(page.locator(".source a").first).to_be_focused()


def test_source_pane_navigates_quotes_and_outline(open_page: OpenPage, site: Site) -> None:
    page = open_page(viewport=WIDE)
    page.goto(site.asking(QUESTIONS["more"]))
    quotes = page.locator("blockquote").all_text_contents()
    page.locator("a.marker").first.click()
    expect(page.locator(".pane mark")).to_have_text(quotes[0])
    page.get_by_role("link", name="Next quote").click()
    expect(page.locator(".pane mark")).to_have_text(quotes[1])
    expect(page.locator(".neighbours")).to_contain_text("Quote 2 of 5")
    page.locator(".pane").get_by_role("link", name="Outline and details").click()
    page.locator(".outline").get_by_role("link", name="Company").click()
    expect(page.locator(".pane").get_by_role("heading", name="Company")).to_be_in_viewport()
    page.go_back()
    expect(page.locator(".pane")).to_be_hidden()
    page.go_forward()
    expect(page.locator(".pane mark")).to_have_text(quotes[1])
    page.reload()
    expect(page.locator(".pane mark")).to_have_text(quotes[1])


def test_pane_marks_what_the_conversation_cites(open_page: OpenPage, site: Site) -> None:
    page = open_page(viewport=WIDE)
    page.goto(site.asking(QUESTIONS["list"]))
    items = page.locator(".items blockquote").all_text_contents()
    page.get_by_role("combobox").fill(QUESTIONS["answer"])
    page.keyboard.press("Enter")
    page.locator(".turn").nth(1).locator("a.marker").first.click()
    expect(page.locator(".pane mark")).to_have_text("The pelican eats herring.")
    cited = page.locator(".pane .text .cited").all_text_contents()
    assert all(any(item.strip() in text for text in cited) for item in items)
    assert page.locator(".pane .text").text_content() == text_of(site, "zoo")
    page.locator(".pane .rail").get_by_role("link", name=re.compile("puffin")).click()
    expect(page.locator(".pane .cited", has_text="puffin")).to_be_in_viewport()


def test_scroll_position_of_a_source_survives_navigation(open_page: OpenPage, site: Site) -> None:
    page = open_page(viewport={"width": 1400, "height": 400})
    page.goto(site.asking("What does the heron eat?"))
    page.locator(".source a").first.click()
    sheet = page.locator(".pane .sheet")
    expect(page.locator(".pane mark")).to_be_visible()
    sheet.evaluate("sheet => sheet.scrollTop = 333")
    page.wait_for_function("() => history.state.top === 333")
    page.go_back()
    expect(page.locator(".pane")).to_be_hidden()
    page.go_forward()
    expect(page.locator(".pane mark")).to_be_visible()
    page.wait_for_function("() => document.querySelector('.pane .sheet').scrollTop === 333")


@pytest.mark.parametrize("how", ["hover", "focus"])
def test_marker_previews_its_quote_on_hover_and_focus(how: str, page: Page, site: Site) -> None:
    page.goto(site.asking(QUESTIONS["more"]))
    marker = page.locator("a.marker").nth(1)
    marker.hover() if how == "hover" else marker.focus()
    preview = page.get_by_role("tooltip")
    expect(preview).to_contain_text(page.locator("blockquote").nth(1).text_content() or "none")
    expect(marker).to_have_attribute("aria-describedby", "preview")
    page.keyboard.press("Escape")
    expect(preview).to_be_hidden()


def test_source_that_cannot_be_loaded_leaves_the_answer(open_page: OpenPage, site: Site) -> None:
    page = open_page(forgiven="ERR_FAILED")
    page.goto(site.asking(QUESTIONS["answer"]))
    page.route("**/documents/**", lambda route: route.abort())
    page.locator(".source a").first.click()
    expect(page.locator(".pane")).to_contain_text("The source could not be loaded.")
    assert page.url == site.asking(QUESTIONS["answer"])
    page.unroute("**/documents/**")
    page.locator(".pane").get_by_role("link", name="Try again").click()
    expect(page.locator(".pane mark")).to_be_visible()
    expect(page.locator("h1")).to_have_count(1)


def test_page_explains_why_a_place_is_not_marked(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/documents/zoo?start=0&end=99999")
    expect(page.locator(".notice")).to_contain_text("this document has no such place")
    page.goto(f"{site.address}/documents/zoo?start=0&end=5&quote=0-5-{'0' * 16}-zoo")
    expect(page.locator(".notice")).to_contain_text("has changed since the link was made")
    assert page.locator("mark").count() == 0


def test_quote_links_to_its_place_in_the_published_original(page: Page, site: Site) -> None:
    page.goto(site.asking(QUESTIONS["answer"]))
    original = page.get_by_role("link", name="Open original").first
    expect(original).to_have_attribute(
        "href", "https://zoo.example/notes#:~:text=The%20pelican%20eats%20herring."
    )
    page.goto(f"{site.address}/documents/zoo")
    expect(page.locator(".citation")).to_have_text(
        "Ada Roe. Birds of the bay. Field notes, 2023-05-01. https://zoo.example/notes."
    )
    with page.expect_download() as download:
        page.get_by_role("link", name="download").click()
    assert download.value.suggested_filename == "zoo.txt"
    assert download.value.path().read_text(encoding="utf-8") == text_of(site, "zoo")


def test_list_of_documents_is_filtered_while_typing(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/documents")
    expect(page.locator(".documents li")).to_have_count(2)
    page.get_by_role("searchbox").press_sequentially("heron")
    expect(page.locator(".documents li")).to_have_count(1)
    expect(page.locator("#announcement")).to_contain_text("1 of 1 document")
    assert page.url.endswith("/documents?q=heron")
    page.get_by_role("link", name="Herons").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Herons")
    page.go_back()
    expect(page.get_by_role("searchbox")).to_have_value("heron")
