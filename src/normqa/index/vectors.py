"""Vectors of passages and of their sentences; only text that was never seen is encoded.

A generation says what its vectors were made of, and the next one takes from it what it can. So there is no
second store that could drift away from the first, and what no generation holds any more is gone for good.
"""

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from normqa.datatypes import EmbeddedText
from normqa.embed import Encoder
from normqa.embed.encoder import Encoded, Vectors
from normqa.errors import EncoderUnavailable
from normqa.index.dense import DenseIndex
from normqa.index.progress import Progress
from normqa.index.sentences import SentenceVectors

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


def encode(
    texts: Mapping[bytes, EmbeddedText], encoder: Encoder, generations: Iterable[Path], progress: Progress
) -> dict[bytes, PassageVectors]:
    """Encodes what no generation holds.

    Args:
        texts: Of passages, by key.
        encoder: What encodes.
        generations: Folders to look in first; what cannot be read there is encoded again.
        progress: Told how many texts there are to encode, and when they are done.

    Returns:
        The vectors of every text, by its key.

    Raises:
        EncoderUnavailable: If the encoder fails.
    """
    vectors: dict[bytes, PassageVectors] = {}
    for folder in generations:
        vectors |= _held(folder, texts.keys() - vectors.keys())
    unseen = {name: text for name, text in texts.items() if name not in vectors}
    if unseen:
        progress.stage("Encoding passages", len(unseen))
        encoded = encoder.encode_passages(list(unseen.values()), progress.advance)
        ends = list(accumulate((len(text.sentences) for text in unseen.values()), initial=0))
        _check(encoder, encoded, len(unseen), ends[-1])
        halves = encoded.sentences.astype(np.float16)
        for name, passage, (start, end) in zip(unseen, encoded.passages, pairwise(ends), strict=True):
            vectors[name] = PassageVectors(passage, halves[start:end])
    return vectors


def write_vectors(folder: Path, keys: Sequence[bytes], vectors: Mapping[bytes, PassageVectors]) -> None:
    """Writes the vectors of a generation, and what they were made of.

    Args:
        folder: Where to.
        keys: Of each passage, at least one.
        vectors: By key.
    """
    own = [vectors[name] for name in keys]
    DenseIndex.build(folder, np.stack([each.passage for each in own]))
    SentenceVectors.build(
        folder, np.concatenate([each.sentences for each in own]), [len(each.sentences) for each in own]
    )
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


def _held(folder: Path, wanted: set[bytes]) -> Iterator[tuple[bytes, PassageVectors]]:
    """What a generation holds of that, as far as it is what was written there."""
    try:
        entries = np.load(folder / KEYS, allow_pickle=False)
        dense, sentences = DenseIndex.open(folder), SentenceVectors.open(folder)
    except (OSError, ValueError, EOFError):
        return
    if entries.dtype != _ENTRY or not len(entries) == dense.size == sentences.size:
        return
    for row, (name, checksum) in enumerate(entries.tolist()):
        if name in wanted:
            vectors = PassageVectors(dense.vectors[row], sentences.raw(row))
            if vectors.checksum == checksum:
                yield name, vectors
