"""Looks at every file of the corpus as its editor would."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from normqa.lint.finding import Finding
from normqa.lint.front_matter import check_front_matter
from normqa.lint.guide import NAME, Guide
from normqa.lint.links import ReadNote, check_links
from normqa.lint.note import Note
from normqa.lint.prose import check_prose
from normqa.load.corpus import scan
from normqa.load.loaders import load
from normqa.load.patterns import matches
from normqa.load.problem import LoadError, Problem


@dataclass(frozen=True, slots=True)
class LintResult:
    """What a look at the corpus has come to: how many files it has, and what there is to mend in them."""

    files: int
    findings: tuple[Finding, ...]


def lint(corpus: Path, max_file_bytes: int, exclude: Sequence[str] = ()) -> LintResult:
    """Looks at the files that a build reads, and at the guide.

    A file that the guide names as kept word for word, and the guide itself, are held to their links alone.

    Args:
        corpus: Folder of documents.
        max_file_bytes: Larger files are not read.
        exclude: Patterns of the names of files that are not read.

    Raises:
        CorpusMissing: If there is no such folder.
    """
    sources, problems = scan(corpus, max_file_bytes, exclude)
    loaded = {source.name: load(source) for source in sources}
    problems += [each.problem for each in loaded.values() if each.problem]
    read = _reader(corpus)
    guide_note = read(NAME)
    guide = Guide.of(guide_note) if guide_note else Guide()
    if (corpus / NAME).exists() and not guide_note:
        problems.append(Problem(NAME, "it or its front matter cannot be read"))

    def findings() -> Iterator[Finding]:
        yield from map(_of_problem, problems)
        if guide_note:
            yield from check_links(guide_note, corpus, read)
        for name, each in loaded.items():
            note = read(name) if each.document and name != NAME else None
            if note:
                yield from check_links(note, corpus, read)
                if not matches(name, guide.verbatim):
                    yield from check_front_matter(note, guide)
                    yield from check_prose(note)

    return LintResult(len(sources), tuple(sorted(findings())))


def _reader(corpus: Path) -> ReadNote:
    @cache
    def read(name: str) -> Note | None:
        try:
            return Note.read(corpus / name, name)
        except (OSError, LoadError):
            return None

    return read


def _of_problem(problem: Problem) -> Finding:
    way_out = "Mend it, or name it in the setting exclude."
    return Finding(problem.path, 1, "file", problem.reason, way_out)
