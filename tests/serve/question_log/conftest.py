"""A server with a question log."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from normqa.serve.app import create_app
from normqa.serve.question_log.database import Database
from normqa.serve.question_log.row import Row
from normqa.service import Service
from normqa.settings import Settings
from tests.conftest import covering_models
from tests.serve.conftest import BROWSER, Built

QUESTION = "What does the pelican eat?"
REFUSED = "Who repairs bicycles?"
TOKEN = "a token of the administrator"
OWN = BROWSER | {"Origin": "http://testserver"}
"""Headers that a browser sends with a form of the page."""

Client = Callable[..., TestClient]


@pytest.fixture(scope="package")
def service(built: Built) -> Service:
    files = {
        "birds.md": "# Birds\n\n## Food\n\nThe pelican eats herring.\n",
        "mud.md": "Herons wade in mud.\n",
    }
    return built(files, covering_models())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file of the log."""
    return tmp_path / "log" / "asked.db"


@pytest.fixture
def start(service: Service, path: Path) -> Client:
    """Starts servers with a question log."""

    def client(**settings: object) -> TestClient:
        chosen = Settings(
            **{"question_log": path, "allowed_hosts": ("*",), "min_confidence": 0.3, "admin_token": TOKEN}
            | settings  # type: ignore[arg-type]
        )
        return TestClient(create_app(chosen, service))

    return client


@pytest.fixture
def client(start: Client) -> TestClient:
    return start()


def logged(client: TestClient) -> list[Row]:
    """Return the rows of a server's log."""
    rows: list[Row] = client.app.state.question_log.rows()  # type: ignore[attr-defined]
    return rows


def token_in(page: str) -> str:
    """Return the token in the form of a page."""
    [token] = re.findall('name="token" value="([^"]+)"', page)
    return str(token)


def rated(client: TestClient, question: str, **rating: str) -> None:
    """Ask a question on the page and rate its answer."""
    token = token_in(client.get("/", params={"q": question}, headers=BROWSER).text)
    assert client.post("/rate", data={"token": token} | rating, headers=OWN).status_code == 200


def stored(path: Path) -> list[Row]:
    """Return the rows in a file, whatever their age."""
    return Database(path).rows("")
