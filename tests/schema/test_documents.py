"""Addresses of documents."""

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normqa.schema.documents import document_href


@pytest.mark.parametrize(
    ("document_id", "href"),
    [
        ("strategies", "/documents/strategies"),
        ("a/b/ü c#1", "/documents/a/b/%C3%BC%20c%231"),
        ("text", "/documents/text"),
        ("100%/q?&=+;", "/documents/100%25/q%3F%26%3D%2B%3B"),
        ("a%2Fb", "/documents/a%252Fb"),
        ("富士/山.txt", "/documents/%E5%AF%8C%E5%A3%AB/%E5%B1%B1.txt"),
        ("'q\"<i>", "/documents/%27q%22%3Ci%3E"),
    ],
)
def test_href_percent_encodes_every_segment(document_id: str, href: str) -> None:
    assert document_href(document_id) == href


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_href_is_ascii_and_decodes_to_the_id(document_id: str) -> None:
    href = document_href(document_id)
    assert href.isascii()
    assert not set(href) & set("?#&\"'<> ")
    slash = "/" if document_id.endswith("/text") else ""
    assert unquote(href) == f"/documents/{document_id}{slash}"
