"""docs/http-api.md: routes, fields and error codes."""

import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from pydantic import BaseModel

from normqa import errors
from normqa.schema.answers import AnswerBody, BatchBody, BatchItemBody, ConversationBody, IndexBody
from normqa.schema.builds import HealthBody, LiveBody, ReadyBody
from normqa.schema.documents import DocumentBody, DocumentsBody
from normqa.schema.errors import ErrorBody, FaultBody
from normqa.schema.quotes import QuoteBody, SourceBody, SpanBody
from normqa.schema.requests.builds import RebuildRequest, RollbackRequest
from normqa.schema.requests.documents import VerifyRequest
from normqa.schema.requests.filters import FiltersRequest
from normqa.schema.requests.questions import AskRequest
from normqa.schema.timelines import CellBody, EntryBody, TimelineBody
from normqa.schema.verifications import DiffBody, MatchBody, VerifyBody
from normqa.serve.app import create_app
from normqa.serve.responses import status_of
from normqa.service import Service
from normqa.settings import Settings
from tests.conftest import hashing_models
from tests.docs.pages import PAGES, names, section, table

PAGE = PAGES["docs/http-api.md"]
TOKEN = "x" * 16


@pytest.fixture
def client() -> TestClient:
    settings = Settings(admin_token=TOKEN, allowed_hosts=("*",))
    service = Service(settings, hashing_models())
    return TestClient(create_app(settings, service), raise_server_exceptions=False)


def test_routes_are_the_routes_of_the_app(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    routes = {
        f"{method.upper()} {path.replace('document_id', 'id')}" for path in paths for method in paths[path]
    }
    admin = {*names(section("docs/http-api.md", "## Administration"), "route")}
    assert {*names(PAGE, "route")} | admin == routes | {"GET /openapi.json", "GET /docs"}


def test_admin_routes_exist(client: TestClient) -> None:
    admin = names(section("docs/http-api.md", "## Administration"), "route")
    assert len(admin) == 4
    for route in admin:
        method, path = route.split()
        assert client.request(method, path).status_code == 401, route


@pytest.mark.parametrize(
    ("heading", "head", "model"),
    [
        ("## POST /ask", "field", AskRequest),
        ("## POST /ask", "field of `filters`", FiltersRequest),
        ("### Several questions", "field of an entry", BatchItemBody),
        ("### Answer", "field", AnswerBody),
        ("### Answer", "field of a quote", QuoteBody),
        ("### Answer", "field of `index`", IndexBody),
        ("## POST /verify", "field of a match", MatchBody),
        ("## POST /verify", "field of a part", DiffBody),
        ("## GET /timeline", "field of an entry", EntryBody),
        ("## GET /timeline", "field of a count", CellBody),
        ("## GET /documents", "field", DocumentBody),
        ("## GET /health", "field", HealthBody),
    ],
)
def test_tables_list_the_fields_of_the_schema(heading: str, head: str, model: type[BaseModel]) -> None:
    assert names(section("docs/http-api.md", heading), head) == [*model.model_fields]


@pytest.mark.parametrize(
    ("heading", "model"),
    [
        ("### Several questions", BatchBody),
        ("### Answer", SourceBody),
        ("### Answer", SpanBody),
        ("## POST /verify", VerifyRequest),
        ("## POST /verify", VerifyBody),
        ("## GET /timeline", TimelineBody),
        ("## GET /documents", DocumentsBody),
        ("## GET /health", LiveBody),
        ("## GET /health", ReadyBody),
        ("## Conversations", ConversationBody),
        ("## Administration", RebuildRequest),
        ("## Administration", RollbackRequest),
        ("## Errors", ErrorBody),
        ("## Errors", FaultBody),
    ],
)
def test_fields_without_a_table_are_named(heading: str, model: type[BaseModel]) -> None:
    named = set(re.findall(r"`(\w+)`", section("docs/http-api.md", heading)))
    assert {*model.model_fields} <= named


def test_error_codes_have_their_status() -> None:
    """Every error that the server maps to a status of its own is in the table."""
    mapped = {error.code: status_of(error) for error in _instances(errors.NormqaError)}
    expected = {code: status for code, status in mapped.items() if status != 500}
    assert len(expected) > 15
    documented = _documented()
    assert {code: documented.get(code) for code in expected} == expected
    assert set(documented) - set(expected) == {"unknown_path", "unknown_method", "too_large", "internal"}


@pytest.mark.parametrize(
    ("method", "path", "size", "code"),
    [
        ("GET", "/nothing-here", 0, "unknown_path"),
        ("DELETE", "/ask", 0, "unknown_method"),
        ("POST", "/ask", 64_001, "too_large"),
    ],
)
def test_errors_of_http_have_their_status(
    client: TestClient, method: str, path: str, size: int, code: str
) -> None:
    reply = client.request(method, path, content=iter([b" " * size]))
    assert reply.json()["code"] == code
    assert _documented()[code] == reply.status_code


def test_internal_error_has_its_status(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Service) -> None:
        raise RuntimeError

    monkeypatch.setattr(Service, "current", fail)
    reply = client.get("/health")
    assert (reply.json()["code"], reply.status_code) == ("internal", _documented()["internal"])


def _documented() -> dict[str, int]:
    rows = table(section("docs/http-api.md", "## Errors"), "code")
    return {code.strip("`"): int(status) for code, status, _ in rows}


def _instances(kind: type[errors.NormqaError]) -> Iterator[errors.NormqaError]:
    for child in kind.__subclasses__():
        yield child.__new__(child)
        yield from _instances(child)
