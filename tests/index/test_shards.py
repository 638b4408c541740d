"""How documents are cut into shards, and how passages are numbered through them."""

import mmap
import sys
from collections import Counter
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from normqa.index.shards import (
    Numbering,
    ShardLayout,
    address_of,
    load_mmap,
    release_mapped_pages,
    shard_of,
    split_address,
)

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
    assert ShardLayout().count(corpus_bytes) == count


@given(st.integers(0, 10**9))
def test_a_corpus_is_cut_into_a_power_of_two(corpus_bytes: int) -> None:
    assert ShardLayout().count(corpus_bytes).bit_count() == 1


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


@given(st.lists(st.integers(0, 5), min_size=1, max_size=6))
def test_numbers_run_through_all_shards_and_back(sizes: list[int]) -> None:
    numbering = Numbering(sizes)
    rows = [(shard, row) for shard, size in enumerate(sizes) for row in range(size)]
    assert numbering.size == len(rows) == sum(sizes)
    assert [numbering.locate(number) for number in range(len(rows))] == rows
    assert [numbering.number(*place) for place in rows] == list(range(len(rows)))
    for number in (-1, len(rows)):
        with pytest.raises(KeyError, match=str(number)):
            numbering.locate(number)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=6), st.data())
def test_ascending_numbers_are_grouped_by_shard(sizes: list[int], data: st.DataObject) -> None:
    numbering = Numbering(sizes)
    every = st.sets(st.integers(0, max(0, sum(sizes) - 1))) if sum(sizes) else st.just(set[int]())
    numbers = sorted(data.draw(every))
    groups = list(numbering.by_shard(np.array(numbers, dtype=np.int64)))
    assert [numbering.number(shard, row) for shard, rows in groups for row in rows.tolist()] == numbers
    assert [shard for shard, _ in groups] == sorted({numbering.locate(number)[0] for number in numbers})


@given(st.integers(0, 63), st.integers(0, 2**32 - 1))
def test_an_address_holds_shard_and_row(shard: int, row: int) -> None:
    assert split_address(address_of(shard, row)) == (shard, row)
    assert address_of(shard, row) < 2**63, "tantivy stores a signed integer"


MEMORY = Path("/proc/self/statm")


def resident() -> int:
    """Bytes of files in this process's memory."""
    return int(MEMORY.read_text(encoding="ascii").split()[2]) * mmap.PAGESIZE


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux reports what is resident")
def test_mapped_pages_are_released_above_the_limit_and_can_be_read_again(tmp_path: Path) -> None:
    size = 2**25
    np.save(tmp_path / "numbers.npy", np.arange(size // 8))
    numbers = load_mmap(tmp_path / "numbers.npy")
    before = resident()
    total = numbers.sum()
    assert resident() >= before + size // 2

    release_mapped_pages([numbers, np.zeros(3)])
    assert resident() >= before + size // 2, "it is below the limit"

    release_mapped_pages([numbers, np.zeros(3)], max_resident=0)
    assert resident() < before + size // 2
    assert numbers.sum() == total
