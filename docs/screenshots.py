"""Take the screenshots of the documentation from a running server.

Usage: NORMQA_ADMIN_TOKEN=… python docs/screenshots.py http://127.0.0.1:8000

The pictures are written beside this file. Without the token, the admin page is left out.
"""

import os
import shutil
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
FOLDER = Path(__file__).parent
DILIGENCE = "What is due diligence?"
LIST = "What are the main strategies for building international norms on cybersecurity?"
COMPARISON = "How does the Budapest Convention differ from the UN Cybercrime Convention?"
MEASURES = "What are confidence-building measures?"


class Camera:
    """Takes pictures of the pages of a server.

    Args:
        browser: Browser that shows the pages.
        server: Address of the server.
    """

    def __init__(self, browser: Browser, server: str) -> None:
        self._browser = browser
        self._server = server

    def open(self, *questions: str, path: str = "/", **options: Any) -> Page:  # noqa: ANN401 - options of a browser context
        """Open the page that answers the last question, or the first page."""
        options = {"viewport": {"width": 1000, "height": 720}, "reduced_motion": "reduce", **options}
        page = self._browser.new_page(**options)
        query = (
            [("q", questions[-1]), *(("after", earlier) for earlier in questions[:-1])] if questions else []
        )
        page.goto(f"{self._server}{path}?{urlencode(query)}")
        return page

    def take(self, name: str, page: Page) -> None:
        """Save a picture of the page and close it."""
        page.wait_for_timeout(500)
        page.screenshot(path=FOLDER / f"{name}.png")
        page.close()


def take_all(camera: Camera) -> None:
    """Take one picture of each main state."""
    camera.take("first-visit", camera.open())

    page = camera.open(DILIGENCE)
    page.get_by_text("Show context").first.click()
    camera.take("answer", page)

    camera.take("list", camera.open(LIST))
    camera.take("comparison", camera.open(COMPARISON))
    camera.take("refusal", camera.open("Who chairs the OEWG in 2031?"))
    camera.take("dark", camera.open(MEASURES, "Who takes part in them?", color_scheme="dark"))
    camera.take("narrow", camera.open(DILIGENCE, viewport={"width": 320, "height": 720}))

    page = camera.open(DILIGENCE, viewport={"width": 1200, "height": 620})
    page.locator("a.marker").nth(1).click()
    page.locator(".pane mark").wait_for()
    camera.take("source", page)


def take_admin(camera: Camera, token: str) -> None:
    """Sign in at the admin page and take its picture."""
    page = camera.open(path="/admin", viewport={"width": 1000, "height": 900})
    page.locator("#token").fill(token)
    page.get_by_role("button", name="Sign in").click()
    page.locator("#drift").wait_for()
    camera.take("admin", page)


if __name__ == "__main__":
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        camera = Camera(browser, sys.argv[1].rstrip("/"))
        take_all(camera)
        if token := os.environ.get("NORMQA_ADMIN_TOKEN"):
            take_admin(camera, token)
        browser.close()
