"""The Host header: a page of another site cannot read a local server through a name of its own."""

import pytest

from normqa.serve.app import create_app
from normqa.service import Service
from normqa.settings import Settings
from tests.serve.asgi import Exchange
from tests.serve.conftest import BROWSER, Built


@pytest.fixture(scope="module")
def service(built: Built) -> Service:
    return built({"a.md": "The pelican eats herring.\n"})


def _status(service: Service, name: str, target: str = "/documents/a/text", **settings: object) -> int:
    """The status of a request whose Host header is ``name``."""
    given = Settings.model_construct().model_copy(update=settings)
    return Exchange("GET", target, headers={"Host": name}).over(create_app(given, service)).status


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:8000",
        "LOCALHOST",
        "localhost.",
        "127.0.0.1",
        "127.0.0.1:8000",
        "[::1]",
        "[::1]:80",
    ],
)
def test_local_server_answers_to_names_of_this_machine(service: Service, host: str) -> None:
    assert _status(service, host) == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8000",
        "localhost.evil.example",
        "evil-localhost",
        "127.0.0.1.evil.example",
        "127.0.0.2",
        "192.168.0.7",
        "[::2]",
        "",
        ":8000",
        "[::1",
        "localhost, evil.example",
        "localhost evil.example",
    ],
)
@pytest.mark.parametrize("target", ["/documents/a/text", "/", "/static/style.css", "/nowhere"])
def test_local_server_rejects_every_other_name(service: Service, host: str, target: str) -> None:
    assert _status(service, host, target) == 421


def test_rejection_is_an_error_in_json_with_security_headers(service: Service) -> None:
    app = create_app(Settings.model_construct(), service)
    reply = Exchange("GET", "/", headers={**BROWSER, "Host": "evil.example"}).over(app)
    assert list(reply.json()) == ["code", "message", "hint"]
    assert reply.json()["code"] == "unknown_host"
    assert "allowed_hosts" in reply.json()["hint"]
    assert reply.reply_headers["x-frame-options"] == "DENY"
    assert b"pelican" not in reply.body
    asked = Exchange("POST", "/ask", [b'{"question": "pelican"}'], {"Host": "evil.example"}).over(app)
    assert (asked.status, asked.json()["code"]) == (421, "unknown_host")


def test_forwarded_host_does_not_replace_the_host(service: Service) -> None:
    app = create_app(Settings.model_construct(), service)
    headers = {"Host": "evil.example", "X-Forwarded-Host": "localhost"}
    assert Exchange("GET", "/health", headers=headers).over(app).status == 421


def test_bound_loopback_address_is_a_name_of_this_machine(service: Service) -> None:
    assert _status(service, "127.0.0.2:8000", host="127.0.0.2") == 200
    assert _status(service, "evil.example", host="127.0.0.2") == 421


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.0.7", "docs.example.org", "::"])
def test_server_for_other_machines_answers_to_every_name(service: Service, host: str) -> None:
    assert _status(service, "anything.example", host=host) == 200


def test_setting_lists_names(service: Service) -> None:
    names = ("docs.example.org", "*.example.net")
    for host in ("docs.example.org", "DOCS.example.org:443", "a.example.net", "a.b.example.net"):
        assert _status(service, host, allowed_hosts=names) == 200
        assert _status(service, host, allowed_hosts=names, host="0.0.0.0") == 200
    for host in ("localhost", "example.org", "x.docs.example.org", "example.net", "badexample.net"):
        assert _status(service, host, allowed_hosts=names) == 421
        assert _status(service, host, allowed_hosts=names, host="0.0.0.0") == 421
    assert _status(service, "anything.example", allowed_hosts=("*",)) == 200
