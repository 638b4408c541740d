"""The choice between pages and JSON."""

import pytest
from fastapi import Request

from normqa.serve.responses import wants_html


@pytest.mark.parametrize(
    ("accept", "is_page"),
    [
        (None, False),
        ("", False),
        ("*/*", False),
        ("application/json", False),
        ("application/json, text/html", False),
        ("text/plain", False),
        ("text/*", False),
        ("nonsense;;,,", False),
        ("text/html", True),
        ("Text/HTML; charset=utf-8", True),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", True),
        ("text/html, application/json;q=0.9", True),
        ("image/webp,text/html", True),
    ],
)
def test_page_is_sent_if_accept_names_html_before_json(accept: str | None, is_page: bool) -> None:
    headers = [] if accept is None else [(b"accept", accept.encode())]
    assert wants_html(Request({"type": "http", "headers": headers})) is is_page
