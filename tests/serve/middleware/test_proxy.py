"""Requests behind a proxy: path prefix, trusted headers, HEAD, and pages of other origins."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from normqa.serve.app import create_app
from normqa.serve.middleware.proxy import OWN_NAMES
from normqa.settings import Settings
from tests.serve.admin.administrator import TOKEN
from tests.serve.asgi import Exchange
from tests.serve.conftest import BROWSER, Built
from tests.serve.markup import Page

DOCUMENTS = {
    "a.md": "The pelican eats herring. It lives at the bay.\n",
    "birds/b.md": "---\ntitle: Gannets\nquestions:\n  - What does it eat?\n---\n\nThe gannet eats squid.\n",
}
PAGES = [
    "/",
    "/?q=pelican",
    "/?q=gannet&after=pelican",
    "/?q=zzz",
    "/answer?q=pelican",
    "/documents",
    "/documents/",
    "/documents/a?start=0&end=5",
    "/documents/birds/b",
    "/nowhere",
    "/static/nothing.css",
    "/?q=%00",
    "/admin",
]


@pytest.fixture(scope="module")
def apps(built: Built, tmp_path_factory: pytest.TempPathFactory) -> dict[str, FastAPI]:
    """Applications with the same documents: without settings, under ``/docs``, and distrustful."""
    service = built(DOCUMENTS)
    plain = Settings.model_construct(
        top_k=3,
        min_confidence=0.3,
        admin_token=SecretStr(TOKEN),
        metrics_token=SecretStr(TOKEN),
        question_log=tmp_path_factory.mktemp("log") / "asked.db",
        allowed_hosts=("*",),
    )
    changes: dict[str, dict[str, object]] = {
        "plain": {},
        "prefixed": {"root_path": "/docs"},
        "distrustful": {"trusted_proxies": ()},
        "shared": {"cors_origins": ("https://wiki.example",)},
    }
    return {name: create_app(plain.model_copy(update=change), service) for name, change in changes.items()}


def _get(app: FastAPI, target: str, method: str = "GET", **headers: str) -> Exchange:
    return Exchange(
        method, target, headers={name.replace("_", "-"): value for name, value in headers.items()}
    ).over(app)


@pytest.mark.parametrize("target", PAGES)
@pytest.mark.parametrize("way", ["removed by the proxy", "passed on", "in a header"])
def test_pages_work_under_a_prefix(apps: dict[str, FastAPI], target: str, way: str) -> None:
    app = apps["plain" if way == "in a header" else "prefixed"]
    headers = {"X_Forwarded_Prefix": "/docs"} if way == "in a header" else {}
    without = _get(apps["plain"], target, **BROWSER)
    reply = _get(app, f"/docs{target}" if way == "passed on" else target, **BROWSER, **headers)
    assert reply.status == without.status
    page = Page(reply.body)
    assert page.one("h1").text == Page(without.body).one("h1").text
    assert page.one("html").attributes["data-root"] == "/docs"
    addresses = [
        value
        for element in page.elements
        for name, value in element.attributes.items()
        if name in {"href", "src", "action", "cite", "data-permalink"} and not value.startswith("#")
    ]
    assert len(addresses) > 7
    for address in addresses:
        assert address.startswith("/docs/"), address
        if not address.startswith(("/docs/admin/", "/docs/rate")):  # forms, which are posted
            inner = address.partition("#")[0].removeprefix("/docs")
            assert _get(app, inner, **BROWSER, **headers).status == 200, address


def test_prefix_alone_is_the_first_page(apps: dict[str, FastAPI]) -> None:
    for target in ("/docs", "/docs/"):
        assert (
            Page(_get(apps["prefixed"], target, **BROWSER).body).one("h1").text.startswith("Ask a question")
        )


def test_json_addresses_have_the_prefix_only_if_there_is_one(apps: dict[str, FastAPI]) -> None:
    plain, prefixed = (
        _get(apps["plain"], "/documents/a").json(),
        _get(apps["prefixed"], "/documents/a").json(),
    )
    assert (plain["href"], plain["text_href"]) == ("/documents/a", "/documents/a/text")
    assert (prefixed["href"], prefixed["text_href"]) == ("/docs/documents/a", "/docs/documents/a/text")
    [first, _] = _get(apps["prefixed"], "/documents").json()["documents"]
    assert first["href"] == "/docs/documents/a"
    body = b'{"question": "What does the pelican eat?"}'
    for name, root in (("plain", ""), ("prefixed", "/docs")):
        answer = Exchange("POST", "/ask", [body]).over(apps[name]).json()
        assert answer["quotes"][0]["href"] == f"{root}/documents/a?start=0&end=46"
        turns = _get(apps[name], "/conversation.json?q=pelican").json()
        assert f'"href": "{root}/documents/' in str(turns).replace("'", '"')


def test_openapi_names_the_prefix(apps: dict[str, FastAPI]) -> None:
    assert _get(apps["prefixed"], "/openapi.json").json()["servers"] == [{"url": "/docs"}]


def test_sign_in_works_under_a_prefix(apps: dict[str, FastAPI]) -> None:
    form = f"token={TOKEN.replace(' ', '+')}".encode()
    headers = {**BROWSER, "Host": "example.org", "Origin": "http://example.org"}
    reply = Exchange("POST", "/admin/login", [form], headers).over(apps["prefixed"])
    assert (reply.status, reply.reply_headers["location"]) == (303, "/docs/admin")
    assert "Path=/docs/admin;" in reply.reply_headers["set-cookie"]
    wrong = Exchange("POST", "/admin/login", [b"token=x"], headers).over(apps["prefixed"])
    assert "Wrong token." in Page(wrong.body).one("main").text


@pytest.mark.parametrize(
    "prefix", ["//evil.example", "https://evil.example", '/"><script>', "docs", "/a b", "/docs//x", "/"]
)
def test_bad_prefix_in_a_header_is_ignored(apps: dict[str, FastAPI], prefix: str) -> None:
    reply = _get(apps["plain"], "/", **BROWSER, X_Forwarded_Prefix=prefix)
    assert Page(reply.body).one("html").attributes["data-root"] == ""


def test_headers_of_untrusted_clients_are_ignored(apps: dict[str, FastAPI]) -> None:
    reply = _get(apps["distrustful"], "/", **BROWSER, X_Forwarded_Prefix="/docs")
    assert Page(reply.body).one("html").attributes["data-root"] == ""


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/", 200),
        ("/?q=pelican", 200),
        ("/answer?q=pelican", 200),
        ("/conversation.md?q=pelican", 200),
        ("/documents", 200),
        ("/documents/", 200),
        ("/documents/a", 200),
        ("/documents/a/text", 200),
        ("/health", 200),
        ("/openapi.json", 200),
        ("/favicon.ico", 200),
        ("/static/style.css", 200),
        ("/admin", 200),
        ("/admin/status", 401),
        ("/nowhere", 404),
        ("/documents/z", 404),
        ("/verify", 405),
    ],
)
def test_head_is_get_without_a_body(apps: dict[str, FastAPI], target: str, status: int) -> None:
    for headers in ({}, BROWSER):
        got, head = (_get(apps["plain"], target, method, **headers) for method in ("GET", "HEAD"))
        assert (head.status, head.body) == (status, b"")
        timeless = {"server-timing", "last-modified", "etag"}
        assert {name: value for name, value in head.reply_headers.items() if name not in timeless} == {
            name: value for name, value in got.reply_headers.items() if name not in timeless
        }


def test_list_of_documents_has_a_trailing_slash_too(apps: dict[str, FastAPI]) -> None:
    for headers in ({}, BROWSER):
        assert (
            _get(apps["plain"], "/documents/", **headers).body
            == _get(apps["plain"], "/documents", **headers).body
        )


def test_only_listed_origins_may_use_the_api(apps: dict[str, FastAPI]) -> None:
    asking = {"Access_Control_Request_Method": "POST", "Access_Control_Request_Headers": "content-type"}
    allowed = _get(apps["shared"], "/ask", "OPTIONS", Origin="https://wiki.example", **asking)
    assert allowed.status == 200
    assert allowed.reply_headers["access-control-allow-origin"] == "https://wiki.example"
    assert "POST" in allowed.reply_headers["access-control-allow-methods"]
    reply = _get(apps["shared"], "/documents", Origin="https://wiki.example")
    assert reply.reply_headers["access-control-allow-origin"] == "https://wiki.example"
    for name, origin in (("shared", "https://evil.example"), ("plain", "https://wiki.example")):
        assert _get(apps[name], "/ask", "OPTIONS", Origin=origin, **asking).status in {400, 405}
        reply = _get(apps[name], "/documents", Origin=origin)
        assert "access-control-allow-origin" not in reply.reply_headers


def test_other_origins_may_not_send_the_token(apps: dict[str, FastAPI]) -> None:
    asking = {"Access_Control_Request_Method": "POST", "Access_Control_Request_Headers": "authorization"}
    reply = _get(apps["shared"], "/admin/rebuild", "OPTIONS", Origin="https://wiki.example", **asking)
    assert reply.status == 400


def _routes(routes: Iterable[Any]) -> Iterator[str]:
    """The paths of routes, also of those in routers."""
    for route in routes:
        if hasattr(route, "original_router"):
            yield from _routes(route.original_router.routes)
        else:
            yield route.path


def test_names_of_addresses_are_complete(apps: dict[str, FastAPI]) -> None:
    assert {path.split("/")[1] for path in _routes(apps["plain"].routes)} == OWN_NAMES | {"docs"}


@pytest.mark.parametrize("prefix", ["/documents", "/static", "/documents/static", "/ask"])
@pytest.mark.parametrize("removes", [True, False])
def test_prefix_may_be_the_name_of_an_address(apps: dict[str, FastAPI], prefix: str, removes: bool) -> None:
    for target in ("/documents/a", "/documents/birds/b", "/static/style.css", "/health", "/", "/documents"):
        path = target if removes else f"{prefix}{target}"
        reply = _get(apps["plain"], path, X_Forwarded_Prefix=prefix)
        assert reply.status == 200, target
    reply = _get(apps["plain"], f"{'' if removes else prefix}/documents/a", X_Forwarded_Prefix=prefix)
    assert reply.json()["href"] == f"{prefix}/documents/a"
