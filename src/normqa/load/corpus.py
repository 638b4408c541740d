"""The corpus folder: which files it offers, under which ids, and the document that each one gives."""

import hashlib
import os
import stat
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from normqa.datatypes import Document
from normqa.errors import CorpusMissing
from normqa.load.decode import decode
from normqa.load.front_matter import split_front_matter
from normqa.load.markdown import load_markdown
from normqa.load.patterns import matches
from normqa.load.plain_text import load_text
from normqa.load.problem import LoadError, Problem

LOADERS = {".md": load_markdown, ".markdown": load_markdown, ".txt": load_text, "": load_text}
"""Which loader reads which suffix; a file without one is plain text."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of the corpus that may be read.

    Attributes:
        path: Where it is.
        name: Relative to the corpus, ``/``-separated.
        id: Of the document that it gives.
        size: In bytes.
    """

    path: Path
    name: str
    id: str
    size: int


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of one file: a document, or a problem, or both where something was guessed."""

    document: Document | None
    problem: Problem | None


def loader_fingerprint(max_file_bytes: int) -> str:
    """Names everything beside a file's bytes that decides which document it gives."""
    markdown_it, normaliser = version("markdown-it-py"), version("charset-normalizer")
    return f"normqa-load/2 markdown-it-py/{markdown_it} charset-normalizer/{normaliser} max={max_file_bytes}"


def scan(
    corpus: Path, max_file_bytes: int, exclude: Iterable[str] = ()
) -> tuple[list[SourceFile], list[Problem]]:
    """Lists the files of the corpus that may be read, by name, and says why the others may not.

    Of those whose name fits a pattern of ``exclude`` nothing is said.

    Raises:
        CorpusMissing: If there is no such folder.
    """
    if not corpus.is_dir():
        raise CorpusMissing(
            f"There is no corpus folder {corpus}.", "Make it, or name another with --corpus DIR."
        )
    patterns = tuple(exclude)
    sources: dict[str, SourceFile] = {}
    problems: list[Problem] = []

    def note_closed(error: OSError) -> None:
        folder = Path(error.filename).relative_to(corpus).as_posix()
        if matches(folder, patterns) or matches(f"{folder}/", patterns):
            return
        problems.append(Problem(folder, f"the folder cannot be entered ({error.strerror})"))

    for path in _walk(corpus, note_closed):
        shown = path.relative_to(corpus).as_posix()
        name = shown.encode("utf-8", "backslashreplace").decode()
        if matches(name, patterns):
            continue
        about = _stat(path)
        source = SourceFile(path, name, document_id(name), about.st_size if about else 0)
        reason = (
            _unreadable(source, about, corpus, max_file_bytes) if name == shown else "its name is not UTF-8"
        )
        if reason is None and source.id in sources:
            reason = (
                f"{sources[source.id].name!r} already has its document id {source.id!r}; rename one of them"
            )
        if reason is None:
            sources[source.id] = source
        else:
            problems.append(Problem(name, reason))
    return list(sources.values()), problems


def document_id(name: str) -> str:
    """The id of the document that a file gives, by its name relative to the corpus."""
    return unicodedata.normalize("NFC", name).removesuffix(".md")


def file_sha256(source: SourceFile) -> str:
    """Digest of a file's bytes; empty if it cannot be read."""
    try:
        return hashlib.sha256(source.path.read_bytes()).hexdigest()
    except OSError:
        return ""


def load(source: SourceFile) -> Loaded:
    """Reads one file. Whatever is wrong with it is told in the result, never raised."""
    try:
        decoded = decode(source.path.read_bytes())
        metadata, body = split_front_matter(decoded.text)
        document = LOADERS[_suffix(source.path)](source.id, body, metadata)
    except OSError as error:
        return Loaded(None, Problem(source.name, f"it cannot be read ({error.strerror})"))
    except RecursionError:
        return Loaded(None, Problem(source.name, "its markup is nested too deeply"))
    except LoadError as error:
        return Loaded(None, Problem(source.name, str(error)))
    if decoded.guessed is None:
        return Loaded(document, None)
    guess = f"it is not UTF-8 and was read as {decoded.guessed}; save it as UTF-8 to be sure"
    return Loaded(document, Problem(source.name, guess, skipped=False))


def _walk(corpus: Path, on_error: Callable[[OSError], None]) -> Iterator[Path]:
    """Every file in the corpus in a fixed order, and each folder that is not entered."""
    for folder, folders, files in os.walk(corpus, onerror=on_error):
        here = Path(folder)
        closed = [name for name in folders if name.startswith(".") or (here / name).is_symlink()]
        folders[:] = sorted(set(folders) - set(closed))
        yield from (here / name for name in sorted([*files, *closed]))


def _unreadable(
    source: SourceFile, about: os.stat_result | None, corpus: Path, max_file_bytes: int
) -> str | None:
    """Why a file, or what it links to, is not to be read; None if it is."""
    path, name, size = source.path, source.name, source.size
    known = ", ".join(suffix for suffix in LOADERS if suffix)
    mode = about.st_mode if about else 0
    leaves = path.is_symlink() and not _real(path).is_relative_to(_real(corpus))
    faults = (
        (path.name.startswith("."), "it is hidden"),
        (any(ord(c) < ord(" ") for c in name), "its name has control characters"),
        (leaves, "it is a link that leaves the corpus"),
        (stat.S_ISDIR(mode), "it is a link to a folder; link the files, or move the folder here"),
        (about is None, "it is a link to nothing"),
        (not stat.S_ISREG(mode), "it is no regular file"),
        (
            _suffix(path) not in LOADERS,
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


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))  # unlike Path.resolve, it gives up quietly on a loop of links


def _suffix(path: Path) -> str:
    return path.suffix.lower()
