"""Near-duplicates go behind distinct texts."""

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normqa.datatypes import Hit, Passage, Span
from normqa.search.near_duplicates import distinct_first

HERONS = "Herons wade in shallow water and wait for fish that swim by."
OTTERS = "Otters dive for crabs below the old bridge at night."


def ordered(*texts: str, top_k: int | None = None) -> list[int]:
    """Return the positions of the texts in the order of the result."""
    hits = [Hit(n, Passage("doc", Span(0, 1), (), None, ()), 1 - n / 100) for n in range(len(texts))]
    found = distinct_first(hits, lambda hit: texts[hit.number], len(texts) if top_k is None else top_k)
    return [hit.number for hit in found]


def words(count: int, changed: Sequence[int] = ()) -> str:
    """Return a text of different words, with the words at these positions changed."""
    return " ".join(f"changed{n}" if n in changed else f"word{n}" for n in range(count))


def test_copy_goes_behind_distinct_passages() -> None:
    assert ordered(HERONS, HERONS, OTTERS) == [0, 2, 1]


def test_both_groups_keep_their_order() -> None:
    assert ordered(HERONS, HERONS, OTTERS, OTTERS, HERONS) == [0, 2, 1, 3, 4]


def test_case_whitespace_and_punctuation_are_ignored() -> None:
    assert ordered(HERONS, HERONS.upper().replace(" ", "\n\n") + "!!", OTTERS) == [0, 2, 1]


@pytest.mark.parametrize(
    ("first", "second"), [(HERONS, f"{HERONS} {OTTERS}"), (f"{HERONS} {OTTERS}", HERONS)]
)
def test_longer_or_shorter_version_is_a_near_duplicate(first: str, second: str) -> None:
    assert ordered(first, second, "Norms are voluntary here.") == [0, 2, 1]


def test_four_fifths_of_common_shingles_make_a_near_duplicate() -> None:
    """22 words have 20 shingles; changing the first word changes one, changing a later word three."""
    assert (22 - 3 + 1) * 0.8 == 20 - 3 - 1
    assert ordered(words(22), words(22, [0, 10]), OTTERS) == [0, 2, 1]
    assert ordered(words(22), words(22, [0, 10, 21]), OTTERS) == [0, 1, 2]


def test_reordered_words_are_distinct() -> None:
    assert ordered(words(9), " ".join(reversed(words(9).split())), words(9)) == [0, 1, 2]


def test_texts_shorter_than_a_shingle_are_compared_whole() -> None:
    assert ordered("Herons wade.", "Herons swim.", "herons wade") == [0, 1, 2]
    assert ordered("Herons wade.", "herons wade", "Herons swim.") == [0, 2, 1]


def test_passage_is_compared_with_all_better_distinct_ones() -> None:
    """The second is a near-duplicate of the first; the third is closer to the second than to the first."""
    first, second, third = words(22), words(22, [0, 10]), words(22, [0, 10, 21])
    assert ordered(first, second, third) == [0, 2, 1]


def test_distinct_passages_take_the_places_of_near_duplicates() -> None:
    texts = [HERONS, HERONS, HERONS, OTTERS, "Norms are voluntary here."]
    assert ordered(*texts, top_k=2) == [0, 3]
    assert ordered(*texts, top_k=3) == [0, 3, 4]
    assert ordered(*texts, top_k=4) == [0, 3, 4, 1]


def test_texts_are_read_lazily() -> None:
    texts = [HERONS, HERONS, OTTERS, "Norms are voluntary here.", "Storks nest on roofs."]
    looked_at: list[int] = []

    def text_of(hit: Hit) -> str:
        looked_at.append(hit.number)
        return texts[hit.number]

    hits = [Hit(n, Passage("doc", Span(0, 1), (), None, ()), 1.0) for n in range(len(texts))]
    assert [hit.number for hit in distinct_first(hits, text_of, 2)] == [0, 2]
    assert looked_at == [0, 1, 2]


TEXTS = st.lists(
    st.lists(st.sampled_from(["herons", "Wade", "in", "mud", "...", "Étang", "水"]), max_size=6).map(" ".join)
    | st.text(max_size=12),
    max_size=12,
)


@given(TEXTS)
def test_nothing_is_lost_and_the_best_stays_first(texts: list[str]) -> None:
    found = ordered(*texts)
    assert sorted(found) == list(range(len(texts)))
    assert found[:1] == list(range(len(texts)))[:1]


@given(TEXTS)
def test_distinct_and_duplicates_both_keep_their_order(texts: list[str]) -> None:
    """So the numbers ascend except where the second group starts."""
    found = ordered(*texts)
    assert sum(after < before for before, after in itertools.pairwise(found)) <= 1


@given(TEXTS, st.integers(1, 12))
def test_result_has_at_most_top_k_items(texts: list[str], top_k: int) -> None:
    assert len(set(ordered(*texts, top_k=top_k))) == min(len(texts), top_k)


@given(TEXTS)
def test_copy_never_precedes_a_text_without_common_words(texts: list[str]) -> None:
    found = ordered(*texts, *texts[:1], "quite unlike anything else")
    copy, unlike = len(texts), len(texts) + (1 if texts else 0)
    assert not texts or found.index(unlike) < found.index(copy)
