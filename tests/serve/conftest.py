"""Fixtures of the server tests: services with small corpora, and clients."""

from collections.abc import Callable, Mapping

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from normqa.answer.models import Models
from normqa.serve.app import create_app
from normqa.service import Service
from normqa.settings import Settings
from tests.conftest import hashing_models

Built = Callable[..., Service]
"""Returns a service for a corpus of these files. The corpus is indexed if there are files."""

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
"""Headers that a browser sends."""


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Creates services in folders of their own, which the tests of a module can share."""

    def build(files: Mapping[str, str], models: Models | None = None) -> Service:
        folder = tmp_path_factory.mktemp("serve")
        for name, content in files.items():
            path = folder / "corpus" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        service = Service(
            Settings(corpus=folder / "corpus", index=folder / "index"), models or hashing_models()
        )
        if files:
            service.build()
        return service

    return build


PUBLIC_URL = "https://zoo.example/q"


def app_of(service: Service, top_k: int = 3, public_url: str | None = PUBLIC_URL) -> FastAPI:
    """Return an application for a service, independent of the settings of the machine."""
    return create_app(
        Settings.model_construct(
            top_k=top_k, min_confidence=0.3, allowed_hosts=("*",), public_url=public_url
        ),
        service,
    )


def client_of(service: Service, top_k: int = 3, public_url: str | None = PUBLIC_URL) -> TestClient:
    """Return a client of an application for a service."""
    return TestClient(app_of(service, top_k, public_url))
