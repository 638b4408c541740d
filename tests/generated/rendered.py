"""The words that a reader of a rendered Markdown page sees, by another parser: cmark-gfm.

A document has the same words in the same order, bar these differences.

Documented ones, which the tests take into account:

- Struck text is left out, and blanks around it become one or none. An element without an end tag strikes to
  the end of its block.
- The number of an item is a word, unless the item has no text. ``)`` counts as ``.``.
- The alternative text of an image is text if the image is Markdown, and left out if it is HTML.
- Superscripts and subscripts are marked: ``10^6``. Mathematics is kept as it is written.
- Footnotes are in the section that calls them, not at the end of the page.
- A cell that reaches into later rows is repeated in each of them.
- Comments and tags without an end are hidden to the end of their block, not to the end of the page.

Rare ones, in which the parsers differ and which are not generated:

- markdown-it ends a paragraph in an item indented by three before a line indented by four that could start a
  block. It starts another list after an empty item and two blank lines. It takes a line that has only
  no-break spaces for blank, and ``~~~x~~~`` for struck. It reads ``[r](`` at the end of a text as no
  reference, and a reference definition as no paragraph that a lazy line can continue.
- cmark-gfm starts an HTML block with an inline tag on a lazy line, and takes a list after a table for a row.
  It follows an edition of CommonMark in which symbols such as emoji are no punctuation beside emphasis.
"""

import unicodedata
from html.parser import HTMLParser

from cmarkgfm import cmark

_OPTIONS = (
    cmark.Options.CMARK_OPT_UNSAFE
    | cmark.Options.CMARK_OPT_FOOTNOTES
    | cmark.Options.CMARK_OPT_STRIKETHROUGH_DOUBLE_TILDE
)
_EXTENSIONS = ["table", "strikethrough"]
_STRUCK = frozenset({"del", "s", "strike"})
_HIDDEN = frozenset({"script", "style"})
_INLINE = frozenset(
    {"a", "b", "code", "em", "i", "img", "ins", "kbd", "q", "s", "small", "span", "strong", "u"}
)


def same_words(source: str, text: str) -> bool:
    """Whether a text has the words of the rendered page."""
    reader = _PageReader()
    reader.feed(cmark.markdown_to_html_with_extensions(source, _OPTIONS, _EXTENSIONS))
    reader.close()
    on_page, own = words("".join(reader.text)), words(text)
    return on_page == own or (reader.has_gaps and "".join(on_page) == "".join(own))


def words(text: str) -> list[str]:
    """Return the words of a text in canonical form."""
    found = unicodedata.normalize("NFC", text).replace(")", ".").split()
    return [word for word in found if word.strip("|")]


class _PageReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.has_gaps = False
        self._hidden: list[str] = []
        self._lists: list[int | None] = []
        self._numbers: list[str] = []  # of items that have no text yet

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self._break(tag)
        is_mark = "data-footnote-ref" in values or "data-footnote-backref" in values
        if tag in _STRUCK or tag in _HIDDEN or is_mark:
            self._hidden.append(tag)
            self.has_gaps |= tag in _STRUCK
        elif tag in {"ol", "ul"}:
            self._lists.append(int(values.get("start") or 1) if tag == "ol" else None)
        elif tag == "li" and self._lists:
            number = self._lists[-1]
            if number is not None:
                self._lists[-1] = number + 1
            self._numbers.append(f"{number}. " if number is not None else "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._break(tag)
        if tag == "img" and [name for name, _ in attrs[:2]] == ["src", "alt"]:  # so cmark-gfm writes images
            self.handle_data(dict(attrs)["alt"] or "")

    def handle_endtag(self, tag: str) -> None:
        self._break(tag)
        if self._hidden and tag == self._hidden[-1]:
            self._hidden.pop()
        elif tag in {"ol", "ul"} and self._lists:
            self._lists.pop()
        elif tag == "li" and self._numbers:
            self._numbers.pop()

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        if data.strip():
            self.text += self._numbers
            self._numbers = [""] * len(self._numbers)
        self.text.append(data)

    def _break(self, tag: str) -> None:
        if tag not in _INLINE:
            self.text.append("\n")
