"""API keys in the OpenAPI description."""

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from normqa.serve.app import create_app
from normqa.service import Service
from normqa.settings import Settings
from tests.serve.conftest import Built

NEEDED = {
    "POST /ask": "ask",
    "GET /ask": "ask",
    "GET /timeline": "ask",
    "POST /v1/chat/completions": "ask",
    "POST /verify": "verify",
    "GET /documents": "read",
    "GET /documents/{document_id}/text": "read",
    "GET /cite": "read",
}


@pytest.fixture(scope="module")
def service(built: Built) -> Service:
    return built({"a.md": "The pelican eats herring."})


def described(service: Service, **settings: Any) -> Any:
    """Return the description of an application."""
    app = create_app(Settings(allowed_hosts=("*",), admin_token="a" * 16, **settings), service)
    client = TestClient(app)
    return [client.get("/openapi.json").json() for _ in range(2)][-1]


def operation(schema: Any, route: str) -> Any:
    method, path = route.split()
    return schema["paths"][path][method.lower()]


@pytest.mark.parametrize("require_key", [False, True])
def test_every_address_says_which_scope_it_needs(
    service: Service, tmp_path: Path, *, require_key: bool
) -> None:
    schema = described(service, keys=tmp_path / "keys.json", require_key=require_key)
    scheme = schema["components"]["securitySchemes"]["apiKey"]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    without: list[Any] = [] if require_key else [{}]
    for route, scope in NEEDED.items():
        assert operation(schema, route)["security"] == [*without, {"apiKey": [scope]}], route
        assert {"401", "403", "503"} <= {*operation(schema, route)["responses"]}


def test_administration_takes_its_token_or_a_key(service: Service, tmp_path: Path) -> None:
    schema = described(service, keys=tmp_path / "keys.json", require_key=True)
    assert operation(schema, "GET /admin/status")["security"] == [{"adminToken": []}, {"apiKey": ["admin"]}]


def test_probes_need_no_key(service: Service, tmp_path: Path) -> None:
    schema = described(service, keys=tmp_path / "keys.json", require_key=True)
    for route in ("GET /health", "GET /health/live", "GET /health/ready"):
        assert "security" not in operation(schema, route)
        assert "401" not in operation(schema, route)["responses"]


def test_chat_describes_rejections_as_openai_does(service: Service, tmp_path: Path) -> None:
    schema = described(service, keys=tmp_path / "keys.json")
    for route in ("GET /v1/models", "POST /v1/chat/completions"):
        for status in ("401", "403"):
            content = operation(schema, route)["responses"][status]["content"]
            assert content["application/json"]["schema"]["$ref"].endswith("/OpenAiErrorBody")


def test_server_without_keys_describes_none(service: Service) -> None:
    schema = described(service)
    assert [*schema["components"]["securitySchemes"]] == ["adminToken"]
    assert "security" not in operation(schema, "POST /ask")
    assert "401" not in operation(schema, "POST /ask")["responses"]


def test_users_of_a_proxy_can_be_rejected_and_need_no_key(service: Service) -> None:
    schema = described(service, trusted_proxies=("192.0.2.1",), user_header="X-User", require_key=True)
    assert "apiKey" not in schema["components"]["securitySchemes"]
    assert "401" in operation(schema, "POST /ask")["responses"]
