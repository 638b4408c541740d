"""Write shards while their vectors arrive, and the generation that lists them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from normqa.build.content import ShardContent
from normqa.build.encoding.encode import PassageVectors, write_vectors
from normqa.build.encoding.ivf import train_ivf, write_ivf
from normqa.build.encoding.vectors import VectorStream
from normqa.build.progress import Progress
from normqa.build.reuse import SplitDocument
from normqa.index.checksums import measure
from normqa.index.folder import IndexFolder
from normqa.index.lexical import LexicalEntry, LexicalIndex
from normqa.index.manifest import Manifest, ShardEntry
from normqa.index.passages import PassageStore
from normqa.index.report import Report, write_files
from normqa.index.vectors.dense import DenseIndex
from normqa.index.vectors.sentences import SentenceVectors


def write_shards(
    folder: IndexFolder, generation: str, vectors: VectorStream, dimension: int, progress: Progress
) -> dict[int, ShardEntry]:
    """Write shards, one after the other, while their vectors arrive.

    Args:
        folder: Folder of generations.
        generation: Name of the generation that they are written for.
        vectors: Their contents and vectors.
        dimension: Dimension of the vectors.
        progress: Receives the progress.

    Returns:
        The written shards by place.
    """
    entries: dict[int, ShardEntry] = {}
    for content, own in vectors:
        if len(entries) == len(vectors) - 1:
            progress.stage("Writing the index", 0)
        place = content.plan.place
        name = f"{generation}-{place}"
        with folder.write_aside(folder.shard(name)) as aside:
            entries[place] = write_shard(aside, name, content, own, dimension)
    return entries


def write_generation(folder: IndexFolder, manifest: Manifest, report: Report, ann_threshold: int) -> Manifest:
    """Write a generation whose shards are written.

    Args:
        folder: Folder of generations.
        manifest: Its manifest, without parts and inverted file.
        report: What its build did.
        ann_threshold: Passages above which it gets an inverted file.

    Returns:
        The complete manifest.
    """
    ivf = None
    if manifest.passages > ann_threshold:  # before the folder is written: a fault of FAISS is no full disk
        shards = [folder.shard(shard.name) for shard in manifest.shards]
        ivf, params = train_ivf(DenseIndex.open(shards), SentenceVectors.open(shards))
        manifest = manifest.model_copy(update={"ivf": params})
    with folder.write_aside(folder.generation(manifest.generation)) as aside:
        if ivf:
            write_ivf(aside, ivf)
        report.write(aside)
        manifest = manifest.model_copy(update={"parts": measure(aside)})
        manifest.write(aside)
    return manifest


def write_shard(
    folder: Path, name: str, content: ShardContent, vectors: Mapping[bytes, PassageVectors], dimension: int
) -> ShardEntry:
    """Write a shard.

    Args:
        folder: An empty folder.
        name: Name that the folder will get.
        content: What it contains.
        vectors: Vectors of every passage, by key.
        dimension: Dimension of the vectors.

    Returns:
        Its entry in the manifest.

    Raises:
        OSError: If it cannot be written. Libraries raise RuntimeError, ValueError or sqlite3.Error instead.
    """
    documents = content.documents
    write_files(folder, content.files)
    originals = {d.document.id: d.original for d in documents}
    PassageStore.build(folder, [d.document for d in documents], [d.passages for d in documents], originals)
    write_vectors(folder, content.keys, vectors, dimension)
    LexicalIndex.build(folder, _lexical_entries(documents), content.plan.place)
    return ShardEntry(
        name=name,
        key=content.plan.key,
        documents=len(documents),
        passages=len(content.keys),
        parts=measure(folder),
    )


def _lexical_entries(documents: Sequence[SplitDocument]) -> list[LexicalEntry]:
    return [
        LexicalEntry(
            split.document.id,
            split.document.title,
            " ".join(passage.heading_path),
            passage.span.of(split.document.text),
        )
        for split in documents
        for passage in split.passages
    ]
