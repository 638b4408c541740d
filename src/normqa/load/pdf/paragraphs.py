"""Join the lines of a PDF to paragraphs."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from normqa.load.pdf.line_ends import LineEnds
from normqa.load.pdf.page.text.lines import Line

_LARGER = 1.12
"""A heading is at least this many times as large as the body text, or bold."""

_SAME_SIZE = 1.08
"""Sizes of headings that differ by less are one level."""

_LEVELS = 6
_BOLD = 0.9
"""Share of bold characters of a line that is bold as a whole."""

_GAP = 1.4
"""A gap of this many usual line distances starts a paragraph."""

_LINE = 1.35
"""Lines of one paragraph are at most this many font sizes apart, whatever is usual."""

_SHORT = 0.75
"""A line that ends a sentence and fills less than this share of its column ends a paragraph."""

BULLET = re.compile(r"([•●○▪■◦‣∙·–—*→➔➜➢➤►▸▶◆❖✓✔✗✘□☐☑☒-]|[\uf000-\uf0ff])\s+(?=\S)")
NUMBER = re.compile(
    r"(\(?(?:\d{1,3}(?:\.\d{1,3})*|[a-z]|[ivx]{1,5}|[A-Z]|[IVX]{1,5})[.)]|\d{1,2}(?:\.\d{1,2})+)\s+(?=\S)"
)
LEADER = re.compile(r"\s*(?:[.·…_]\s?){4,}\s*(?=\S{1,8}$)")
"""Dots between an entry of a table of contents and its page."""

_SENTENCE_END = re.compile(r"[.!?:;…][\"'”’)\]]*$")
_DATE_END = re.compile(r"\d\.$")


@dataclass(frozen=True, slots=True)
class Typography:
    """What is usual in a document.

    Attributes:
        size: Font size of the body text.
        headings: Larger sizes of headings, the largest first.
        line_ends: What lines become when they are joined.
    """

    size: float
    headings: tuple[float, ...]
    line_ends: LineEnds

    @classmethod
    def of(cls, lines: Iterable[Line], stated: Iterable[str] = ()) -> "Typography":
        """Return the typography of a document.

        Args:
            lines: Its lines.
            stated: Texts that the file states, with more words that occur.
        """
        every = list(lines)
        sizes: Counter[float] = Counter()
        for line in every:
            sizes[round(line.size * 2) / 2] += len(line.text)
        size = max(sizes, key=lambda size: sizes[size], default=10.0)
        larger: list[float] = []
        for other in sorted(sizes, reverse=True):
            if other >= _LARGER * size and (not larger or larger[-1] > _SAME_SIZE * other):
                larger.append(other)
        return cls(size, tuple(larger[1 - _LEVELS :]), LineEnds.of(every, stated))

    def is_large(self, line: Line) -> bool:
        """Whether a line is larger than body text."""
        return line.size >= _LARGER * self.size

    def level(self, line: Line) -> int:
        """Return the level of a heading, from 1."""
        larger = sum(size > _SAME_SIZE * line.size for size in self.headings)
        return min(larger + 1 if self.is_large(line) else len(self.headings) + 1, _LEVELS)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that belong together.

    Attributes:
        lines: The lines.
        is_alone: Whether it is apart from the text above and below.
    """

    lines: tuple[Line, ...]
    is_alone: bool = False

    @property
    def is_bold(self) -> bool:
        """Whether all of it is bold."""
        return all(line.bold > _BOLD for line in self.lines)

    @property
    def text(self) -> str:
        """Its text as printed, with all hyphens."""
        return " ".join(line.text.strip() for line in self.lines)

    def goes_on_in(self, other: "Paragraph") -> bool:
        """Whether the other paragraph, which starts a column or page, goes on with this one."""
        first, last = other.lines[0], self.lines[-1]
        return (
            first.text[:1].islower()
            and not _SENTENCE_END.search(last.text)
            and abs(first.size - last.size) < 0.05 * last.size
            and self.is_bold == other.is_bold
            and not NUMBER.match(first.text)
            and not LEADER.search(last.text)
        )


def paragraphs_of(lines: Sequence[Line], typography: Typography) -> Iterator[Paragraph]:
    """Yield the paragraphs of one column, from the top."""
    if not lines:
        return
    distances = [before.y - after.y for before, after in pairwise(lines) if before.y > after.y]
    usual = median(distances) if distances else typography.size * 1.2
    left, right = min(line.left for line in lines), max(line.right for line in lines)
    paragraph, is_apart = [lines[0]], True
    for before, line in pairwise(lines):
        near = max(_GAP * min(usual, 1.6 * line.size), _LINE * min(before.size, line.size))
        is_far = before.y - line.y > near or line.y > before.y
        if is_far or _starts(before, line, paragraph, left, right, typography):
            yield Paragraph(tuple(paragraph), is_apart and is_far)
            paragraph, is_apart = [], is_far
        paragraph.append(line)
    yield Paragraph(tuple(paragraph), is_apart)


def _starts(
    before: Line, line: Line, paragraph: Sequence[Line], left: float, right: float, typography: Typography
) -> bool:
    """Whether a line starts a paragraph although it is near the line before."""
    if abs(before.size - line.size) > 0.1 * typography.size or abs(before.bold - line.bold) > _BOLD:
        return True
    ends = _SENTENCE_END.search(before.text) is not None
    if BULLET.match(line.text) or LEADER.search(before.text) or LEADER.search(line.text):
        return True
    has_hanging_indent = BULLET.match(paragraph[0].text) or NUMBER.match(paragraph[0].text)
    if has_hanging_indent and line.left < paragraph[0].left - 0.5 * line.size:
        return True
    is_item = NUMBER.match(line.text) is not None and not _DATE_END.search(before.text)
    is_beside = line.left < before.left + line.size
    is_deeper = line.left > max(before.left, paragraph[0].left + line.size) + line.size
    if is_item and (ends or (has_hanging_indent and (is_beside or is_deeper))):
        return True
    is_short = before.right - left < _SHORT * (right - left)
    is_indented = line.left > paragraph[-1].left + 0.8 * line.size and line.left > left + 0.8 * line.size
    return ends and (is_short or (is_indented and not has_hanging_indent))
