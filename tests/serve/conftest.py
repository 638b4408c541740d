"""What the tests of the web share: services over small corpora, built once, and clients for them."""

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
"""Gives a service over a corpus of these files, with no model unless some are given; without files nothing
is built."""

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
"""What a browser sends."""


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Builds services in folders of their own, so that the tests of a module can share one."""

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


def app_of(service: Service, top_k: int = 3) -> FastAPI:
    """The application over a service, whatever settings the machine has."""
    return create_app(Settings.model_construct(top_k=top_k, min_confidence=0.3), service)


def client_of(service: Service, top_k: int = 3) -> TestClient:
    """A client of the application over a service."""
    return TestClient(app_of(service, top_k))
