"""What has changed between a generation and the corpus as it stands."""

from collections import defaultdict
from dataclasses import dataclass

from normqa.index.manifest import Recipe


@dataclass(frozen=True, slots=True)
class Drift:
    """The files that differ, and what else does.

    Attributes:
        added: Files that the generation does not know.
        changed: Files whose bytes are others now.
        renamed: Files whose bytes stand under another name now, the old name and the new.
        removed: Files that are no longer there.
        settings: Which of encoder, splitter and loader are others now.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    removed: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.renamed or self.removed or self.settings)


def drift(built: Recipe, now: Recipe) -> Drift:
    """Compares the recipe of a generation with the one that would be built now."""
    added, removed = (
        sorted(now.files.keys() - built.files.keys()),
        sorted(built.files.keys() - now.files.keys()),
    )
    elsewhere = defaultdict(list)
    for name in reversed(added):
        elsewhere[now.files[name]].append(name)
    renamed = {old: names.pop() for old in removed if (names := elsewhere[built.files[old]])}
    return Drift(
        added=tuple(name for name in added if name not in renamed.values()),
        changed=tuple(
            sorted(f for f in now.files.keys() & built.files.keys() if now.files[f] != built.files[f])
        ),
        renamed=tuple(renamed.items()),
        removed=tuple(name for name in removed if name not in renamed),
        settings=tuple(
            part for part in ("encoder", "splitter", "loader") if getattr(built, part) != getattr(now, part)
        ),
    )
