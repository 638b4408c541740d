"""From a recipe to shards: those that are there already, and drafts of those that are to be written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from normqa.build.encode import key
from normqa.build.progress import Progress
from normqa.build.reuse import ReusableShards
from normqa.build.shards import ShardPlan, Texts, shard_key
from normqa.index.manifest import ShardEntry
from normqa.index.numbering import shard_count, shard_of
from normqa.index.plan import BuildInputs
from normqa.index.source_files import FileEntry
from normqa.load.loaders import Loaded
from normqa.models.protocols import Encoder
from normqa.split import Splitter


@dataclass(frozen=True, slots=True)
class Source:
    """A file, or what stands for one.

    Attributes:
        document: Id of the document that it gives.
        size: In bytes.
        load: Reads it.
    """

    document: str
    size: int
    load: Callable[[], Loaded]


def prepare(
    recipe: BuildInputs,
    sources: Mapping[str, Source],
    encoder: Encoder,
    earlier: ReusableShards | None,
    progress: Progress,
) -> list[ShardEntry | ShardPlan]:
    """Reads and splits what is not there already.

    Args:
        recipe: Of the generation.
        sources: Of its documents, by name.
        encoder: What passages have to fit.
        earlier: What is there; None to read everything.
        progress: Told what happens.

    Returns:
        The shards, each in its place.
    """
    count = shard_count(sum(source.size for source in sources.values()))
    names: list[list[str]] = [[] for _ in range(count)]
    for name in sorted(sources, key=lambda name: sources[name].document):
        names[shard_of(sources[name].document, count)].append(name)
    keys = [shard_key(recipe, own, place, count) for place, own in enumerate(names)]
    shards = {name: shard for name in keys if earlier and (shard := earlier.shard(name))}
    progress.stage(
        "Loading documents",
        sum(len(own) for own, name in zip(names, keys, strict=True) if name not in shards),
    )
    splitter = Splitter(encoder.count_tokens, encoder.max_tokens)

    def draft(name: str, own: list[str]) -> ShardPlan:
        texts, files = [], {}
        for file in own:
            known = earlier.texts(file, recipe.files[file]) if earlier else None
            text, files[file] = known or _read(sources[file], recipe.files[file], splitter)
            texts += [text] if text else []
            progress.advance()
        embedded = (
            splitter.embedded_text(each.document, passage) for each in texts for passage in each.passages
        )
        return ShardPlan(name, texts, files, [key(text, encoder) for text in embedded])

    return [shards.get(name) or draft(name, own) for name, own in zip(keys, names, strict=True)]


def _read(source: Source, sha256: str, splitter: Splitter) -> tuple[Texts | None, FileEntry]:
    loaded = source.load()
    problem = loaded.problem.reason if loaded.problem else None
    if loaded.document is None:
        return None, FileEntry(sha256=sha256, problem=problem)
    document, passages = loaded.document, splitter.split(loaded.document)
    entry = FileEntry(
        sha256=sha256,
        document=document.id,
        text_sha256=document.sha256,
        characters=len(document.text),
        passages=len(passages),
        problem=problem,
    )
    return Texts(document, passages), entry
