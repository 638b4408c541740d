"""Narrowing a search by mouse, by keyboard and without JavaScript."""

from playwright.sync_api import Page, expect

from tests.web.conftest import QUESTIONS, OpenPage, Site

IN_ONE = "In 1 of 2 documents: Herons"


def test_search_is_narrowed_without_javascript(open_page: OpenPage, site: Site) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(site.asking("What does the heron eat?"))
    page.get_by_text("In all 2 documents").click()
    page.get_by_role("link", name="Field notes").click()
    expect(page.locator(".turn")).to_contain_text("In 1 of 2 documents: Field notes")
    expect(page.locator(".turn")).not_to_contain_text("frogs")
    page.get_by_role("link", name="Search all documents").click()
    expect(page.locator("blockquote").first).to_have_text("The heron eats frogs.")


def test_next_question_stays_in_the_scope(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/documents/herons")
    page.get_by_role("link", name="Ask only this document").click()
    expect(page.get_by_text(IN_ONE)).to_be_visible()
    for question in (QUESTIONS["answer"], "What does the heron eat?"):
        page.get_by_role("combobox").fill(question)
        page.keyboard.press("Enter")
        expect(page.locator(".turn:not(.pending) .question").last).to_have_text(question)
    expect(page.locator(".turn").last).to_contain_text(IN_ONE)
    expect(page.locator("blockquote").last).to_have_text("The heron eats frogs.")
    assert "herring" not in page.locator(".turns").inner_text()
    asked = site.asking("What does the heron eat?")
    assert page.url == f"{asked}&documents=herons&after=What+does+the+pelican+eat%3F"


def test_choice_asks_again_on_the_same_page(page: Page, site: Site) -> None:
    page.goto(site.asking("eats"))
    page.locator(".scope > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".turn")).to_have_count(2)
    expect(page.locator(".turn").last).to_contain_text("In 1 of 2 documents: Field notes")
    page.locator(".turn").first.get_by_role("link", name="Ask only this document").first.click()
    expect(page.locator(".turn")).to_have_count(3)
