"""Collecting quotes for a brief in a browser."""

from playwright.sync_api import Page, expect

from tests.web.conftest import QUESTIONS, OpenPage, Site


def star_two(page: Page, site: Site) -> list[str]:
    """Star two quotes of an answer, and return their texts."""
    page.goto(site.asking(QUESTIONS["more"]))
    for number in (1, 2):
        page.get_by_role("checkbox", name=f"Add to brief: quote {number}", exact=True).check()
    return page.locator("blockquote").all_text_contents()[:2]


def test_starred_quotes_make_a_brief_that_is_kept_in_the_browser(page: Page, site: Site) -> None:
    quotes = star_two(page, site)
    expect(page.locator("#announcement")).to_have_text("Added to the brief.")
    expect(page.get_by_role("link", name="Brief", exact=False).first).to_have_attribute("data-count", "2")
    page.reload()
    assert page.locator(".star :checked").count() == 2
    page.get_by_role("button", name="Show the brief of the starred quotes").click()
    expect(page.locator("blockquote")).to_have_text(quotes)
    assert page.locator(".notice").count() == 0

    page.get_by_label("Title").fill("Diet")
    page.get_by_label("Reader’s note: quote 1").fill("I doubt this.")
    page.get_by_role("button", name="Move down quote 1").click()
    expect(page.locator("blockquote")).to_have_text(quotes[::-1])
    expect(page.get_by_label("Reader’s note: quote 2")).to_have_value("I doubt this.")
    with page.expect_download() as download:
        page.get_by_role("link", name="Markdown").click()
    markdown = download.value.path().read_text(encoding="utf-8")
    assert markdown.startswith("# Diet\n")
    assert markdown.index(quotes[1]) < markdown.index(quotes[0]) < markdown.index("I doubt this.")

    page.goto(site.address)
    page.get_by_role("link", name="Brief", exact=False).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Diet")
    for _ in quotes:
        page.get_by_role("button", name="Remove").first.click()
    expect(page.locator("blockquote")).to_have_count(0)
    assert (
        page.evaluate("new URLSearchParams(JSON.parse(localStorage['normqa.brief'])).has('quote')") is False
    )


def test_marked_place_of_the_source_pane_can_be_starred_by_key(open_page: OpenPage, site: Site) -> None:
    page = open_page(viewport={"width": 1400, "height": 800})
    page.goto(site.asking(QUESTIONS["answer"]))
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("s")
    expect(page.locator(".star :checked")).to_have_count(1)
    page.keyboard.press("o")
    star = page.locator(".pane").get_by_role("checkbox", name="Add to brief")
    expect(star).to_be_checked()
    star.uncheck()
    expect(page.locator(".star :checked")).to_have_count(0)


def test_brief_of_a_link_does_not_replace_the_own_one(open_page: OpenPage, site: Site) -> None:
    mine = open_page()
    star_two(mine, site)
    theirs = open_page()
    theirs.goto(site.asking(QUESTIONS["list"]))
    theirs.get_by_role("checkbox").first.check()
    theirs.get_by_role("button", name="Show the brief").click()
    theirs.wait_for_url("**/brief?**")
    mine.goto(theirs.url)
    expect(mine.locator(".notice")).to_contain_text("Your own brief is another one, with 2 quotes.")
    mine.get_by_role("button", name="Save changes").first.click()
    expect(mine.locator(".notice")).to_contain_text("another one, with 2 quotes")
    mine.get_by_role("button", name="Replace it with this one").click()
    expect(mine.locator(".notice")).to_contain_text("now stored in this browser")
    mine.reload()
    expect(mine.locator("[data-brief]")).to_have_attribute("data-count", "1")
    assert mine.locator(".notice").count() == 0


def test_full_brief_takes_no_more(page: Page, site: Site) -> None:
    page.goto(site.asking(QUESTIONS["answer"]))
    page.evaluate("localStorage['normqa.brief'] = JSON.stringify('quote=a&note=' + 'x'.repeat(6980))")
    page.reload()
    star = page.get_by_role("checkbox").first
    star.click()
    expect(page.locator(".full")).to_contain_text("The brief is full")
    expect(star).not_to_be_checked()


def test_brief_works_without_scripts(open_page: OpenPage, site: Site) -> None:
    page = open_page(java_script_enabled=False)
    quotes = star_two(page, site)
    page.get_by_role("button", name="Show the brief of the starred quotes").click()
    expect(page.locator("blockquote")).to_have_text(quotes)
    page.get_by_label("Reader’s note: quote 1").fill("Mine.")
    page.get_by_role("button", name="Move up quote 2").click()
    expect(page.locator("blockquote")).to_have_text(quotes[::-1])
    expect(page.get_by_label("Reader’s note: quote 2")).to_have_value("Mine.")
    page.get_by_label("Add the quotes of another").fill(
        site.asking("x").replace("?q=x", f"answer?{page.url.partition('?')[2]}")
    )
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("blockquote")).to_have_count(2)
    page.get_by_role("button", name="Remove quote 1").click()
    expect(page.locator("blockquote")).to_have_text(quotes[:1])
