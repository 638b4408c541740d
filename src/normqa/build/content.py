"""The content of shards: load and split documents, or take them from an earlier generation."""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass

from normqa.build.execution.executor import Executor
from normqa.build.execution.worker import SplitFile, Worker
from normqa.build.plan import PlannedFile, ShardPlan
from normqa.build.reuse import Reusable, SplitDocument
from normqa.datatypes import EmbeddedText
from normqa.index.report import FileEntry
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

    def texts_to_encode(self, splitter: Splitter, keys: Container[bytes]) -> dict[bytes, EmbeddedText]:
        """Return the embedded texts of the passages with these keys, by key."""
        passages = ((split.document, passage) for split in self.documents for passage in split.passages)
        return {
            key: splitter.embedded_text(document, passage)
            for key, (document, passage) in zip(self.keys, passages, strict=True)
            if key in keys
        }


def load_shards(
    plans: Sequence[ShardPlan],
    reusable: Reusable | None,
    executor: Executor,
    worker: Worker,
    advance: Callable[[], None],
) -> Iterator[ShardContent]:
    """Load and split the documents of shards one by one, or take them from earlier ones.

    Args:
        plans: The shards. Those that are reused are left out.
        reusable: Earlier shards, with the files whose content the plan left out.
        executor: Loads the other files.
        worker: Computes the keys of documents from earlier shards.
        advance: Called after each file.
    """
    loaded = executor.load(file for plan in plans for file in plan.files if file.content is not None)
    for plan in plans:
        if plan.reused:
            continue
        files, documents, keys = dict[str, FileEntry](), list[SplitDocument](), list[bytes]()
        for file in plan.files:
            split = _known(file, reusable, worker) if file.content is None else next(loaded)
            files[file.source.name] = split.entry
            documents += [split.document] if split.document else []
            keys += split.keys
            advance()
        yield ShardContent(plan, files, documents, keys)


def _known(file: PlannedFile, reusable: Reusable | None, worker: Worker) -> SplitFile:
    """Return what is known of a file without its content."""
    if file.error:
        return SplitFile(FileEntry(sha256=file.sha256, problem=file.error))
    assert reusable  # noqa: S101 - the plan drops only bytes that a shard contains
    document, entry = reusable.document(file.source.name, file.sha256)
    return SplitFile(entry, document, worker.keys(document) if document else ())
