"""Arrays that are mapped into memory."""

import mmap
import sys
from pathlib import Path

import numpy as np
import pytest

from normqa.index import arrays
from normqa.index.arrays import mapped, release_mapped_pages

USE = Path("/proc/self/statm")


def resident() -> int:
    """Bytes of files in this process's memory."""
    return int(USE.read_text(encoding="ascii").split()[2]) * mmap.PAGESIZE


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what is resident")
def test_what_was_read_is_let_go_where_it_is_too_much_and_can_be_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = 2**25
    np.save(tmp_path / "numbers.npy", np.arange(size // 8))
    numbers = mapped(tmp_path / "numbers.npy")
    before = resident()
    total = numbers.sum()
    assert resident() >= before + size // 2

    release_mapped_pages([numbers, np.zeros(3)])
    assert resident() >= before + size // 2, "it is not too much"

    monkeypatch.setattr(arrays, "_MAX_RESIDENT_BYTES", 0)
    release_mapped_pages([numbers, np.zeros(3)])
    assert resident() < before + size // 2
    assert numbers.sum() == total
