"""Takes the README's screenshot of a running server.

Usage: python docs/screenshot.py http://127.0.0.1:8000
"""

import shutil
import sys
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import sync_playwright

QUESTION = "Which strategy uses hotlines?"
CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]


def take(server: str, path: Path) -> None:
    """Asks the server a question in a browser and keeps what it shows."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        page = browser.new_page(viewport={"width": 1000, "height": 620})
        page.goto(f"{server}/?{urlencode({'q': QUESTION})}")
        page.screenshot(path=path)
        browser.close()


if __name__ == "__main__":
    take(sys.argv[1].rstrip("/"), Path(__file__).with_name("screenshot.png"))
