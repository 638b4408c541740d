"""The widget on a page of another origin with a strict policy, and the page in a frame without scripts."""

from urllib.parse import urlencode

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from normqa.datatypes import NEAR_MISSES_HEADING
from tests.web.accessibility import violations
from tests.web.conftest import QUESTIONS, OpenPage, Site
from tests.web.hosting import Host

BUTTON = "Ask the documents"
FOUND = "Strong match (2 quotes)"
QUOTES = ["The pelican eats herring.", "The heron eats frogs."]
UNREACHABLE = "The server did not respond, or does not allow this page to ask. Try again later."


def show(
    open_page: OpenPage,
    site: Site,
    origin: str,
    attributes: str = "",
    *,
    forgiven: str = "nothing",
    **options: str,
) -> Page:
    """Open a page with the widget, which reports violations of its policy as errors."""
    page = open_page(visited=site.address, forgiven=forgiven, **options)
    page.goto(origin + Host.page(site.address, f'<norm-qa server="{site.address}" {attributes}></norm-qa>'))
    return page


def ask(page: Page, question: str, status: str) -> Locator:
    """Ask in an inline box, wait for the status, and return the quotes."""
    page.get_by_role("textbox").fill(question)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text(status)
    return page.locator("norm-qa blockquote")


def test_widget_works_by_keyboard_and_quotes_verbatim(open_page: OpenPage, site: Site, host: Host) -> None:
    page = show(open_page, site, host.origin)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=BUTTON)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name=BUTTON)).to_be_visible()
    expect(page.get_by_label("Question")).to_be_focused()
    quotes = ask(page, QUESTIONS["answer"], FOUND)
    assert quotes.all_text_contents() == QUOTES
    assert violations(page) == []
    for _ in range(2):  # past the button that asks
        page.keyboard.press("Tab")
    source = page.get_by_role("link", name="Birds of the bay › The pelican")
    expect(source).to_be_focused()
    with page.context.expect_page() as opened:
        page.keyboard.press("Enter")
    assert opened.value.locator("mark").text_content() == "The pelican eats herring."
    assert opened.value.evaluate("opener") is None
    page.bring_to_front()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("button", name=BUTTON)).to_be_focused()


def test_list_marked_sentence_and_refusal_in_an_inline_box(
    open_page: OpenPage, site: Site, host: Host
) -> None:
    page = show(open_page, site, host.origin, "inline")
    expect(page.get_by_role("textbox", name=BUTTON)).not_to_be_focused()
    items = ask(page, QUESTIONS["list"], "Strong match (3 quotes)")
    assert items.all_text_contents() == ["Birds that dive:", "The gannet plunges.", "The puffin digs."]
    assert page.locator("norm-qa cite").count() == 1
    quotes = ask(page, "What lives at the bay?", "Strong match (1 quote)")
    assert quotes.all_text_contents() == ["The pelican eats herring. It lives at the bay."]
    assert page.locator("norm-qa mark").text_content() == "It lives at the bay."
    near = ask(page, QUESTIONS["near"], "No answer found in these documents.")
    assert "pelican" in (near.first.text_content() or "")
    expect(page.locator("norm-qa")).to_contain_text(NEAR_MISSES_HEADING)
    assert page.locator("norm-qa mark").count() == 0
    assert violations(page) == []


def test_origin_that_is_not_listed_gets_no_answer(open_page: OpenPage, site: Site, host: Host) -> None:
    page = show(open_page, site, host.other_origin, "inline", forgiven="")
    quotes = ask(
        page,
        QUESTIONS["answer"],
        UNREACHABLE,
    )
    assert quotes.count() == 0


def test_widget_waits_as_long_as_the_server_says(open_page: OpenPage, site: Site, host: Host) -> None:
    page = show(open_page, site, host.origin, "inline", forgiven="503")
    headers = {
        "Access-Control-Allow-Origin": host.origin,
        "Access-Control-Expose-Headers": "Retry-After",
        "Retry-After": "1",
    }
    asked = list[str]()

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(
            status=503, json={"message": "Too many questions are waiting for an answer."}, headers=headers
        )

    page.route("**/ask", refuse)
    ask(page, QUESTIONS["answer"], "Too many questions are waiting for an answer. Try again in 1 second.")
    page.get_by_role("button", name="Ask", exact=True).click(force=True)
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_disabled()
    expect(page.get_by_role("status")).to_have_text("You can ask again.")
    page.unroute("**/ask")
    ask(page, QUESTIONS["answer"], FOUND)
    assert asked == [f"{site.address}/ask"]


def test_unusable_reply_and_malformed_server_are_errors(open_page: OpenPage, site: Site, host: Host) -> None:
    page = show(open_page, site, host.origin, "inline", forgiven="502")
    headers = {"Access-Control-Allow-Origin": host.origin}
    for status, body in ((502, "<p>Bad gateway</p>"), (200, '{"quotes": 1}'), (200, "null")):
        page.route("**/ask", lambda route: route.fulfill(status=status, body=body, headers=headers))  # noqa: B023
        ask(page, QUESTIONS["answer"], UNREACHABLE)
    page.unroute_all()
    for address in ("javascript:alert(1)", "http://", "data:text/plain,x"):
        page.locator("norm-qa").evaluate(
            "(widget, address) => widget.setAttribute('server', address)", address
        )
        ask(page, QUESTIONS["answer"], UNREACHABLE)
    page.locator("norm-qa").evaluate("widget => widget.removeAttribute('server')")
    ask(page, QUESTIONS["answer"], FOUND)  # from where the script is


def test_newest_question_wins_and_reports_that_it_searches(
    open_page: OpenPage, site: Site, host: Host
) -> None:
    page = show(open_page, site, host.origin, "inline")
    page.route("**/ask", lambda _: None)  # it never answers
    ask(page, QUESTIONS["near"], "Searching the documents …")
    expect(page.locator("norm-qa [aria-busy=true]")).to_have_count(1)
    page.unroute("**/ask")
    ask(page, QUESTIONS["answer"], FOUND)
    expect(page.locator("norm-qa [aria-busy=true]")).to_have_count(0)


def test_text_of_documents_is_never_markup(open_page: OpenPage, site: Site, host: Host) -> None:
    """Nor does an address lead away from the server."""
    page = show(open_page, site, host.origin, "inline")
    page.on("dialog", lambda dialog: pytest.fail(f"it ran: {dialog.message}"))
    evil = "<img src=x onerror=alert(1)>"

    def answer(route: Route) -> None:
        body = route.fetch().json()
        quote = body["quotes"][0] | {
            "text": evil,
            "start": 0,
            "end": len(evil),
            "answer": {"start": 1, "end": 4},
        }
        quote["document"]["title"] = evil
        quote["document"]["language"] = 'ar" onclick="alert(1)'
        quote["context"] = [{"role": "lead_in", "text": evil, "start": 0, "end": 1}]
        quotes = [
            quote | {"href": href} for href in ("javascript:alert(1)", "//evil.example/", "/documents/zoo")
        ]
        body |= {"quotes": quotes, "absent": [evil], "index": {"warning": evil, "rolled_back": True}}
        route.fulfill(json=body, headers={"Access-Control-Allow-Origin": host.origin})

    page.route("**/ask", answer)
    quotes = ask(page, QUESTIONS["answer"], "Strong match (3 quotes)")
    assert quotes.all_text_contents() == [evil] * 3
    assert page.locator("norm-qa img").count() == 0
    links = page.locator("norm-qa cite a")
    assert [link.get_attribute("href") for link in links.all()] == [f"{site.address}/documents/zoo"]


def test_characters_outside_the_first_plane_count_once(open_page: OpenPage, site: Site, host: Host) -> None:
    page = show(open_page, site, host.origin, "inline")

    def answer(route: Route) -> None:
        body = route.fetch().json()
        body["quotes"][0] |= {
            "text": "🐦🐦 It dives. 🐦",
            "start": 7,
            "end": 19,
            "answer": {"start": 10, "end": 18},
        }
        route.fulfill(json=body, headers={"Access-Control-Allow-Origin": host.origin})

    page.route("**/ask", answer)
    ask(page, QUESTIONS["answer"], FOUND)
    assert page.locator("norm-qa mark").text_content() == "It dives"


def test_widget_follows_preferences_and_keeps_its_own_styles(
    open_page: OpenPage, site: Site, host: Host
) -> None:
    page = show(open_page, site, host.origin, "inline")
    box = page.locator("norm-qa .box")
    colours = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        colours.append(box.evaluate("box => getComputedStyle(box).backgroundColor"))
    assert colours == ["rgb(253, 252, 249)", "rgb(25, 24, 22)"]
    page.emulate_media(color_scheme="dark")
    page.locator("norm-qa").evaluate("widget => { widget.style.colorScheme = 'light'; }")
    assert box.evaluate("box => getComputedStyle(box).backgroundColor") == colours[0]
    page.emulate_media(forced_colors="active")
    assert box.evaluate("box => getComputedStyle(box).borderTopStyle") == "solid"


def test_label_is_in_the_language_of_the_page(open_page: OpenPage, site: Site, host: Host) -> None:
    page = show(open_page, site, host.origin, 'label="Demander"')
    button = page.get_by_role("button", name="Demander")
    assert button.get_attribute("lang") == "fr"
    button.click()
    expect(page.get_by_role("dialog", name="Demander")).to_be_visible()
    assert page.get_by_role("button", name="Close").evaluate("close => close.closest('[lang]').lang") == "en"


@pytest.mark.parametrize("sandbox", ["allow-forms allow-popups allow-popups-to-escape-sandbox", None])
def test_frame_answers_without_scripts(
    open_page: OpenPage, site: Site, host: Host, sandbox: str | None
) -> None:
    limits = "" if sandbox is None else f'sandbox="{sandbox}"'
    page = open_page(visited=site.address, forgiven="Blocked script execution")  # by this tool
    page.goto(
        host.origin
        + Host.page(site.address, f'<iframe title="Ask" src="{site.address}/embed" {limits}></iframe>')
    )
    frame = page.frame_locator("iframe")
    frame.get_by_role("textbox", name=BUTTON).fill(QUESTIONS["answer"])
    page.keyboard.press("Enter")
    expect(frame.locator("h2")).to_have_text(FOUND)
    assert frame.locator("blockquote").all_text_contents() == QUOTES
    expect(frame.locator("body")).to_have_css("margin", "0px")
    with page.context.expect_page() as opened:
        frame.get_by_role("link", name="Birds of the bay").click()
    assert opened.value.locator("mark").text_content() == "The pelican eats herring."


def test_page_for_a_frame_is_accessible(open_page: OpenPage, site: Site) -> None:
    page = open_page()
    for name in ("answer", "near"):
        page.goto(f"{site.address}/embed?{urlencode({'q': QUESTIONS[name]})}")
        assert violations(page) == [], name


def test_frame_stays_empty_on_a_page_that_is_not_listed(open_page: OpenPage, site: Site, host: Host) -> None:
    page = open_page(visited=site.address, forgiven="frame-ancestors")
    page.goto(
        host.other_origin
        + Host.page(site.address, f'<iframe title="Ask" src="{site.address}/embed"></iframe>')
    )
    expect(page.frame_locator("iframe").get_by_role("textbox")).to_have_count(0)
