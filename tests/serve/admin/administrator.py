"""An administrator who uses the token or a browser."""

import json
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from pydantic import SecretStr

from normqa.serve.app import create_app
from normqa.service import Service
from normqa.settings import Settings
from tests.conftest import hashing_models
from tests.serve.conftest import BROWSER

TOKEN = "a token of the administrator"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
OWN = {**BROWSER, "Origin": "http://testserver"}
"""Headers that a browser sends with a form of the page."""


class Admin:
    """A corpus and a client of an application with administration."""

    def __init__(self, corpus: Path, index: Path, *, token: str | None = TOKEN) -> None:
        self.index = index
        self.service = Service(Settings(corpus=corpus, index=index), hashing_models())
        settings = Settings.model_construct(
            top_k=3,
            min_confidence=0.3,
            admin_token=SecretStr(token) if token else None,
            allowed_hosts=("*",),
        )
        self.app = create_app(settings, self.service)
        self.client = TestClient(self.app)

    def rebuild(self, body: bytes = b"") -> list[tuple[str, Any]]:
        """Rebuild and return the events as names and data."""
        reply = self.client.post("/admin/rebuild", content=body, headers=BEARER)
        assert reply.status_code == 200
        assert reply.headers["content-type"].partition(";")[0] == "text/event-stream"
        events = [
            dict(line.split(": ", 1) for line in event.split("\n")) for event in reply.text.split("\n\n")[:-1]
        ]
        return [(event["event"], json.loads(event["data"])) for event in events]

    def sign_in(self) -> None:
        """Post the sign-in form, which sets the cookie."""
        reply = self.client.post("/admin/login", data={"token": TOKEN}, headers=OWN, follow_redirects=False)
        assert (reply.status_code, reply.headers["location"]) == (303, "/admin")
