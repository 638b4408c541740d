"""One shard: some of the documents with all that is searched in them, written once and shared by generations.

index/shards/NAME/      files.json, texts.sqlite, passages.npy, sentences.npy, keys.npy, lexical/
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from normqa.build.encode import PassageVectors, write_vectors
from normqa.datatypes import Document, Passage
from normqa.index.checksums import measure
from normqa.index.lexical import LexicalEntry, LexicalIndex
from normqa.index.manifest import ShardEntry
from normqa.index.passages import PassageStore
from normqa.index.plan import BuildInputs
from normqa.index.source_files import FileEntry, write_files


@dataclass(frozen=True, slots=True)
class Texts:
    """A document and its passages."""

    document: Document
    passages: Sequence[Passage]


@dataclass(frozen=True, slots=True)
class ShardPlan:
    """A shard that is to be written.

    Attributes:
        key: Names what it is made of.
        texts: In the order of document ids.
        files: What is to be said of the files that they are from, by name.
        keys: Of what is encoded of each passage.
    """

    key: str
    texts: Sequence[Texts]
    files: Mapping[str, FileEntry]
    keys: Sequence[bytes]


def shard_key(recipe: BuildInputs, names: Sequence[str], place: int, count: int) -> str:
    """Names everything that decides a shard.

    Args:
        recipe: Of the generation.
        names: Of those files whose documents stand in the shard.
        place: Of the shard.
        count: How many shards there are.
    """
    made_of = [recipe.fingerprints.model_dump(), place, count, {name: recipe.files[name] for name in names}]
    return hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()


def write_shard(
    folder: Path, place: int, draft: ShardPlan, vectors: Mapping[bytes, PassageVectors], dimension: int
) -> None:
    """Writes a shard.

    Args:
        folder: Where to; it is there and empty.
        place: Among the shards.
        draft: What it holds.
        vectors: By key, of every passage.
        dimension: Of the vectors.

    Raises:
        OSError: If it cannot be written; libraries tell that by RuntimeError, ValueError or sqlite3.Error.
    """
    write_files(folder, draft.files)
    PassageStore.build(
        folder, [each.document for each in draft.texts], [each.passages for each in draft.texts]
    )
    write_vectors(folder, draft.keys, vectors, dimension)
    LexicalIndex.build(folder, _lexical_entries(draft.texts), place)


def shard_entry(folder: Path, name: str, draft: ShardPlan) -> ShardEntry:
    """What a manifest says of a shard that has been written."""
    return ShardEntry(
        name=name,
        key=draft.key,
        documents=len(draft.texts),
        passages=len(draft.keys),
        parts=measure(folder),
    )


def _lexical_entries(texts: Sequence[Texts]) -> list[LexicalEntry]:
    return [
        LexicalEntry(
            each.document.id,
            each.document.title,
            " ".join(passage.heading_path),
            passage.span.of(each.document.text),
        )
        for each in texts
        for passage in each.passages
    ]
