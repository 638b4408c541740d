"""The generations in a Milvus database: which one answers, which ones are kept, and how that changes.

An alias names the generation that answers. Milvus switches an alias at once, so a request sees the old
generation or the new one, and never a mixture.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

from pydantic import ValidationError

from normqa.errors import EncoderMismatch, IndexBusy, IndexCorrupt, IndexMissing, UnknownGeneration
from normqa.index.backend import OpenIndex
from normqa.index.checksums import REBUILD
from normqa.index.disk.names import next_name, order_of, time_of
from normqa.index.disk.pointer import Pointer
from normqa.index.history import GenerationInfo
from normqa.index.milvus import names
from normqa.index.milvus.cells import Cells
from normqa.index.milvus.client import Milvus
from normqa.index.milvus.faults import AlreadyExists, NotFound, NotLoaded, lost
from normqa.index.milvus.generation import MilvusGeneration, check_sizes
from normqa.index.milvus.manifest import MilvusManifest
from normqa.index.milvus.store import Passages
from normqa.index.milvus.write import FILES, KEYS, REPORT, GenerationWriter
from normqa.index.report import FileEntry, Report, parse_files

GRACE = timedelta(minutes=10)
"""How long a generation stays after its successor was built, for requests that still read it."""

ABANDONED = timedelta(days=1)
"""Age from which a generation that is not finished will never be."""

_READ_AT_ONCE = 400
_KEY_BYTES = 32


class MilvusIndex:
    """The generations in a database.

    Args:
        milvus: The connection.
        clock: Returns the time in UTC.
    """

    def __init__(self, milvus: Milvus, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.milvus = milvus
        self._clock = clock

    def pointer(self) -> Pointer | None:
        """Return which generation is current; None if nothing was built or the alias is lost.

        Raises:
            IndexUnavailable: If Milvus does not respond.
        """
        current = self._named(names.CURRENT)
        if current is None:
            return None
        newest = self._named(names.NEWEST)
        is_older = newest is not None and order_of(current) < order_of(newest)
        return Pointer(current, newest if is_older else None)

    def current(self) -> Pointer:
        """Return which generation is current.

        Raises:
            IndexMissing: If nothing was built.
            IndexCorrupt: If the alias is lost.
            IndexUnavailable: If Milvus does not respond.
        """
        pointer = self.pointer()
        if pointer is None:
            place = self.milvus.access.address
            if self.names():
                raise IndexCorrupt(f"The alias {names.CURRENT} at {place} is missing.", REBUILD)
            raise IndexMissing(f"There is no index at {place} yet.", REBUILD)
        return pointer

    def names(self) -> list[str]:
        """Return the name of every generation, finished or not, newest first."""
        found = {names.generation_of(name) for name in self.milvus.call("list_collections")}
        return sorted((name for name in found if name), key=order_of, reverse=True)

    def ever_current(self) -> list[str]:
        """Return the names of the generations that may have been current, newest first."""
        pointer, found = self.pointer(), self.names()
        if pointer is None:
            return found
        return [name for name in found if order_of(name) <= order_of(pointer.newest)]

    def open_current(self) -> OpenIndex:
        """Open the current generation.

        Raises:
            IndexMissing: If nothing was built.
            IndexCorrupt: If something of it is missing.
            IndexUnavailable: If Milvus does not respond.
        """
        while True:
            pointer = self.current()
            try:
                return OpenIndex(MilvusGeneration.open(self.milvus, pointer.name), pointer.rolled_back)
            except IndexCorrupt:
                if self.pointer() == pointer:
                    raise
                # Meanwhile a build published another generation and removed this one.

    def manifest(self, name: str) -> MilvusManifest:
        """Return the manifest of a generation.

        Raises:
            IndexCorrupt: If it is missing or damaged.
        """
        return MilvusManifest.read(self.cells(name), name)

    def cells(self, name: str) -> Cells:
        """Return the cells of a generation."""
        return Cells(self.milvus, names.cells_of(name), name)

    def files_of(self, name: str) -> dict[str, FileEntry]:
        """Return the files that a generation was made of, by name.

        Raises:
            IndexCorrupt: If their list is missing or damaged.
        """
        try:
            return parse_files(self.cells(name).one(FILES))
        except ValidationError as error:
            raise lost(name, "its list of files cannot be read") from error

    def report_of(self, name: str) -> Report:
        """Return the report of a generation's build.

        Raises:
            IndexCorrupt: If it is missing or damaged.
        """
        try:
            return Report.model_validate_json(self.cells(name).one(REPORT))
        except ValidationError as error:
            raise lost(name, "its report cannot be read") from error

    def keys_of(self, name: str) -> list[bytes]:
        """Return the vector key of every passage of a generation.

        Raises:
            IndexCorrupt: If they are missing or damaged.
        """
        raw = self.cells(name).one(KEYS)
        return [raw[start : start + _KEY_BYTES] for start in range(0, len(raw), _KEY_BYTES)]

    def check(self, name: str) -> MilvusManifest:
        """Read every cell of a generation, and return its manifest.

        Raises:
            IndexCorrupt: If something is missing or damaged.
        """
        generation = MilvusGeneration.open(self.milvus, name)
        for _ in generation.store.texts():
            pass
        for document_id in generation.store.document_ids():
            generation.store.document(document_id)
            generation.store.glyph_map(document_id)
        passages = Passages(generation.cells, name, generation.manifest.passages)
        for start in range(0, generation.manifest.passages, _READ_AT_ONCE):
            passages.get(range(start, min(start + _READ_AT_ONCE, generation.manifest.passages)))
        self.report_of(name)
        self.files_of(name)
        return generation.manifest

    def generations(self, *, whole: bool = False) -> list[GenerationInfo]:
        """Return every generation that is kept, newest first.

        Args:
            whole: Read every cell of them.
        """
        pointer = self.pointer() or Pointer("")
        return [self._inspect(name, pointer, whole=whole) for name in self.ever_current()]

    def roll_back(self, name: str | None, encoder: str) -> MilvusManifest:
        """Make an older generation the current one; see :func:`normqa.index.history.roll_back`."""
        pointer, known = self.current(), [info.name for info in self.generations() if not info.fault]
        if name is None:
            older = [other for other in known if order_of(other) < order_of(pointer.name)]
            if not older:
                raise UnknownGeneration(f"There is no generation before {pointer.name}.")
            name = older[0]
        if name not in known:
            raise UnknownGeneration(f"There is no generation {name!r}.")
        manifest = MilvusGeneration.open(self.milvus, name).manifest
        if manifest.fingerprints.encoder != encoder:
            raise EncoderMismatch(
                f"Generation {name} was built by another encoder ({manifest.encoder_name!r}), and could not"
                " answer questions: the encoder in use differs in model, version, prefixes or device.",
                "Choose the encoder that built it, or build the index.",
            )
        self._point(names.CURRENT, name)
        return manifest

    @contextmanager
    def writing(self, dimension: int) -> Iterator[tuple[GenerationWriter, datetime]]:
        """Provide a writer of the next generation, whose collections are dropped if the body fails.

        Args:
            dimension: Dimension of the vectors.
        """
        now = self._clock()
        name = next_name(self.names(), now)
        try:
            yield GenerationWriter(self.milvus, name, dimension), now
        except BaseException:
            with suppress(Exception):
                pointer = self.pointer()
                if pointer is None or pointer.name != name:
                    self.drop(name)
            raise

    def publish(self, name: str, expected: Pointer | None) -> None:
        """Make a new generation the current one.

        Only one of the builds that began at the same generation can create the alias of its successor.

        Args:
            name: Its name, of a generation that is complete.
            expected: What was current when its build began.

        Raises:
            IndexBusy: If another build publishes meanwhile.
        """
        successor = names.successor_of(expected.newest if expected else None)
        try:
            self.milvus.call("create_alias", names.passages_of(name), successor)
        except AlreadyExists as error:
            if self._named(successor) != name:  # else it is sent for the second time
                raise self._overtaken() from error
        if self.pointer() not in (expected, Pointer(name)):  # the latter after finish_publishing
            self.milvus.call("drop_alias", successor)
            raise self._overtaken()
        self._succeed(name, successor)

    def finish_publishing(self) -> None:
        """Publish the generation of a build that was killed while it published, which is complete."""
        pointer = self.pointer()
        successor = names.successor_of(pointer.newest if pointer else None)
        name = self._named(successor)
        if name is not None:
            self._succeed(name, successor)

    def prune(self, keep: Collection[str]) -> None:
        """Drop every other generation, unless requests may still read it or a build may still write it.

        Args:
            keep: Names of generations.
        """
        now, pointer, found = self._clock(), self.pointer(), self.names()
        always = {*keep, *((pointer.name, pointer.newest) if pointer else ())}
        for newer, name in zip([None, *found], found, strict=False):
            if name in always:
                if pointer and name != pointer.name and newer and now - time_of(newer) > GRACE:
                    self._release(name)
                continue
            is_new = pointer is None or not pointer.newest or order_of(name) > order_of(pointer.newest)
            if is_new:
                is_done = self.milvus.access.address.is_lite or now - time_of(name) > ABANDONED
            else:
                is_done = newer is None or now - time_of(newer) > GRACE
            if is_done:
                self.drop(name)

    def drop(self, name: str) -> None:
        """Drop the collections of a generation."""
        for collection in (names.passages_of(name), names.cells_of(name)):
            with suppress(NotFound):
                for alias in self.milvus.call("list_aliases", collection)["aliases"]:
                    self.milvus.call("drop_alias", alias)
                self.milvus.call("drop_collection", collection)

    def _release(self, name: str) -> None:
        """Free the memory of a generation that is only kept for a rollback, which loads it again."""
        for collection in (names.passages_of(name), names.cells_of(name)):
            with suppress(NotFound, NotLoaded):
                self.milvus.call("release_collection", collection)

    def _named(self, alias: str) -> str | None:
        try:
            found = self.milvus.call("describe_alias", alias)
        except NotFound:
            return None
        return names.generation_of(str(found.get("collection_name") or ""))

    def _point(self, alias: str, name: str) -> None:
        method = "create_alias" if self._named(alias) is None else "alter_alias"
        self.milvus.call(method, names.passages_of(name), alias)

    def _succeed(self, name: str, successor: str) -> None:
        self._point(names.CURRENT, name)
        self._point(names.NEWEST, name)
        self.milvus.call("drop_alias", successor)

    def _overtaken(self) -> IndexBusy:
        return IndexBusy(
            f"Another build has published a generation at {self.milvus.access.address} meanwhile.",
            "Run normqa build again.",
        )

    def _inspect(self, name: str, pointer: Pointer, *, whole: bool) -> GenerationInfo:
        manifest = report = fault = None
        try:
            manifest = self.manifest(name)
            report = self.report_of(name)
            if whole:
                self.check(name)
            else:
                check_sizes(self.milvus, manifest)
        except IndexCorrupt as error:
            fault = error
        is_current = name == pointer.name
        return GenerationInfo(name, is_current, is_current and pointer.rolled_back, manifest, report, fault)
