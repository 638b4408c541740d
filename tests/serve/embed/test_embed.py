"""What pages of other origins may load, show in a frame and read; and the page without scripts."""

from base64 import b64encode
from hashlib import sha256
from typing import Any

import pytest
from fastapi import FastAPI

from normqa.schema.answers import ROLLBACK_NOTICE
from normqa.serve.app import create_app
from normqa.serve.pages.pages import WEB
from normqa.service import Service
from normqa.settings import Settings
from tests.conftest import covering_models
from tests.serve.asgi import Exchange
from tests.serve.conftest import BROWSER, Built
from tests.serve.markup import Page

SITE, API, STRANGER = "https://wiki.example", "https://tool.example", "https://evil.example"
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
ALLOWED = "access-control-allow-origin"
DOCUMENTS = {
    "a.txt": "The pelican eats herring. It lives at the <b>bay</b>.\n",
    "b.md": "---\nlanguage: de\n---\nBirds that dive:\n\n- The gannet plunges.\n- The puffin digs.",
}


@pytest.fixture(scope="module")
def service(built: Built) -> Service:
    return built(DOCUMENTS, covering_models())


def app_with(service: Service, **settings: Any) -> FastAPI:
    """An application that answers to every host name."""
    given = {"embed_origins": (SITE,), "allowed_hosts": ("*",), "min_confidence": 0.3, **settings}
    return create_app(Settings(**given), service)


def ask(app: FastAPI, origin: str | None, target: str = "/ask") -> Exchange:
    headers = {"Origin": origin} if origin else {}
    return Exchange("POST", target, [b'{"question": "pelican"}'], headers).over(app)


def preflight(app: FastAPI, origin: str, target: str = "/ask", **headers: str) -> Exchange:
    return Exchange("OPTIONS", target, headers={"Origin": origin, **PREFLIGHT, **headers}).over(app)


def embedded(app: FastAPI, query: str) -> Page:
    return Page(Exchange("GET", f"/embed{query}", headers=BROWSER).over(app).body)


def test_listed_origin_may_ask_and_read_when_to_try_again(service: Service) -> None:
    app = app_with(service)
    checked = preflight(app, SITE)
    assert (checked.status, checked.reply_headers[ALLOWED]) == (200, SITE)
    assert checked.reply_headers["access-control-allow-methods"] == "POST"
    reply = ask(app, SITE)
    assert (reply.status, reply.reply_headers[ALLOWED]) == (200, SITE)
    assert reply.reply_headers["access-control-expose-headers"] == "Retry-After"
    assert "access-control-allow-credentials" not in reply.reply_headers


@pytest.mark.parametrize("origin", [SITE, STRANGER, None])
def test_replies_to_questions_vary_by_origin(service: Service, origin: str | None) -> None:
    assert "Origin" in ask(app_with(service), origin).reply_headers["vary"]


@pytest.mark.parametrize(
    "origin", [STRANGER, "http://wiki.example", f"{SITE}:8443", f"{SITE}.evil.example", "null"]
)
def test_other_origins_may_not_read_answers(service: Service, origin: str) -> None:
    app = app_with(service)
    assert preflight(app, origin).status == 400
    assert ALLOWED not in preflight(app, origin).reply_headers
    assert ALLOWED not in ask(app, origin).reply_headers


@pytest.mark.parametrize(
    "target", ["/", "/verify", "/documents", "/documents/a/text", "/v1/models", "/embed", "/askew", "/health"]
)
def test_listed_origin_may_read_nothing_else(service: Service, target: str) -> None:
    app = app_with(service)
    assert ALLOWED not in Exchange("GET", target, headers={"Origin": SITE}).over(app).reply_headers
    assert preflight(app, SITE, target).status in {404, 405}
    refused = preflight(app, SITE, **{"Access-Control-Request-Headers": "authorization"})
    assert refused.status == 400


def test_nothing_is_open_by_default(service: Service) -> None:
    app = app_with(service, embed_origins=())
    assert preflight(app, SITE).status == 405
    assert ALLOWED not in ask(app, SITE).reply_headers
    for target in ("/embed", "/embed.js"):
        headers = Exchange("GET", target, headers={"Origin": SITE}).over(app).reply_headers
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert ALLOWED not in headers


def test_origins_of_the_api_and_of_the_widget_have_their_own_rights(service: Service) -> None:
    app = app_with(service, cors_origins=(API,))
    for origin, expected in ((SITE, None), (API, API), (STRANGER, None)):
        got = Exchange("GET", "/documents", headers={"Origin": origin}).over(app)
        assert got.reply_headers.get(ALLOWED) == expected
    for origin, expected in ((SITE, SITE), (API, API), (STRANGER, None)):
        assert ask(app, origin).reply_headers.get(ALLOWED) == expected
        assert preflight(app, origin).reply_headers.get(ALLOWED) == expected


def test_any_page_may_ask_if_the_setting_says_so(service: Service) -> None:
    app = app_with(service, embed_origins=("*",))
    assert ask(app, STRANGER).reply_headers[ALLOWED] == "*"
    policy = Exchange("GET", "/embed").over(app).reply_headers["content-security-policy"]
    assert policy.endswith("frame-ancestors *")


def test_errors_can_be_read_by_the_widget(service: Service) -> None:
    app = app_with(service, rate_per_minute=1, rate_burst=1)
    ask(app, SITE)
    refused = ask(app, SITE)
    assert (refused.status, refused.reply_headers[ALLOWED]) == (429, SITE)
    assert int(refused.reply_headers["retry-after"]) > 0
    invalid = Exchange("POST", "/ask", [b"{}"], {"Origin": SITE}).over(app)
    assert (invalid.status, invalid.reply_headers[ALLOWED]) == (422, SITE)


def test_addresses_of_the_widget_have_the_path_prefix(service: Service) -> None:
    app = app_with(service, root_path="/docs")
    for target in ("/ask", "/docs/ask"):
        assert preflight(app, SITE, target).reply_headers[ALLOWED] == SITE
    page = embedded(app, "?q=pelican")
    assert page.one("form").attributes["action"] == "/docs/embed"
    assert all(href.startswith("/docs/") for href in page.hrefs())


def test_script_is_one_small_file_for_pages_of_every_kind(service: Service) -> None:
    reply = Exchange("GET", "/embed.js", headers={"Origin": SITE}).over(app_with(service))
    assert reply.reply_headers["content-type"].startswith("text/javascript")
    assert reply.reply_headers["cross-origin-resource-policy"] == "cross-origin"
    assert reply.reply_headers[ALLOWED] == SITE  # for scripts of the type module
    assert len(reply.body) < 12_000
    assert ROLLBACK_NOTICE in reply.body.decode()
    for forbidden in ("innerHTML", "outerHTML", "insertAdjacentHTML", ".style", 'style="', "eval("):
        assert forbidden not in reply.body.decode()


def test_script_is_not_sent_again_if_it_is_unchanged(service: Service) -> None:
    app = app_with(service)
    headers = Exchange("GET", "/embed.js").over(app).reply_headers
    assert headers["cache-control"] == "no-cache"
    again = Exchange("GET", "/embed.js", headers={"If-None-Match": headers["etag"]}).over(app)
    assert (again.status, again.body) == (304, b"")


def test_only_listed_origins_may_show_the_page_in_a_frame(service: Service) -> None:
    other = "http://localhost:3000"
    headers = Exchange("GET", "/embed").over(app_with(service, embed_origins=(SITE, other))).reply_headers
    digest = b64encode(sha256((WEB / "static" / "embed.css").read_bytes()).digest()).decode()
    assert headers["content-security-policy"] == (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none';"
        f" frame-ancestors {SITE} {other}"
    )
    assert "x-frame-options" not in headers
    for target in ("/", "/documents", "/documents/a/original", "/static/style.css", "/docs", "/nowhere"):
        kept = Exchange("GET", target, headers=BROWSER).over(app_with(service)).reply_headers
        assert kept["x-frame-options"] == "DENY", target


def test_page_without_scripts_quotes_and_links_in_new_tabs(service: Service) -> None:
    page = embedded(app_with(service), "?q=Where+does+the+pelican+live%3F")
    assert page.all("script", "link", "img") == []
    assert page.texts("blockquote")[0] == "The pelican eats herring. It lives at the <b>bay</b>."
    assert page.all("input")[0].attributes["value"] == "Where does the pelican live?"
    for link in page.all("a"):
        assert (link.attributes["target"], link.attributes["rel"]) == ("_blank", "noopener")
    assert page.hrefs()[0] == "/documents/a.txt?start=0&end=53"
    assert not any("style" in element.attributes for element in page.elements)


def test_list_on_the_page_has_all_items_and_one_source(service: Service) -> None:
    page = embedded(app_with(service), "?q=Which+birds+dive%3F")
    texts = ["Birds that dive:", "The gannet plunges.", "The puffin digs."]
    assert page.texts("blockquote") == texts
    assert {element.attributes["lang"] for element in page.all("blockquote")} == {"de"}
    assert len(page.all("cite")) == 1


def test_refusal_on_the_page_has_near_misses(service: Service) -> None:
    page = embedded(app_with(service, min_confidence=0.9), "?q=Do+pelicans+boil%3F")
    assert page.one("h2").text.startswith("No answer found")
    assert "pelican" in page.texts("blockquote")[0]
    assert page.all("mark") == []


@pytest.mark.parametrize(
    ("query", "status", "message"),
    [
        ("?q=" + "a" * 2001, 422, "question"),
        ("?q=%00", 422, "question"),
    ],
)
def test_errors_are_shown_in_the_frame(service: Service, query: str, status: int, message: str) -> None:
    for accept in ({}, BROWSER):
        reply = Exchange("GET", f"/embed{query}", headers=accept).over(app_with(service))
        assert reply.status == status
        assert message in Page(reply.body).one("h2").text
        assert f"frame-ancestors {SITE}" in reply.reply_headers["content-security-policy"]


def test_internal_error_is_shown_in_the_frame(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = built({"a.md": "The pelican eats herring.\n"})

    def fail(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(broken, "current", fail)
    app = app_with(broken)
    exchange = Exchange("GET", "/embed?q=pelican", headers=BROWSER)
    with pytest.raises(RuntimeError, match="secret"):
        exchange.over(app)
    assert (exchange.status, Page(exchange.body).one("h2").text) == (
        500,
        "normqa failed to process this request.",
    )
    assert f"frame-ancestors {SITE}" in exchange.reply_headers["content-security-policy"]
    assert "x-frame-options" not in exchange.reply_headers


def test_required_key_is_reported_in_the_frame(service: Service, tmp_path: Any) -> None:
    app = app_with(service, keys=tmp_path / "keys.json", require_key=True)
    reply = Exchange("GET", "/embed?q=pelican", headers=BROWSER).over(app)
    assert reply.status == 401
    assert "requires an API key" in Page(reply.body).one("h2").text
    assert "herring" not in reply.body.decode()
    assert ask(app, SITE).status == 401


@pytest.mark.parametrize("query", ["", "?q=", "?q=+%0A"])
def test_blank_question_shows_the_form(service: Service, query: str) -> None:
    page = embedded(app_with(service), query)
    assert page.all("h2", "blockquote") == []
    assert page.one("form").attributes["method"] == "get"
