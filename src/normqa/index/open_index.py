"""Opens what answers: the generation in force or, where that is damaged, what still holds of an older one."""

from dataclasses import dataclass
from pathlib import Path

from normqa.errors import IndexCorrupt
from normqa.index.checksums import check
from normqa.index.generation import (
    Generation,
    Pointer,
    current,
    generation_folder,
    generation_names,
    shard_folder,
)
from normqa.index.manifest import COPY, NAME, Manifest
from normqa.index.source_files import NAME as FILES
from normqa.index.source_files import read_files


@dataclass(frozen=True, slots=True)
class OpenIndex:
    """The generation that answers.

    Attributes:
        generation: Open.
        rolled_back: Whether somebody went back to it by hand.
        fault: What is wrong with the newest, where this one stands in for it.
    """

    generation: Generation
    rolled_back: bool = False
    fault: IndexCorrupt | None = None

    @property
    def warning(self) -> str | None:
        """What whoever reads an answer must know."""
        if self.fault is None:
            return None
        return (
            f"{self.fault.message} Until that is mended, an older index answers, and only from documents that"
            f" have not changed since. {self.fault.hint}"
        )


def current_or_none(index: Path) -> Pointer | None:
    """Which generation is in force; None where the pointer is unreadable.

    Raises:
        IndexMissing: If nothing has been built.
    """
    try:
        return current(index)
    except IndexCorrupt:
        return None


def open_current(index: Path) -> OpenIndex:
    """Opens the generation in force, or an older one if that is damaged.

    The older one shows only documents whose text stands in the newest manifest that can be read: what has
    been removed or changed since is not quoted.

    Raises:
        IndexMissing: If nothing has been built.
        IndexCorrupt: If none can be opened of which anything still holds; what is wrong with the newest.
    """
    while True:
        pointer = current_or_none(index)
        try:
            pointer = current(index)
            return OpenIndex(Generation.open(index, pointer.name), pointer.rolled_back)
        except IndexCorrupt as fault:
            if current_or_none(index) == pointer:
                return _older(index, pointer, fault)
            # A build has put another one in force meanwhile, and swept this one away.


def _older(index: Path, pointer: Pointer | None, fault: IndexCorrupt) -> OpenIndex:
    names = [name for name in generation_names(index) if pointer is None or name <= pointer.name]
    standing: dict[str, str] | None = None
    for name in names:
        folder = generation_folder(index, name)
        manifest = _readable(folder)
        if manifest is None:
            continue
        own = _texts(index, manifest)
        standing = own if standing is None else standing
        still = frozenset(each for each, sha256 in own.items() if standing.get(each) == sha256)
        try:
            if still:
                rolled_back = pointer is not None and pointer.rolled_back
                return OpenIndex(Generation.open(index, name, still), rolled_back, fault)
        except IndexCorrupt:
            continue
    raise fault


def _readable(folder: Path) -> Manifest | None:
    """The manifest of a generation or, if that is damaged, its copy, to know what stood in it."""
    for name in (NAME, COPY):
        try:
            return Manifest.read(folder, name)
        except IndexCorrupt:
            continue
    return None


def _texts(index: Path, manifest: Manifest) -> dict[str, str]:
    """Sha256 of the text of every document of a generation, by id, as far as that can be read."""
    texts: dict[str, str] = {}
    for shard in manifest.shards:
        folder = shard_folder(index, shard.name)
        try:
            check(folder, {FILES: shard.parts[FILES]})
            entries = read_files(folder).values()
        except (IndexCorrupt, KeyError):
            continue
        texts |= {each.document: each.text_sha256 for each in entries if each.document and each.text_sha256}
    return texts
