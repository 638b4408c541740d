"""Keep the vectors of an unfinished build, so that the next build does not encode them again.

They are in the index folder, in the same files and under the same keys as in a shard. A build that succeeds
removes them.
"""

from collections.abc import Mapping
from contextlib import suppress
from itertools import count

from normqa.build.encoding.encode import PassageVectors, write_vectors
from normqa.errors import IndexNotWritable
from normqa.index.folder import IndexFolder

_SECONDS = 10.0
"""Write the vectors that took this long to encode."""

_PASSAGES, _WORTH_SECONDS = 10_000, 1.0
"""Maximum of passages in memory. They are forgotten if encoding them took less time than this."""


class VectorJournal:
    """Writes vectors to the index folder while a build encodes.

    Args:
        folder: Folder of generations.
        generation: Name of the generation that is built.
        dimension: Dimension of the vectors.
    """

    def __init__(self, folder: IndexFolder, generation: str, dimension: int) -> None:
        self._folder = folder
        self._names = (f"{generation}-{number}" for number in count())
        self._dimension = dimension
        self._pending: dict[bytes, PassageVectors] = {}
        self._took = 0.0

    def add(self, vectors: Mapping[bytes, PassageVectors], seconds: float) -> None:
        """Keep vectors that took some time to encode. A full disk costs the journal, not the build."""
        self._pending |= vectors
        self._took += seconds
        if self._took >= _SECONDS or len(self._pending) >= _PASSAGES:
            if self._took >= min(_SECONDS, _WORTH_SECONDS):
                with (
                    suppress(IndexNotWritable),
                    self._folder.write_aside(self._folder.journal_part(next(self._names))) as aside,
                ):
                    write_vectors(aside, list(self._pending), self._pending, self._dimension)
            self._pending, self._took = {}, 0.0
