"""Which shard a document stands in."""

from collections import Counter
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normqa.index.numbering import shard_count, shard_of

counts = st.integers(0, 6).map(lambda power: 2**power)


@pytest.mark.parametrize(
    ("corpus_bytes", "count"),
    [
        (0, 1),
        (1_000_000, 1),
        (1_000_001, 2),
        (2_000_000, 2),
        (2_000_001, 4),
        (63_000_000, 64),
        (64_000_001, 64),
        (10**12, 64),
    ],
)
def test_a_corpus_has_a_shard_for_each_megabyte_or_part_of_one_up_to_64(
    corpus_bytes: int, count: int
) -> None:
    """And no fewer than the next power of two."""
    assert shard_count(corpus_bytes) == count


@given(st.integers(0, 10**9))
def test_a_corpus_is_cut_into_a_power_of_two(corpus_bytes: int) -> None:
    assert shard_count(corpus_bytes).bit_count() == 1


@given(st.text(), counts)
def test_the_shard_of_a_document_is_the_first_64_bits_of_its_hashed_id_modulo_their_number(
    document_id: str, count: int
) -> None:
    """It depends on nothing else: not on the other documents, nor on the process."""
    assert shard_of(document_id, count) == int(sha256(document_id.encode()).hexdigest()[:16], 16) % count


@given(st.text(), counts)
def test_twice_as_many_shards_cut_each_one_in_two(document_id: str, count: int) -> None:
    assert shard_of(document_id, 2 * count) % count == shard_of(document_id, count)


def test_documents_are_spread_evenly_over_the_shards() -> None:
    """By chance a shard has 8000 / 8 of them, give or take five times the root of 8000 * 1/8 * 7/8."""
    documents = Counter(shard_of(f"folder/document {number}", 8) for number in range(8000))
    assert sorted(documents) == list(range(8))
    assert all(abs(count - 8000 / 8) < 5 * (8000 * 1 / 8 * 7 / 8) ** 0.5 for count in documents.values())
