"""Which shard a document stands in: a shard is what is written anew when one of its documents changes."""

import hashlib

_SHARD_BYTES = 1_000_000
"""Of a corpus, so many make a shard: as much as is written anew in a fraction of a second."""

_MOST_SHARDS = 64
"""More of them would cost every search more than they save a build."""


def shard_count(corpus_bytes: int) -> int:
    """How many shards a corpus is cut into: a power of two."""
    count = 1
    while count < _MOST_SHARDS and count * _SHARD_BYTES < corpus_bytes:
        count *= 2
    return count


def shard_of(document_id: str, count: int) -> int:
    """The place of a document's shard among so many; it depends on nothing but the document's id."""
    if count == 1:
        return 0
    return int.from_bytes(hashlib.sha256(document_id.encode()).digest()[:8]) % count
