"""The layout of a comparison."""

from normqa.datatypes import Document, Metadata, Quote, Span
from normqa.load.markup.markdown import load_markdown
from normqa.serve.pages.views.comparison import Comparison

QUESTION = "How does the Budapest Convention differ from the UN Cybercrime Convention?"


def _quotes(title: str, *texts: str) -> list[Quote]:
    document: Document = load_markdown(title, "\n\n".join(texts), Metadata(title=title))
    starts = [document.text.index(text) for text in texts]
    return [document.quote(Span(start, start + len(text))) for start, text in zip(starts, texts, strict=True)]


BOTH = _quotes(
    "The Budapest and UN cybercrime conventions compared", "One is open to all.", "Both are treaties."
)
BUDAPEST = _quotes("The Budapest Convention on Cybercrime", "It dates from 2001.")
HANOI = _quotes("The Hanoi Convention", "The UN cybercrime treaty dates from 2024.")


def test_what_names_both_sides_comes_first() -> None:
    laid_out = Comparison.of(QUESTION, [*BOTH, *BUDAPEST, *HANOI])
    assert laid_out.both == tuple(BOTH)
    assert laid_out.sides == (
        ("The Budapest Convention", tuple(BUDAPEST)),
        ("The UN Cybercrime Convention", tuple(HANOI)),
    )


def test_third_document_joins_a_side() -> None:
    third = _quotes("Protocols", "The Budapest Convention has two protocols.")
    laid_out = Comparison.of(QUESTION, [*BUDAPEST, *HANOI, *third])
    assert laid_out.both == ()
    assert [len(quotes) for _, quotes in laid_out.sides] == [2, 1]


def test_sides_need_quotes_of_both() -> None:
    assert Comparison.of(QUESTION, BUDAPEST) == Comparison(tuple(BUDAPEST), ())
    assert Comparison.of("What is it?", [*BUDAPEST, *HANOI]).sides == ()
