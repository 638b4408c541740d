"""Wrong tokens are limited by address, and the administrator's actions are logged."""

import logging
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from normqa.serve.access import attempts, tokens
from normqa.serve.access.attempts import (
    MAX_ADDRESSES,
    MAX_FAILURES,
    WINDOW_SECONDS,
    FailedAttempts,
    limited_address,
)
from normqa.serve.errors import TooManyAttempts
from tests.conftest import WriteCorpus
from tests.serve.admin.administrator import BEARER, OWN, TOKEN, Admin

WRONG = {"Authorization": "Bearer wrong"}


@pytest.fixture
def admin(write_corpus: WriteCorpus, index: Path, monkeypatch: pytest.MonkeyPatch) -> Admin:
    """A corpus with an index. Wrong tokens are rejected without a delay."""
    monkeypatch.setattr(tokens, "_DELAY_SECONDS", 0)
    admin = Admin(write_corpus({"a.md": "The pelican eats herring.\n"}), index)
    admin.service.build()
    return admin


def _from(admin: Admin, address: str) -> TestClient:
    return TestClient(admin.app, client=(address, 50000))


def test_address_with_too_many_wrong_tokens_must_wait(admin: Admin) -> None:
    client = _from(admin, "192.0.2.1")
    for _ in range(MAX_FAILURES):
        assert client.get("/admin/status", headers=WRONG).status_code == 401
    for headers in (WRONG, BEARER):
        reply = client.get("/admin/status", headers=headers)
        assert (reply.status_code, reply.json()["code"]) == (429, "too_many_attempts")
        assert 0 < int(reply.headers["retry-after"]) <= WINDOW_SECONDS
    form = client.post("/admin/login", data={"token": TOKEN}, headers=OWN)
    assert form.status_code == 429
    assert "retry-after" in form.headers
    assert "Too many wrong tokens" in form.text
    assert "set-cookie" not in form.headers
    assert _from(admin, "192.0.2.2").get("/admin/status", headers=BEARER).status_code == 200


def test_form_and_header_are_counted_together(admin: Admin) -> None:
    client = _from(admin, "192.0.2.1")
    for _ in range(MAX_FAILURES // 2):
        assert client.get("/admin/status", headers=WRONG).status_code == 401
        assert client.post("/admin/login", data={"token": "x"}, headers=OWN).status_code == 401
    assert client.post("/admin/login", data={"token": "x"}, headers=OWN).status_code == 429


def test_session_is_not_affected_by_the_limit(admin: Admin) -> None:
    admin.sign_in()
    for _ in range(MAX_FAILURES + 1):
        admin.client.get("/admin/status", headers=WRONG)
    assert admin.client.get("/admin/status", headers=BEARER).status_code == 429
    assert admin.client.get("/admin/status").status_code == 200


def test_only_a_trusted_proxy_names_the_client(admin: Admin) -> None:
    stranger, proxy = _from(admin, "192.0.2.1"), _from(admin, "127.0.0.1")
    for number in range(MAX_FAILURES):
        headers = {**WRONG, "X-Forwarded-For": f"198.51.100.{number}"}
        assert stranger.get("/admin/status", headers=headers).status_code == 401
    assert stranger.get("/admin/status", headers={**WRONG, "X-Forwarded-For": "1.2.3.4"}).status_code == 429
    for _ in range(MAX_FAILURES):
        proxy.get("/admin/status", headers={**WRONG, "X-Forwarded-For": "10.9.8.7, 203.0.113.5"})
    limited = {**BEARER, "X-Forwarded-For": "203.0.113.5"}
    other = {**BEARER, "X-Forwarded-For": "203.0.113.6"}
    assert proxy.get("/admin/status", headers=limited).status_code == 429
    assert proxy.get("/admin/status", headers=other).status_code == 200


def test_failures_are_forgotten_after_the_window() -> None:
    failed = FailedAttempts()
    for second in range(MAX_FAILURES):
        failed.add("192.0.2.1", second)
    with pytest.raises(TooManyAttempts) as caught:
        failed.check("192.0.2.1", MAX_FAILURES)
    assert caught.value.seconds == WINDOW_SECONDS - MAX_FAILURES
    failed.check("192.0.2.1", WINDOW_SECONDS)
    failed.add("192.0.2.1", WINDOW_SECONDS)
    with pytest.raises(TooManyAttempts):
        failed.check("192.0.2.1", WINDOW_SECONDS)


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_ADDRESSES == 10_000
    monkeypatch.setattr(attempts, "MAX_ADDRESSES", 3)
    failed = FailedAttempts()
    for address in ("a", "b", "c", "a", "d"):
        failed.add(address, 0)
    assert list(failed._failures) == ["c", "a", "d"]
    for second in range(1000):
        failed.add("a", second)
    assert len(failed._failures["a"]) == MAX_FAILURES


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"),
        ("testclient", "testclient"),
    ],
)
def test_one_ipv6_network_is_one_client(address: str, counted: str) -> None:
    assert limited_address(address) == counted


def test_actions_are_logged_with_time_and_address(admin: Admin, caplog: pytest.LogCaptureFixture) -> None:
    admin.sign_in()
    admin.client.post("/admin/login", data={"token": "another token"}, headers=OWN)
    admin.rebuild(b'{"full": true}')
    admin.rebuild()
    generation = admin.service.generation().name
    admin.client.post("/admin/rollback", json={"generation": generation}, headers=BEARER)
    admin.client.post("/admin/logout", headers=OWN)
    lines = [record.getMessage() for record in caplog.records if record.name == "normqa.serve.admin.audit"]
    stamp = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00 admin ")
    assert all(stamp.match(line) for line in lines)
    assert [stamp.sub("", line) for line in lines] == [
        "sign-in from testclient",
        "wrong token from testclient",
        "full rebuild from testclient",
        "rebuild from testclient",
        f"rollback from testclient '{generation}'",
        "sign-out from testclient",
    ]
    assert TOKEN not in caplog.text
    assert "another token" not in caplog.text


def test_nothing_is_injected_into_the_log(admin: Admin, caplog: pytest.LogCaptureFixture) -> None:
    hostile = "x\n2026-01-01T00:00:00+00:00 admin sign-in\r\x1b[2J\u2028\u0085 from 10.0.0.1" + "y" * 200
    admin.client.post("/admin/rollback", json={"generation": hostile}, headers=BEARER)
    _from(admin, hostile).get("/admin/status", headers=WRONG)
    messages = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert len(messages) == 2
    for message in messages:
        assert len(message.splitlines()) == 1
        assert message.isascii()
        assert message.isprintable()
        assert len(message) < 600
