"""Users that a trusted proxy names."""

import pytest
from fastapi.testclient import TestClient

from normqa.errors import InvalidSettings
from normqa.serve.app import create_app
from normqa.service import Service
from normqa.settings import Settings, read_settings
from tests.serve.conftest import Built

PROXY, STRANGER = ("192.0.2.1", 50000), ("192.0.2.2", 50000)
USER = {"X-Remote-User": "ada"}


@pytest.fixture(scope="module")
def service(built: Built) -> Service:
    return built({"a.md": "The pelican eats herring."})


def status(service: Service, peer: tuple[str, int], headers: list[tuple[str, str]] | dict[str, str]) -> int:
    """Return the status of a request that arrives from an address."""
    settings = Settings(
        trusted_proxies=("192.0.2.1",),
        user_header="X-Remote-User",
        groups_header="X-Remote-Groups",
        require_key=True,
        allowed_hosts=("*",),
    )
    return (
        TestClient(create_app(settings, service), client=peer).get("/documents", headers=headers).status_code
    )


def test_user_of_a_trusted_proxy_is_let_in(service: Service) -> None:
    assert status(service, PROXY, USER) == 200


@pytest.mark.parametrize(
    ("peer", "headers"),
    [
        (PROXY, []),
        (PROXY, [("X-Remote-User", " ")]),
        (PROXY, [("X-Remote-User", "ada"), ("X-Remote-User", "eve")]),
        (PROXY, [("X-Remote-User", "ada"), ("X-Remote-Groups", "a"), ("X-Remote-Groups", "b")]),
        (PROXY, [("X-Remote-Groups", "a")]),
        (STRANGER, [("X-Remote-User", "ada")]),
        (STRANGER, [("X-Remote-User", "ada"), ("X-Forwarded-For", "192.0.2.1")]),
    ],
)
def test_anybody_else_is_not(service: Service, peer: tuple[str, int], headers: list[tuple[str, str]]) -> None:
    assert status(service, peer, headers) == 401


@pytest.mark.parametrize(
    "given",
    [
        {"user_header": "X-User"},
        {"user_header": "X-User", "trusted_proxies": ("*",)},
        {"groups_header": "X-Groups", "trusted_proxies": ("10.0.0.1",)},
        {"user_header": "X User", "trusted_proxies": ("10.0.0.1",)},
        {"require_key": True},
    ],
)
def test_settings_that_would_trust_everybody_or_nobody_are_errors(given: dict[str, object]) -> None:
    with pytest.raises(InvalidSettings):
        read_settings(**given)
