"""Measure how well files are read, against texts that are known to be right.

A folder has files of any format. Beside each stands its right text, ``NAME.txt`` (``report.pdf.txt`` for
``report.pdf``), empty if nothing should be read, and optionally ``NAME.json``, a list with the printed
number of each page and some words on it: ``[{"label": "iv", "words": "forty metres"}, …]``.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from normqa.build.progress import Progress
from normqa.datatypes import Document
from normqa.errors import CollectionUnusable
from normqa.evaluate.figures.results import EvaluationResult
from normqa.evaluate.gold import failing_floors
from normqa.load.corpus import SourceFile, scan
from normqa.load.loaders import load
from normqa.text.canonical import normalise, one_line

_TRUTH = ".txt"
_PAGES = ".json"
_FLOORS = "floors.json"
_SHOWN = 5
"""Words that a failure names."""

_WORD = re.compile(r"\w+")


class RightPage(BaseModel):
    """A page of a file: the number that is printed on it, and some words on it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    words: str


T = TypeVar("T")

_RIGHT_PAGES = TypeAdapter(tuple[RightPage, ...])
_FLOOR_FIGURES = TypeAdapter(dict[str, float])


@dataclass(frozen=True, slots=True)
class Fidelity:
    """How a text compares with the right one.

    Attributes:
        words: Words of the right text.
        missed: Words of it that were not read.
        invented: Words that were read and are not in it.
        in_order: Length of the longest common subsequence of words.
        pages: Pages whose number and words are known.
        right_pages: Pages of which both are right.
    """

    words: int
    missed: Counter[str]
    invented: Counter[str]
    in_order: int
    pages: int = 0
    right_pages: int = 0

    @classmethod
    def of(cls, right: str, found: str) -> "Fidelity":
        """Compare a text with the right one."""
        expected, read = words_of(right), words_of(found)
        missed, invented = Counter(expected) - Counter(read), Counter(read) - Counter(expected)
        return cls(len(expected), missed, invented, common_subsequence(expected, read))

    @property
    def failure(self) -> str | None:
        """What is wrong, as one line; None if nothing is."""
        faults = [
            f"{number} words {name} ({', '.join(list(words)[:_SHOWN])})"
            for name, words in (("missed", self.missed), ("invented", self.invented))
            if (number := words.total())
        ]
        if moved := self.words - self.missed.total() - self.in_order:
            faults.append(f"{moved} words out of order")
        if wrong := self.pages - self.right_pages:
            faults.append(f"{wrong} of {self.pages} pages wrong")
        return "; ".join(faults) or None


@dataclass(frozen=True, slots=True)
class FileFigures:
    """Figures of a folder of files, and the files that were not read exactly."""

    result: EvaluationResult
    failures: tuple[str, ...]
    failing: Mapping[str, float]


def evaluate_files(folder: Path, max_file_bytes: int, progress: Progress) -> FileFigures:
    """Read every file of a folder that has a right text beside it, and compare the two.

    Args:
        folder: The folder. If it has a ``floors.json``, this is the minimum of each figure by name, such as
            ``pdf kept``.
        max_file_bytes: Larger files are not read.
        progress: Receives the progress.

    Raises:
        CollectionUnusable: If the folder has no such file, or a file about a file is malformed.
    """
    files = [file for file in scan(folder, max_file_bytes)[0] if _beside(file, _TRUTH).is_file()]
    if not files:
        raise CollectionUnusable(
            f"{folder} has no file with its right text beside it.", "Write the text of a.pdf to a.pdf.txt."
        )
    progress.stage("Reading files", len(files))
    compared: dict[str, Fidelity] = {}
    for file in files:
        compared[file.name] = _compare(file)
        progress.advance()
    by_format: dict[str, list[Fidelity]] = defaultdict(list)
    for name, fidelity in compared.items():
        by_format[Path(name).suffix.lstrip(".") or "text"].append(fidelity)
    figures = {name: _figures(own) for name, own in sorted(by_format.items())}
    flat = {f"{group} {name}": value for group, own in figures.items() for name, value in own.items()}
    floors = _read_beside(folder / _FLOORS, _FLOOR_FIGURES, {})
    return FileFigures(
        EvaluationResult({**_figures(compared.values()), **figures}),
        tuple(f"{name}: {fidelity.failure}" for name, fidelity in compared.items() if fidelity.failure),
        failing_floors(flat, floors),
    )


def words_of(text: str) -> list[str]:
    """Return the words of a text, without punctuation."""
    return _WORD.findall(normalise(text))


def common_subsequence(first: Sequence[str], second: Sequence[str]) -> int:
    """Return the length of the longest common subsequence.

    The bits of one large integer are the columns of the table, as in Hyyrö, "Bit-parallel LCS-length
    computation revisited" (2004).
    """
    places: dict[str, int] = defaultdict(int)
    for place, word in enumerate(first):
        places[word] |= 1 << place
    every = (1 << len(first)) - 1
    row = every
    for word in second:
        matches = row & places.get(word, 0)
        row = ((row + matches) | (row - matches)) & every
    return len(first) - row.bit_count()


def _compare(file: SourceFile) -> Fidelity:
    right = _beside(file, _TRUTH).read_text(encoding="utf-8")
    document = load(file).document
    fidelity = Fidelity.of(right, document.text if document else "")
    pages = _read_beside(_beside(file, _PAGES), _RIGHT_PAGES, ())
    right_pages = sum(_is_right(document, number, page) for number, page in enumerate(pages, 1))
    return replace(fidelity, pages=len(pages), right_pages=right_pages)


def _is_right(document: Document | None, number: int, page: RightPage) -> bool:
    if document is None or number > len(document.pages):
        return False
    label = document.page_label(number) or str(number)
    return label == page.label and page.words in one_line(document.pages[number - 1].of(document.text))


def _figures(compared: Iterable[Fidelity]) -> dict[str, float]:
    own = list(compared)
    words = sum(fidelity.words for fidelity in own)
    missed = sum(fidelity.missed.total() for fidelity in own)
    invented = sum(fidelity.invented.total() for fidelity in own)
    read = words - missed
    figures: dict[str, float] = {
        "files": len(own),
        "words": words,
        "missed": missed,
        "invented": invented,
        "kept": _share(read, words),
        "right": _share(read, read + invented),
        "order": _share(sum(fidelity.in_order for fidelity in own), read),
    }
    if pages := sum(fidelity.pages for fidelity in own):
        figures["pages"] = _share(sum(fidelity.right_pages for fidelity in own), pages)
    return figures


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def _beside(file: SourceFile, suffix: str) -> Path:
    return file.path.with_name(file.path.name + suffix)


def _read_beside(path: Path, adapter: TypeAdapter[T], default: T) -> T:
    """Return the content of a file about other files; the default if there is no such file."""
    if not path.is_file():
        return default
    try:
        return adapter.validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        first = str(error).splitlines()[0]
        raise CollectionUnusable(f"{path} cannot be read: {first}.", "Fix the file.") from None
