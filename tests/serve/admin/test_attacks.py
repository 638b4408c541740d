"""Attacks on the administrator's session that must fail."""

import asyncio
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient

from normqa.serve.admin.sessions import COOKIE
from tests.conftest import WriteCorpus
from tests.serve.admin.administrator import BEARER, OWN, TOKEN, Admin
from tests.serve.asgi import Exchange
from tests.serve.conftest import BROWSER


@pytest.fixture
def admin(write_corpus: WriteCorpus, index: Path) -> Admin:
    admin = Admin(write_corpus({"a.md": "The pelican eats herring.\n"}), index)
    admin.service.build()
    return admin


def test_session_of_an_attacker_is_not_continued(admin: Admin) -> None:
    """A cookie that was planted before the sign-in never becomes valid."""
    planted = "9999999999.planted.0"
    headers = {**OWN, "Cookie": f"{COOKIE}={planted}"}
    reply = admin.client.post("/admin/login", data={"token": TOKEN}, headers=headers, follow_redirects=False)
    assert planted not in reply.headers["set-cookie"]
    admin.client.cookies.clear()
    for value in (planted, f"{planted}; {COOKIE}=x", f"x; {COOKIE}={planted}"):
        reply = admin.client.get("/admin/status", headers={"Cookie": f"{COOKIE}={value}"})
        assert reply.status_code == 401


def test_every_sign_in_gives_another_cookie(admin: Admin) -> None:
    cookies = set()
    for _ in range(3):
        admin.sign_in()
        cookies.add(admin.client.cookies[COOKIE])
    assert len(cookies) == 3


def test_cookie_is_secure_behind_a_proxy_with_tls(admin: Admin) -> None:
    proxy = TestClient(admin.app, client=("127.0.0.1", 50000))
    headers = {**BROWSER, "Origin": "https://testserver", "X-Forwarded-Proto": "https"}
    reply = proxy.post("/admin/login", data={"token": TOKEN}, headers=headers, follow_redirects=False)
    assert "Secure" in reply.headers["set-cookie"].split("; ")
    stranger = TestClient(admin.app, client=("192.0.2.1", 50000))
    assert stranger.post("/admin/login", data={"token": TOKEN}, headers=headers).status_code == 403


@pytest.mark.parametrize(
    "origin",
    [
        "http://testserver@evil.example",
        "http://testserver.",
        "http://testserver/",
        "http://testserver http://evil.example",
        "http://evil.example, http://testserver",
        "file://",
        "",
    ],
)
@pytest.mark.parametrize("site", ["cross-site", "same-origin", "none"])
def test_request_of_a_foreign_page_is_rejected(admin: Admin, origin: str, site: str) -> None:
    """Sec-Fetch-Site cannot make up for an origin that is not this server's."""
    admin.sign_in()
    headers = {"Origin": origin, "Sec-Fetch-Site": site}
    for path in ("/admin/rebuild", "/admin/rollback", "/admin/logout"):
        assert admin.client.post(path, headers=headers).status_code == 403
    assert admin.client.get("/admin/status").status_code == 200


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", ["/admin/rebuild", "/admin/rollback", "/admin/logout", "/admin/login"])
def test_following_a_link_changes_nothing(admin: Admin, method: str, path: str) -> None:
    admin.sign_in()
    before = admin.service.generation().name
    assert admin.client.request(method, path).status_code == 405
    assert admin.client.request(method, f"{path}?_method=POST", headers=BROWSER).status_code == 405
    assert admin.service.generation().name == before
    assert admin.client.get("/admin/status").status_code == 200


@pytest.mark.parametrize(
    "value",
    [
        "Bearer",
        "Bearer ",
        f"Basic {TOKEN}",
        TOKEN,
        f"Bearer{TOKEN}",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        f"Bearer {TOKEN.upper()}",
        f"Bearer {TOKEN}, Bearer {TOKEN}",
        "Bearer \u00e9",
    ],
)
def test_only_the_whole_token_opens(admin: Admin, value: str) -> None:
    headers = {b"Authorization": value.encode("latin-1")}
    assert admin.client.get("/admin/status", headers=headers).status_code == 401


def test_token_in_an_address_opens_nothing(admin: Admin) -> None:
    for query in (urlencode({"token": TOKEN}), urlencode({"access_token": TOKEN})):
        assert admin.client.get(f"/admin/status?{query}").status_code == 401
        reply = admin.client.post(f"/admin/login?{query}", headers=OWN)
        assert "set-cookie" not in reply.headers


@pytest.mark.parametrize(
    "prefix", ["/a\r\nSet-Cookie: x=y", "//evil.example", "/a b", "/\u00e9", "/a;b", "/<b>"]
)
def test_forwarded_prefix_injects_nothing(admin: Admin, prefix: str) -> None:
    headers = {"X-Forwarded-Prefix": prefix, **OWN, **BEARER, "Host": "testserver"}
    reply = Exchange("POST", "/admin/logout", headers=headers).over(admin.app)
    assert reply.status == 303
    assert reply.reply_headers["location"] == "/admin"
    assert set(reply.reply_headers["set-cookie"].split("; ")) >= {"Path=/admin", "HttpOnly"}


def test_rejections_of_wrong_tokens_do_not_wait_for_each_other(admin: Admin) -> None:
    """The delay must not become a queue that locks out the administrator."""

    async def ask_often() -> list[int]:
        from httpx2 import ASGITransport, AsyncClient

        transport = ASGITransport(admin.app, client=("192.0.2.1", 1))
        async with AsyncClient(transport=transport, base_url="http://testserver") as client:
            wrong = [client.get("/admin/status", headers={"Authorization": "Bearer x"}) for _ in range(30)]
            return [reply.status_code for reply in await asyncio.gather(*wrong)]

    statuses = asyncio.run(ask_often())
    assert (statuses.count(401), statuses.count(429)) == (10, 20)


def test_page_contains_no_token_or_form_of_another_origin(admin: Admin) -> None:
    admin.sign_in()
    text = admin.client.get("/admin", headers=BROWSER).text
    assert TOKEN not in text
    assert all(action.startswith("/admin") for action in re.findall(r'action="([^"]*)"', text))
