"""The words of a generation: how many passages of which document contain them.

Milvus searches words and tells nothing of them, so they have cells. Counts are kept by document, so that a
reader who may not see a document learns nothing of its words.
"""

import json
from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache, partial

from normqa.index.analyzer import analyzer, plain_analyzer, searchable
from normqa.index.milvus.cells import Cells, CellWriter
from normqa.text.acronyms import acronym_definitions

Counts = dict[int, int]
"""Passages by number of the document."""

_CACHED_WORDS = 100_000
_CACHED_LETTERS = 64


class VocabularyWriter:
    """Counts the words of passages, and writes the counts."""

    def __init__(self) -> None:
        self._words = defaultdict[str, "array[int]"](lambda: array("I"))
        self._spellings = defaultdict[str, "array[int]"](lambda: array("I"))
        self._acronyms = defaultdict[str, dict[str, Counts]](dict)
        self._analyzer = analyzer()
        self._plain = plain_analyzer()

    def add(self, document: int, fields: Sequence[str], text: str) -> list[list[str]]:
        """Count the words of a passage.

        Args:
            document: Number of its document. Numbers ascend.
            fields: Title, headings and text.
            text: The text alone.

        Returns:
            The content words of every field.
        """
        words = [self._analyzer.analyze(searchable(field)) for field in fields]
        for word in {word for own in words for word in own}:
            _count(self._words[word], document)
        for spelled in {word for field in fields for word in self._plain.analyze(searchable(field))}:
            _count(self._spellings[spelled], document)
        for short, long in set(acronym_definitions(text)):
            counts = self._acronyms[short.casefold()].setdefault(long, {})
            counts[document] = counts.get(document, 0) + 1
        return words

    def write(self, cells: CellWriter) -> None:
        """Write all counts."""
        for word, counts in self._words.items():
            cells.write(f"w:{word}", counts.tobytes())
        by_letter = defaultdict[str, dict[str, list[int]]](dict)
        for spelled, counts in self._spellings.items():
            by_letter[spelled[0]][spelled] = counts.tolist()
        for letter, spellings in by_letter.items():
            cells.write(f"s:{letter}", json.dumps(spellings).encode())
        for short, forms in self._acronyms.items():
            cells.write(
                f"a:{short}", json.dumps({long: _flat(counts) for long, counts in forms.items()}).encode()
            )


class Vocabulary:
    """The words of the documents that are shown.

    Args:
        cells: The cells of the generation.
        only: Numbers of the documents to show. Default: all.
    """

    def __init__(self, cells: Cells, only: Collection[int] | None = None) -> None:
        self._cells = cells
        self._only = None if only is None else frozenset(only)
        self._known: dict[str, int] = {}
        # The caches refer to the cells and not to this object, so that a dropped index is freed at once.
        self._forms = lru_cache(_CACHED_LETTERS)(partial(_forms, cells, self._only))

    def load(self, words: Iterable[str]) -> None:
        """Read the counts of several words at once."""
        missing = [word for word in words if word not in self._known]
        if not missing:
            return
        if len(self._known) > _CACHED_WORDS:
            self._known = {}
        found = self._cells.read(f"w:{word}" for word in missing)
        counts = {word: array("I", found.get(f"w:{word}", b"")) for word in missing}
        self._known |= {word: _shown(own, self._only) for word, own in counts.items()}

    def frequency(self, word: str) -> int:
        """Return the number of passages that contain a word."""
        self.load([word])
        return self._known.get(word, 0)

    def spellings(self, prefix: str) -> dict[str, int]:
        """Return the words that begin with a prefix, as they are spelled, the most frequent first."""
        if not prefix:
            return {}
        found = self._forms(f"s:{prefix[0]}")
        return {spelled: count for spelled, count in found.items() if spelled.startswith(prefix)}

    def long_forms(self, acronym: str) -> list[str]:
        """Return what the passages say that an acronym stands for, the most frequent first."""
        return list(self._forms(f"a:{acronym.casefold()}"))


def _forms(cells: Cells, only: frozenset[int] | None, key: str) -> dict[str, int]:
    """Return the words in a cell with the number of passages that contain them, the most frequent first."""
    raw: dict[str, list[int]] = json.loads(cells.read([key]).get(key, b"{}"))
    counts = {word: _shown(own, only) for word, own in raw.items()}
    return dict(sorted(((w, n) for w, n in counts.items() if n), key=lambda own: (-own[1], own[0])))


def _count(counts: "array[int]", document: int) -> None:
    """Count one more passage of a document in pairs of document and passages."""
    if counts and counts[-2] == document:
        counts[-1] += 1
    else:
        counts.extend((document, 1))


def _shown(pairs: Sequence[int], only: frozenset[int] | None) -> int:
    return sum(
        n for document, n in zip(pairs[::2], pairs[1::2], strict=True) if only is None or document in only
    )


def _flat(counts: Counts) -> list[int]:
    return [number for pair in counts.items() for number in pair]
