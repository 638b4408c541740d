"""Load, split, encode and write shards, and write the generation that lists them."""

from collections import Counter
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from normqa.build.encode import PassageVectors, VectorCache, encode, vector_key, write_vectors
from normqa.build.ivf import train_ivf, write_ivf
from normqa.build.plan import PlannedFile, ShardPlan
from normqa.build.progress import Progress
from normqa.build.reuse import Reusable, SplitDocument
from normqa.datatypes import EmbeddedText
from normqa.index.checksums import measure
from normqa.index.dense import DenseIndex
from normqa.index.entries import Original
from normqa.index.folder import IndexFolder
from normqa.index.lexical import LexicalEntry, LexicalIndex
from normqa.index.manifest import Manifest, ShardEntry
from normqa.index.passages import PassageStore
from normqa.index.report import FileEntry, Report, write_files
from normqa.index.sentence_vectors import SentenceVectors
from normqa.models.protocols import Encoder
from normqa.split import Splitter


@dataclass(frozen=True, slots=True)
class ShardContent:
    """Everything in a shard but its vectors.

    Attributes:
        plan: What was planned.
        files: Entries of its files, by name.
        documents: In the order of document ids.
        keys: Vector key of each passage.
    """

    plan: ShardPlan
    files: Mapping[str, FileEntry]
    documents: Sequence[SplitDocument]
    keys: Sequence[bytes]

    def texts_to_encode(self, splitter: Splitter, known: Container[bytes]) -> dict[bytes, EmbeddedText]:
        """Return the embedded text of each passage whose key is unknown, by key."""
        passages = ((split.document, passage) for split in self.documents for passage in split.passages)
        return {
            key: splitter.embedded_text(document, passage)
            for key, (document, passage) in zip(self.keys, passages, strict=True)
            if key not in known
        }


def load_shard(
    plan: ShardPlan,
    reusable: Reusable | None,
    encoder: Encoder,
    splitter: Splitter,
    advance: Callable[[], None],
) -> ShardContent:
    """Load and split the documents of a shard, or take them from an earlier one."""
    files, documents = {}, []
    for file in plan.files:
        document, files[file.source.name] = _load(file, reusable, splitter)
        documents += [document] if document else []
        advance()
    keys = [
        vector_key(splitter.embedded_text(split.document, passage), encoder)
        for split in documents
        for passage in split.passages
    ]
    return ShardContent(plan, files, documents, keys)


def encode_and_write(
    folder: IndexFolder,
    generation: str,
    contents: Sequence[ShardContent],
    encoder: Encoder,
    splitter: Splitter,
    cache: VectorCache,
    progress: Progress,
) -> tuple[dict[int, ShardEntry], int]:
    """Encode and write shards, one after the other.

    Args:
        folder: Folder of generations.
        generation: Name of the generation that they are written for.
        contents: What they contain.
        encoder: Encodes passages.
        splitter: Prepares them for the encoder.
        cache: Vectors that are known.
        progress: Receives the progress.

    Returns:
        The written shards by place, and the number of passages that were encoded.
    """
    uses = Counter(key for content in contents for key in set(content.keys))
    if unseen := sum(key not in cache for key in uses):
        progress.stage("Encoding passages", unseen)
    dimension = encoder.encode_passages([]).passages.shape[1]
    shared: dict[bytes, PassageVectors] = {}
    entries: dict[int, ShardEntry] = {}
    encoded = 0
    for content in contents:
        vectors = cache.find(content.keys) | {key: shared[key] for key in content.keys if key in shared}
        fresh = encode(content.texts_to_encode(splitter, vectors), encoder, progress.advance)
        shared |= {key: passage for key, passage in fresh.items() if uses[key] > 1}
        encoded += len(fresh)
        if content is contents[-1]:
            progress.stage("Writing the index", 0)
        place = content.plan.place
        name = f"{generation}-{place}"
        with folder.write_aside(folder.shard(name)) as aside:
            entries[place] = write_shard(aside, name, content, vectors | fresh, dimension)
    return entries, encoded


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


def _load(
    file: PlannedFile, reusable: Reusable | None, splitter: Splitter
) -> tuple[SplitDocument | None, FileEntry]:
    if file.error:
        return None, FileEntry(sha256=file.sha256, problem=file.error)
    if file.content is None:
        assert reusable  # noqa: S101 - the plan drops only bytes that a shard contains
        return reusable.document(file.source.name, file.sha256)
    loaded = file.source.load(file.content)
    problem = loaded.problem.reason if loaded.problem else None
    if loaded.document is None:
        return None, FileEntry(sha256=file.sha256, problem=problem)
    glyphs = loaded.glyphs.to_bytes() if loaded.glyphs else None
    original = Original(file.source.name, file.sha256, glyphs)
    document = SplitDocument(loaded.document, splitter.split(loaded.document), original)
    entry = FileEntry(
        sha256=file.sha256,
        document=document.document.id,
        text_sha256=document.document.sha256,
        characters=len(document.document.text),
        passages=len(document.passages),
        glyph_map_bytes=len(glyphs or b""),
        problem=problem,
    )
    return document, entry


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
