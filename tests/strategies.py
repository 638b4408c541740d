"""Hypothesis strategies for files as people and converters write them: hostile, broken, in any encoding.

``tests.markdown_texts`` gives well-formed documents; these need not be.
"""

from collections.abc import Sequence

import yaml
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy


def _tokens(text: str) -> list[str]:
    """Split at blanks; ``␣`` is a blank in a token, and ``⏎`` a line feed."""
    return [token.replace("␣", " ").replace("⏎", "\n") for token in text.split()]


def _any_of(*kinds: list[str]) -> SearchStrategy[str]:
    return st.sampled_from(kinds).flatmap(st.sampled_from)


_WORDS = _tokens('a norms Größe 3.5 É 國 e.g. “so” . : ! " ( ) Dr. 12.5!')
_BLANKS = _tokens("␣ ␣ ␣ ⏎ ⏎ ⏎⏎ ⏎⏎ ␣␣⏎ \\⏎")
_ODD = [
    "\u200b",
    "e\u0301",
    "\u0301",
    "👩\u200d🚀",
    "\u202e",
    "\u2066",
    "a\u00a0b",
    "c\u2028d",
    "\x0c",
    "\x01",
    "\ufffe",
]
_INLINE = _tokens(
    "* ** _ __ *** ` `` [ ] ](u) [r] [^1] ^[n] ![ ![alt](u) ~~ ~~x~~ &amp; &eacute; &#65; &#0; \\* \\ "
    "<https://x.y> $ $a*b$ $$ \\(x\\)"
)
_HTML = _tokens(
    "<b> </b> <br> <div> </div>⏎ <!--␣c␣--> <!-- --> <p> <i <a␣href='x'> </a> <s> </s> <del> </del> "
    "<sup>2</sup> <sub> <table><tr><td> <td␣rowspan=2> </table> <script> </style> "
    "<![CDATA[ <![if␣x]> <?x <!A␣ <s/>"
)
_BLOCKS = _tokens(
    ">␣ -␣ 1.␣ 2)␣ 10.␣ *␣ +␣ ␣␣␣␣ ␣␣ #␣ ##␣ # --- === ***⏎ ```⏎ ~~~⏎ | |---|---|⏎ |␣a␣|␣b␣|⏎ ⏎>␣ ⏎-␣ ⏎1.␣ "
    "⏎␣␣␣␣ ⏎␣␣-␣ ⏎␣␣␣1.␣ [r]:␣u⏎ ⏎[^1]:␣note⏎ \\[⏎ ⏎$$⏎ \\begin{a}⏎ ⏎:␣term ---⏎ title:␣x⏎"
)

wild_tokens: SearchStrategy[list[str]] = st.lists(
    _any_of(_WORDS, _BLANKS, _INLINE, _HTML, _BLOCKS, _ODD), min_size=1, max_size=30
)
"""Pieces of Markdown, HTML and mathematics, in any order."""

wild_markdown: SearchStrategy[str] = wild_tokens.map("".join)
"""Files that only a fuzzer writes: nothing is closed or nested as it should be."""

# What the parsers read differently is named in tests.generated.rendered.
_AGREED = _tokens(
    "* ** _ __ *** ` `` [ ] ](u) [r]␣ ![alt](u) ␣~~x~~␣y &amp; &eacute; &#65; \\* \\ x<b> x</b> "
    "x<br> x<div> x</p> x<a␣href='x'> ␣<s>x</s>␣y"
    " <div> </div>⏎ <p> <!--␣c␣--> ⏎⏎<!--␣c⏎⏎d␣-->⏎ >␣ -␣ 2.␣ *␣ +␣ ␣␣ "
    "#␣ ##␣ # --- === ***⏎ ⏎```⏎ ⏎~~~⏎ ⏎>␣ ⏎-␣ ⏎1.␣ ⏎␣␣-␣ ⏎#␣ ⏎|␣a␣|␣b␣|⏎|---|---|⏎|␣c␣|␣d␣|⏎⏎ ⏎⏎[r]:␣u⏎⏎"
)
_AGREED += [" 👩\u200d🚀 ", "\u202e", "c\u2028d", "\t"]

_PLAIN_WORDS = [word for word in _WORDS if word not in {":", "("}]
agreed_markdown: SearchStrategy[str] = st.lists(
    _any_of([word for word in _WORDS if word not in {":", "("}], _BLANKS, _AGREED, _AGREED),
    min_size=3,
    max_size=25,
).map("".join)
"""Markdown in any order that every parser of CommonMark reads alike."""


_scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.dates(),
    st.datetimes(),
    st.text(max_size=12),
    st.sampled_from(
        ["no", "2024-02-30", "1e999", "0x" + "f" * 40, "1_000", "12:30:45", "\u202e", "&a *b !c"]
    ),
)
_values = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
_KEYS = _tokens("title date authors topics language url source questions tags x␣y")
_BROKEN_LINES = _tokens(
    """
    title:␣"\\UFFFFFFFF" date:␣2024-02-30 date:␣0001-01-01T00:00:00+99:99 url:␣*nowhere a:␣&a␣[*a,␣*a] <<:␣*a
    topics:␣[ authors:␣{b:␣}} ?␣[a] !!python/object:os.system␣x -␣item ' " source:␣1:60:60:60 ...
    %YAML␣9.9 @ :␣: text:␣|⏎␣␣more⏎␣less a:␣b:␣c
    """
)
_BROKEN_LINES += ["\ttab: x", "language: 1" + "0" * 500]

front_matters: SearchStrategy[str] = st.builds(
    lambda values, lines: (
        "title: T\n" + yaml.safe_dump(values, allow_unicode=True) * bool(values) + "\n".join(lines)
    ),
    st.dictionaries(st.sampled_from(_KEYS), _values, max_size=4),
    st.lists(st.sampled_from(_BROKEN_LINES), max_size=3),
)
"""What is between the fences of front matter that begins with a title: any YAML, then what is no YAML."""


@st.composite
def utf_8_with_strays(draw: DrawFn) -> tuple[bytes, str]:
    """Bytes in UTF-8 with stray bytes of cp1252 between the characters, and their text."""
    characters = draw(st.lists(st.sampled_from("aé國Ω. \n"), min_size=1, max_size=30))
    beyond_ascii = sum(not c.isascii() for c in characters)
    strays = draw(st.lists(st.sampled_from("éü€“”–ß"), min_size=1, max_size=max(1, beyond_ascii)))
    characters += ["國"] * len(strays)
    places = draw(st.lists(st.integers(0, len(characters)), min_size=len(strays), max_size=len(strays)))
    pieces: list[tuple[str, str]] = [(c, "utf-8") for c in characters]
    for place, stray in zip(sorted(places, reverse=True), strays, strict=True):
        pieces[place:place] = [("a", "utf-8"), (stray, "cp1252")]
    raw = b"".join(piece.encode(encoding) for piece, encoding in pieces)
    return raw, "".join(piece for piece, _ in pieces)


def repeated(tokens: Sequence[str], characters: int) -> str:
    """Return the tokens repeated until the text has at least this length."""
    unit = "".join(tokens)
    return unit * (characters // len(unit) + 1)


def fewer(divisor: int) -> settings:
    """Settings for a test that is slower than others."""
    profile = settings.default
    assert profile is not None
    return settings(max_examples=max(1, profile.max_examples // divisor))
