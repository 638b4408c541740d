"""List the files of the corpus folder and the document ids that they have."""

import os
import stat
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from normqa.errors import CorpusMissing
from normqa.load.content import SIDECAR
from normqa.load.problem import Problem

SUFFIXES = (
    *(".md", ".markdown", ".txt", "", ".pdf", ".html", ".htm", ".xhtml", ".epub"),
    *(".docx", ".pptx", ".odt", ".odp"),
)
"""Suffixes of the files that are read: the keys of :data:`normqa.load.formats.FORMATS`, whose loaders take
long to import. A file without a suffix is plain text."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of the corpus that can be read.

    Attributes:
        path: Path of the file.
        name: Path relative to the corpus, ``/``-separated.
        id: Id of its document.
        size: In bytes.
        sidecar: Path of the file that describes it, if there is one.
    """

    path: Path
    name: str
    id: str
    size: int
    sidecar: Path | None = None


def scan(
    corpus: Path, max_file_bytes: int, exclude: Iterable[str] = ()
) -> tuple[list[SourceFile], list[Problem]]:
    """List the files of the corpus that can be read, by name, and the problems with all others.

    Files that match a pattern of ``exclude`` are not reported.

    Raises:
        CorpusMissing: If the folder does not exist.
    """
    if not os.path.isdir(corpus):  # noqa: PTH112 - unlike Path.is_dir, it never raises
        raise CorpusMissing(
            f"The corpus folder {corpus} does not exist.", "Create it, or name another with --corpus DIR."
        )
    sources: dict[str, SourceFile] = {}
    problems: list[Problem] = []
    for found in _files(corpus, max_file_bytes, tuple(exclude), problems.append):
        if isinstance(found, Problem):
            problems.append(found)
        elif found.id in sources:
            taken = sources[found.id].name
            reason = f"{taken!r} already has its document id {found.id!r}; rename one of them"
            problems.append(Problem(found.name, reason))
        else:
            sources[found.id] = found
    return list(sources.values()), problems


def first_file(corpus: Path, max_file_bytes: int, exclude: Iterable[str] = ()) -> Path | None:
    """Return the first file of the corpus that can be read and has content; None if there is none."""
    files = _files(corpus, max_file_bytes, tuple(exclude), lambda _: None)
    return next((found.path for found in files if isinstance(found, SourceFile) and found.size), None)


def is_readable(corpus: Path) -> bool:
    """Whether the corpus is a folder whose files can be listed."""
    return os.path.isdir(corpus) and os.access(corpus, os.R_OK | os.X_OK)  # noqa: PTH112 - never raises


def has_content(path: Path) -> bool:
    """Whether a file exists and is not empty."""
    status = _stat(path)
    return status is not None and stat.S_ISREG(status.st_mode) and status.st_size > 0


def matches(name: str, patterns: Iterable[str]) -> bool:
    """Whether the whole name matches one of the patterns.

    ``*`` matches any characters including ``/``, ``?`` matches one, and ``[ab]`` one of those listed.
    """
    return any(fnmatchcase(_composed(name), _composed(pattern)) for pattern in patterns)


def document_id(name: str) -> str:
    """Return the id of the document in a file, from the file's path relative to the corpus."""
    return unicodedata.normalize("NFC", name).removesuffix(".md")


def sidecar_of(path: Path) -> Path | None:
    """Return the file that describes a file; None if there is none, or none that is read."""
    sidecar = path.with_name(path.name + SIDECAR)
    return sidecar if has_content(sidecar) and not _is_link(sidecar) else None


def _files(
    corpus: Path, max_file_bytes: int, exclude: tuple[str, ...], on_problem: Callable[[Problem], None]
) -> Iterator[SourceFile | Problem]:
    """Every file that is not excluded, in a fixed order. Closed folders go to ``on_problem``."""

    def report_closed(error: OSError) -> None:
        folder = Path(error.filename).relative_to(corpus).as_posix()
        if not matches(folder, exclude) and not matches(f"{folder}/", exclude):
            on_problem(Problem(folder, f"the folder cannot be entered ({error.strerror})"))

    for path in _walk(corpus, report_closed):
        shown = path.relative_to(corpus).as_posix()
        name = shown.encode("utf-8", "backslashreplace").decode()
        if matches(name, exclude):
            continue
        if name.endswith(SIDECAR) and has_content(
            described := path.with_name(path.name.removesuffix(SIDECAR))
        ):
            if _is_link(path):
                yield Problem(name, f"it is a link, and {described.name} was read without it; copy it here")
            continue
        status = _stat(path)
        source = SourceFile(path, name, document_id(name), status.st_size if status else 0, sidecar_of(path))
        reason = (
            _unreadable(source, status, corpus, max_file_bytes) if name == shown else "its name is not UTF-8"
        )
        yield source if reason is None else Problem(name, reason)


def _walk(corpus: Path, on_error: Callable[[OSError], None]) -> Iterator[Path]:
    """Every file in the corpus in a fixed order, and every folder that is not entered."""
    for folder, folders, files in os.walk(corpus, onerror=on_error):
        here = Path(folder)
        closed = [name for name in folders if name.startswith(".") or _is_link(here / name)]
        folders[:] = sorted(set(folders) - set(closed))
        yield from (here / name for name in sorted([*files, *closed]))


def _unreadable(
    source: SourceFile, status: os.stat_result | None, corpus: Path, max_file_bytes: int
) -> str | None:
    """Why a file or the target of a link is not read; None if it is."""
    path, name, size = source.path, source.name, source.size
    known = ", ".join(suffix for suffix in SUFFIXES if suffix)
    mode = status.st_mode if status else 0
    leaves = _is_link(path) and not _real(path).is_relative_to(_real(corpus))
    faults = (
        (path.name.startswith("."), "it is hidden"),
        (any(ord(c) < ord(" ") for c in name), "its name contains control characters"),
        (leaves, "it is a link to a place outside the corpus"),
        (stat.S_ISDIR(mode), "it is a link to a folder; link the files, or move the folder here"),
        (status is None, "it is a link to nothing"),
        (not stat.S_ISREG(mode), "it is not a regular file"),
        (
            path.suffix.lower() not in SUFFIXES,
            f"{path.suffix} files are not read; {known} and files without a suffix are",
        ),
        (size > max_file_bytes, f"it has {size:,} bytes, more than max_file_bytes = {max_file_bytes:,}"),
    )
    return next((reason for is_so, reason in faults if is_so), None)


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None


def _is_link(path: Path) -> bool:
    return os.path.islink(path)  # noqa: PTH114 - unlike Path.is_symlink, it never raises


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))  # unlike Path.resolve, it does not raise on a loop of links


def _composed(text: str) -> str:
    """NFC, because file systems and editors differ in how they write accents."""
    return unicodedata.normalize("NFC", text)
