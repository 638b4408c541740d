"""Citations, and links to published originals."""

from dataclasses import replace

import pytest

from normqa.citations.reference import web_address
from normqa.datatypes import Metadata, Span
from normqa.load.text.plain_text import load_text
from normqa.serve.pages.citations import cite_document, original_address

ABOUT = Metadata(
    title="Who eats what?",
    source="Field notes",
    url="https://zoo.example/a",
    date="2023-05-01",
    authors=("Ada Roe", "Bo Li"),
    publisher="The Zoo",
)


def test_document_citation_uses_all_metadata() -> None:
    assert cite_document(load_text("a", "The pelican.", ABOUT)) == (
        "Ada Roe, Bo Li. Who eats what? Field notes, The Zoo, 2023-05-01. https://zoo.example/a."
    )
    assert cite_document(load_text("a", "The pelican.", Metadata())) == "a."


def test_quote_citation_includes_section_and_page() -> None:
    citation = load_text("a", "The pelican.", ABOUT).quote(Span(0, 3)).citation
    assert str(citation) == "Who eats what? Field notes, 2023-05-01."
    assert str(replace(citation, section=("Birds", "Pelicans"), page=3)) == (
        "Who eats what? Field notes, 2023-05-01. Birds › Pelicans, page 3."
    )


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("The pelican eats.", "The%20pelican%20eats."),
        ("2. Self-help, & more", "Self%2Dhelp%2C%20%26%20more"),
        ("a b c d e f g h i j k", "a%20b%20c%20d%20e,g%20h%20i%20j%20k"),
        ("One line\nand another", "One%20line%20and%20another,One%20line%20and%20another"),
    ],
)
def test_original_address_has_a_text_fragment(text: str, fragment: str) -> None:
    assert original_address("https://zoo.example/a", text) == f"https://zoo.example/a#:~:text={fragment}"
    assert (
        original_address("https://zoo.example/a#top", text) == f"https://zoo.example/a#top:~:text={fragment}"
    )


@pytest.mark.parametrize("url", [None, "", "javascript:alert(1)", "//zoo.example", "ftp://zoo.example"])
def test_only_web_addresses_are_linked(url: str | None) -> None:
    assert web_address(url) is None
    assert original_address(url, "The pelican") is None
