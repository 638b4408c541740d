"""Ask through the widget on a page of another origin, and count what goes wrong in the browser.

The page has a policy that allows only what the widget needs. Every answer that the widget shows is compared
with the reply of ``POST /ask``.

Usage: python benchmarks/widget.py CORPUS --questions FILE.jsonl [--limit N]
"""

import json
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from browser import chromium
from harness import Client, corpus_and_questions, served
from playwright.sync_api import Page

from normqa.answer.models import Models
from normqa.service import Service
from normqa.settings import read_settings

_DONE = "Strong|Fair|Weak|Found|No answer|There are|The "
_IS_DONE = f"widget => /^({_DONE})/.test(widget.shadowRoot.querySelector('.status').textContent)"


class _Handler(BaseHTTPRequestHandler):
    """Sends a page with the widget of the server in the query."""

    def do_GET(self) -> None:
        """Send the page."""
        server = self.path.partition("?")[2]
        policy = f"default-src 'none'; script-src {server}; connect-src {server}"
        page = (
            '<!doctype html><html lang="en"><title>Another site</title>'
            f'<script src="{server}/embed.js" defer></script><norm-qa server="{server}" inline></norm-qa>'
        )
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@contextmanager
def _other_origin() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def main() -> None:
    """Print what the widget showed, and the errors of the browser."""
    corpus, questions = corpus_and_questions(__doc__, 200)
    with tempfile.TemporaryDirectory() as folder, _other_origin() as origin:
        settings = read_settings(corpus=corpus, index=Path(folder) / "index", embed_origins=(origin,))
        service = Service(settings, Models.load(settings))
        service.build()
        service.warm_up()
        with served(service, settings) as address, chromium() as browser:
            page, errors = browser.new_page(), list[str]()
            page.on(
                "console", lambda message: errors.append(message.text) if message.type == "error" else None
            )
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.on("requestfailed", lambda request: errors.append(f"{request.url}: {request.failure}"))
            page.goto(f"{origin}/?http://{address[0]}:{address[1]}")
            _ask_all(page, Client(address), questions, errors)


def _ask_all(page: Page, client: Client, questions: list[str], errors: list[str]) -> None:
    answered, equal = 0, 0
    for question in questions:
        shown = _shown(page, question)
        reply = json.loads(client.ask(question))
        answered += reply["status"] == "answered"
        equal += shown == [quote["text"] for quote in reply["quotes"] or reply["near_misses"]]
    print(f"{'questions':30} {len(questions):6}")
    print(f"{'answered':30} {answered:6}")
    print(f"{'shown as POST /ask replies':30} {equal:6}")
    print(f"{'errors in the browser':30} {len(errors):6}")
    print(*errors, sep="\n")


def _shown(page: Page, question: str) -> list[str]:
    """Ask in the widget and return the quotes that it shows."""
    widget = page.locator("norm-qa")
    page.get_by_role("textbox").fill(question)
    page.keyboard.press("Enter")
    page.wait_for_function(_IS_DONE, arg=widget.element_handle())
    return widget.locator("blockquote").all_text_contents()


if __name__ == "__main__":
    main()
