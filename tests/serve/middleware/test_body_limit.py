"""The maximum size of request bodies."""

from itertools import repeat

import pytest
from fastapi import FastAPI

from tests.serve.asgi import Exchange
from tests.serve.conftest import Built, app_of

QUESTION = b'{"question": "pelican"}'
LIMIT = 64_000


@pytest.fixture(scope="module")
def app(built: Built) -> FastAPI:
    """An application with a small index."""
    return app_of(built({"a.md": "The pelican eats herring.\n"}))


def _assert_too_large(exchange: Exchange) -> None:
    assert (exchange.status, exchange.json()["code"]) == (413, "too_large")
    assert list(exchange.json()) == ["code", "message", "hint"]
    assert exchange.reply_headers["content-type"] == "application/json"
    assert exchange.reply_headers["x-content-type-options"] == "nosniff"


def test_body_one_byte_over_the_limit_is_413(app: FastAPI) -> None:
    padded = QUESTION.ljust(LIMIT)
    assert Exchange("POST", "/ask", [padded]).over(app).status == 200
    _assert_too_large(Exchange("POST", "/ask", [padded + b" "]).over(app))


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_body_may_arrive_in_chunks(app: FastAPI, size: int) -> None:
    chunks = [QUESTION[at : at + size] for at in range(0, len(QUESTION), size)]
    assert Exchange("POST", "/ask", chunks).over(app).status == 200


@pytest.mark.parametrize(
    "headers",
    [{}, {"Content-Length": "23"}, {"Content-Length": "999999"}, {"Transfer-Encoding": "chunked"}],
)
@pytest.mark.parametrize("path", ["/ask", "/verify"])
def test_endless_body_is_413_whatever_its_headers(app: FastAPI, path: str, headers: dict[str, str]) -> None:
    exchange = Exchange("POST", path, repeat(b"x" * 10_000), headers).over(app)
    _assert_too_large(exchange)
    assert exchange.taken == 7  # the first six are within the limit


def test_content_length_over_the_limit_is_harmless_where_no_body_is_read(app: FastAPI) -> None:
    assert Exchange("GET", "/health", headers={"Content-Length": "999999"}).over(app).status == 200


@pytest.mark.parametrize(("method", "path"), [("GET", "/health"), ("POST", "/nowhere")])
def test_unused_body_is_not_read(app: FastAPI, method: str, path: str) -> None:
    assert Exchange(method, path, repeat(b"x" * 10_000)).over(app).taken == 0


def test_client_disconnect_is_not_a_server_error(app: FastAPI) -> None:
    """A server error would leave the application as an exception."""
    assert Exchange("POST", "/ask", [QUESTION], breaks_off=True).over(app).status == 400
