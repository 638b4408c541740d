"""Split a document into passages by its structure, and by the encoder's limit where a block is too long.

Passages never cross a section. List items, table rows and sentences stay whole as long as they fit.
"""

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from importlib.metadata import version
from itertools import pairwise

from normqa.datatypes import Block, BlockKind, Document, EmbeddedText, Passage, Section, Span
from normqa.presentation import fold_letters
from normqa.sentences.language import document_language
from normqa.sentences.segment import sentences

CountTokens = Callable[[Sequence[str]], Sequence[int]]
"""Counts the tokens of texts, special tokens included."""

CHARACTERS_PER_TOKEN = 16
"""This many characters count as at least one token, because encoders count a long run without spaces as one,
which would make a passage of any length."""

_Cut = Callable[[Span], Sequence[Span]]
"""Returns the sentences of a block. A block that has several passages is cut once."""

_STATEMENT = re.compile(r"\d|[:=–—]\s*\w|\s-\s|[.!]$")
_WHOLE = frozenset({BlockKind.ITEM, BlockKind.ROW, BlockKind.CODE})


def splitter_fingerprint() -> str:
    """Identify everything besides document and encoder that determines the passages."""
    return f"normqa-split/6 sentencex/{version('sentencex')}"


class Splitter:
    """Splits documents for one encoder.

    Args:
        count_tokens: Counts tokens as the encoder does.
        max_tokens: Maximum tokens of an embedded text. No text is ever truncated.
    """

    def __init__(self, count_tokens: CountTokens, max_tokens: int) -> None:
        self._count_tokens = partial(_bounded_tokens, count_tokens)
        self._max_tokens = max_tokens
        self._special_tokens = count_tokens([""])[0]

    def split(self, document: Document) -> list[Passage]:
        """Split a document.

        Returns:
            Passages whose spans ascend, do not overlap, and cover every non-blank character.
        """
        cut = cache(partial(sentences, document.text, language=document_language(document)))
        starts = [block.span.start for block in document.blocks]
        lead_ins = _lead_ins(document, starts)
        leading = frozenset(lead_ins.values())
        if all(block.kind is BlockKind.HEADING for block in document.blocks):
            leading = frozenset(block.span for block in document.blocks)
        passages = []
        for section in document.sections:
            first, last = (bisect_left(starts, bound) for bound in (section.span.start, section.span.end))
            for span in self._spans(document, section, document.blocks[first:last], cut):
                # A span may start inside a long block, so include that block.
                first_inside = max(0, bisect_right(starts, span.start) - 1)
                inside = document.blocks[first_inside : bisect_left(starts, span.end)]
                passages.append(
                    Passage(
                        document_id=document.id,
                        span=span,
                        heading_path=section.heading_path,
                        lead_in=next(
                            (lead_ins[b.span.start] for b in inside if b.span.start in lead_ins), None
                        ),
                        sentences=tuple(_units(document.text, span, inside, leading, cut)),
                    )
                )
        return passages

    def embedded_text(self, document: Document, passage: Passage) -> EmbeddedText:
        """Return the text to encode: title, headings, passage. It is never shown.

        Ligatures and full-width letters become plain ones, which encoders know.
        """
        header = self._header(document.title, passage.heading_path)
        shift = len(header) - passage.span.start
        text = header + passage.span.of(document.text)
        spans = (sentence.shifted(shift) for sentence in passage.sentences)
        folded = fold_letters(text)
        if folded != text:
            spans = (
                Span(*(len(fold_letters(text[:end])) for end in (span.start, span.end))) for span in spans
            )
        return EmbeddedText(folded, tuple(spans))

    def _header(self, title: str, heading_path: tuple[str, ...]) -> str:
        """Title and headings, or fewer of them if they exceed half of the encoder's limit."""
        path = " > ".join(heading_path)
        for parts in ((title, path), (path,), (title,)):
            header = "".join(f"{part}\n" for part in parts if part)
            if header and self._count_tokens([header])[0] <= self._max_tokens // 2:
                return header
        return ""

    def _spans(
        self, document: Document, section: Section, blocks: Sequence[Block], cut: _Cut
    ) -> Iterator[Span]:
        """Pack the pieces of a section, in order, into few spans of similar length.

        A short remainder would say little by itself and match by chance.
        """
        header = self._header(document.title, section.heading_path)
        room = self._max_tokens - self._count_tokens([header])[0]
        pieces = list(self._pieces(document.text, blocks, room, cut))
        left = sum(tokens for _, tokens in pieces)
        run: list[Span] = []
        taken = 0
        for piece, tokens in pieces:
            even = left / max(1, math.ceil(left / room))
            if run and (taken + tokens > room or taken + tokens / 2 > even):
                yield from self._fitting(header, document.text, Span(run[0].start, run[-1].end))
                left -= taken
                run, taken = [], 0
            run.append(piece)
            taken += tokens
        if run:
            yield from self._fitting(header, document.text, Span(run[0].start, run[-1].end))

    def _pieces(self, text: str, blocks: Sequence[Block], room: int, cut: _Cut) -> Iterator[tuple[Span, int]]:
        """Blocks that fit and the sentences of blocks that do not, with their token counts."""
        for block, tokens in zip(blocks, self._tokens(text, [b.span for b in blocks]), strict=True):
            if tokens <= room:
                yield block.span, tokens
            else:
                parts = cut(block.span)
                yield from zip(parts, self._tokens(text, parts), strict=True)

    def _tokens(self, text: str, spans: Sequence[Span]) -> list[int]:
        counts = self._count_tokens([span.of(text) for span in spans]) if spans else []
        return [count - self._special_tokens for count in counts]

    def _fitting(self, header: str, text: str, span: Span) -> Iterator[Span]:
        """Cut the span into parts of similar length until the embedded text of each fits the limit."""
        tokens = self._count_tokens([header + span.of(text)])[0]
        if len(span) == 1 or tokens <= self._max_tokens:
            yield span
        else:
            for part in _parts(text, span, math.ceil(tokens / self._max_tokens)):
                yield from self._fitting(header, text, part)


def _bounded_tokens(count_tokens: CountTokens, texts: Sequence[str]) -> list[int]:
    """Return the tokens of texts, but not fewer than their length allows."""
    counts = count_tokens(list(map(fold_letters, texts)))
    return [max(count, len(text) // CHARACTERS_PER_TOKEN) for text, count in zip(texts, counts, strict=True)]


def _units(
    text: str, span: Span, blocks: Sequence[Block], leading: frozenset[Span | None], cut: _Cut
) -> Iterator[Span]:
    """The smallest pieces of a passage that can answer.

    A heading can if it introduces a list or says more than the name of its section.
    """
    for block in blocks:
        is_heading = block.kind is BlockKind.HEADING
        if is_heading and not (block.span in leading or is_statement(block.span.of(text))):
            continue
        if (is_heading or block.kind in _WHOLE) and block.span in span:
            yield block.span
        else:
            yield from _clipped(cut(block.span), span)


def is_statement(heading: str) -> bool:
    """Whether a heading contains a number, or goes on after a colon, a dash or the end of a sentence."""
    return _STATEMENT.search(heading) is not None


def _lead_ins(document: Document, starts: list[int]) -> dict[int, Span | None]:
    """Map the start of each block inside a list to the lead-in of its innermost list."""
    found: dict[int, Span | None] = {}
    for items in sorted(document.lists, key=lambda items: items.items[-1].end - items.items[0].start):
        first, last = items.items[0].start, items.items[-1].end
        for start in starts[bisect_left(starts, first) : bisect_left(starts, last)]:
            found.setdefault(start, items.lead_in)
    return found


def _clipped(spans: Sequence[Span], limits: Span) -> list[Span]:
    first = bisect_right(spans, limits.start, key=lambda span: span.end)
    last = bisect_left(spans, limits.end, key=lambda span: span.start)
    return [Span(max(span.start, limits.start), min(span.end, limits.end)) for span in spans[first:last]]


def _parts(text: str, span: Span, count: int) -> list[Span]:
    """Return parts of similar length, cut at spaces if there are any near."""
    ends = [
        _cut_near(text, span, span.start + len(span) * i // count, len(span) // count // 2)
        for i in range(1, count)
    ]
    bounds = sorted({span.start, *ends, span.end})
    parts = (Span(start, end).stripped(text) for start, end in pairwise(bounds))
    return [part for part in parts if part]


def _cut_near(text: str, span: Span, middle: int, reach: int) -> int:
    """Return the offset of the space nearest to ``middle`` within ``reach``, else ``middle`` itself."""
    first, last = max(span.start + 1, middle - reach), min(span.end - 1, middle + reach)
    blanks = (i for i in range(first, last) if text[i].isspace())
    return min(blanks, key=lambda i: abs(i - middle), default=max(span.start + 1, middle))
