"""Checking quotations in a browser."""

from playwright.sync_api import expect

from tests.web.conftest import QUESTIONS, OpenPage, Site


def test_quotations_are_checked_by_keyboard_and_without_scripts(open_page: OpenPage, site: Site) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(site.address)
    page.get_by_role("link", name="Check a quotation").click()
    expect(page.get_by_role("textbox")).to_be_focused()
    page.keyboard.type("“The pelican eats cod” and “the pelican sleeps at noon.”")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=2)).to_have_text(
        "2 quotations: 1 with small differences, 1 not found."
    )
    expect(page.locator("blockquote del")).to_have_text(["cod", "the "])
    page.get_by_role("link", name="Birds of the bay").first.click()
    expect(page.locator("mark")).to_contain_text("The pelican eats herring.")


def test_copied_quote_is_found_word_for_word(open_page: OpenPage, site: Site) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    for button in ("Copy", "Copy as Markdown"):
        page.goto(site.asking(QUESTIONS["answer"]))
        page.get_by_role("button", name=button).first.click()
        copied = page.evaluate("navigator.clipboard.readText()")
        page.goto(f"{site.address}/check")
        page.get_by_role("textbox").fill(copied)
        page.get_by_role("button", name="Check", exact=True).click()
        expect(page.get_by_role("heading", level=2)).to_have_text("Appears word for word")
