"""What has changed between a generation and the corpus as it stands."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from normqa.index.manifest import Fingerprints


@dataclass(frozen=True, slots=True)
class BuildInputs:
    """Everything that decides what a generation holds: the same recipe gives the same generation.

    Attributes:
        fingerprints: What reads, splits and encodes.
        files: Sha256 of the bytes of every file that is read, by name.
    """

    fingerprints: Fingerprints
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CorpusDiff:
    """What brings a generation up to the corpus.

    Attributes:
        added: Files that the generation does not know.
        changed: Files whose bytes are others now.
        renamed: Files whose bytes stand under another name now, the old name and the new.
        removed: Files that are no longer there.
        kept: Files that are as they were.
        settings: Which of encoder, splitter and loader are others now.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    removed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.added or self.changed or self.renamed or self.removed or self.settings)


def diff_corpus(built: BuildInputs, now: BuildInputs) -> CorpusDiff:
    """Compares the recipe of a generation with the one that would be built now."""
    added, removed = (
        sorted(now.files.keys() - built.files.keys()),
        sorted(built.files.keys() - now.files.keys()),
    )
    elsewhere = defaultdict(list)
    for name in reversed(added):
        elsewhere[now.files[name]].append(name)
    renamed = {old: names.pop() for old in removed if (names := elsewhere[built.files[old]])}
    taken = set(renamed.values())
    there = sorted(now.files.keys() & built.files.keys())
    return CorpusDiff(
        added=tuple(name for name in added if name not in taken),
        changed=tuple(name for name in there if now.files[name] != built.files[name]),
        renamed=tuple(renamed.items()),
        removed=tuple(name for name in removed if name not in renamed),
        kept=tuple(name for name in there if now.files[name] == built.files[name]),
        settings=tuple(
            part
            for part in ("encoder", "splitter", "loader")
            if getattr(built.fingerprints, part) != getattr(now.fingerprints, part)
        ),
    )
