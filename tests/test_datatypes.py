"""Spans, documents, quotes and answers."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normqa.datatypes import (
    CONTEXT_CHARACTERS,
    Answer,
    Block,
    BlockKind,
    Citation,
    Document,
    ItemList,
    Metadata,
    Quote,
    Reason,
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
def test_quote_is_a_slice_with_its_context(span: Span) -> None:
    quote = DOCUMENT.quote(span)
    assert quote.text == TEXT[span.start : span.end]
    assert quote.prefix + quote.text + quote.suffix == TEXT  # TEXT is shorter than the context
    assert quote.span == quote.answer == span
    assert quote.sha256 == DOCUMENT.sha256


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=200), st.data())
def test_prefix_and_suffix_have_full_length(text: str, data: st.DataObject) -> None:
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
def test_answer_must_lie_inside_the_quote(span: Span, answer: Span) -> None:
    if span.start <= answer.start and answer.end <= span.end:
        assert DOCUMENT.quote(span, answer).answer == answer
    else:
        with pytest.raises(Misquote):
            DOCUMENT.quote(span, answer)


@pytest.mark.parametrize(
    "span", [Span(0, 0), Span(5, 5), Span(0, len(TEXT) + 1), Span(len(TEXT), len(TEXT) + 1), Span(99, 100)]
)
def test_empty_or_outside_span_is_not_quoted(span: Span) -> None:
    with pytest.raises(Misquote, match=r"of 'folder/doc' cannot be quoted\. Rebuild the whole index\."):
        DOCUMENT.quote(span)


@pytest.mark.parametrize("answer", [Span(3, 3), Span(0, 0), Span(20, 20)])
def test_empty_answer_is_not_quoted(answer: Span) -> None:
    with pytest.raises(Misquote):
        DOCUMENT.quote(Span(0, 8), answer)


@pytest.mark.parametrize("other", [Span(3, 3), Span(7, 9), Span(20, 24)])
def test_other_answer_outside_the_quote_is_not_quoted(other: Span) -> None:
    with pytest.raises(Misquote):
        DOCUMENT.quote(Span(0, 8), Span(0, 4), other_answers=(Span(4, 6), other))


def test_citation_names_section_and_page_of_the_quote_start() -> None:
    assert DOCUMENT.quote(Span(17, 23)).citation == Citation(
        document_id="folder/doc",
        title="Title",
        source="Source",
        url="https://un.example",
        date="2015",
        section=("A", "B"),
        page=2,
        language="en",
    )


@pytest.mark.parametrize(("offset", "page"), [(0, 1), (9, 1), (10, 2), (18, 2), (19, 3), (len(TEXT) - 1, 3)])
def test_page_ends_where_the_next_begins(offset: int, page: int) -> None:
    assert DOCUMENT.page_at(offset) == page


def test_no_page_beyond_the_last_or_without_pages() -> None:
    assert DOCUMENT.page_at(len(TEXT)) is None
    assert dataclasses.replace(DOCUMENT, pages=()).page_at(0) is None


@pytest.mark.parametrize(
    ("offset", "path"), [(0, ()), (9, ()), (10, ("A", "B")), (len(TEXT) - 1, ("A", "B"))]
)
def test_section_ends_where_the_next_begins(offset: int, path: tuple[str, ...]) -> None:
    assert DOCUMENT.section_at(offset).heading_path == path


@pytest.mark.parametrize(
    ("offset", "start"), [(0, 0), (7, 0), (9, 0), (10, 10), (15, 15), (24, 19), (25, 25)]
)
def test_whitespace_belongs_to_the_block_before_it(offset: int, start: int) -> None:
    assert DOCUMENT.block_at(offset).span.start == start


def test_span_is_half_open() -> None:
    assert len(Span(2, 5)) == 3
    assert Span(2, 5).of("0123456") == "234"
    assert not len(Span(3, 3))


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 2), (-2, -1)])
def test_span_rejects_negative_and_reversed_bounds(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="is not a span"):
        Span(start, end)


@pytest.mark.parametrize(
    ("inner", "contained"),
    [
        (Span(2, 5), True),
        (Span(3, 4), True),
        (Span(5, 5), True),
        (Span(1, 3), False),
        (Span(4, 6), False),
        (Span(0, 9), False),
    ],
)
def test_span_contains_what_lies_between_its_bounds(inner: Span, contained: bool) -> None:
    assert (inner in Span(2, 5)) is contained


def test_spans_sort_by_start_then_end() -> None:
    assert sorted([Span(2, 3), Span(0, 9), Span(0, 1)]) == [Span(0, 1), Span(0, 9), Span(2, 3)]


def test_quote_is_immutable() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        DOCUMENT.quote(Span(0, 5)).text = "Other"  # type: ignore[misc]


QUOTE = DOCUMENT.quote(Span(10, 14))
PRINTED = "1. a\n    — Title. Source, 2015. A › B, page 2. folder/doc [10, 14)"


def answer_to(
    question: str,
    searched_as: str,
    reason: Reason | None = None,
    quotes: tuple[Quote, ...] = (),
    near_misses: tuple[Quote, ...] = (),
) -> Answer:
    return Answer(
        question=question,
        searched_as=searched_as,
        kind="passages",
        quotes=quotes,
        has_lead_in=False,
        near_misses=near_misses,
        confidence=None,
        band="uncalibrated",
        reason=reason,
        generation=None,
        built_at=None,
    )


def test_citation_prints_on_one_line() -> None:
    assert str(QUOTE.citation) == "Title. Source, 2015. A › B, page 2."
    bare = Citation("a", "Who?", None, None, None, (), None)
    assert str(bare) == "Who?"
    assert str(dataclasses.replace(bare, date="2015")) == "Who? 2015."
    assert str(dataclasses.replace(bare, page=0)) == "Who? page 0."


def test_quote_prints_text_citation_and_place() -> None:
    assert str(QUOTE) == PRINTED


def test_answer_prints_numbered_quotes() -> None:
    answer = answer_to("What?", "What?", quotes=(QUOTE, DOCUMENT.quote(Span(0, 5))))
    assert str(answer) == f"[1] {PRINTED}\n\n[2] Intro\n    — Title. Source, 2015. page 1. folder/doc [0, 5)"


def test_refusal_prints_reason_and_near_misses() -> None:
    assert str(answer_to("?", "?", "nothing_relevant")) == "No answer found in these documents."
    assert str(answer_to("?", "?", "related_but_no_answer", near_misses=(QUOTE,))) == (
        "No answer found in these documents.\n\nClosest passages, which may not answer the question:\n\n"
        f"[1] {PRINTED}"
    )


def test_rewritten_question_prints_what_was_searched() -> None:
    answer = answer_to("And b?", "And b? (a)", "nothing_relevant")
    assert str(answer).splitlines()[0] == "Searched as: And b? (a)"


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        (None, None),
        ("nothing_relevant", "No answer found in these documents."),
        ("related_but_no_answer", "No answer found in these documents."),
        ("empty_index", "There are no documents to search."),
    ],
)
def test_refusal_sentence_fits_the_reason(reason: Reason | None, sentence: str | None) -> None:
    answer = answer_to("?", "?", reason)
    assert answer.refusal == sentence
    assert answer.status == ("not_found" if sentence else "answered")


@pytest.mark.parametrize(
    ("question", "searched_as", "was_rewritten"),
    [
        ("What is a?", "What is a?", False),
        ("  What\u00a0is \r\n a? ", "What is a?", False),
        ("What is cafe\u0301?", "What is café?", False),
        ("what is a?", "What is a?", True),
        ("And b?", "And b? (a)", True),
    ],
)
def test_only_changed_words_count_as_a_rewrite(question: str, searched_as: str, was_rewritten: bool) -> None:
    assert answer_to(question, searched_as).was_rewritten is was_rewritten
