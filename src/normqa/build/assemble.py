"""From shards to a generation: encode what was never seen, write, put in force."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from normqa.build.encode import PassageVectors, VectorCache, encode
from normqa.build.progress import TimedProgress
from normqa.build.shards import ShardPlan
from normqa.build.write import write_generation
from normqa.index.generation import generation_name
from normqa.index.manifest import FORMAT, Fingerprints, Manifest, ShardEntry
from normqa.index.plan import CorpusDiff
from normqa.index.report import Report
from normqa.load.problem import Problem
from normqa.models.protocols import Encoder
from normqa.split import Splitter


class Assembly:
    """What a generation is made of, before it is made.

    Args:
        fingerprints: What makes it.
        shards: Those that are there, and those that are to be written.
        encoder: What turns passages into vectors.
        known: Vectors of earlier generations.
        update: What has changed since the one before.
        problems: What there was to say about files.
        progress: Told what happens.
    """

    def __init__(
        self,
        fingerprints: Fingerprints,
        shards: Sequence[ShardEntry | ShardPlan],
        encoder: Encoder,
        known: VectorCache,
        update: CorpusDiff,
        problems: Sequence[Problem],
        progress: TimedProgress,
    ) -> None:
        self._fingerprints = fingerprints
        self._shards = shards
        self._encoder = encoder
        self._known = known
        self._update = update
        self._problems = problems
        self._progress = progress
        self._drafts = [shard for shard in shards if isinstance(shard, ShardPlan)]
        self._splitter = Splitter(encoder.count_tokens, encoder.max_tokens)
        times = Counter(key for draft in self._drafts for key in set(draft.keys))
        self._unseen = sum(key not in known for key in times)
        self._shared = {key for key, count in times.items() if count > 1}
        self._encoded: dict[bytes, PassageVectors] = {}
        self._done = self._fresh = 0

    @property
    def documents(self) -> int:
        """How many there will be."""
        return sum(s.documents if isinstance(s, ShardEntry) else len(s.texts) for s in self._shards)

    @property
    def passages(self) -> int:
        """How many there will be."""
        return sum(s.passages if isinstance(s, ShardEntry) else len(s.keys) for s in self._shards)

    def report(self) -> Report:
        """What is done or, before anything is, would be."""
        encoded = self._fresh if self._done else self._unseen
        return Report(
            update=self._update,
            problems=tuple(self._problems),
            encoded=encoded,
            saved=self.passages - encoded,
            seconds=self._progress.seconds,
        )

    def write(self, index: Path, keep: int, exact_limit: int) -> Manifest:
        """Makes the generation and puts it in force.

        Args:
            index: Folder of generations.
            keep: How many of them stay.
            exact_limit: Up to so many passages, dense search is exact.

        Raises:
            EncoderUnavailable: If the encoder fails.
            IndexNotWritable: If the index folder cannot be written.
        """
        if self._unseen:
            self._progress.stage("Encoding passages", self._unseen)
        now = datetime.now(UTC)
        manifest = Manifest(
            format=FORMAT,
            generation=generation_name(now),
            built_at=now.isoformat(timespec="seconds"),
            encoder_name=self._encoder.name,
            fingerprints=self._fingerprints,
            dimension=self._encoder.encode_passages([]).passages.shape[1],
            shards=(),
            parts={},
        )
        return write_generation(index, manifest, self._shards, self._vectors, self.report, keep, exact_limit)

    def _vectors(self, draft: ShardPlan) -> dict[bytes, PassageVectors]:
        """Vectors of a shard's passages; of what other shards hold too, they are remembered."""
        vectors = self._known.find(draft.keys)
        vectors |= {key: self._encoded[key] for key in draft.keys if key in self._encoded}
        passages = ((each.document, passage) for each in draft.texts for passage in each.passages)
        texts = {
            key: self._splitter.embedded_text(document, passage)
            for key, (document, passage) in zip(draft.keys, passages, strict=True)
            if key not in vectors
        }
        fresh = encode(texts, self._encoder, self._progress.advance)
        self._encoded |= {key: fresh[key] for key in fresh.keys() & self._shared}
        self._fresh += len(fresh)
        self._done += 1
        if self._done == len(self._drafts):
            self._progress.stage("Writing the index", 0)
        return vectors | fresh
