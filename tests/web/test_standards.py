"""Accessibility, layout, size and memory of every page and state."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.web.accessibility import violations
from tests.web.conftest import QUESTIONS, OpenPage, Site

State = Callable[[Page, Site], object]
NARROW = {"width": 320, "height": 640}


def _asked(name: str, *earlier: str) -> State:
    return lambda page, site: page.goto(site.asking(QUESTIONS[name], *earlier))


def _at(path: str) -> State:
    return lambda page, site: page.goto(site.address + path)


def _with_source(page: Page, site: Site) -> None:
    page.goto(site.asking(QUESTIONS["answer"]))
    page.locator(".source a").first.click()
    expect(page.locator(".pane mark")).to_be_visible()


def _opened(page: Page, site: Site) -> None:
    """Expand everything in an answer."""
    page.goto(site.asking(QUESTIONS["more"]))
    for summary in page.locator("summary").all():
        summary.click()


def _previewed(page: Page, site: Site) -> None:
    page.goto(site.asking(QUESTIONS["more"]))
    page.locator("a.marker").first.focus()


def _helped(page: Page, site: Site) -> None:
    page.goto(site.address)
    page.keyboard.press("Escape")
    page.keyboard.press("?")


def _failed(page: Page, site: Site) -> None:
    page.goto(site.address)
    page.route("**/?q=*", lambda route: route.fulfill(status=200, body="{}"))
    page.get_by_role("link", name=QUESTIONS["answer"]).click()
    expect(page.locator(".failed")).to_be_visible()
    page.unroute("**/?q=*")


def _loading(page: Page, site: Site) -> None:
    page.goto(site.address)
    page.evaluate("() => { window.fetch = () => new Promise(() => {}); }")
    page.get_by_role("link", name=QUESTIONS["answer"]).click()
    expect(page.locator(".pending")).to_be_visible()


def _talked(page: Page, site: Site) -> None:
    """Show two answers on a page."""
    page.goto(site.address)
    for name in ("answer", "list"):
        page.get_by_role("combobox").fill(QUESTIONS[name])
        page.keyboard.press("Enter")
        expect(page.locator(".turn:not(.pending) .question").last).to_have_text(QUESTIONS[name])


def _returned(page: Page, site: Site) -> None:
    _talked(page, site)
    page.goto(site.address)
    expect(page.locator(".kept")).to_be_visible()


def _by_permalink(page: Page, site: Site) -> None:
    page.goto(site.asking(QUESTIONS["answer"]))
    page.get_by_role("link", name="Link to these quotes").click()
    expect(page.locator("h1")).to_have_text("Linked passages")


def _suggested(page: Page, site: Site) -> None:
    page.goto(site.address)
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("pel")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")


def _checked(page: Page, site: Site) -> None:
    """Check a text with quotations of every kind, and expand what there is about them."""
    page.goto(f"{site.address}/check")
    page.get_by_role("textbox").fill(
        "“Nobody feeds the birds,” “the pelican eats herring.” “The pelican eats cod” “the” “Boats”"
    )
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.locator("summary").first).to_be_visible()
    for summary in page.locator("summary").all():
        summary.click()


def _collected(page: Page, site: Site) -> None:
    """Show a brief of two quotes from a link, and one that is missing."""
    page.goto(site.asking(QUESTIONS["more"]))
    for star in page.get_by_role("checkbox").all()[:2]:
        star.check()
    page.get_by_role("button", name="Show the brief").click()
    page.wait_for_url("**/brief?**")
    page.goto(f"{page.url}&note=Mine&quote=0-9-{'0' * 16}-zoo")
    expect(page.locator(".notice")).to_be_visible()


STATES: dict[str, State] = {
    "empty brief": _at("/brief"),  # before another brief is stored, which would be shown instead
    "brief": _collected,
    "check": _at("/check"),
    "checked": _checked,
    "suggestions": _suggested,
    "first visit": _at("/"),
    "timeline": _at("/timeline"),
    "timeline of a question": _at("/timeline?q=pelican"),
    "narrowed first visit": _at("/?date_from=2023&date_to=2023"),
    "narrowed": _at("/?q=pelican&sources=Field+notes"),
    "answer": _asked("answer", QUESTIONS["list"]),
    "all opened": _opened,
    "list": _asked("list"),
    "comparison": _asked("comparison"),
    "near misses": _asked("near"),
    "refusal": _asked("nothing"),
    "loading": _loading,
    "failed": _failed,
    "talk": _talked,
    "returned": _returned,
    "source": _with_source,
    "preview": _previewed,
    "help": _helped,
    "permalink": _by_permalink,
    "changed": _at(f"/answer?q=pelican&quote=0-9-{'0' * 16}-zoo"),
    "documents": _at("/documents"),
    "document": _at("/documents/zoo"),
    "marked": _at("/documents/zoo?start=4&end=40"),
    "unmarked": _at("/documents/zoo?start=4&end=99999"),
    "not there": _at("/documents/zebra"),
}


@pytest.mark.parametrize("name", STATES)
def test_every_state_is_accessible(name: str, open_page: OpenPage, site: Site) -> None:
    page = open_page(forgiven="404", viewport={"width": 1280, "height": 800})
    STATES[name](page, site)
    assert violations(page) == []


def test_empty_corpus_pages_are_accessible(page: Page, empty_site: Site) -> None:
    for address in (empty_site.address, empty_site.asking("pelican"), f"{empty_site.address}/documents"):
        page.goto(address)
        assert violations(page) == [], address


def test_pages_fit_narrow_screens(open_page: OpenPage, site: Site) -> None:
    """A window of 640 pixels at 200 % zoom is 320 pixels wide."""
    page = open_page(forgiven="404", viewport=NARROW)
    for name, state in STATES.items():
        if name not in {"loading", "failed"}:
            state(page, site)
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= NARROW["width"], name


@pytest.mark.parametrize("height", [560, 800, 1200])
def test_sticky_form_covers_little_of_large_text(height: int, open_page: OpenPage, site: Site) -> None:
    """It takes at most 15 % of the height, or does not stick, if the reader has doubled the size of text."""
    page = open_page(viewport={"width": 1280, "height": height})
    page.goto(site.asking(QUESTIONS["more"]))
    for size in (16, 32):
        devtools = page.context.new_cdp_session(page)
        devtools.send("Page.setFontSizes", {"fontSizes": {"standard": size}})
        assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") == size
        form = page.locator(".ask")
        box = form.bounding_box()
        assert box
        assert (
            box["height"] <= 0.15 * height
            or form.evaluate("form => getComputedStyle(form).position") == "static"
        )
    expect(page.get_by_role("combobox", name="Ask a follow-up or a new question")).to_be_attached()


def test_colour_scheme_and_motion_follow_preferences(open_page: OpenPage, site: Site) -> None:
    def look(**options: Any) -> tuple[str, str]:
        page = open_page(**options)
        page.goto(site.asking("What lives at the bay?"))
        return (
            page.evaluate("getComputedStyle(document.body).backgroundColor"),
            page.evaluate("getComputedStyle(document.querySelector('blockquote mark')).animationName"),
        )

    assert look(color_scheme="light", reduced_motion="no-preference") == ("rgb(253, 252, 249)", "settle")
    assert look(color_scheme="dark", reduced_motion="reduce") == ("rgb(25, 24, 22)", "none")


def test_first_load_is_small_and_does_not_wait_for_javascript(open_page: OpenPage, site: Site) -> None:
    page = open_page()
    sizes: dict[str, int] = {}
    page.on("response", lambda reply: sizes.update({reply.url: len(reply.body())}))
    page.goto(site.address, wait_until="networkidle")
    assert 5 < len(sizes) <= 12
    assert sum(sizes.values()) < 60_000
    blocking = page.evaluate("[...document.scripts].filter(script => script.type !== 'module').length")
    assert blocking == 0


def test_memory_does_not_grow_over_sixty_questions(open_page: OpenPage, site: Site) -> None:
    """Counts nodes and bytes after garbage collection."""
    page = open_page()
    page.goto(site.address)
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")

    def left_behind() -> dict[str, float]:
        devtools.send("HeapProfiler.collectGarbage")
        metrics = devtools.send("Performance.getMetrics")["metrics"]
        return {metric["name"]: metric["value"] for metric in metrics}

    measured = []
    for number in range(60):
        question = f"{QUESTIONS[list(QUESTIONS)[number % 6]]} {number}"
        page.get_by_role("combobox").fill(question)
        page.keyboard.press("Enter")
        expect(page.locator(".turn:not(.pending) .question").last).to_have_text(question)
        if number in {29, 59}:
            measured.append(left_behind())
    thirty, sixty = measured
    assert sixty["Nodes"] < thirty["Nodes"] * 1.2
    assert sixty["JSHeapUsedSize"] < thirty["JSHeapUsedSize"] * 1.2
    assert page.locator(".turn").count() == 6
    assert page.locator(".trail li").count() == 20


def test_javascript_escapes_hostile_text(open_page: OpenPage, own_site: Site) -> None:
    """In fetched answers, previews, panes, the trail and the stored conversation."""
    evil = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    (own_site.corpus / "evil.txt").write_text(f"The walrus eats {evil} mussels.", encoding="utf-8")
    own_site.build()
    page = open_page()
    page.on("dialog", lambda dialog: pytest.fail(f"it ran: {dialog.message}"))
    page.goto(own_site.address)
    question = f"What does the walrus eat? {evil}"
    page.get_by_role("combobox").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".turn:not(.pending) .question")).to_have_text(question)
    expect(page.locator("blockquote")).to_contain_text(evil)
    page.locator("a.marker").focus()
    expect(page.get_by_role("tooltip")).to_contain_text(evil)
    page.locator("a.marker").click()
    expect(page.locator(".pane mark")).to_contain_text(evil)
    page.goto(own_site.address)
    expect(page.locator(".kept")).to_contain_text(question)
    assert page.locator("img, main script").count() == 0
