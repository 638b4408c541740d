"""Load a file of the corpus with the loader of its format."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version

from normqa.datatypes import Document
from normqa.load.corpus import SourceFile
from normqa.load.decode import Decoded, decode
from normqa.load.front_matter import split_front_matter
from normqa.load.markdown import load_markdown
from normqa.load.plain_text import load_text
from normqa.load.problem import LoadError, Problem
from normqa.text import one_line

LOADERS = {".md": load_markdown, ".markdown": load_markdown, ".txt": load_text, "": load_text}
"""The loader of each suffix in :data:`normqa.load.corpus.SUFFIXES`."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A document, or a problem, or both if something in the file was ignored or guessed."""

    document: Document | None
    problem: Problem | None


def loader_fingerprint(max_file_bytes: int) -> str:
    """Identify everything besides the bytes of a file that determines its document."""
    libraries = ("markdown-it-py", "mdit-py-plugins", "charset-normalizer", "PyYAML")
    versions = " ".join(f"{name}/{version(name)}" for name in libraries)
    return f"normqa-load/3 {versions} max={max_file_bytes}"


def load(source: SourceFile) -> Loaded:
    """Read and parse a file; see :func:`parse`."""
    try:
        raw = source.path.read_bytes()
    except OSError as error:
        return Loaded(None, unreadable(source, error))
    return parse(source, raw)


def unreadable(source: SourceFile, error: OSError) -> Problem:
    """Return the problem of a file that cannot be read."""
    return Problem(source.name, f"it cannot be read ({error.strerror})")


def parse(source: SourceFile, raw: bytes) -> Loaded:
    """Parse the bytes of a file. Everything that is wrong with them is reported, never raised."""
    try:
        decoded = decode(raw)
        front_matter = split_front_matter(decoded.text)
        load_body = LOADERS[source.path.suffix.lower()]
        document = load_body(source.id, front_matter.body, front_matter.metadata)
    except RecursionError:
        return Loaded(None, Problem(source.name, "its markup is nested too deeply"))
    except LoadError as error:
        return Loaded(None, Problem(source.name, str(error)))
    except Exception as error:
        reason = f"it cannot be parsed ({type(error).__name__}: {error}); remove what is unusual in it"
        return Loaded(None, Problem(source.name, one_line(reason)))
    notes = (*front_matter.notes, *_encoding_notes(decoded))
    return Loaded(document, Problem(source.name, "; ".join(notes), skipped=False) if notes else None)


def _encoding_notes(decoded: Decoded) -> Iterator[str]:
    if decoded.guessed is not None:
        yield f"it is not UTF-8 and was read as {decoded.guessed}; save it as UTF-8 to be sure"
