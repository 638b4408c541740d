"""Load a file of the corpus with the loader of its format."""

from dataclasses import dataclass
from importlib.metadata import version

from normqa.datatypes import Document
from normqa.load.corpus import SourceFile
from normqa.load.decode import decode
from normqa.load.front_matter import split_front_matter
from normqa.load.markdown import load_markdown
from normqa.load.plain_text import load_text
from normqa.load.problem import LoadError, Problem

LOADERS = {".md": load_markdown, ".markdown": load_markdown, ".txt": load_text, "": load_text}
"""The loader of each suffix in :data:`normqa.load.corpus.SUFFIXES`."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A document, or a problem, or both if the encoding was guessed."""

    document: Document | None
    problem: Problem | None


def loader_fingerprint(max_file_bytes: int) -> str:
    """Identify everything besides the bytes of a file that determines its document."""
    markdown_it, normaliser = version("markdown-it-py"), version("charset-normalizer")
    return f"normqa-load/2 markdown-it-py/{markdown_it} charset-normalizer/{normaliser} max={max_file_bytes}"


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
        metadata, body = split_front_matter(decoded.text)
        document = LOADERS[source.path.suffix.lower()](source.id, body, metadata)
    except RecursionError:
        return Loaded(None, Problem(source.name, "its markup is nested too deeply"))
    except LoadError as error:
        return Loaded(None, Problem(source.name, str(error)))
    if decoded.guessed is None:
        return Loaded(document, None)
    guess = f"it is not UTF-8 and was read as {decoded.guessed}; save it as UTF-8 to be sure"
    return Loaded(document, Problem(source.name, guess, skipped=False))
