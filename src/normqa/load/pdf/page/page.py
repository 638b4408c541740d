"""Read a page: what a reader sees of it, as lines in columns."""

import re
import unicodedata
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count

import numpy as np
import pypdfium2 as pdfium

from normqa.load.pdf.page.boxes import PageBoxes
from normqa.load.pdf.page.bullets import Mark, marks_of, with_bullets
from normqa.load.pdf.page.characters import characters_of
from normqa.load.pdf.page.columns import columns_of
from normqa.load.pdf.page.glyphs import Glyphs, text_of
from normqa.load.pdf.page.painted import Rule, annotations_of, is_scan, painted, rules_of
from normqa.load.pdf.page.style import INVISIBLE
from normqa.load.pdf.page.text.lines import Line, lines_of
from normqa.load.pdf.page.text.runs import named, runs_of
from normqa.load.pdf.page.turned import upright
from normqa.load.pdf.seen.outlines import Outlines
from normqa.load.pdf.seen.visible import hidden_characters
from normqa.load.pdf.tags.actual_text import named_by, take_actual_texts
from normqa.load.pdf.tags.tree import Tags, TreeReader

_DOUBTFUL = 0.1
"""Share of words that PDFium sees differently on a page that may be read wrongly."""

_SPARE = 4
"""So many words may differ on any page."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Page:
    """What was read on a page.

    Attributes:
        columns: Its lines, by column.
        hidden: Characters that a reader cannot see.
        unmapped: Characters that the font does not name.
        is_recognised: Whether its text was recognised in an image of a page.
        fields: Form fields and notes on it.
        is_doubtful: Whether its words differ from those that PDFium sees.
        rules: Its horizontal rules.
        marks: Shapes on it that may be bullets.
        boxes: Where its characters are.
        tags: Its tags, if it is tagged.
        stated: Texts that it states for what is painted.
        is_damaged: Whether it could not be read.
    """

    columns: Sequence[Sequence[Line]]
    hidden: int
    unmapped: int
    is_recognised: bool
    fields: int
    is_doubtful: bool
    rules: Sequence[Rule]
    marks: Sequence[Mark]
    boxes: PageBoxes
    tags: Tags | None
    stated: tuple[str, ...]
    is_damaged: bool = False

    @classmethod
    def damaged(cls) -> "Page":
        """Return a page that cannot be read."""
        return cls((), 0, 0, False, 0, False, (), (), PageBoxes.none(), None, (), is_damaged=True)

    def lines(self) -> list[Line]:
        """Return its lines in reading order."""
        return [line for column in self.columns for line in column]

    def stated_texts(self) -> Iterator[str]:
        """Yield the texts that it states for what is painted, in marks and in tags."""
        yield from self.stated
        if self.tags:
            yield from self.tags.root.actual_texts()

    def without(self, left_out: Container[int]) -> "Page":
        """Return the page without some of its lines, given by their indexes in reading order."""
        indexes = count()
        columns = [[line for line in column if next(indexes) not in left_out] for column in self.columns]
        return replace(self, columns=columns)


def read_page(page: pdfium.PdfPage, trees: TreeReader, outlines: Outlines) -> Page:
    """Read a page, which cannot be used for anything else afterwards.

    Args:
        page: The page.
        trees: Reads its structure tree.
        outlines: Measures the letters of its fonts.
    """
    objects = painted(page)
    stated = take_actual_texts(objects)
    textpage = page.get_textpage()
    try:
        characters = characters_of(textpage)
        boxes = PageBoxes.of(page, characters.glyphs)
        scanned = is_scan(page, objects)
        annotations = annotations_of(page)
        hidden = hidden_characters(
            page, characters, objects, annotations.boxes, outlines, keep_invisible=scanned
        )
        shown = named_by(characters.glyphs.take(np.flatnonzero(~hidden)), stated)
        glyphs, groups = upright(shown)
        is_known = ~glyphs.unmapped
        known = glyphs.take(np.concatenate([own[is_known[own]] for own in groups])) if groups else glyphs
        runs = (list(named(runs_of(glyphs, own))) for own in groups)
        columns = [lines_of(column) for own in runs for column in columns_of(own)]
        # A bullet that a font does not name is read.
        bullets = sum(line.text.startswith("\u2022 ") for column in columns for line in column)
        unmapped = max(0, int((~hidden).sum()) - len(known) - bullets)
        marks = marks_of(objects)
        return Page(
            [with_bullets(column, marks) for column in columns],
            int(hidden.sum()),
            unmapped,
            scanned and any(known.styles[owner].mode == INVISIBLE for owner in set(known.owners.tolist())),
            annotations.count,
            _is_doubtful(known, columns),
            rules_of(objects),
            marks,
            boxes,
            trees.read(page, objects),
            tuple(text.text for text in stated),
        )
    finally:
        textpage.close()


def _is_doubtful(glyphs: Glyphs, columns: Sequence[Sequence[Line]]) -> bool:
    """Whether the words of a page differ from those in the order of the file with the blanks of PDFium."""
    starts_line = np.abs(np.diff(glyphs.origins[:, 1])) > glyphs.sizes[1:] / 2
    is_apart = glyphs.after_space | np.append(True, starts_line)[: len(glyphs)]
    stated = text_of(np.insert(glyphs.codes, np.flatnonzero(is_apart), ord(" ")))
    shown = "\n".join(line.text for column in columns for line in column)
    if Counter(stated.split()) == Counter(shown.split()):
        return False
    first, second = words_of(stated), words_of(shown)
    different = sum(map(len, differences(first, second)))
    return (
        different > _SPARE
        and different > _DOUBTFUL * (len(_by_letters(first)) + len(_by_letters(second))) + _SPARE
    )


def words_of(text: str) -> Counter[str]:
    """Count the words of a text."""
    return Counter(_WORD.findall(text if text.isascii() else unicodedata.normalize("NFKC", text)))


def differences(first: Counter[str], second: Counter[str]) -> tuple[Counter[str], Counter[str]]:
    """Return which letters of words only the first or only the second has. Some scripts turn their order."""
    one, other = _by_letters(first - second), _by_letters(second - first)
    return one - other, other - one


def _by_letters(words: Counter[str]) -> Counter[str]:
    """Count words by their letters, whatever their order."""
    letters: Counter[str] = Counter()
    for word, times in words.items():
        letters["".join(sorted(word))] += times
    return letters
