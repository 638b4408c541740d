"""Provide the vectors of shards: known ones from the cache, the others from an executor."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Protocol

from normqa.build.content import ShardContent
from normqa.build.encoding.encode import PassageVectors
from normqa.build.encoding.journal import VectorJournal
from normqa.build.execution.executor import Executor
from normqa.build.progress import Progress
from normqa.datatypes import EmbeddedText
from normqa.split import Splitter

BATCH = 256
"""Texts per batch. They have similar lengths, and texts of equal length run together."""


class KnownVectors(Protocol):
    """Vectors of earlier builds, by key."""

    def __contains__(self, key: bytes) -> bool:
        """Whether the vectors are known."""

    def find(self, keys: Iterable[bytes]) -> dict[bytes, PassageVectors]:
        """Return the vectors of those keys that are known and intact."""


class VectorStream:
    """The vectors of shards. An executor may encode those of the next shards while one is written.

    A text that several shards contain is encoded once.

    Args:
        contents: The shards.
        cache: Vectors that are known.
        executor: Encodes the others.
        splitter: Prepares passages for the encoder.
        journal: Keeps what was encoded, in case that the build does not finish.
        progress: Receives the progress.

    Attributes:
        encoded: Number of passages that were encoded so far.
    """

    def __init__(
        self,
        contents: Sequence[ShardContent],
        cache: KnownVectors,
        executor: Executor,
        splitter: Splitter,
        journal: VectorJournal,
        progress: Progress,
    ) -> None:
        self.encoded = 0
        self._contents = contents
        self._cache = cache
        self._executor = executor
        self._splitter = splitter
        self._journal = journal
        self._progress = progress
        self._uses = Counter(key for content in contents for key in set(content.keys))

    def __len__(self) -> int:
        """Number of shards."""
        return len(self._contents)

    def __iter__(self) -> Iterator[tuple[ShardContent, dict[bytes, PassageVectors]]]:
        """Yield each shard with the vectors of its passages by key."""
        unseen = self._unseen()
        if total := sum(map(len, unseen)):
            self._progress.stage("Encoding passages", total)
        batches = (
            batch
            for content, own in zip(self._contents, unseen, strict=True)
            for batch in batches_of(content, own, self._splitter)
        )
        encoded = self._executor.encode(batches, self._progress.advance)
        shared: dict[bytes, PassageVectors] = {}
        for content, own in zip(self._contents, unseen, strict=True):
            known = self._cache.find(content.keys)
            known |= {key: shared[key] for key in content.keys if key in shared}
            fresh = self._collect(encoded, len(own))
            damaged = set(content.keys) - known.keys() - fresh.keys()
            again = self._executor.encode(
                batches_of(content, damaged, self._splitter), self._progress.advance
            )
            fresh |= self._collect(again, len(damaged))
            shared |= {key: vectors for key, vectors in fresh.items() if self._uses[key] > 1}
            yield content, known | fresh

    def _unseen(self) -> list[set[bytes]]:
        """Return the keys of the passages that are neither known nor in an earlier shard, for each shard."""
        seen: set[bytes] = set()
        unseen = []
        for content in self._contents:
            own = {key for key in content.keys if key not in seen and key not in self._cache}
            seen |= own
            unseen.append(own)
        return unseen

    def _collect(
        self, encoded: Iterator[Mapping[bytes, PassageVectors]], count: int
    ) -> dict[bytes, PassageVectors]:
        """Return that many vectors, which whole batches contain."""
        vectors: dict[bytes, PassageVectors] = {}
        while len(vectors) < count:
            start = time.perf_counter()
            batch = next(encoded)
            self._journal.add(batch, time.perf_counter() - start)
            vectors |= batch
        self.encoded += count
        return vectors


def batches_of(
    content: ShardContent, keys: Set[bytes], splitter: Splitter
) -> Iterator[dict[bytes, EmbeddedText]]:
    """Return batches of the texts of a shard that must be encoded.

    Args:
        content: The shard.
        keys: Keys of the passages to encode.
        splitter: Prepares passages for the encoder.
    """
    texts = content.texts_to_encode(splitter, keys) if keys else {}
    ordered = sorted(texts.items(), key=lambda item: len(item[1].text), reverse=True)
    return (dict(ordered[start : start + BATCH]) for start in range(0, len(ordered), BATCH))
