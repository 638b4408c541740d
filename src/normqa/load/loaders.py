"""Load a file of the corpus with the loader of its format."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version

from normqa.datatypes import Metadata
from normqa.load.content import Content, read_content
from normqa.load.corpus import SourceFile
from normqa.load.formats import FORMATS, format_of
from normqa.load.loaded import Loaded
from normqa.load.problem import LoadError, Problem
from normqa.load.process.limits import loader_limits
from normqa.load.text.decode import decode
from normqa.load.text.front_matter import for_nobody, read_metadata, unread_audience
from normqa.text.canonical import one_line

_SIDECAR = "its metadata file"


def loader_fingerprint(max_file_bytes: int) -> str:
    """Identify everything besides the bytes of a file that determines its document."""
    libraries = sorted({name for format_ in FORMATS.values() for name in format_.libraries})
    versions = " ".join(f"{name}/{version(name)}" for name in libraries)
    limits = loader_limits()
    costs = (
        f"max={max_file_bytes} seconds={limits.seconds:g} memory={limits.memory_bytes} pages={limits.pages}"
    )
    return f"normqa-load/13 {versions} {costs}"


def read(source: SourceFile) -> Content:
    """Read the bytes of a file and of its sidecar.

    Raises:
        OSError: If one of them cannot be read.
    """
    return read_content(source.path, source.sidecar)


def load(source: SourceFile) -> Loaded:
    """Read and parse a file; see :func:`parse`."""
    try:
        content = read(source)
    except OSError as error:
        return Loaded(None, unreadable(source, error))
    return parse(source, content)


def unreadable(source: SourceFile, error: OSError) -> Problem:
    """Return the problem of a file that cannot be read."""
    return Problem(source.name, f"it cannot be read ({error.strerror})")


def parse(source: SourceFile, content: Content) -> Loaded:
    """Parse the bytes of a file. Everything that is wrong with them is reported, never raised."""
    try:
        stated, notes = _stated(content)
        format_, renamed = format_of(source.path.suffix.lower(), content.body)
        with _garbage_collection_paused():
            parsed = format_.load(source.id, content.body, stated)
    except RecursionError:
        return Loaded(None, Problem(source.name, "its markup is nested too deeply"))
    except LoadError as error:
        return Loaded(None, Problem(source.name, str(error)))
    except Exception as error:
        reason = f"it cannot be parsed ({type(error).__name__}: {error}); remove what is unusual in it"
        return Loaded(None, Problem(source.name, one_line(reason)))
    notes = (*notes, *([renamed] if renamed else ()), *parsed.notes)
    problem = Problem(source.name, "; ".join(notes), skipped=False) if notes else None
    return Loaded(parsed.document, problem, parsed.glyphs)


@contextmanager
def _garbage_collection_paused() -> Iterator[None]:
    """Pause it while a parser makes many objects and no garbage."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _stated(content: Content) -> tuple[Metadata, tuple[str, ...]]:
    """Return the metadata of the sidecar. One that cannot be used costs its metadata, not the document."""
    if content.sidecar is None:
        return Metadata(), ()
    text = decode(content.sidecar).text
    try:
        return read_metadata(text, _SIDECAR)
    except LoadError as error:
        ignored = f"{_SIDECAR} was ignored: {error}"
        unread = unread_audience(text, _SIDECAR)
        return (for_nobody(), (ignored, unread)) if unread else (Metadata(), (ignored,))
