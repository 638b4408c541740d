"""Write a generation into new collections of Milvus, document by document."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from normqa.datatypes import Document, Passage
from normqa.index.entries import Original
from normqa.index.lexical import HEADINGS_WEIGHT, TITLE_WEIGHT
from normqa.index.manifest import Fingerprints
from normqa.index.milvus import cells, names
from normqa.index.milvus.cells import MAX_STRING, CellWriter
from normqa.index.milvus.client import Milvus
from normqa.index.milvus.generation import MilvusGeneration
from normqa.index.milvus.manifest import CELL, FORMAT, MilvusManifest
from normqa.index.milvus.search import HNSW
from normqa.index.milvus.store import CATALOGUE, StoredPassage, write_text
from normqa.index.milvus.vocabulary import VocabularyWriter
from normqa.index.report import FileEntry, Report, dump_files

REPORT, FILES, KEYS = "report", "files", "keys"

_PASSAGES_AT_ONCE = 500


class GenerationWriter:
    """Writes one generation. Nothing reads it before its name is published.

    Args:
        milvus: The connection.
        name: Name of the generation.
        dimension: Dimension of the vectors.
    """

    def __init__(self, milvus: Milvus, name: str, dimension: int) -> None:
        self.name = name
        self._milvus = milvus
        self._dimension = dimension
        self._collection = names.passages_of(name)
        self._cells = CellWriter(milvus, names.cells_of(name))
        self._vocabulary = VocabularyWriter()
        self._catalogue: list[list[object]] = []
        self._keys: list[bytes] = []
        self._batch: list[dict[str, object]] = []
        cells.create(milvus, names.cells_of(name))
        _create_passages(milvus, self._collection, dimension)

    def add(
        self,
        document: Document,
        passages: Sequence[Passage],
        original: Original,
        keys: Sequence[bytes],
        vectors: Sequence[tuple[NDArray[np.float32], NDArray[np.float16]]],
    ) -> None:
        """Write a document.

        Args:
            document: The document.
            passages: Its passages.
            original: The file that it was made from.
            keys: Vector key of each passage.
            vectors: Vector of each passage, and of its sentences.
        """
        number, first = len(self._catalogue), len(self._keys)
        self._catalogue.append(write_text(self._cells, number, document, first, len(passages), original))
        for place, (passage, (vector, sentences)) in enumerate(zip(passages, vectors, strict=True), first):
            self._cells.write(f"p:{place}", StoredPassage.of(passage, vector, sentences).to_bytes())
            text = passage.span.of(document.text)
            headings = " ".join(passage.heading_path)
            titled, below, own = self._vocabulary.add(number, [document.title, headings, text], text)
            self._batch.append(
                {
                    "number": place,
                    "document": number,
                    "words": _joined(titled * TITLE_WEIGHT + below * HEADINGS_WEIGHT + own),
                    "vector": vector.tolist(),
                }
            )
            if len(self._batch) == _PASSAGES_AT_ONCE:
                self._flush()
        self._keys += keys

    def finish(
        self,
        encoder_name: str,
        fingerprints: Fingerprints,
        built_at: datetime,
        files: Mapping[str, FileEntry],
        report: Report,
        ann_threshold: int,
    ) -> MilvusGeneration:
        """Write what describes the generation, load it, and open it, which checks it.

        Args:
            encoder_name: Setting that chose the encoder.
            fingerprints: Fingerprints of the stages that made it.
            built_at: Time in its name.
            files: The files that it was made of, by name.
            report: What the build did.
            ann_threshold: Passages above which dense search is approximate.
        """
        self._flush()
        passages = len(self._keys)
        self._vocabulary.write(self._cells)
        self._cells.write(CATALOGUE, json.dumps(self._catalogue).encode())
        self._cells.write(KEYS, b"".join(self._keys))
        self._cells.write(FILES, dump_files(files))
        self._cells.write(REPORT, report.model_dump_json().encode())
        manifest = MilvusManifest(
            format=FORMAT,
            generation=self.name,
            built_at=built_at.isoformat(timespec="seconds"),
            encoder_name=encoder_name,
            fingerprints=fingerprints,
            dimension=self._dimension,
            documents=len(self._catalogue),
            passages=passages,
            cells=self._cells.rows,
            is_approximate=passages > ann_threshold,
        )
        self._cells.write(CELL, manifest.model_dump_json().encode())
        self._cells.flush()
        self._milvus.call("create_index", self._collection, _indexes(self._milvus, manifest.is_approximate))
        for collection in (names.cells_of(self.name), self._collection):
            self._milvus.call("flush", collection)
            self._milvus.call("load_collection", collection)
        return MilvusGeneration.open(self._milvus, self.name)

    def _flush(self) -> None:
        if self._batch:
            self._milvus.call("upsert", self._collection, self._batch)
        self._batch = []


def _create_passages(milvus: Milvus, collection: str, dimension: int) -> None:
    from pymilvus import DataType, Function, FunctionType  # noqa: PLC0415 - an optional dependency

    schema = milvus.schema()
    schema.add_field("number", DataType.INT64, is_primary=True)
    schema.add_field("document", DataType.INT64)
    schema.add_field(
        "words",
        DataType.VARCHAR,
        max_length=MAX_STRING,
        enable_analyzer=True,
        analyzer_params={"tokenizer": "standard"},  # the words are analysed already, and apart by spaces
    )
    schema.add_field("sparse", DataType.SPARSE_FLOAT_VECTOR)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimension)
    schema.add_function(
        Function(
            name="bm25",
            function_type=FunctionType.BM25,
            input_field_names=["words"],
            output_field_names=["sparse"],
        )
    )
    milvus.call("create_collection", collection, schema=schema, consistency_level="Strong")


def _indexes(milvus: Milvus, is_approximate: bool) -> object:
    indexes = milvus.indexes()
    index_type, params = ("HNSW", HNSW) if is_approximate else ("FLAT", {})
    indexes.add_index("vector", index_type=index_type, metric_type="IP", params=params)
    bm25 = {"bm25_k1": 1.2, "bm25_b": 0.75}  # those of the index in files
    indexes.add_index("sparse", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25", params=bm25)
    return indexes


def _joined(words: Sequence[str]) -> str:
    """Return words as a text that Milvus takes. Those beyond its limit are not searched."""
    text = " ".join(words)
    if len(text.encode()) <= MAX_STRING:
        return text
    return text.encode()[:MAX_STRING].decode(errors="ignore").rpartition(" ")[0]
