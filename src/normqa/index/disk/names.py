"""The names of everything in an index folder, so that nothing else is ever removed."""

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from normqa.errors import NotAnIndex

CURRENT = "CURRENT"
GENERATIONS = "generations"
SHARDS = "shards"
JOURNAL = ".journal"
ASIDE = ".building-"
"""Prefix of a folder that is being written."""

# Until format 4, names had no counter. Such generations come first, and are reported as of an old format.
GENERATION = re.compile(r"(?:(?P<counter>[0-9]{6,})-)?[0-9]{8}T[0-9]{6}\.[0-9]{6}Z")

_TIME = "%Y%m%dT%H%M%S.%f"
_WRITTEN = re.compile(rf"(?:{re.escape(ASIDE)})?{GENERATION.pattern}(?:-[0-9]+)?")
_NO_CONTENT = {"README.md", "lost+found"}
"""Visible names in a folder that counts as empty. The last one is in the root of every ext4 volume."""


def order_of(name: str) -> tuple[int, str]:
    """Return a key that orders names of generations from old to new."""
    match = GENERATION.fullmatch(name)
    return int(match["counter"] or 0) if match else 0, name


def day_of(name: str) -> str:
    """Return the day on which a generation was built, in UTC, such as ``20260102``."""
    return name.rpartition("-")[2].partition("T")[0]


def time_of(name: str) -> datetime:
    """Return when a generation was built."""
    return datetime.strptime(name.rpartition("-")[2], f"{_TIME}Z").replace(tzinfo=UTC)


def next_name(names: Iterable[str], now: datetime) -> str:
    """Return a name for a generation that is newer than all others.

    Args:
        names: Names of the others.
        now: Time of the build, in UTC.
    """
    newest = max((order_of(name)[0] for name in names), default=0)
    return f"{newest + 1:06}-{now.strftime(_TIME)}Z"


def is_written_by_build(name: str) -> bool:
    """Whether a build gives this name to a generation or a shard, finished or not."""
    return _WRITTEN.fullmatch(name) is not None


def refuse_foreign(folder: Path) -> None:
    """Refuse a folder that is no index and is not empty.

    Hidden files do not count as content.

    Raises:
        NotAnIndex: If it has other content.
        OSError: If it cannot be read.
    """
    if _is_index(folder):
        return
    parts = [path for path in (folder / GENERATIONS, folder / SHARDS) if path.is_dir()]
    content = [path for place in (folder, *parts) for path in _visible(place)]
    foreign = next((path for path in content if path not in parts and path.name not in _NO_CONTENT), None)
    if foreign:
        name = foreign.relative_to(folder).as_posix()
        raise NotAnIndex(
            f"The folder {folder} contains {name!r} and no index. Nothing was changed.",
            "Choose an empty folder for the index, or one that does not exist yet.",
        )


def _is_index(folder: Path) -> bool:
    """Whether CURRENT names a generation or, if it is lost, a build has written something here."""
    with suppress(OSError, UnicodeDecodeError):
        if GENERATION.fullmatch((folder / CURRENT).read_text(encoding="utf-8").partition("\n")[0]):
            return True
    parts = [path for part in (GENERATIONS, SHARDS) for path in _visible(folder / part)]
    return any(is_written_by_build(path.name) for path in parts)


def _visible(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [path for path in sorted(folder.iterdir()) if not path.name.startswith(".")]
