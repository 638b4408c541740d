"""The file CURRENT: which generation answers, and whether an administrator rolled back to it."""

import re
from dataclasses import dataclass
from pathlib import Path

from normqa.errors import IndexCorrupt, IndexMissing
from normqa.index.checksums import REBUILD
from normqa.index.disk.names import CURRENT, GENERATION

_CONTENT = re.compile(r"(?P<name>[0-9TZ.-]+)(?P<mark>\nrolled back(?:\n(?P<newest>[0-9TZ.-]+))?)?\n")


@dataclass(frozen=True, slots=True)
class Pointer:
    """The content of CURRENT.

    Attributes:
        name: Name of the current generation.
        rolled_back_from: Name of the newest generation that was ever current, if CURRENT was rolled back from
            it; empty if that is unknown. None without a rollback.
    """

    name: str
    rolled_back_from: str | None = None

    @property
    def rolled_back(self) -> bool:
        """Whether an administrator rolled back to the generation."""
        return self.rolled_back_from is not None

    @property
    def newest(self) -> str:
        """Name of the newest generation that was ever current; empty if unknown."""
        return self.name if self.rolled_back_from is None else self.rolled_back_from

    @classmethod
    def read(cls, folder: Path) -> "Pointer":
        """Read CURRENT in an index folder. The generation that it names may be gone.

        Raises:
            IndexMissing: If nothing was built.
            IndexCorrupt: If CURRENT is damaged.
        """
        path = folder / CURRENT
        try:
            content = _CONTENT.fullmatch(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise IndexMissing(f"There is no index in {folder} yet.", REBUILD) from None
        except (OSError, UnicodeDecodeError) as error:
            raise IndexCorrupt(f"{path} cannot be read ({error}).", REBUILD) from None
        if not content or not all(
            GENERATION.fullmatch(name) for name in content.group("name", "newest") if name
        ):
            raise names_nothing(folder)
        return cls(content["name"], (content["newest"] or "") if content["mark"] else None)

    def __str__(self) -> str:
        """The content of the file."""
        lines = [self.name, "rolled back" if self.rolled_back else "", self.rolled_back_from]
        return "".join(f"{line}\n" for line in lines if line)


def names_nothing(folder: Path) -> IndexCorrupt:
    """Return the error for a CURRENT that names no generation."""
    return IndexCorrupt(f"{folder / CURRENT} names no generation.", REBUILD)
