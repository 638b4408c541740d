"""The canonical text is built piece by piece, and its structure points into it."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normqa.datatypes import Block, BlockKind, Metadata, Span
from normqa.load.builder import DocumentBuilder, make_document
from normqa.load.problem import LoadError


def test_pieces_are_joined_by_their_gaps_and_found_again() -> None:
    builder = DocumentBuilder()
    assert builder.add(BlockKind.HEADING, "T", level=1) == Span(0, 1)
    assert builder.add(BlockKind.ROW, "a\tb") == Span(3, 6)  # 1 + len("\n\n")
    assert builder.add(BlockKind.ROW, "c\td", gap="\n") == Span(7, 10)
    document = builder.document("doc", Metadata())
    assert document.text == "T\n\na\tb\nc\td"
    assert document.blocks == (
        Block(BlockKind.HEADING, Span(0, 1), 1),
        Block(BlockKind.ROW, Span(3, 6)),
        Block(BlockKind.ROW, Span(7, 10)),
    )


def test_add_strips_and_normalises_a_piece() -> None:
    builder = DocumentBuilder()
    assert builder.add(BlockKind.PARAGRAPH, " \t e\u0301\r\nx \n") == Span(0, 3)
    assert builder.document("doc", Metadata()).text == "\u00e9\nx"


@pytest.mark.parametrize("blank", ["", " ", "\n\t", "\u00a0\u2028"])
def test_a_blank_piece_adds_nothing(blank: str) -> None:
    builder = DocumentBuilder()
    assert builder.add(BlockKind.PARAGRAPH, blank) is None
    assert builder.add(BlockKind.PARAGRAPH, "a") == Span(0, 1)
    assert builder.add(BlockKind.PARAGRAPH, blank) is None
    document = builder.document("doc", Metadata())
    assert document.text == "a"
    assert len(document.blocks) == 1


@given(st.lists(st.tuples(st.text(st.characters(codec="utf-8")), st.sampled_from(("\n", "\n\n")))))
def test_every_span_gives_its_piece_back(pieces: list[tuple[str, str]]) -> None:
    builder = DocumentBuilder()
    builder.add(BlockKind.PARAGRAPH, "First")
    added = [(builder.add(BlockKind.PARAGRAPH, text, gap=gap), text) for text, gap in pieces]
    document = builder.document("doc", Metadata())
    for span, text in added:
        alone = DocumentBuilder()
        assert (span is None) == (alone.add(BlockKind.PARAGRAPH, text) is None)
        if span is not None:
            assert span.of(document.text) == alone.document("alone", Metadata()).text


def test_the_hash_is_that_of_the_text_in_utf_8() -> None:
    document = make_document("doc", "Größe", Metadata(), [], [])
    assert document.sha256 == hashlib.sha256(b"Gr\xc3\xb6\xc3\x9fe").hexdigest()


def test_the_hash_does_not_depend_on_the_title() -> None:
    one, other = (make_document("doc", "Text", Metadata(title=title), [], []) for title in ("A", "B"))
    assert one.sha256 == other.sha256


@pytest.mark.parametrize("text", ["", " \n\u2003"])
def test_a_blank_text_gives_no_document(text: str) -> None:
    with pytest.raises(LoadError, match=r"^it contains no text$"):
        make_document("doc", text, Metadata(), [], [])


def _paths(*headings: tuple[int, str], title: str | None = None) -> list[tuple[str, ...]]:
    builder = DocumentBuilder()
    for level, name in headings:
        builder.add(BlockKind.HEADING, name, level=level)
    return [section.heading_path for section in builder.document("doc", Metadata(title=title)).sections]


def test_headings_nest_by_level_even_when_a_level_is_skipped() -> None:
    assert _paths((1, "T"), (3, "A"), (2, "B"), (3, "C"), (6, "D"), (2, "E")) == [
        (),
        ("A",),
        ("B",),
        ("B", "C"),
        ("B", "C", "D"),
        ("E",),
    ]


def test_a_higher_heading_closes_all_lower_ones() -> None:
    assert _paths((2, "A"), (1, "B"), (2, "C"), title="T") == [("A",), ("B",), ("B", "C")]


def test_only_the_outermost_heading_can_repeat_the_title() -> None:
    assert _paths((1, "T"), (2, "T"), (1, "U"), (2, "T"), title="T") == [(), ("T",), ("U",), ("U", "T")]


def test_a_heading_of_two_lines_is_named_in_one() -> None:
    assert _paths((1, "A\n  b"), title="T") == [("A b",)]


def test_text_before_the_first_heading_is_an_unnamed_section() -> None:
    builder = DocumentBuilder()
    builder.add(BlockKind.PARAGRAPH, "intro")
    builder.add(BlockKind.HEADING, "A", level=1)
    document = builder.document("a/b/doc.txt", Metadata(title="T"))
    assert [(item.heading_path, item.span) for item in document.sections] == [
        ((), Span(0, 7)),  # len("intro\n\n")
        (("A",), Span(7, 8)),
    ]


def test_a_document_without_title_or_heading_takes_its_file_name() -> None:
    assert make_document("a/b/c d.txt", "Text", Metadata(), [], []).title == "c d.txt"
