"""MCP over HTTP, as the SDK's own client sees it."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from mcp import MCPError
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client

from normqa.extras import Extra
from normqa.serve.app import create_app
from normqa.serve.mcp import connectors, endpoint, server
from normqa.service import Service
from normqa.settings import Settings
from tests.conftest import covering_models
from tests.serve.asgi import Exchange
from tests.serve.conftest import PUBLIC_URL, Built, app_of, client_of

FILES = {
    "birds.md": "---\nsource: Field notes\n---\n\n# Birds\n\nThe pelican eats herring.\n",
    "odd/50% off? #1.md": "# Sale\n\nThe heron costs ten crowns.\n",
    "odd/text.md": "# Texts\n\nThe walrus reads.\n",
}
QUESTION = "What does the pelican eat?"
PELICAN = "The pelican eats herring."
TOOLS = {"ask", "verify_quote", "list_documents", "search", "fetch"}


@pytest.fixture(scope="module")
def zoo(built: Built) -> Service:
    return built(FILES, covering_models())


def talk(app: FastAPI, work: Callable[[Client], Awaitable[Any]], mode: str = "auto", root: str = "") -> Any:
    """Run the application, connect the client to it, and return the result of the work."""

    async def run() -> Any:
        transport = httpx2.ASGITransport(app=app)
        address = "http://testserver"
        async with (
            app.router.lifespan_context(app),
            httpx2.AsyncClient(transport=transport, base_url=address) as http,
            Client(streamable_http_client(f"{address}{root}/mcp", http_client=http), mode=mode) as client,
        ):
            return await work(client)

    return anyio.run(run)


def call(app: FastAPI, name: str, **arguments: Any) -> Any:
    """Call a tool."""
    return talk(app, lambda client: client.call_tool(name, arguments))


def structured(app: FastAPI, name: str, **arguments: Any) -> Any:
    """Return the structured reply of a tool, which must also be its text."""
    result = call(app, name, **arguments)
    assert not result.is_error, result.content
    [content] = result.content
    assert json.loads(content.text) == result.structured_content
    return result.structured_content


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_ask_gives_the_same_bytes_as_the_http_api(zoo: Service, mode: str) -> None:
    body = {"question": QUESTION, "top_k": 1, "filters": {"sources": ["Field notes"]}}
    result = talk(app_of(zoo), lambda client: client.call_tool("ask", body), mode)
    assert result.content[0].text == client_of(zoo).post("/ask", json=body).text.rstrip()
    assert result.structured_content["quotes"][0]["text"] == PELICAN


def test_tools_are_typed_and_read_only(zoo: Service) -> None:
    tools = {tool.name: tool for tool in talk(app_of(zoo), lambda client: client.list_tools()).tools}
    assert set(tools) == TOOLS
    for tool in tools.values():
        assert tool.annotations.read_only_hint
        assert tool.title
        assert tool.description
        assert tool.input_schema["additionalProperties"] is False
        assert all(field["description"] for field in tool.input_schema["properties"].values())
    reply = client_of(zoo).post("/ask", json={"question": QUESTION}).json()
    assert list(tools["ask"].output_schema["properties"]) == list(reply)


def test_verify_quote_reports_places_and_what_differs(zoo: Service) -> None:
    app = app_of(zoo)
    exact = structured(app, "verify_quote", text="pelican eats")
    assert exact["status"] == "exact"
    assert exact["matches"][0]["document"] == "birds"
    assert structured(app, "verify_quote", text="pelican\neats")["status"] == "whitespace"
    assert structured(app, "verify_quote", text="pelican sleeps")["status"] == "not_found"


def test_documents_are_listed_in_parts(zoo: Service) -> None:
    app = app_of(zoo)
    listed = structured(app, "list_documents", offset=1, limit=1)
    assert (listed["total"], [document["id"] for document in listed["documents"]]) == (3, ["odd/50% off? #1"])
    every = structured(app, "list_documents")["documents"]
    assert every == client_of(zoo).get("/documents").json()["documents"]


def test_addresses_are_those_of_the_public_url(zoo: Service) -> None:
    [found] = structured(app_of(zoo), "search", query=QUESTION)["results"]
    assert found["url"] == f"{PUBLIC_URL}{found['id']}"
    [quote] = structured(app_of(zoo), "ask", question=QUESTION)["quotes"]
    assert quote["url"] == found["url"]


def test_found_quote_can_be_fetched(zoo: Service) -> None:
    app = app_of(zoo, public_url=None)
    [found] = structured(app, "search", query=QUESTION)["results"]
    assert found["text"] == PELICAN
    assert found["url"] == f"http://testserver{found['id']}"
    fetched = structured(app, "fetch", id=found["id"])
    text = client_of(zoo).get("/documents/birds/text").text
    assert (fetched["id"], fetched["title"], fetched["text"]) == (found["id"], "Birds", text)
    assert fetched["url"] == "http://testserver/documents/birds"
    assert fetched["metadata"]["source"] == "Field notes"


@pytest.mark.parametrize("document_id", ["odd/50% off? #1", "odd/text"])
def test_every_document_has_an_address(zoo: Service, document_id: str) -> None:
    """Ids may contain what means something in an address."""
    app = app_of(zoo)
    text = zoo.document(document_id).text
    resources = talk(app, lambda client: client.list_resources()).resources
    [uri] = [str(resource.uri) for resource in resources if resource.name == document_id]
    assert talk(app, lambda client: client.read_resource(uri)).contents[0].text == text
    assert structured(app, "fetch", id=document_id)["text"] == text
    assert structured(app, "fetch", id=uri)["text"] == text
    results = structured(app, "search", query=text.partition("\n\n")[2])["results"]
    assert structured(app, "fetch", id=results[0]["id"])["text"] == text


def test_long_document_is_fetched_around_the_place(zoo: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connectors, "MAX_FETCHED", 10)
    text = zoo.document("birds").text
    app = app_of(zoo)
    for start, first in ((0, 0), (12, 7), (len(text), len(text) - 10)):
        fetched = structured(app, "fetch", id=f"/documents/birds?start={start}&end={start}")
        assert fetched["text"] == text[first : first + 10]
        assert fetched["metadata"]["start"] == str(first)
        assert fetched["metadata"]["characters"] == str(len(text))


def test_resources_come_in_pages(zoo: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_PAGE", 2)

    async def list_all(client: Client) -> list[list[str]]:
        first = await client.list_resources()
        second = await client.list_resources(cursor=first.next_cursor)
        assert second.next_cursor is None
        return [[resource.name for resource in page.resources] for page in (first, second)]

    assert talk(app_of(zoo), list_all) == [["birds", "odd/50% off? #1"], ["odd/text"]]


def test_unknown_resource_is_an_error(zoo: Service) -> None:
    async def read(client: Client) -> None:
        with pytest.raises(MCPError, match="There is no document 'nothing'"):
            await client.read_resource("normqa://documents/nothing")

    talk(app_of(zoo), read)


@pytest.mark.parametrize(
    ("name", "arguments", "code", "words"),
    [
        ("ask", {"question": " "}, "invalid", "question: must not be blank"),
        ("ask", {"question": QUESTION, "top_k": 50}, "invalid", "top_k"),
        ("ask", {"question": QUESTION, "bird": 1}, "invalid", "bird"),
        ("ask", {}, "invalid", "question"),
        ("fetch", {"id": "nothing"}, "unknown_document", "There is no document 'nothing'"),
    ],
)
def test_errors_have_code_message_and_hint(
    zoo: Service, name: str, arguments: dict[str, Any], code: str, words: str
) -> None:
    result = call(app_of(zoo), name, **arguments)
    assert result.is_error
    error = json.loads(result.content[0].text)
    assert error["code"] == code
    assert words in error["message"]
    assert error["hint"]


def test_list_that_arrives_as_text_is_read(zoo: Service) -> None:
    """Some assistants send lists and objects as JSON in a string."""
    reply = structured(
        app_of(zoo), "ask", question=QUESTION, history="[]", filters='{"documents": ["birds"]}'
    )
    assert reply["quotes"][0]["text"] == PELICAN


def test_fault_of_the_index_hides_paths(built: Built) -> None:
    service = built(FILES)
    (service.settings.index_folder / "CURRENT").unlink()
    result = call(app_of(service), "ask", question=QUESTION)
    assert json.loads(result.content[0].text)["code"] == "no_index"
    assert str(service.settings.index_folder.parent) not in result.content[0].text


def test_addresses_have_the_path_prefix(zoo: Service) -> None:
    settings = Settings.model_construct(root_path="/docs", allowed_hosts=("*",), min_confidence=0.3, top_k=3)
    app = create_app(settings, zoo)
    result = talk(app, lambda client: client.call_tool("search", {"query": QUESTION}), root="/docs")
    assert result.structured_content["results"][0]["url"].startswith("http://testserver/docs/documents/")
    result = talk(app, lambda client: client.call_tool("ask", {"question": QUESTION}), root="/docs")
    assert result.structured_content["quotes"][0]["href"].startswith("/docs/documents/")


def post(app: FastAPI, **headers: str) -> Exchange:
    """Send a request without the client, to an application that has not been started."""
    return Exchange("POST", "/mcp", [b"{}"], {"Host": "zoo.example", **headers}).over(app)


def test_pages_of_other_origins_are_rejected(zoo: Service) -> None:
    reply = post(app_of(zoo), Origin="https://evil.example")
    assert (reply.status, reply.json()["code"]) == (403, "foreign_origin")


def test_pages_of_this_server_and_allowed_origins_may_connect(zoo: Service) -> None:
    settings = Settings.model_construct(cors_origins=("https://wiki.example",), allowed_hosts=("*",))
    for origin in ("http://zoo.example", "https://wiki.example"):
        with pytest.raises(RuntimeError, match="has not been started"):
            post(create_app(settings, zoo), Origin=origin)


def test_other_hosts_are_rejected(zoo: Service) -> None:
    reply = post(create_app(Settings.model_construct(), zoo))
    assert (reply.status, reply.json()["code"]) == (421, "unknown_host")


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_there_are_no_streams_and_sessions(zoo: Service, method: str) -> None:
    reply = Exchange(method, "/mcp", headers={"Accept": "text/event-stream"}).over(app_of(zoo))
    assert (reply.status, reply.json()["code"]) == (405, "unknown_method")


def test_logging_stays_as_it_is(zoo: Service) -> None:
    import logging

    root = logging.getLogger()
    before = root.handlers[:], root.level
    call(app_of(zoo), "list_documents")
    assert (root.handlers, root.level) == before


def test_without_the_extra_the_error_names_it(zoo: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint, "MCP", Extra("mcp", ("no_such_module_of_herons",)))
    reply = post(app_of(zoo))
    assert (reply.status, reply.json()["code"]) == (501, "extra_missing")
    assert reply.json()["hint"] == "Run pip install 'normqa[mcp]'."


def test_failure_of_the_mcp_server_leaves_the_application_as_it_is(
    zoo: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: endpoint.McpEndpoint) -> None:
        raise ValueError("herons")

    monkeypatch.setattr(endpoint.McpEndpoint, "_create", fail)
    with TestClient(app_of(zoo), raise_server_exceptions=False) as client:
        for _ in range(2):
            reply = client.post("/mcp", json={})
            assert (reply.status_code, reply.json()["code"]) == (500, "internal")
        assert client.get("/health").status_code == 200
    assert [record.message for record in caplog.records if "MCP" in record.message] == [
        "The MCP server failed."
    ]
