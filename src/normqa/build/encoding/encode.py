"""Encode passages and their sentences, and reuse known vectors.

A shard stores a key for each passage that identifies what was encoded, and the next build reuses vectors by
key. No separate cache can drift from the index, and vectors disappear with the last generation that contains
them.
"""

import hashlib
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from normqa.datatypes import EmbeddedText
from normqa.errors import EncoderUnavailable
from normqa.index.shards import load_mmap
from normqa.index.vectors.dense import DenseIndex
from normqa.index.vectors.sentences import SentenceVectors
from normqa.models.protocols import Advance, Encoded, Encoder, Vectors

_KEYS = "keys.npy"
_ENTRY = np.dtype([("key", "V32"), ("checksum", "<u4")])
"""For each passage, the key of what was encoded and a checksum of its vectors."""


@dataclass(frozen=True, slots=True)
class PassageVectors:
    """The vectors of a passage.

    Attributes:
        passage: Unit vector, shape (dimension,).
        sentences: Unit vectors in half precision, shape (sentences, dimension).
    """

    passage: Vectors
    sentences: NDArray[np.float16]

    @property
    def checksum(self) -> int:
        """CRC-32 of all bytes."""
        return zlib.crc32(self.sentences.tobytes(), zlib.crc32(self.passage.tobytes()))


class VectorCache:
    """The vectors that existing shards contain, by key.

    Every mapped array keeps a file open, and a process may open only so many. So a shard is open only while
    it is read.
    """

    def __init__(self) -> None:
        self._folders: list[Path] = []
        self._places: dict[bytes, tuple[int, int, int]] = {}

    def add(self, folder: Path) -> None:
        """Add a shard. An unreadable one is ignored."""
        with suppress(OSError, ValueError):
            entries = load_mmap(folder / _KEYS)
            sizes = DenseIndex.open([folder]).sizes, SentenceVectors.open([folder]).sizes
            if entries.dtype == _ENTRY and entries.ndim == 1 and sizes == ([len(entries)], [len(entries)]):
                for row, (key, checksum) in enumerate(entries.tolist()):
                    self._places[key] = (len(self._folders), row, checksum)
                self._folders.append(folder)

    def __contains__(self, key: bytes) -> bool:
        return key in self._places

    def find(self, keys: Iterable[bytes]) -> dict[bytes, PassageVectors]:
        """Return the vectors of those keys that are known and intact."""
        wanted = defaultdict[int, list[tuple[bytes, int, int]]](list)
        for key in keys:
            if place := self._places.get(key):
                shard, row, checksum = place
                wanted[shard].append((key, row, checksum))
        found = {}
        for shard, places in wanted.items():
            with suppress(OSError, ValueError):
                folder = self._folders[shard]
                dense, sentences = DenseIndex.open([folder]), SentenceVectors.open([folder])
                for key, row, checksum in places:
                    vectors = PassageVectors(dense.vector(row).copy(), sentences.raw(row).copy())
                    if vectors.checksum == checksum:
                        found[key] = vectors
        return found


def vector_key(text: EmbeddedText, encoder: Encoder) -> bytes:
    """Digest everything that determines the vectors of a passage and of its sentences."""
    spans = [(span.start, span.end) for span in text.sentences]
    return hashlib.sha256(repr((encoder.fingerprint, spans, text.text)).encode()).digest()


def encode(
    texts: Mapping[bytes, EmbeddedText], encoder: Encoder, advance: Advance = lambda _: None
) -> dict[bytes, PassageVectors]:
    """Encode passages.

    Args:
        texts: By key.
        encoder: The encoder.
        advance: Called with the number of texts that were encoded since the last call.

    Returns:
        The vectors of every text, by key.

    Raises:
        EncoderUnavailable: If the encoder fails, or returns vectors that cannot be used.
    """
    if not texts:
        return {}
    encoded = encoder.encode_passages(list(texts.values()), advance)
    ends = list(accumulate((len(text.sentences) for text in texts.values()), initial=0))
    _check(encoder, encoded, len(texts), ends[-1])
    halves = encoded.sentences.astype(np.float16)
    return {
        key: PassageVectors(passage, halves[start:end])
        for key, passage, (start, end) in zip(texts, encoded.passages, pairwise(ends), strict=True)
    }


def write_vectors(
    folder: Path, keys: Sequence[bytes], vectors: Mapping[bytes, PassageVectors], dimension: int
) -> None:
    """Write the vectors of a shard, and the keys that name what they were made of.

    Args:
        folder: Folder of the shard.
        keys: One per passage.
        vectors: By key.
        dimension: Dimension of the vectors.
    """
    own = [vectors[key] for key in keys]
    counts = [len(passage.sentences) for passage in own]
    passages = np.zeros((len(own), dimension), dtype=np.float32)
    sentences = np.zeros((sum(counts), dimension), dtype=np.float16)
    for row, (passage, end) in enumerate(zip(own, accumulate(counts), strict=True)):
        passages[row] = passage.passage
        sentences[end - len(passage.sentences) : end] = passage.sentences
    DenseIndex.build(folder, passages)
    SentenceVectors.build(folder, sentences, counts)
    np.save(folder / _KEYS, np.array([(key, vectors[key].checksum) for key in keys], _ENTRY))


def _check(encoder: Encoder, encoded: Encoded, passages: int, sentences: int) -> None:
    counts = len(encoded.passages), len(encoded.sentences)
    if counts != (passages, sentences):
        fault = f"{counts[0]} and {counts[1]} vectors for {passages} passages and {sentences} sentences"
    elif not all(np.isfinite(part).all() for part in (encoded.passages, encoded.sentences)):
        fault = "vectors that are not finite"
    else:
        return
    raise EncoderUnavailable(f"The encoder {encoder.name!r} returned {fault}.", "Use another encoder.")
