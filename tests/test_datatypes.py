"""A quote is a slice of its document, and every offset knows where it stands."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normqa.datatypes import (
    CONTEXT_CHARACTERS,
    Block,
    BlockKind,
    Citation,
    Document,
    ItemList,
    Metadata,
    Section,
    Span,
)
from normqa.errors import Misquote

TEXT = "Intro 👍.\n\n1. a\nb\nc\n2. d\n\nEnd e\u0301."
#       0         10    15 17 19  24

DOCUMENT = Document(
    id="folder/doc",
    title="Title",
    text=TEXT,
    sha256="0123",
    metadata=Metadata(title="Title", source="Source", url="https://un.example", date="2015", language="en"),
    blocks=(
        Block(BlockKind.LEAD_IN, Span(0, 8)),
        Block(BlockKind.ITEM, Span(10, 14), 1),
        Block(BlockKind.ITEM, Span(15, 16), 2),
        Block(BlockKind.ITEM, Span(17, 18), 2),
        Block(BlockKind.ITEM, Span(19, 23), 1),
        Block(BlockKind.PARAGRAPH, Span(25, len(TEXT))),
    ),
    lists=(
        ItemList(Span(10, 14), (Span(15, 16), Span(17, 18))),
        ItemList(Span(0, 8), (Span(10, 18), Span(19, 23))),
    ),
    sections=(Section((), Span(0, 10)), Section(("A", "B"), Span(10, len(TEXT)))),
    pages=(Span(0, 10), Span(10, 19), Span(19, len(TEXT))),
)


def spans_in(text: str) -> st.SearchStrategy[Span]:
    bounds = st.integers(0, len(text))
    return st.tuples(bounds, bounds).map(lambda both: Span(min(both), max(both)))


@given(spans_in(TEXT).filter(len))
def test_a_quote_is_a_slice_and_says_what_surrounds_it(span: Span) -> None:
    quote = DOCUMENT.quote(span)
    assert quote.text == TEXT[span.start : span.end]
    assert quote.prefix + quote.text + quote.suffix == TEXT  # which is shorter than the context given
    assert quote.span == quote.answer == span
    assert quote.sha256 == DOCUMENT.sha256


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=200), st.data())
def test_the_context_of_a_quote_is_as_long_as_it_may_be(text: str, data: st.DataObject) -> None:
    document = dataclasses.replace(DOCUMENT, text=text)
    span = data.draw(spans_in(text).filter(len))
    quote = document.quote(span)
    assert len(quote.prefix) == min(CONTEXT_CHARACTERS, span.start)
    assert len(quote.suffix) == min(CONTEXT_CHARACTERS, len(text) - span.end)
    assert quote.prefix + quote.text + quote.suffix in text
    assert text[: span.start].endswith(quote.prefix)
    assert text[span.end :].startswith(quote.suffix)


def test_offsets_count_code_points() -> None:
    assert DOCUMENT.quote(Span(6, 8)).text == "👍."
    assert DOCUMENT.quote(Span(len(TEXT) - 3, len(TEXT))).text == "e\u0301."


@given(spans_in(TEXT).filter(len), spans_in(TEXT).filter(len))
def test_the_answer_lies_inside_the_quote_or_nothing_is_quoted(span: Span, answer: Span) -> None:
    if span.start <= answer.start and answer.end <= span.end:
        assert DOCUMENT.quote(span, answer).answer == answer
    else:
        with pytest.raises(Misquote):
            DOCUMENT.quote(span, answer)


@pytest.mark.parametrize(
    "span", [Span(0, 0), Span(5, 5), Span(0, len(TEXT) + 1), Span(len(TEXT), len(TEXT) + 1), Span(99, 100)]
)
def test_what_is_empty_or_beyond_the_text_is_not_quoted(span: Span) -> None:
    with pytest.raises(Misquote, match=r"of 'folder/doc' cannot be quoted\. Run normqa build --full\."):
        DOCUMENT.quote(span)


@pytest.mark.parametrize("answer", [Span(3, 3), Span(0, 0), Span(20, 20)])
def test_an_empty_answer_is_not_quoted(answer: Span) -> None:
    with pytest.raises(Misquote):
        DOCUMENT.quote(Span(0, 8), answer)


def test_a_citation_says_where_the_quote_begins() -> None:
    assert DOCUMENT.quote(Span(17, 23)).citation == Citation(
        document_id="folder/doc",
        title="Title",
        source="Source",
        url="https://un.example",
        date="2015",
        section=("A", "B"),
        page=2,
    )


@pytest.mark.parametrize(("offset", "page"), [(0, 1), (9, 1), (10, 2), (18, 2), (19, 3), (len(TEXT) - 1, 3)])
def test_a_page_ends_where_the_next_begins(offset: int, page: int) -> None:
    assert DOCUMENT.page_at(offset) == page


def test_there_is_no_page_beyond_the_last_and_none_where_the_format_has_none() -> None:
    assert DOCUMENT.page_at(len(TEXT)) is None
    assert dataclasses.replace(DOCUMENT, pages=()).page_at(0) is None


@pytest.mark.parametrize(
    ("offset", "path"), [(0, ()), (9, ()), (10, ("A", "B")), (len(TEXT) - 1, ("A", "B"))]
)
def test_a_section_ends_where_the_next_begins(offset: int, path: tuple[str, ...]) -> None:
    assert DOCUMENT.section_at(offset).heading_path == path


@pytest.mark.parametrize(
    ("offset", "start"), [(0, 0), (7, 0), (9, 0), (10, 10), (15, 15), (24, 19), (25, 25)]
)
def test_a_blank_belongs_to_the_block_before_it(offset: int, start: int) -> None:
    assert DOCUMENT.block_at(offset).span.start == start


@pytest.mark.parametrize(
    ("span", "item"),
    [
        (Span(15, 16), Span(15, 16)),  # of both lists, the inner one
        (Span(17, 18), Span(17, 18)),
        (Span(10, 13), Span(10, 18)),
        (Span(15, 18), Span(10, 18)),  # across inner items
        (Span(19, 23), Span(19, 23)),
        (Span(10, 23), None),  # across outer items
        (Span(0, 8), None),
        (Span(25, 28), None),
    ],
)
def test_an_item_is_the_innermost_that_holds_the_span_whole(span: Span, item: Span | None) -> None:
    assert DOCUMENT.item_at(span) == item


def test_a_span_is_half_open() -> None:
    assert len(Span(2, 5)) == 3
    assert Span(2, 5).of("0123456") == "234"
    assert not len(Span(3, 3))


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 2), (-2, -1)])
def test_a_span_never_runs_backwards_or_before_the_text(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="is no span"):
        Span(start, end)


@pytest.mark.parametrize(
    ("inner", "is_inside"),
    [
        (Span(2, 5), True),
        (Span(3, 4), True),
        (Span(5, 5), True),
        (Span(1, 3), False),
        (Span(4, 6), False),
        (Span(0, 9), False),
    ],
)
def test_a_span_holds_what_does_not_stand_out_on_either_side(inner: Span, is_inside: bool) -> None:
    assert (inner in Span(2, 5)) is is_inside


def test_spans_sort_by_start_and_then_by_end() -> None:
    assert sorted([Span(2, 3), Span(0, 9), Span(0, 1)]) == [Span(0, 1), Span(0, 9), Span(2, 3)]


def test_what_was_quoted_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        DOCUMENT.quote(Span(0, 5)).text = "Other"  # type: ignore[misc]
