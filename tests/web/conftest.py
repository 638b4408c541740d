"""Fixtures of the browser tests: server processes, and pages that report errors and foreign requests."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from normqa.answer.confidence import CalibrationFile
from tests.chromium import CHROMIUM, FLAGS
from tests.conftest import covering_models
from tests.web.hosting import Host, hosting

ZOO = """---
title: Birds of the bay
source: Field notes
url: https://zoo.example/notes
date: 2023-05-01
authors: [Ada Roe]
questions:
  - What does the pelican eat?
  - Which birds dive?
---

# The pelican

Nobody feeds the birds. The pelican eats herring. It lives at the bay.

Boats bring the herring there.

# Divers

Birds that dive:

- The gannet plunges.
- The puffin digs.

# Sleep

The pelican sleeps at noon.

# Flight

The pelican flies over the water.

# Pouch

The pelican has a pouch.

# Company

The pelican swims with other birds.
"""
HERONS = "# Herons\n\nThe heron eats frogs.\n\n" + "Reeds grow tall. " * 200
QUESTIONS = {
    "answer": "What does the pelican eat?",
    "more": "pelican",
    "list": "Which birds dive?",
    "comparison": "How do the heron and the gannet differ?",
    "near": "Do pelicans boil?",
    "nothing": "What is the boiling point of lead?",
}


@dataclass
class Site:
    """A running server.

    Attributes:
        address: Address of the server.
        corpus: Folder of its documents.
        process: The process.
        environment: Environment variables of the process.
    """

    address: str
    corpus: Path
    process: subprocess.Popen[str]
    environment: dict[str, str]

    def asking(self, question: str, *earlier: str) -> str:
        """Return the address of a question."""
        return (
            f"{self.address}/?{urlencode([('q', question), *(('after', question) for question in earlier)])}"
        )

    def build(self) -> None:
        """Rebuild the index in another process."""
        command = [sys.executable, "-m", "normqa", "build"]
        subprocess.run(command, cwd=self.corpus.parent, env=self.environment, check=True, capture_output=True)


@contextmanager
def serving(folder: Path, files: dict[str, str], **settings: str) -> Iterator[Site]:
    """Start a server for a corpus of these files, calibrated by the share of words found."""
    (folder / "corpus").mkdir()
    for name, text in files.items():
        (folder / "corpus" / name).write_text(text, encoding="utf-8")
    calibration = covering_models().calibration
    assert calibration
    calibrations = CalibrationFile(calibrations=(calibration,))
    (folder / "calibration.json").write_text(calibrations.model_dump_json(), encoding="utf-8")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("NORMQA_")},
        "NORMQA_ENCODER": "hashing",
        "NORMQA_RERANKER": "none",
        "NORMQA_CALIBRATION": "calibration.json",
        "NORMQA_MIN_CONFIDENCE": "0.3",
        **{f"NORMQA_{name.upper()}": value for name, value in settings.items()},
    }
    command = [sys.executable, "-m", "normqa", "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        output = ""
        try:
            for line in process.stderr:
                output += line
                if found := re.search(r"^Serving on (http://\S+) ", line):
                    yield Site(found[1], folder / "corpus", process, environment)
                    break
            else:
                pytest.fail(f"the server did not start: {output}")
        finally:
            process.kill()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium. It is closed after these tests, because its event loop would disturb others."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def host() -> Iterator[Host]:
    """A server of other pages, which may embed the site."""
    with hosting() as host:
        yield host


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, host: Host) -> Iterator[Site]:
    """A server with two documents, which no test changes."""
    folder, files = tmp_path_factory.mktemp("site"), {"zoo.md": ZOO, "herons.md": HERONS}
    with serving(folder, files, embed_origins=json.dumps([host.origin])) as site:
        yield site


@pytest.fixture
def own_site(tmp_path: Path) -> Iterator[Site]:
    """A server with a document that a test may change."""
    with serving(tmp_path, {"zoo.md": ZOO}) as site:
        yield site


@pytest.fixture(scope="session")
def empty_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server without documents."""
    with serving(tmp_path_factory.mktemp("empty"), {}) as site:
        yield site


OpenPage = Callable[..., Page]
"""Opens a page in a new context with options. One console error, and one other address, may be forgiven."""


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Opens pages, and fails if one sends foreign requests or logs errors."""
    faults: list[str] = []
    with ExitStack() as closing:

        def open_page(*, forgiven: str = "nothing", visited: str = "nothing", **options: Any) -> Page:
            context = browser.new_context(**{"reduced_motion": "reduce", **options})
            closing.callback(context.close)
            page = context.new_page()
            page.set_default_timeout(10_000)
            page.on(
                "request",
                lambda request: (
                    faults.append(request.url)
                    if _strays(page, request.url) and not request.url.startswith(visited)
                    else None
                ),
            )
            page.on(
                "console",
                lambda message: (
                    faults.append(message.text)
                    if message.type == "error" and forgiven not in message.text
                    else None
                ),
            )
            page.on("pageerror", lambda error: faults.append(str(error)))
            return page

        yield open_page
    assert faults == []


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A page in a window of 1000 by 800 pixels."""
    return open_page(viewport={"width": 1000, "height": 800})


def _strays(page: Page, url: str) -> bool:
    """Whether a request goes to another origin than its page."""
    origin = re.match(r"https?://[^/]+", page.url)
    return bool(origin) and not url.startswith(origin[0] + "/") if origin else False


def kept(page: Page) -> Any:
    """Return the conversation that the browser has stored."""
    return json.loads(page.evaluate("localStorage.getItem('normqa.conversation')") or "[]")
