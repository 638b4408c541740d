"""Origins in settings: their form, and what is refused."""

from typing import Any

import pytest

from normqa.errors import InvalidSettings
from normqa.settings import read_settings

SETTINGS = ("embed_origins", "cors_origins")


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize(
    ("given", "compared"),
    [
        ("https://example.org", "https://example.org"),
        ("HTTPS://Example.ORG:443", "https://example.org"),
        ("http://example.org:80", "http://example.org"),
        ("http://example.org:443", "http://example.org:443"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("http://192.0.2.1:8080", "http://192.0.2.1:8080"),
        ("http://[2001:DB8:0::1]:8080", "http://[2001:db8::1]:8080"),
        ("https://my_wiki.example", "https://my_wiki.example"),
        ("*", "*"),
    ],
)
def test_origin_has_the_form_that_browsers_send(name: str, given: str, compared: str) -> None:
    settings: dict[str, Any] = {name: (given,)}
    assert getattr(read_settings(**settings), name) == (compared,)


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize(
    "given",
    [
        "",
        "example.org",
        "//example.org",
        "https://",
        "https://example.org/",
        "https://example.org/wiki",
        "https://example.org?x",
        "https://example.org#x",
        "https://*.example.org",
        "https://a@example.org",
        "https://example.org:",
        "https://example.org:port",
        "https://example.org:65536",
        "https://example..org",
        f"https://{'a' * 64}.example",
        "https://example.org:0",
        "https://[::g]",
        "https://example.org; script-src *",
        "https://example.org https://b.example",
        " https://example.org",
        "https://example.org\n",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "null",
        "'self'",
    ],
)
def test_anything_else_is_refused_with_an_example(name: str, given: str) -> None:
    settings: dict[str, Any] = {name: ("https://a.example", given)}
    with pytest.raises(InvalidSettings) as refused:
        read_settings(**settings)
    assert name in refused.value.message
    assert repr(given) in refused.value.message
    assert "https://example.org" in refused.value.message
