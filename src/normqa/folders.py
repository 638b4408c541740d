"""Corpus and index as folders: one may be inside the other only if the index is inside the corpus."""

import glob
import os
from collections.abc import Iterator
from pathlib import Path

from normqa.errors import InvalidSettings


def require_apart(corpus: Path, index: Path) -> None:
    """Check that the index does not contain the corpus.

    Raises:
        InvalidSettings: If the index is the corpus folder or contains it.
    """
    real_corpus, real_index = map(os.path.realpath, (corpus, index))
    if Path(real_corpus).is_relative_to(real_index):
        relation = "is" if real_corpus == real_index else "contains"
        raise InvalidSettings(
            f"The index folder {index} {relation} the corpus folder {corpus}.",
            "Choose another folder for the index.",
        )


def patterns_of_index(corpus: Path, index: Path) -> tuple[str, ...]:
    """Return patterns of the names in the corpus that belong to the index; none if it is elsewhere."""
    names = sorted(set(_names_in(corpus, index)))
    return tuple(pattern for name in names for pattern in (glob.escape(name), f"{glob.escape(name)}/*"))


def is_in(folder: Path, path: str) -> bool:
    """Whether a path is a folder, or is inside it."""
    return any(Path(make(path)).is_relative_to(make(folder)) for make in (os.path.abspath, os.path.realpath))


def _names_in(corpus: Path, index: Path) -> Iterator[str]:
    """The name of the index relative to the corpus, as it is written and with all links followed."""
    for make in (os.path.abspath, os.path.realpath):
        path, folder = Path(make(index)), Path(make(corpus))
        if path.is_relative_to(folder):
            yield path.relative_to(folder).as_posix()
