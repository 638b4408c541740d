"""Requests to every route, tool and kind of file that a reader can use."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from httpx2 import Response

from normqa.citations.brief.formats import BRIEF_FORMATS
from normqa.citations.formats import EXTENSIONS, FORMATS
from tests.serve.conftest import BROWSER

OWN_TOKEN = {
    ("GET", "/metrics"),
    ("GET", "/admin"),
    ("POST", "/admin/login"),
    ("POST", "/admin/logout"),
    ("GET", "/admin/explain"),
    ("GET", "/admin/status"),
    ("POST", "/admin/rebuild"),
    ("POST", "/admin/rollback"),
}
"""Routes for administrators, with a token of their own."""

_MCP = {"Accept": "application/json, text/event-stream"}


@dataclass(frozen=True)
class Sent:
    """A request.

    Attributes:
        method: Its method.
        target: Path and query.
        body: Its JSON.
        headers: Its headers.
        form: Its fields as a form.
    """

    method: str
    target: str
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict, hash=False)
    form: dict[str, str] | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.target} {self.body or self.form or ''} {self.headers.get('Accept', '')}"

    def over(self, client: TestClient, headers: dict[str, str]) -> Response:
        """Send the request."""
        return client.request(
            self.method, self.target, json=self.body, data=self.form, headers=self.headers | headers
        )


def pages(*paths: str) -> list[Sent]:
    """Return GET requests, each as a program and as a browser sends it."""
    return [Sent("GET", path, headers=accept) for path in paths for accept in ({}, BROWSER)]


def questions(text: str) -> list[Sent]:
    """Return every way to ask a question."""
    asked = quote(text)
    chat = {"model": "normqa", "messages": [{"role": "user", "content": text}]}
    return [
        *pages(f"/?q={asked}", f"/embed?q={asked}"),
        *(Sent("GET", f"/conversation.{end}?q={asked}") for end in EXTENSIONS),
        Sent("GET", f"/ask?q={asked}"),
        Sent("GET", f"/timeline?q={asked}"),
        Sent("POST", "/ask", {"question": text}),
        Sent("POST", "/ask", {"questions": [text, "Which animals are there?"]}),
        Sent("POST", "/v1/chat/completions", chat),
        Sent("POST", "/v1/chat/completions", chat | {"stream": True}, {"X-OpenWebUI-Chat-Id": "c1"}),
        tool("ask", question=text),
        tool("search", query=text),
    ]


def verifications(text: str) -> list[Sent]:
    """Return every way to verify a text."""
    return [
        Sent("POST", "/verify", {"text": text}),
        Sent("POST", "/check", headers=BROWSER, form={"text": text}),
        tool("verify_quote", text=text),
    ]


def document(document_id: str, sha256: str, place: str = "0-20") -> list[Sent]:
    """Return every way to read a document, and to cite and link a place in it."""
    named = quote(document_id)
    link = f"quote={place}-{sha256[:16]}-{named}"
    start, end = place.split("-")
    return [
        *pages(
            *(f"/documents/{named}{part}" for part in ("", "/", "/text", "/original", "/pages/1.png")),
            f"/documents/{named}?start={start}&end={end}",
            f"/answer?q=x&{link}",
            f"/brief?{link}&note=x",
        ),
        *(Sent("GET", f"/brief.{end}?{link}&note=x") for end in BRIEF_FORMATS),
        *(Sent("GET", f"/cite?format={name}&{link}") for name in FORMATS),
        tool("fetch", id=document_id),
        tool("fetch", id=f"/documents/{named}?start={start}&end={end}"),
        mcp("resources/read", uri=f"normqa://documents/{named}"),
    ]


def lists(*queries: str) -> list[Sent]:
    """Return every way to list documents."""
    return [
        *pages("/timeline", "/documents", "/documents/", *(f"/documents?{query}" for query in queries)),
        Sent("GET", "/suggest?q=s"),
        tool("list_documents"),
        mcp("resources/list"),
    ]


def other() -> list[Sent]:
    """Return requests to what does not depend on documents, and to what reports on the index."""
    files = ["/docs/swagger-ui.css", "/embed.js", "/favicon.ico", "/openapi.json", "/static/style.css"]
    replies = ["/health", "/health/live", "/health/ready", "/v1/models", "/v1/models/normqa", "/v1/nothing"]
    return [
        *pages("/", "/check", "/docs", "/embed", "/nothing"),
        *(Sent("GET", path) for path in [*files, *replies]),
        *map(mcp, ("ping", "tools/list", "resources/templates/list", "prompts/list")),
        mcp(
            "initialize",
            protocolVersion="2025-06-18",
            capabilities={},
            clientInfo={"name": "test", "version": "1"},
        ),
    ]


def tool(name: str, **arguments: Any) -> Sent:
    """Return a call of a tool over MCP."""
    return mcp("tools/call", name=name, arguments=arguments)


def mcp(method: str, **params: Any) -> Sent:
    """Return a request over MCP."""
    return Sent("POST", "/mcp", {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}, _MCP)


def matches(route: tuple[str, str], request: str) -> bool:
    """Whether a request such as ``GET /documents?q=x`` is one of a route, given as method and path."""
    pattern = re.sub(r"\\{[^}]*\\}", ".+", re.escape(" ".join(route)))
    return re.fullmatch(pattern, request.partition("?")[0]) is not None


def routes_of(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Yield method and path of every route of an application, but not mounted folders."""
    for route in iter_route_contexts(app.routes):
        for method in sorted(set(route.methods or ()) - {"HEAD"}):
            yield method, str(route.path)
