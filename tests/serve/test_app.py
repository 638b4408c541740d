"""Every reply: errors, headers, origins and the OpenAPI description."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import BaseModel

from normqa.datatypes import Span
from normqa.schema import examples
from normqa.schema.answers import AnswerBody
from normqa.schema.documents import DocumentBody
from normqa.schema.errors import ErrorBody
from normqa.schema.quotes import QuoteBody
from normqa.schema.requests.documents import VerifyRequest
from normqa.schema.requests.filters import FiltersRequest
from normqa.schema.requests.questions import AskRequest, BatchRequest
from normqa.schema.verifications import VerifyBody
from normqa.service import Service
from tests.conftest import ROOT, WriteCorpus, asking
from tests.serve.asgi import Exchange
from tests.serve.conftest import BROWSER, Built, app_of
from tests.serve.markup import Page

QUESTION = {"question": "pelican"}
SECURITY = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
}


@pytest.fixture(scope="module")
def app(built: Built) -> FastAPI:
    """An application with a small index."""
    return app_of(built({"a.md": "The pelican eats herring.\n"}))


@pytest.fixture
def broken(built: Built, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    """An application that fails whenever it opens the index."""
    service = built({})

    def fail() -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(service, "current", fail)
    return app_of(service)


def _exchange(app: FastAPI, method: str, target: str, *chunks: bytes, **headers: str) -> Exchange:
    return Exchange(method, target, chunks, headers).over(app)


@pytest.mark.parametrize(
    "target",
    [
        "/nowhere",
        "/docs/nowhere",
        "/redoc",
        "/docs/oauth2-redirect",
        "//",
        "//documents",
        "//documents/a",
        "/documents//a",
        "/documents/../../etc/passwd",
        "/documents/..%2f..%2fetc/passwd",
        "/documents/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/documents/%2e%2e/%2e%2e/etc/passwd/text",
        "/documents//etc/passwd",
        "/documents/a%00",
        "/documents/a.md",
        "/documents/./a",
        "/static",
        "/static/",
        "/static/nothing.css",
        "/static/../templates/base.html",
        "/static/%2e%2e/templates/base.html",
        "/static/..%2ftemplates%2fbase.html",
        "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/static/%00",
        "/static/" + "a" * 5000,
        "/ask/",
        "/health/",
        "/health//",
        "/favicon.ico/",
    ],
)
def test_unknown_address_is_404_as_json_and_page(app: FastAPI, target: str) -> None:
    reply = _exchange(app, "GET", target)
    assert (reply.status, list(reply.json())) == (404, ["code", "message", "hint"])
    code = "unknown_document" if target.startswith("/documents/") else "unknown_path"
    assert reply.json()["code"] == code
    page = Exchange("GET", target, headers=BROWSER).over(app)
    assert page.status == 404
    assert Page(page.body).one("h1").text == reply.json()["message"]


def test_unknown_path_has_code_and_hint(app: FastAPI) -> None:
    assert _exchange(app, "GET", "/nowhere").json() == {
        "code": "unknown_path",
        "message": "There is nothing at this address.",
        "hint": "Start at /.",
    }
    assert _exchange(app, "POST", "/nowhere").json()["code"] == "unknown_path"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/ask", "GET, POST"),
        ("PUT", "/verify", "POST"),
        ("POST", "/", "GET"),
        ("DELETE", "/documents", "GET"),
        ("PATCH", "/documents/a", "GET"),
        ("POST", "/health", "GET"),
        ("BREW", "/health", "GET"),
    ],
)
def test_wrong_method_is_405_and_names_the_right_one(
    app: FastAPI, method: str, path: str, allowed: str
) -> None:
    reply = _exchange(app, method, path)
    assert (reply.status, reply.json()["code"]) == (405, "unknown_method")
    assert list(reply.json()) == ["code", "message", "hint"]
    assert reply.reply_headers["allow"] == allowed


@pytest.mark.parametrize(
    ("method", "target"), [("POST", "/ask"), ("GET", "/documents"), ("GET", "/?q=pelican"), ("GET", "/")]
)
def test_internal_error_is_500_and_reveals_nothing(broken: FastAPI, method: str, target: str) -> None:
    client = TestClient(broken, raise_server_exceptions=False)
    body = QUESTION if method == "POST" else None
    reply = client.request(method, target, json=body)
    assert (reply.status_code, reply.json()["code"]) == (500, "internal")
    assert list(reply.json()) == ["code", "message", "hint"]
    assert "secret" not in reply.text
    assert SECURITY.items() <= dict(reply.headers).items()
    if method == "GET":
        reply = client.get(target, headers=BROWSER)
        assert "normqa failed to process this request." in Page(reply.content).one("main").text
    assert (reply.status_code, "secret" in reply.text) == (500, False)
    assert SECURITY.items() <= dict(reply.headers).items()


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/?q=pelican", 200),
        ("GET", "/?q=%00", 422),
        ("GET", "/answer?q=pelican", 200),
        ("GET", "/answer", 422),
        ("GET", "/conversation.md?q=pelican", 200),
        ("GET", "/conversation.json?q=pelican", 200),
        ("GET", "/documents", 200),
        ("GET", "/documents/a", 200),
        ("GET", "/documents/a/text", 200),
        ("GET", "/documents/z", 404),
        ("GET", "/health", 200),
        ("GET", "/nowhere", 404),
        ("GET", "/openapi.json", 200),
        ("GET", "/favicon.ico", 200),
        ("GET", "/static/style.css", 200),
        ("GET", "/static/nothing.css", 404),
        ("GET", "/ask", 422),
        ("GET", "/ask?q=pelican", 200),
        ("PUT", "/ask", 405),
        ("POST", "/ask", 422),
        ("POST", "/verify", 422),
        ("OPTIONS", "/ask", 405),
    ],
)
def test_every_reply_has_security_headers(app: FastAPI, method: str, target: str, status: int) -> None:
    for headers in ({}, BROWSER):
        reply = Exchange(method, target, headers=headers).over(app)
        assert reply.status == status
        assert SECURITY.items() <= reply.reply_headers.items()
        assert "access-control-allow-origin" not in reply.reply_headers
        assert "server" not in reply.reply_headers


def test_a_large_body_and_a_missing_index_have_the_security_headers(
    app: FastAPI, write_corpus: WriteCorpus, make_service: Callable[..., Service]
) -> None:
    write_corpus({"a.md": "The pelican eats herring."})
    too_large = _exchange(app, "POST", "/ask", b"x" * 64_001)
    no_index = _exchange(app_of(make_service()), "POST", "/verify", b'{"text": "a"}')
    assert (too_large.status, no_index.status) == (413, 503)
    for reply in (too_large, no_index):
        assert SECURITY.items() <= reply.reply_headers.items()


def test_errors_are_not_cached(app: FastAPI) -> None:
    for method, target in (("GET", "/documents/z"), ("POST", "/ask")):
        assert _exchange(app, method, target).reply_headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/?q=pelican",
        "/answer?q=pelican",
        "/conversation.md?q=pelican",
        "/conversation.json?q=pelican",
        "/documents",
        "/documents/a",
        "/documents/a/text",
        "/health",
    ],
)
def test_no_shared_cache_keeps_questions_or_texts(app: FastAPI, target: str) -> None:
    for headers in ({}, BROWSER):
        reply = Exchange("GET", target, headers=headers).over(app)
        assert (reply.status, reply.reply_headers["cache-control"]) == (200, "private, no-cache")


def test_answers_are_private_and_static_files_are_not(app: FastAPI) -> None:
    for path, body in (("/ask", b'{"question": "pelican"}'), ("/verify", b'{"text": "pelican"}')):
        reply = _exchange(app, "POST", path, body)
        assert (reply.status, reply.reply_headers["cache-control"]) == (200, "private, no-cache")
    assert "cache-control" not in _exchange(app, "GET", "/static/style.css").reply_headers


def test_icon_is_served(app: FastAPI) -> None:
    for path in ("/favicon.ico", "/static/favicon.svg"):
        reply = _exchange(app, "GET", path)
        assert (reply.status, reply.reply_headers["content-type"]) == (200, "image/svg+xml")
        assert reply.body == (ROOT / "web" / "static" / "favicon.svg").read_bytes()
    page = Page(_exchange(app, "GET", "/").body)
    [icon] = [link for link in page.all("link") if link.attributes["rel"] == "icon"]
    assert re.fullmatch(r"/static/[0-9a-f]{12}/favicon\.svg", icon.attributes["href"])


JSON_LD = "application/ld+json"
"""Type of data blocks, which browsers do not run."""


def test_pages_load_only_existing_files_of_this_origin(app: FastAPI) -> None:
    targets = (
        "/",
        "/?q=pelican",
        "/?q=zzz",
        "/documents",
        "/documents/a?start=0&end=5",
        "/nowhere",
        "/?q=%00",
    )
    for target in targets:
        page = Page(Exchange("GET", target, headers=BROWSER).over(app).body)
        for element in page.elements:
            for name, value in element.attributes.items():
                if name in {
                    "src",
                    "href",
                    "action",
                    "cite",
                    "srcset",
                    "data",
                    "poster",
                    "formaction",
                    "ping",
                }:
                    assert re.match(r"/(?!/)|#\w", value), (target, element)
                assert "://" not in value
                assert name != "style"
        data = [script for script in page.all("script") if script.attributes.get("type") == JSON_LD]
        for element in (element for element in page.all("script", "link") if element not in data):
            path = element.attributes.get("src") or element.attributes["href"]
            assert _exchange(app, "GET", path).status == 200
        assert all(script.text == "" for script in page.all("script") if script not in data)


def test_web_files_refer_to_no_other_origin() -> None:
    files = [path for path in (ROOT / "web").rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"base.html", "style.css", "main.js", "favicon.svg"}
    for path in files:
        content = path.read_text(encoding="utf-8").replace('xmlns="http://www.w3.org/2000/svg"', "")
        # Modules import each other from the same folder. Few functions fetch anything.
        content = re.sub(r"^import (\{[\w, ]+\} from )?\"\./\w+\.js\";$", "", content, flags=re.MULTILINE)
        content = re.sub(r"import\(\"\./\w+\.js\"\)", "", content)
        content = re.sub(r'\{% from "\w+\.html" import [\w, ]+ %\}', "", content)
        if path.name == "element.js":
            content = content.replace("await fetch(address,", "")
        if path.name == "embed.js":
            content = content.replace('await fetch(new URL("ask", server),', "")
        if path.name == "admin.js":
            content = content.replace("await fetch(form.action,", "")
        assert not re.search(r"https?:|@import|[\"'(]//\w|\bimport\b|\bfetch\b|XMLHttpRequest", content), path
        assert re.findall(r"url\(([^)]*)\)", content) == [], path


def _schemas(node: Any) -> Iterator[dict[str, Any]]:
    """Yield every schema with properties."""
    if isinstance(node, dict):
        if isinstance(node.get("properties"), dict):
            yield node
        for inner in node.values():
            yield from _schemas(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _schemas(inner)


@pytest.fixture(scope="module")
def described(app: FastAPI) -> Any:
    """The OpenAPI description."""
    reply = _exchange(app, "GET", "/openapi.json")
    assert reply.status == 200
    return reply.json()


def _without_nulls(node: Any) -> Any:
    """Remove null values, which FastAPI omits from its description."""
    if isinstance(node, dict):
        return {key: _without_nulls(value) for key, value in node.items() if value is not None}
    return [_without_nulls(item) for item in node] if isinstance(node, list) else node


def _resolved(schema: dict[str, Any], described: Any) -> Any:
    """Return the schema that a reference names, or the schema itself."""
    if "$ref" not in schema:
        return schema
    return described["components"]["schemas"][schema["$ref"].rpartition("/")[2]]


def test_schemas_and_properties_are_described(described: Any) -> None:
    schemas = list(_schemas(described))
    titles = {schema["title"] for schema in schemas}
    assert {"AskRequest", "FiltersRequest", "VerifyRequest", "AnswerBody", "QuoteBody"} <= titles
    for schema in schemas:
        assert schema.get("description"), schema["title"]
        for name, field in schema["properties"].items():
            assert field.get("description"), f"{schema['title']}.{name}"


def test_properties_have_examples(described: Any) -> None:
    for schema in _schemas(described):
        for name, field in schema["properties"].items():
            assert field.get("examples"), f"{schema['title']}.{name}"


def test_openapi_references_resolve(described: Any) -> None:
    references = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(described)))
    assert references <= set(described["components"]["schemas"])


def test_document_parameters_are_described(described: Any) -> None:
    parameters = described["paths"]["/documents/{document_id}"]["get"]["parameters"]
    assert [parameter["name"] for parameter in parameters] == ["document_id", "start", "end"]
    assert all(parameter["description"] for parameter in parameters)


def test_openapi_examples_are_true(seed_service: Service) -> None:
    document = seed_service.document("strategies")
    quote = QuoteBody.of(document.quote(Span(**examples.SPAN))).model_dump(
        context={"base_url": "http://127.0.0.1:8000"}
    )
    text = quote.pop("text")
    assert text.startswith(examples.QUOTE["text"].rstrip("…"))
    assert quote == {name: value for name, value in examples.QUOTE.items() if name != "text"}
    assert DocumentBody.of(document).model_dump() == examples.DOCUMENT
    index = AnswerBody.of(seed_service.ask(asking("Which strategy uses hotlines?"))).index.model_dump()
    assert {**index, **dict.fromkeys(("generation", "built_at"))} == {
        **examples.INDEX,
        **dict.fromkeys(("generation", "built_at")),
    }
    snapshot = seed_service.current()
    [match] = VerifyBody.of(snapshot.check("establishment of hotlines"), snapshot).matches
    place = match.model_dump(exclude={"quote"})
    assert place == {name: value for name, value in examples.MATCH.items() if name != "quote"}
    assert match.quote.text == "establishment of hotlines"


def test_openapi_includes_the_rules_of_requests(described: Any) -> None:
    def fields(path: str) -> Any:
        body = described["paths"][path]["post"]["requestBody"]
        assert body["required"]
        schema = body["content"]["application/json"]["schema"]
        schema = _resolved(schema.get("oneOf", [schema])[0], described)
        assert schema["additionalProperties"] is False
        return schema["properties"]

    ask = fields("/ask")
    assert list(ask) == [
        "question",
        "top_k",
        "history",
        "resolve_history",
        "exact",
        "min_confidence",
        "filters",
    ]
    assert ask["question"]["maxLength"] == 2000
    assert ask["history"]["maxItems"] == 20
    assert ask["history"]["items"]["maxLength"] == 2000
    assert {"type": "integer", "minimum": 1, "maximum": 20} in ask["top_k"]["anyOf"]
    assert {"type": "number", "minimum": 0, "maximum": 1} in ask["min_confidence"]["anyOf"]
    assert list(fields("/verify")) == ["text"]


@pytest.mark.parametrize(
    "model", [AskRequest, FiltersRequest, VerifyRequest, AnswerBody, DocumentBody, VerifyBody, ErrorBody]
)
def test_openapi_schemas_are_those_of_the_models(model: type[BaseModel], described: Any) -> None:
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    schema.pop("$defs", None)
    assert described["components"]["schemas"][model.__name__] == _without_nulls(schema)


def test_requests_refer_to_the_models(described: Any) -> None:
    for path, models in (("/ask", [AskRequest, BatchRequest]), ("/verify", [VerifyRequest])):
        body = described["paths"][path]["post"]["requestBody"]
        schema = body["content"]["application/json"]["schema"]
        found = schema.get("oneOf", [schema])
        assert found == [{"$ref": f"#/components/schemas/{model.__name__}"} for model in models]
        assert body["required"]


def test_places_in_documents_are_described_as_offsets(described: Any) -> None:
    parameters = described["paths"]["/documents/{document_id}"]["get"]["parameters"]
    for parameter in parameters[1:]:
        assert (parameter["in"], parameter["required"]) == ("query", False)
        assert {"type": "integer"} in parameter["schema"]["anyOf"]
        assert parameter["schema"]["minimum"] == 0


def test_place_may_be_written_as_any_integer_of_json_schema(app: FastAPI, described: Any) -> None:
    assert described["paths"]["/documents/{document_id}"]["get"]["parameters"][1]["name"] == "start"
    document = _exchange(app, "GET", "/documents", b"").json()["documents"][0]
    for start, status in (("0", 200), ("0.0", 200), ("0.5", 422), ("-0.0", 422), ("x", 422)):
        assert _exchange(app, "GET", f"{document['href']}?start={start}&end=1.0", b"").status == status


def test_routes_and_parameters_are_described(described: Any) -> None:
    routes = [route for path in described["paths"].values() for route in path.values()]
    assert sorted(described["paths"]) == [
        "/ask",
        "/cite",
        "/documents",
        "/documents/{document_id}",
        "/documents/{document_id}/original",
        "/documents/{document_id}/pages/{number}.png",
        "/documents/{document_id}/text",
        "/health",
        "/health/live",
        "/health/ready",
        "/timeline",
        "/v1/chat/completions",
        "/v1/models",
        "/v1/models/{model}",
        "/verify",
    ]
    for route in routes:
        assert route["description"]
        for parameter in route.get("parameters", []):
            assert parameter["description"], route["operationId"]


def test_errors_are_described_as_json(described: Any) -> None:
    for path, routes in described["paths"].items():
        body = "OpenAiErrorBody" if path.startswith("/v1/") else "ErrorBody"
        error = {"schema": {"$ref": f"#/components/schemas/{body}"}}
        for route in routes.values():
            errors = {code: reply for code, reply in route["responses"].items() if code != "200"}
            assert ("503" in errors) == (not path.startswith(("/health/live", "/v1/models"))), path
            for reply in errors.values():
                assert reply["content"] == {"application/json": error}, path
    text = described["paths"]["/documents/{document_id}/text"]["get"]["responses"]["200"]
    assert text["content"] == {"text/plain": {"schema": {"type": "string"}}}


def test_replies_have_exactly_the_described_fields(app: FastAPI, described: Any) -> None:
    schemas = described["components"]["schemas"]

    def assert_fits(value: Any, schema: dict[str, Any]) -> None:
        schema = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
        if isinstance(value, dict):
            assert list(value) == list(schema["properties"]) == schema["required"]
            for name, inner in value.items():
                assert_fits(inner, schema["properties"][name])
        for inner in value if isinstance(value, list) else ():
            assert_fits(inner, schema["items"])

    for method, target, body in (
        ("post", "/ask", b'{"question": "pelican"}'),
        ("post", "/verify", b'{"text": "pelican"}'),
        ("get", "/documents", b""),
        ("get", "/health", b""),
    ):
        reply = _exchange(app, method.upper(), target, body)
        content = described["paths"][target][method]["responses"]["200"]["content"]
        schema = content["application/json"]["schema"]
        assert_fits(reply.json(), schema.get("anyOf", [schema])[0])


def test_applications_do_not_share_state(built: Built) -> None:
    def answer(service: Service) -> Any:
        body = b'{"question": "What does the pelican eat?"}'
        return _exchange(app_of(service), "POST", "/ask", body).json()["quotes"][0]["text"]

    one = built({"a.md": "The pelican eats herring."})
    other = built({"a.md": "The pelican eats squid."})
    assert [answer(one), answer(other), answer(one)] == [
        "The pelican eats herring.",
        "The pelican eats squid.",
        "The pelican eats herring.",
    ]
