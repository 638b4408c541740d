"""Vectors of passages and of their sentences; only text that was never seen is encoded.

A shard says what its vectors were made of, and the next one takes from it what it can. So there is no second
store that could drift away from the first, and what no generation holds any more is gone for good.
"""

import hashlib
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from normqa.datatypes import EmbeddedText
from normqa.errors import EncoderUnavailable
from normqa.index.arrays import mapped
from normqa.index.dense import DenseIndex
from normqa.index.sentence_vectors import SentenceVectors
from normqa.models.protocols import Advance, Encoded, Encoder, Vectors

KEYS = "keys.npy"
"""Of each passage, the key of what was encoded, and a checksum of what came of it."""

_ENTRY = np.dtype([("key", "V32"), ("checksum", "<u4")])


@dataclass(frozen=True, slots=True)
class PassageVectors:
    """What comes of encoding a passage.

    Attributes:
        passage: Unit vector, shape (dimension,).
        sentences: Unit vectors in half precision, shape (sentences, dimension).
    """

    passage: Vectors
    sentences: NDArray[np.float16]

    @property
    def checksum(self) -> int:
        """Differs where a bit does."""
        return zlib.crc32(self.sentences.tobytes(), zlib.crc32(self.passage.tobytes()))


class VectorCache:
    """What shards hold of encoded text, by key."""

    def __init__(self) -> None:
        self._shards: list[tuple[DenseIndex, SentenceVectors]] = []
        self._places: dict[bytes, tuple[int, int, int]] = {}

    def add(self, folder: Path) -> None:
        """Looks into one more shard; one that cannot be read is passed over."""
        try:
            entries = mapped(folder / KEYS)
            dense, sentences = DenseIndex.open([folder]), SentenceVectors.open([folder])
        except (OSError, ValueError):
            return
        if entries.dtype == _ENTRY and entries.ndim == 1 and [len(entries)] == dense.sizes == sentences.sizes:
            for row, (name, checksum) in enumerate(entries.tolist()):
                self._places[name] = (len(self._shards), row, checksum)
            self._shards.append((dense, sentences))

    def __contains__(self, name: bytes) -> bool:
        return name in self._places

    def find(self, names: Iterable[bytes]) -> dict[bytes, PassageVectors]:
        """What was encoded under those keys, as far as it is known and still what was written."""
        found = {}
        for name in names:
            if place := self._places.get(name):
                shard, row, checksum = place
                dense, sentences = self._shards[shard]
                vectors = PassageVectors(dense.vector(row), sentences.raw(row))
                if vectors.checksum == checksum:
                    found[name] = vectors
        return found


def encode(
    texts: Mapping[bytes, EmbeddedText], encoder: Encoder, advance: Advance = lambda _: None
) -> dict[bytes, PassageVectors]:
    """Encodes passages.

    Args:
        texts: By key.
        encoder: What encodes.
        advance: Told how many more texts are encoded.

    Returns:
        The vectors of every text, by its key.

    Raises:
        EncoderUnavailable: If the encoder fails.
    """
    if not texts:
        return {}
    encoded = encoder.encode_passages(list(texts.values()), advance)
    ends = list(accumulate((len(text.sentences) for text in texts.values()), initial=0))
    _check(encoder, encoded, len(texts), ends[-1])
    halves = encoded.sentences.astype(np.float16)
    return {
        name: PassageVectors(passage, halves[start:end])
        for name, passage, (start, end) in zip(texts, encoded.passages, pairwise(ends), strict=True)
    }


def write_vectors(
    folder: Path, keys: Sequence[bytes], vectors: Mapping[bytes, PassageVectors], dimension: int
) -> None:
    """Writes the vectors of a shard, and what they were made of.

    Args:
        folder: Where to.
        keys: Of each passage.
        vectors: By key.
        dimension: Of the vectors.
    """
    own = [vectors[name] for name in keys]
    passages = np.zeros((len(own), dimension), dtype=np.float32)
    sentences = np.zeros((sum(len(each.sentences) for each in own), dimension), dtype=np.float16)
    counts = [len(each.sentences) for each in own]
    for row, (each, end) in enumerate(zip(own, accumulate(counts), strict=True)):
        passages[row] = each.passage
        sentences[end - len(each.sentences) : end] = each.sentences
    DenseIndex.build(folder, passages)
    SentenceVectors.build(folder, sentences, counts)
    np.save(folder / KEYS, np.array([(name, vectors[name].checksum) for name in keys], _ENTRY))


def key(text: EmbeddedText, encoder: Encoder) -> bytes:
    """Names everything that decides the vectors of a passage and of its sentences."""
    spans = [(span.start, span.end) for span in text.sentences]
    return hashlib.sha256(repr((encoder.fingerprint, spans, text.text)).encode()).digest()


def _check(encoder: Encoder, encoded: Encoded, passages: int, sentences: int) -> None:
    counts = len(encoded.passages), len(encoded.sentences)
    if counts != (passages, sentences):
        told = f"{counts[0]} and {counts[1]} vectors for {passages} passages and {sentences} sentences"
    elif not all(np.isfinite(part).all() for part in (encoded.passages, encoded.sentences)):
        told = "vectors that are no numbers"
    else:
        return
    raise EncoderUnavailable(f"The encoder {encoder.name!r} gives {told}.", "Use another.")
