"""Writes a generation so that, whenever the power fails, the last good one still answers."""

import shutil
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from normqa.datatypes import Document, Passage
from normqa.errors import IndexFault, IndexNotWritable
from normqa.index.generation import Generation, current_name, flush, generation_folder, publish
from normqa.index.lexical import LexicalEntry, LexicalIndex
from normqa.index.manifest import Manifest, digests
from normqa.index.store import Store
from normqa.index.vectors import PassageVectors, write_vectors

_ASIDE = ".building-"


def write_generation(
    index: Path,
    manifest: Manifest,
    documents: Sequence[Document],
    passages: Sequence[Sequence[Passage]],
    keys: Sequence[bytes],
    vectors: Mapping[bytes, PassageVectors],
) -> Manifest:
    """Writes a generation aside, flushes it, opens and checks it, and only then puts it in force.

    Args:
        index: Folder of generations.
        manifest: Of the new one, without its parts.
        documents: In the order of their ids.
        passages: Of each document.
        keys: Of what was encoded of each passage, at least one.
        vectors: By key.

    Returns:
        The manifest, with its parts.

    Raises:
        IndexNotWritable: If it cannot be written; the generation in force stays.
    """
    folder = generation_folder(index, manifest.generation)
    aside = folder.with_name(_ASIDE + folder.name)
    _sweep(index, lambda name: name.startswith(_ASIDE))
    try:
        aside.mkdir(parents=True)
        Store.build(aside, documents, passages)
        write_vectors(aside, keys, vectors)
        LexicalIndex.build(aside, _lexical_entries(documents, passages))
        manifest = manifest.model_copy(update={"parts": digests(aside)})
        manifest.write(aside)
        for path in [*sorted(aside.rglob("*"), reverse=True), aside]:
            flush(path)
        aside.rename(folder)
        flush(folder.parent)
        Generation.open(index, manifest.generation)
        previous = _names_in_force(index)
        publish(index, manifest.generation)
    except (RuntimeError, ValueError, sqlite3.Error) as error:  # tantivy and SQLite on a full disk
        raise IndexNotWritable(
            f"{aside} cannot be written ({error}).", "Free space and build again."
        ) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    # The one that was in force until now stays: a server may be about to open it.
    _sweep(index, lambda name: name not in {manifest.generation, *previous})
    return manifest


def _lexical_entries(
    documents: Sequence[Document], passages: Sequence[Sequence[Passage]]
) -> list[LexicalEntry]:
    return [
        LexicalEntry(
            document.id, document.title, " ".join(passage.heading_path), passage.span.of(document.text)
        )
        for document, own in zip(documents, passages, strict=True)
        for passage in own
    ]


def _names_in_force(index: Path) -> list[str]:
    """The generation that CURRENT names, if it names one."""
    try:
        return [current_name(index)]
    except IndexFault:
        return []


def _sweep(index: Path, is_stale: Callable[[str], bool]) -> None:
    """Removes generations that nobody needs, or what a killed build left."""
    folder = generation_folder(index, "x").parent
    for entry in folder.iterdir() if folder.is_dir() else ():
        if is_stale(entry.name):
            shutil.rmtree(entry, ignore_errors=True)
