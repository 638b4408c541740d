"""The reference at /docs, and what the OpenAPI description names."""

import re

import pytest
from fastapi.testclient import TestClient

from normqa.serve.app import create_app
from normqa.service import Service
from normqa.settings import Settings
from tests.conftest import hashing_models
from tests.serve.markup import Page


def _client(**settings: object) -> TestClient:
    chosen = Settings(**settings, allowed_hosts=("*",))  # type: ignore[arg-type]
    return TestClient(create_app(chosen, Service(chosen, hashing_models())))


@pytest.mark.parametrize(
    ("settings", "status"),
    [
        ({}, 200),
        ({"host": "::1"}, 200),
        ({"host": "localhost", "api_reference": False}, 404),
        ({"host": "0.0.0.0"}, 404),
        ({"host": "docs.example.org"}, 404),
        ({"host": "0.0.0.0", "api_reference": True}, 200),
    ],
)
def test_reference_is_served_to_this_machine_or_where_a_setting_says_so(
    settings: dict[str, object], status: int
) -> None:
    client = _client(**settings)
    assert client.get("/docs").status_code == status
    assert client.get("/docs/swagger-ui.css").status_code == status
    assert client.get("/openapi.json").status_code == 200


def test_every_file_of_the_page_is_from_this_server() -> None:
    client = _client()
    page = Page(client.get("/docs").content)
    addresses = [
        element.attributes.get("src") or element.attributes["href"] for element in page.all("script", "link")
    ]
    assert len(addresses) == 4
    for address in addresses:
        assert re.match(r"/(?!/)", address)
        assert client.get(address).status_code == 200
    assert all(script.text == "" for script in page.all("script"))
    assert client.get("/docs/redoc.standalone.js").status_code == 404


def test_policy_of_the_page_is_that_of_all_pages_with_images_as_data() -> None:
    client = _client()
    usual = client.get("/").headers["content-security-policy"]
    assert client.get("/docs").headers["content-security-policy"] == usual.replace(
        "img-src 'self'", "img-src 'self' data:"
    )


def test_description_has_a_version_short_ids_and_the_scheme_of_the_token() -> None:
    described = _client(admin_token="t" * 16).get("/openapi.json").json()
    assert described["info"]["version"] == "1.0"
    operations = {
        operation["operationId"]: operation
        for path in described["paths"].values()
        for operation in path.values()
    }
    assert sorted(operations) == [
        "ask",
        "cite",
        "complete_chat",
        "explain",
        "get_answer",
        "get_document",
        "get_health",
        "get_liveness",
        "get_model",
        "get_original",
        "get_page_picture",
        "get_readiness",
        "get_status",
        "get_text",
        "get_timeline",
        "list_documents",
        "list_models",
        "rebuild",
        "roll_back",
        "verify",
    ]
    assert all(operation["tags"] for operation in operations.values())
    scheme = described["components"]["securitySchemes"]["adminToken"]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    guarded = {name for name, operation in operations.items() if operation.get("security")}
    assert guarded == {"explain", "get_status", "rebuild", "roll_back"}
    body = operations["roll_back"]["requestBody"]["content"]["application/json"]["schema"]
    assert body["required"] == ["generation"]
