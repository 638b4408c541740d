"""Hypothesis strategies for the documents of a corpus: Markdown with all its blocks, and plain texts.

``markdown_texts`` and ``plain_texts`` give source text that always yields some text of its own.
"""

from collections.abc import Sequence

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy


def is_trimmed(text: str) -> bool:
    """Whether a text has no white space at its ends, except the tabs of empty cells at the start of a row."""
    return text.lstrip("\t") == text.strip() != ""


_SPECIMENS = (
    "norms states Treaty cyber I 3.5 2015 A. Dr. e.g. U.N. (GGE) 1. *!?* ... — “so” $5 50% #1 \\* a_b_c < &",
    "Größe e\u0301tat n\u0303 \u1112\u1161\u11ab Ωmega İ ﬁ ß",  # composed and not
    "👩\u200d👩\u200d👧 🇺🇳 👍🏽 \U0001d518",  # beyond the basic plane
    "سلام שלום \u202bنص\u202c 国家 規範。 เครือข่าย कानून।",  # other directions, and without blanks
)
_ODD_BLANKS = ("A\u2028.", "A.\u2028B", "x\u00a0y", "p\u2029q", "v\u3000w", "z\u200bz", "f\x0cg", "n\u0085m")
_MARKED = "*{}* **{}** _{}_ ~~{}~~ `{}` [{}](https://un.example/a) ![{}](i.png) <b>{}</b>"
_ATTACHED = "{}<br> {}<!--aside--> {}&eacute; {}&amp; {}&#769; {}[^1] <https://un.example/{}>"
_STOPS = (".", "!", "?", "…", "。", " ...", ":", ";", "؟", ".”", "")

_specimens = st.sampled_from([*" ".join(_SPECIMENS).split(" "), *_ODD_BLANKS])
_any_words = st.text(st.characters(codec="utf-8", categories=["L", "M", "N"]), min_size=1, max_size=6)

words: SearchStrategy[str] = st.one_of(_specimens, _specimens, _any_words)
"""Words of many scripts, composed and not, some of them with a blank that only Unicode knows."""

marked_words: SearchStrategy[str] = st.one_of(
    words, words, st.builds(str.format, st.sampled_from(f"{_MARKED} {_ATTACHED}".split()), words)
)
"""Words with and without inline markup."""


def _sentence(entry: Sequence[str], stop: str) -> str:
    return " ".join(entry) + stop


sentence_texts: SearchStrategy[str] = st.builds(
    _sentence, st.lists(marked_words, min_size=1, max_size=7), st.sampled_from(_STOPS)
)


@st.composite
def paragraph_texts(draw: DrawFn, max_sentences: int = 4) -> str:
    """A few sentences on one line or several, with soft and hard breaks; the first word is plain."""
    text = draw(st.sampled_from(("Norms", "É", "國", "Ö", "W")))
    for entry in draw(st.lists(sentence_texts, min_size=1, max_size=max_sentences)):
        text += draw(st.sampled_from((" ", " ", " ", "\n", "  \n", "\\\n"))) + entry
    return text


def _indented(text: str, width: int) -> str:
    return text.replace("\n", "\n" + " " * width)


@st.composite
def list_texts(draw: DrawFn, depth: int = 1) -> str:
    """A list: ordered or bulleted, tight or loose, with lists, code and paragraphs nested in its items."""
    ordered, loose = draw(st.booleans()), draw(st.booleans())
    first = draw(st.sampled_from((0, 1, 1, 1, 3, 98)))
    mark = draw(st.sampled_from(".)" if ordered else "-*+"))
    items = []
    for number in range(first, first + draw(st.integers(1, 4))):
        marker = f"{number}{mark} " if ordered else f"{mark} "
        parts = [draw(paragraph_texts(max_sentences=2))]
        if depth < 3 and draw(st.integers(0, 3)) == 0:
            parts.append(draw(list_texts(depth + 1)))
        if loose and draw(st.integers(0, 3)) == 0:
            parts.append(draw(st.one_of(paragraph_texts(max_sentences=2), code_texts)))
        item = ("\n\n" if loose else "\n").join(parts)
        items.append(marker + _indented(item, len(marker)))
    return ("\n\n" if loose else "\n").join(items)


def _table(rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|---" * len(rows[0]) + "|", *lines[1:]])


code_texts: SearchStrategy[str] = st.builds(
    lambda lines: "```\n" + "\n".join(lines) + "\n```",
    st.lists(
        st.sampled_from(("x = 1", "    return x", "", "# norm", "- no item", "<b>")), min_size=1, max_size=4
    ),
)

table_texts: SearchStrategy[str] = st.integers(1, 3).flatmap(
    lambda width: st.builds(
        _table,
        st.lists(
            st.lists(marked_words.map(lambda word: word.replace("|", "/")), min_size=width, max_size=width),
            min_size=2,
            max_size=4,
        ),
    )
)

heading_texts: SearchStrategy[str] = st.builds(
    lambda level, entry: "#" * level + " " + " ".join(entry),
    st.integers(1, 4),
    st.lists(marked_words, min_size=1, max_size=4),
)

block_texts: SearchStrategy[str] = st.one_of(
    heading_texts,
    paragraph_texts(),
    list_texts(),
    st.builds(lambda lead, entry: f"{lead}:\n\n{entry}", paragraph_texts(max_sentences=1), list_texts()),
    table_texts,
    code_texts,
    paragraph_texts().map(lambda text: "> " + text.replace("\n", "\n> ")),
    list_texts().map(lambda text: "> " + text.replace("\n", "\n> ")),
    st.sampled_from(
        (
            "***",
            "<!-- note -->",
            "    indented\n    code",
            "<div>\n<p>raw</p><p>HTML</p>\n</div>",
            "[r]: https://x",
            "1. a\n2. b\n\n> c\n\n3. d",
            "|  | a |\n|---|---|\n|  | b |",
            "<table>\n<tr><td>\n\n*a*\n\n</td></tr>\n</table>",
        )
    ),
)

extension_texts: SearchStrategy[str] = st.sampled_from(
    (
        "Term\n: A definition\n\n    and more\n: Another",
        '!!! note "Title"\n    Text',
        "> [!TIP]\n> Text",
        ":::note\nText\n:::",
        "{% a %}\n{{ b }}",
        "<Note a={b}>\nText\n</Note>",
    )
)


def _documents(blocks: SearchStrategy[str]) -> SearchStrategy[str]:
    """Blocks and a last paragraph that shows some text."""
    return st.builds(
        lambda parts, last: "\n\n".join([*parts, last]) + "\n",
        st.lists(blocks, max_size=5),
        paragraph_texts(),
    )


commonmark_texts = _documents(block_texts)
"""Whole documents of CommonMark with tables, without front matter; they end with a paragraph of text."""

markdown_texts = _documents(st.one_of(block_texts, block_texts, extension_texts))
"""The same with the markup of site generators."""

_lines = st.builds(
    lambda mark, entry: mark + " ".join(entry),
    st.sampled_from(("", "", "", "1. ", "2) ", "- ", "• ", "  - ", "\t", "10.", "-")),
    st.lists(words, max_size=8),
)

plain_texts: SearchStrategy[str] = st.builds(
    lambda lines, last: "\n".join([*lines, last]), st.lists(_lines, max_size=10), st.just("The end.")
)
"""Whole plain texts: lines, blank ones among them, some of which open list items."""
