"""What has changed between a generation and the corpus as it stands."""

from dataclasses import dataclass

from normqa.index.manifest import Recipe


@dataclass(frozen=True, slots=True)
class Drift:
    """The files that differ, and what else does.

    Attributes:
        added: Files that the generation does not know.
        changed: Files whose bytes are others now.
        removed: Files that are no longer there.
        settings: Which of encoder, splitter and loader are others now.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    settings: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed or self.settings)


def drift(built: Recipe, now: Recipe) -> Drift:
    """Compares the recipe of a generation with the one that would be built now."""
    return Drift(
        added=tuple(sorted(now.files.keys() - built.files.keys())),
        changed=tuple(
            sorted(f for f in now.files.keys() & built.files.keys() if now.files[f] != built.files[f])
        ),
        removed=tuple(sorted(built.files.keys() - now.files.keys())),
        settings=tuple(
            part for part in ("encoder", "splitter", "loader") if getattr(built, part) != getattr(now, part)
        ),
    )
