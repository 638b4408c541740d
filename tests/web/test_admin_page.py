"""The administration page in a browser: sign-in, rebuild and rollback."""

import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from filelock import FileLock
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pydantic import SecretStr

from normqa.datatypes import EmbeddedText
from normqa.models.hashing import HashingEncoder
from normqa.models.protocols import Advance, Encoded
from normqa.serve.app import create_app
from normqa.serve.server import bind
from normqa.service import Service
from normqa.settings import Settings
from tests.chromium import CHROMIUM, FLAGS
from tests.conftest import WriteCorpus, asking, hashing_models
from tests.web.accessibility import violations

TOKEN = "a token of the administrator"
QUESTION = "What does the pelican eat?"
NARROW = {"width": 320, "height": 640}
Open = Callable[..., Page]


class Patient(HashingEncoder):
    """An encoder that a test can block before it encodes passages."""

    def __init__(self) -> None:
        super().__init__()
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def encode_passages(self, texts: Sequence[EmbeddedText], advance: Advance = lambda _: None) -> Encoded:
        assert not texts or self.may_go_on.wait(30)
        return super().encode_passages(texts, advance)


@dataclass
class Site:
    """A running server with two generations."""

    address: str
    service: Service
    encoder: Patient
    server: uvicorn.Server

    def answer(self) -> str:
        """Return the quote that answers the question."""
        return self.service.ask(asking(QUESTION, 1)).quotes[0].text


@pytest.fixture
def site(write_corpus: WriteCorpus, index: Path) -> Iterator[Site]:
    """A server in a thread."""
    encoder = Patient()
    corpus = write_corpus({"a.md": "---\ntopics: [birds]\n---\n\nThe pelican eats herring.\n"})
    service = Service(Settings(corpus=corpus, index=index), hashing_models(encoder))
    service.build()
    write_corpus({"b.md": "Walruses sleep.\n", "c.xlsx": b"%PDF-"})
    service.build()
    settings = Settings.model_construct(top_k=3, min_confidence=0.3, admin_token=SecretStr(TOKEN))
    listener = bind("127.0.0.1", 0)
    config = uvicorn.Config(create_app(settings, service), log_level="warning", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield Site(f"http://127.0.0.1:{listener.getsockname()[1]}", service, encoder, server)
    encoder.may_go_on.set()
    server.should_exit = True
    thread.join()
    listener.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, site: Site) -> Iterator[Open]:
    """Opens the page with browser options, and fails if it sends foreign requests or logs errors."""
    contexts, strays = [], list[str]()

    def note(text: str) -> None:
        if "status of 401" not in text and "status of 409" not in text:  # which the tests bring about
            strays.append(text)

    def open_one(**kind: object) -> Page:
        context = browser.new_context(**kind)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on(
            "request",
            lambda request: None if request.url.startswith(site.address) else strays.append(request.url),
        )
        page.on("console", lambda message: note(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: strays.append(str(error)))
        page.goto(f"{site.address}/admin")
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert strays == []


def try_token(page: Page, token: str) -> None:
    """Type a token and press Enter."""
    page.get_by_label("Administrator token").fill(token)
    page.keyboard.press("Enter")


def sign_in(page: Page) -> None:
    """Sign in and wait for the page."""
    try_token(page, TOKEN)
    expect(page.get_by_role("heading", name="Corpus and index")).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
def test_sign_in_with_wrong_and_right_token(script: bool, open_page: Open) -> None:
    page = open_page(java_script_enabled=script)
    try_token(page, "a token of another")
    expect(page.get_by_role("alert")).to_have_text("Wrong token.")
    assert "token" not in page.url
    sign_in(page)
    assert page.url.endswith("/admin")
    assert TOKEN not in page.content()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Administrator token")).to_be_visible()
    page.go_back()
    page.reload()
    expect(page.get_by_role("heading", name="Corpus and index")).to_have_count(0)


def test_javascript_cannot_read_the_cookie(open_page: Open) -> None:
    page = open_page()
    sign_in(page)
    assert page.evaluate("document.cookie") == ""


def test_rebuild_shows_progress_while_the_current_index_answers(
    site: Site, open_page: Open, write_corpus: WriteCorpus
) -> None:
    page = open_page()
    sign_in(page)
    write_corpus({"a.md": "The pelican eats squid.\n"})
    page.reload()
    expect(page.locator(".stale")).to_have_text("The corpus has changed since this index was built.")
    expect(page.get_by_role("progressbar")).to_have_count(0)

    posts = list[str]()
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    site.encoder.may_go_on.clear()
    page.get_by_role("button", name="Rebuild index").click()
    expect(page.get_by_role("progressbar", name="Encoding passages …")).to_be_visible()
    assert page.locator("progress").get_attribute("max") == "1"
    assert site.answer() == "The pelican eats herring."
    page.get_by_role("button", name="Rebuild index").click(force=True)  # does nothing twice
    site.encoder.may_go_on.set()

    expect(page.locator(".done")).to_have_text("The index was rebuilt.")
    expect(page.locator(".done")).to_be_focused()
    assert site.answer() == "The pelican eats squid."
    assert posts == [f"{site.address}/admin/rebuild"]
    page.get_by_role("button", name="Rebuild index").press("Enter")
    expect(page.locator(".done")).to_have_text("Nothing changed, so no new index was built.")


def test_failed_rebuild_shows_the_reason_and_can_be_repeated(
    site: Site, open_page: Open, index: Path, write_corpus: WriteCorpus
) -> None:
    page = open_page()
    sign_in(page)
    write_corpus({"a.md": "The pelican eats squid.\n"})
    button = page.get_by_role("button", name="Rebuild index")
    with FileLock(index / ".lock"):
        button.click()
        expect(page.locator("#stage")).to_contain_text("Another process is building")
        expect(page.get_by_role("progressbar")).to_have_count(0)
    button.click()
    expect(page.locator(".done")).to_have_text("The index was rebuilt.")
    assert site.answer() == "The pelican eats squid."


def test_rebuild_without_a_session_asks_to_sign_in(site: Site, open_page: Open) -> None:
    page = open_page()
    sign_in(page)
    page.context.clear_cookies()
    page.get_by_role("button", name="Rebuild index").click()
    expect(page.get_by_label("Administrator token")).to_be_visible()
    assert len(site.service.generations()) == 2


@pytest.mark.parametrize("script", [True, False])
def test_rollback_takes_two_steps_and_is_reported(script: bool, site: Site, open_page: Open) -> None:
    page = open_page(java_script_enabled=script)
    sign_in(page)
    yes = page.get_by_role("button", name="Roll back")
    expect(yes).to_be_hidden()
    page.locator("summary").press("Enter")
    yes.press("Enter")
    expect(page.locator(".done")).to_have_text("The index was rolled back.")
    expect(page.locator(".badge")).to_have_text(["current", "rolled back"])
    assert [past.in_force for past in site.service.generations()] == [False, True]
    page.goto(site.address)
    expect(page.get_by_text("The index was rolled back")).to_be_visible()


def test_rebuild_works_without_javascript(site: Site, open_page: Open, write_corpus: WriteCorpus) -> None:
    page = open_page(java_script_enabled=False)
    sign_in(page)
    write_corpus({"a.md": "The pelican eats squid.\n"})
    page.get_by_role("button", name="Rebuild index").click()
    expect(page.locator(".done")).to_have_text("The index was rebuilt.")
    assert site.answer() == "The pelican eats squid."


def test_another_site_cannot_rebuild(site: Site, open_page: Open, write_corpus: WriteCorpus) -> None:
    """A form on another port of the same host, which receives even strict cookies."""
    page = open_page()
    sign_in(page)
    write_corpus({"a.md": "The pelican eats squid.\n"})
    other = site.address.rpartition(":")[0] + ":9"
    form = f'<form method="post" action="{site.address}/admin/rebuild"><button>Win</button></form>'
    page.context.route(f"{other}/*", lambda route: route.fulfill(body=form, content_type="text/html"))
    elsewhere = page.context.new_page()
    elsewhere.goto(f"{other}/")
    with elsewhere.expect_navigation() as arrived:
        elsewhere.get_by_role("button").click()
    request = arrived.value.request
    assert "normqa_admin=" in request.all_headers()["cookie"]
    assert arrived.value.status == 403
    assert len(site.service.generations()) == 2


@pytest.mark.parametrize("size", [{"width": 1000, "height": 800}, NARROW], ids=["wide", "narrow"])
def test_every_state_is_accessible_and_fits(
    size: dict[str, int], open_page: Open, write_corpus: WriteCorpus
) -> None:
    write_corpus({"a longer name than a narrow screen is wide, without an end.md": "Otters float.\n"})
    page = open_page(viewport=size)

    def check() -> None:
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]

    check()
    try_token(page, "a token of another")
    expect(page.get_by_role("alert")).to_be_visible()
    check()
    sign_in(page)
    expect(page.get_by_role("table")).to_have_count(2)
    page.locator("summary").click()
    check()
    page.get_by_role("button", name="Roll back").click()
    expect(page.locator(".done")).to_be_visible()
    check()
    page.get_by_role("link", name="Explain an answer").click()
    page.get_by_role("searchbox").fill("Which birds swim?")
    page.get_by_role("button", name="Explain").click()
    expect(page.get_by_role("heading", name="Scored")).to_be_visible()
    for summary in page.locator("summary").all():
        summary.click()
    check()


def test_charts_and_problems_are_readable_as_text(open_page: Open) -> None:
    page = open_page()
    sign_in(page)
    topics = page.get_by_role("table", name="By topic")
    expect(topics.get_by_role("row")).to_have_text([re.compile("Topic"), re.compile(r"birds\s+1")])
    expect(topics.get_by_role("img")).to_have_count(0)
    expect(page.get_by_role("list").filter(has_text="c.xlsx")).to_contain_text("skipped")
