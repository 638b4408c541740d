"""A collection as a table of bytes by key, for everything that is read and not searched.

Milvus keeps text of at most 65,535 bytes in a field. So the bytes of a cell are compressed, encoded as
base64 and cut into chunks, one a row. The first chunk has their number and a checksum, which is compared
whenever a cell is read. Rows have a vector of two zeros, because a collection needs one.
"""

import base64
import hashlib
import struct
import zlib
from collections.abc import Iterable

from normqa.errors import IndexCorrupt
from normqa.index.milvus.client import Milvus
from normqa.index.milvus.faults import NotFound, lost

_HEADER = struct.Struct("<III")
"""Number of chunks, CRC-32 of key and bytes, and 1 if they are compressed."""

_CHUNK = 49_000
"""Bytes of a chunk, which become 65,336 of base64."""

_ROWS_AT_ONCE = 400
_BATCH_BYTES = 4_000_000
MAX_STRING = 65_535
"""Bytes of a text in Milvus."""


def create(milvus: Milvus, collection: str) -> None:
    """Create the collection."""
    from pymilvus import DataType  # noqa: PLC0415 - an optional dependency

    schema = milvus.schema()
    schema.add_field("key", DataType.INT64, is_primary=True)
    schema.add_field("data", DataType.VARCHAR, max_length=MAX_STRING, mmap_enabled=True)
    schema.add_field("anchor", DataType.FLOAT_VECTOR, dim=2)
    indexes = milvus.indexes()
    indexes.add_index("anchor", index_type="FLAT", metric_type="IP")
    milvus.call(
        "create_collection", collection, schema=schema, index_params=indexes, consistency_level="Strong"
    )


class CellWriter:
    """Writes cells in batches.

    Args:
        milvus: The connection.
        collection: Name of the collection.
    """

    def __init__(self, milvus: Milvus, collection: str) -> None:
        self._milvus = milvus
        self._collection = collection
        self._batch: list[dict[str, object]] = []
        self._bytes = 0
        self.rows = 0

    def write(self, key: str, content: bytes) -> None:
        """Write a cell."""
        packed = zlib.compress(content, 1)
        is_smaller = len(packed) < 0.9 * len(content)
        packed = packed if is_smaller else content
        count = 1 + max(0, len(packed) + _HEADER.size - 1) // _CHUNK
        whole = _HEADER.pack(count, _checksum(key, content), is_smaller) + packed
        for chunk in range(count):
            data = base64.b64encode(whole[chunk * _CHUNK : (chunk + 1) * _CHUNK]).decode()
            self._batch.append({"key": _row(key, chunk), "data": data, "anchor": [0.0, 0.0]})
            self._bytes += len(data)
            self.rows += 1
            if self._bytes > _BATCH_BYTES:
                self.flush()

    def flush(self) -> None:
        """Send what was not sent. Sending a row twice writes it once."""
        if self._batch:
            self._milvus.call("upsert", self._collection, self._batch)
        self._batch, self._bytes = [], 0


class Cells:
    """The cells of a generation, open for reading.

    Args:
        milvus: The connection.
        collection: Name of the collection.
        generation: Name of the generation, for messages.
    """

    def __init__(self, milvus: Milvus, collection: str, generation: str) -> None:
        self.milvus = milvus
        self._collection = collection
        self._generation = generation

    def read(self, keys: Iterable[str]) -> dict[str, bytes]:
        """Return the bytes of those keys that have a cell.

        Raises:
            IndexCorrupt: If a cell is damaged, or its collection is gone.
        """
        wanted = list(dict.fromkeys(keys))
        rows = self._rows([_row(key, 0) for key in wanted])
        firsts = {key: rows[_row(key, 0)] for key in wanted if _row(key, 0) in rows}
        counts = {key: self._header(key, data)[0] for key, data in firsts.items()}
        rows |= self._rows([_row(key, chunk) for key, count in counts.items() for chunk in range(1, count)])
        return {
            key: self._joined(key, [rows.get(_row(key, i)) for i in range(counts[key])]) for key in firsts
        }

    def one(self, key: str) -> bytes:
        """Return the bytes of a cell that must exist.

        Raises:
            IndexCorrupt: If it does not.
        """
        found = self.read([key])
        if key not in found:
            raise lost(self._generation, f"{key} is missing")
        return found[key]

    def _rows(self, keys: list[int]) -> dict[int, bytes]:
        rows: dict[int, bytes] = {}
        for start in range(0, len(keys), _ROWS_AT_ONCE):
            try:
                found = self.milvus.read(
                    "query",
                    self._collection,
                    ids=keys[start : start + _ROWS_AT_ONCE],
                    output_fields=["key", "data"],
                )
            except NotFound as error:
                raise lost(self._generation, error.message) from error
            for row in found:
                rows[row["key"]] = self._decoded(row["data"])
        return rows

    def _decoded(self, data: str) -> bytes:
        try:
            return base64.b64decode(data, validate=True)
        except ValueError as error:
            raise lost(self._generation, "a cell is damaged") from error

    def _header(self, key: str, first: bytes) -> tuple[int, int, int]:
        if len(first) < _HEADER.size:
            raise self._damaged(key)
        count, checksum, is_compressed = _HEADER.unpack_from(first)
        return count, checksum, is_compressed

    def _joined(self, key: str, chunks: list[bytes | None]) -> bytes:
        whole = b"".join(chunk for chunk in chunks if chunk is not None)
        _, checksum, is_compressed = self._header(key, whole)
        content = whole[_HEADER.size :]
        try:
            content = zlib.decompress(content) if is_compressed else content
        except zlib.error as error:
            raise self._damaged(key) from error
        if None in chunks or _checksum(key, content) != checksum:
            raise self._damaged(key)
        return content

    def _damaged(self, key: str) -> IndexCorrupt:
        return lost(self._generation, f"{key} is corrupted: checksum mismatch")


def _row(key: str, chunk: int) -> int:
    """Return the primary key of a chunk: 63 bits of a hash, which no quotation mark can break out of."""
    digest = hashlib.sha256(f"{chunk} {key}".encode()).digest()
    return int.from_bytes(digest[:8]) >> 1


def _checksum(key: str, content: bytes) -> int:
    return zlib.crc32(content, zlib.crc32(key.encode()))
