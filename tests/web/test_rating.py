"""Rate an answer in a browser, with and without JavaScript, and read the question log."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Page, expect

from normqa.serve.app import create_app
from normqa.serve.question_log.row import Row
from normqa.serve.server import bind
from normqa.settings import Settings
from tests.conftest import BuildService
from tests.web.accessibility import violations
from tests.web.conftest import OpenPage

TOKEN = "a token of the administrator"
QUESTION = "What does the pelican eat?"


class Site:
    """A running server with a question log."""

    def __init__(self, address: str, server: uvicorn.Server) -> None:
        self.address = address
        self.server = server

    def rows(self) -> list[Row]:
        """Return the rows of the log."""
        rows: list[Row] = self.server.config.app.state.question_log.rows()  # type: ignore[union-attr]
        return rows


@pytest.fixture
def site(build_service: BuildService, tmp_path: Path) -> Iterator[Site]:
    """A server in this process."""
    service = build_service({"birds.md": "The pelican eats herring.\n"})
    settings = Settings(
        question_log=tmp_path / "asked.db", admin_token=TOKEN, min_confidence=0.3, allowed_hosts=("*",)
    )
    listener = bind("127.0.0.1", 0)
    app = create_app(settings, service)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on"))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    yield Site(f"http://127.0.0.1:{listener.getsockname()[1]}", server)
    server.should_exit = True
    thread.join()


def test_answer_is_rated_in_place(page: Page, site: Site) -> None:
    page.goto(site.address)
    page.get_by_role("combobox").fill(QUESTION)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Not helpful").click()
    expect(page.locator(".rating [role=status]")).to_be_focused()
    assert violations(page) == []
    page.get_by_role("button", name="Out of date").click()
    expect(page.locator(".rating")).to_have_text("Thank you. Your rating was saved.")
    expect(page.locator("#announcement")).to_have_text("Thank you. Your rating was saved.")
    assert page.locator(".turn .question").all_text_contents() == [QUESTION]
    assert [(row.rating, row.complaint) for row in site.rows()] == [("unhelpful", "outdated")]


def test_answer_is_rated_without_scripts_and_going_back_asks_nothing(open_page: OpenPage, site: Site) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(f"{site.address}/?q={QUESTION}")
    page.get_by_role("button", name="Not helpful").click()
    page.get_by_role("button", name="Something is missing").click()
    expect(page.locator(".rating")).to_contain_text("Thank you.")
    page.go_back()
    page.go_back()
    expect(page.locator("blockquote")).to_contain_text("The pelican eats herring.")
    page.reload()
    expect(page.locator("blockquote")).to_contain_text("The pelican eats herring.")
    assert [(row.rating, row.complaint) for row in site.rows()] == [("unhelpful", "incomplete")]


def test_failure_to_save_is_reported(open_page: OpenPage, site: Site) -> None:
    page = open_page(forgiven="Failed to load resource")
    page.goto(f"{site.address}/?q={QUESTION}")
    page.route("**/rate", lambda route: route.abort())
    page.get_by_role("button", name="Helpful", exact=True).click()
    expect(page.locator(".rating")).to_have_text("Your rating could not be saved.")


def test_question_log_is_accessible(open_page: OpenPage, site: Site) -> None:
    page = open_page(viewport={"width": 320, "height": 640})
    page.goto(f"{site.address}/?q={QUESTION}")
    page.get_by_role("button", name="Not helpful").click()
    page.get_by_role("button", name="Out of date").click()
    expect(page.locator(".rating")).to_contain_text("Thank you.")
    page.goto(f"{site.address}/admin")
    page.get_by_label("Token").fill(TOKEN)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Question log").click()
    expect(page.locator("section").nth(1)).to_contain_text(QUESTION)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 320
