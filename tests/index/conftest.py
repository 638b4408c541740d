"""Fixtures of the index tests."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.build.builds import Builds, in_shards
from tests.test_invariants import MEMORY


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder in memory if possible, because hundreds of small builds would wait for the disk."""
    # A thread of tantivy may still look at an index that it opened just now, hence the errors ignored.
    with tempfile.TemporaryDirectory(dir=MEMORY, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture
def builds(corpus: Path, index: Path) -> Builds:
    """A corpus without files, not built yet."""
    return Builds(corpus, index)


@pytest.fixture
def four_shards(builds: Builds) -> None:
    """Cuts every corpus of more than three bytes into four shards."""
    builds.layout = in_shards(4)
