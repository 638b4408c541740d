"""A glyph map keeps the place of every character, in few bytes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from normqa.datatypes import Span
from normqa.glyph_map import Box, GlyphMap


def a_map(*rows: tuple[int, ...]) -> GlyphMap:
    return GlyphMap(np.array(rows, np.int32).reshape(-1, 6))


EDGE = st.integers(-(2**24), 2**24)


@given(st.lists(st.tuples(st.integers(1, 9), EDGE, EDGE, EDGE, EDGE), max_size=20))
def test_written_map_is_read_again(rows: list[tuple[int, ...]]) -> None:
    written = a_map(*((2 * number, *row) for number, row in enumerate(rows)))
    read = GlyphMap.from_bytes(written.to_bytes(), 2 * len(rows))
    assert np.array_equal(read._table, written._table)


def test_characters_of_a_line_share_a_box() -> None:
    line = [(n, 1, 100 + 60 * n, 500, 160 + 60 * n, 620) for n in range(3)]
    assert a_map(*line).boxes(Span(0, 2)) == [Box(1, 10.0, 50.0, 22.0, 62.0)]


def test_lines_columns_and_pages_have_boxes_of_their_own() -> None:
    places = [(1, 100, 500), (1, 100, 650), (1, 4000, 650), (2, 100, 500)]
    rows = [(n, page, left, top, left + 60, top + 120) for n, (page, left, top) in enumerate(places)]
    assert [(box.page, box.left, box.top) for box in a_map(*rows).boxes(Span(0, 9))] == [
        (1, 10.0, 50.0), (1, 10.0, 65.0), (1, 400.0, 65.0), (2, 10.0, 50.0),
    ]  # fmt: skip


def test_a_superscript_has_a_box_of_its_own() -> None:
    boxes = a_map((0, 1, 100, 500, 160, 620), (1, 1, 160, 480, 190, 550)).boxes(Span(0, 2))
    assert [(box.top, box.bottom) for box in boxes] == [(50.0, 62.0), (48.0, 55.0)]


def test_span_without_painted_characters_has_no_box() -> None:
    assert a_map((5, 1, 0, 0, 10, 10)).boxes(Span(0, 5)) == []
    assert a_map().boxes(Span(0, 5)) == []


def test_regular_text_needs_few_bytes() -> None:
    rows = [
        (n, 1, 60 * (n % 80), 140 * (n // 80), 60 * (n % 80) + 60, 140 * (n // 80) + 120) for n in range(4000)
    ]
    assert len(a_map(*rows).to_bytes()) < 4000 / 4


ONE = a_map((0, 1, 0, 0, 1, 1)).to_bytes()
NINE = a_map(*((n, 1, 0, 0, 1, 1) for n in range(9))).to_bytes()


@pytest.mark.parametrize("raw", [b"", b"\x01", ONE[:-8], NINE, b"\x09" * 40])
def test_malformed_map_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        GlyphMap.from_bytes(raw, characters=5)
