"""Check every file of a corpus."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from normqa.lint.front_matter import GUIDE, Guide, check_front_matter
from normqa.lint.links import ReadNote, check_links
from normqa.lint.note import Finding, Note
from normqa.lint.prose import check_prose
from normqa.load.corpus import matches, scan
from normqa.load.loaders import load
from normqa.load.problem import LoadError, Problem


@dataclass(frozen=True, slots=True)
class LintResult:
    """The number of files in a corpus, and the faults found in them."""

    files: int
    findings: tuple[Finding, ...]


def lint(corpus: Path, max_file_bytes: int, exclude: Sequence[str] = ()) -> LintResult:
    """Check the files that a build reads, and the guide.

    In the guide and in the files that it lists as verbatim, only links are checked.

    Args:
        corpus: Folder of documents.
        max_file_bytes: Skip larger files.
        exclude: Patterns of the names of files to skip.

    Raises:
        CorpusMissing: If the folder does not exist.
    """
    sources, problems = scan(corpus, max_file_bytes, exclude)
    loaded = {source.name: load(source) for source in sources}
    problems += [file.problem for file in loaded.values() if file.problem]
    read = _reader(corpus)
    guide_note = read(GUIDE)
    guide = Guide.of(guide_note) if guide_note else Guide()
    if (corpus / GUIDE).exists() and not guide_note:
        problems.append(Problem(GUIDE, "the file or its front matter cannot be read"))

    def findings() -> Iterator[Finding]:
        yield from map(_of_problem, problems)
        if guide_note:
            yield from check_links(guide_note, corpus, read)
        for name, file in loaded.items():
            note = read(name) if file.document and name != GUIDE else None
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
    hint = "Fix the file, or add it to the setting exclude."
    return Finding(problem.path, 1, "file", problem.reason, hint)
