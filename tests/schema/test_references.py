"""The references of a document come with its quotes."""

from normqa.citations.markdown import quote_markdown
from normqa.datatypes import Metadata, Quote, Span
from normqa.load.markup.markdown import load_markdown
from normqa.schema.quotes import QuoteBody


def a_quote(*references: str) -> Quote:
    return load_markdown("a", "Herons wade.", Metadata(references=references)).quote(Span(0, 12))


def test_json_printed_answers_and_markdown_show_references() -> None:
    quote = a_quote("A/70/174, 2015", "https://example.org/a")
    assert QuoteBody.of(quote).document.references == ["A/70/174, 2015", "https://example.org/a"]
    assert str(quote).endswith("\n      References: A/70/174, 2015; https://example.org/a")
    assert quote_markdown(quote).endswith(">\n> References: A/70/174, 2015; https://example.org/a")


def test_quote_without_references_has_no_such_line() -> None:
    assert "References" not in str(a_quote()) + quote_markdown(a_quote())
