"""The choice between pages and JSON."""

import pytest
from fastapi import Request

from normqa.serve.request.accept import wants_html


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
        ("text/html;q=0", False),
        ("text/html;q=0, application/json", False),
        ("text/html;q=0.000, */*", False),
        ("*/*;q=0", False),
        ("*/*;q=0, text/html", True),
        ("text/html;q=0.5, application/json", False),
        ("text/html;q=0.5, application/json;q=0.4", True),
        ("text/html;q=0.1, */*", False),
        ("text/html;q=0.1, application/*;q=0.2, */*;q=0", False),
        ("text/html, */*", True),
        ("*/*, text/html", True),
        ("application/json;q=0, text/html;q=0.001", True),
        ("application/json;Q=0.2, text/html; q = 0.3", True),
        ("text/html;level=1;q=0.2, application/json;q=0.3", False),
        ("text/html;q=nonsense, application/json;q=0.9", True),
        ("text/html;q=7, application/json", True),
    ],
)
def test_page_is_sent_if_accept_names_html_before_json(accept: str | None, is_page: bool) -> None:
    headers = [] if accept is None else [(b"accept", accept.encode())]
    assert wants_html(Request({"type": "http", "headers": headers})) is is_page
