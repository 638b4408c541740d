"""From documents to a generation: split, encode, write."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from normqa.datatypes import Document, Passage
from normqa.embed import Encoder
from normqa.index.generation import generation_name
from normqa.index.manifest import FORMAT, DocumentEntry, Manifest, ProblemEntry, Recipe
from normqa.index.progress import Progress
from normqa.index.vectors import encode, key
from normqa.index.write import write_generation
from normqa.load.problem import Problem
from normqa.split import Splitter


def assemble(
    index: Path,
    documents: Sequence[Document],
    encoder: Encoder,
    recipe: Recipe,
    problems: Sequence[Problem],
    earlier: Iterable[Path],
    progress: Progress,
) -> Manifest:
    """Makes a generation of documents and puts it in force.

    Args:
        index: Folder of generations.
        documents: In the order of their ids.
        encoder: What turns passages into vectors.
        recipe: What they were made of.
        problems: What there was to say about files.
        earlier: Folders of generations whose vectors are taken over where the text is the same.
        progress: Told what happens.

    Raises:
        EncoderUnavailable: If the encoder fails.
        IndexNotWritable: If the index folder cannot be written.
    """
    progress.stage(f"Loading the encoder {encoder.name}", 0)
    splitter = Splitter(encoder.count_tokens, encoder.max_tokens)
    passages = _split(documents, splitter, progress)
    texts = [
        splitter.embedded_text(document, passage)
        for document, own in zip(documents, passages, strict=True)
        for passage in own
    ]
    keys = [key(text, encoder) for text in texts]
    vectors = encode(dict(zip(keys, texts, strict=True)), encoder, earlier, progress)
    now = datetime.now(UTC)
    manifest = Manifest(
        format=FORMAT,
        generation=generation_name(now),
        built_at=now.isoformat(timespec="seconds"),
        encoder_name=encoder.name,
        recipe=recipe,
        documents={
            document.id: DocumentEntry(sha256=document.sha256, passages=len(own))
            for document, own in zip(documents, passages, strict=True)
        },
        passages=len(keys),
        dimension=len(vectors[keys[0]].passage),
        problems=[ProblemEntry(path=p.path, reason=p.reason, skipped=p.skipped) for p in problems],
        parts={},
    )
    progress.stage("Writing the index", 0)
    return write_generation(index, manifest, documents, passages, keys, vectors)


def _split(documents: Sequence[Document], splitter: Splitter, progress: Progress) -> list[list[Passage]]:
    passages = []
    progress.stage("Splitting them into passages", len(documents))
    for document in documents:
        passages.append(splitter.split(document))
        progress.advance()
    return passages
