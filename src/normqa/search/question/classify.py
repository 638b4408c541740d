"""Classify an English question: does it ask for a list or a comparison?"""

import re
from functools import reduce

NUMBERS = "two | three | four | five | six | seven | eight | nine | ten | eleven | twelve"
"""Words for numbers, for patterns in which spaces do not count."""

_SEVERAL = rf"(?: [2-9] | \d{{2,3}} | {NUMBERS} )"

_LIST = re.compile(
    rf"""
    (?: please \s+ )? (?: (?:can|could|would) \s+ you \s+ )? (?: please \s+ )?
    (?: (?: by | for | from | in | into | of | on | to | under | with ) \s+ )?
    (?:
        (?: list | enumerate | name | outline ) \s+
      | (?: give | tell | show ) \s+ (?:me|us) \s+ (?: the | all ) \s+ (?: \S+ \s+ )?? {_SEVERAL} \s
      | (?: what | which ) \s+ (?: (?: are | were ) \s+ )? (?: the \s+ )? (?: (?: first | last | main ) \s+ )?
        {_SEVERAL} \s
      | (?: give | tell | show ) \s+ (?:me|us) \s+ (?: a | the ) \s+ (?: full \s+ | complete \s+ )? list \b
      | (?: what | which ) \s+ are \s+ (?! we\b | you\b | they\b )
      | (?: what | which ) \s+ (?: \S+ \s+ ){{1,4}}? (?: are \s+ there | exist ) \b
      | which \s+ (?! was\b | does\b | has\b ) \w{{2,}} (?<! [sui] ) s
      | (?: what | which ) \s+ (?: \S+ \s+ ){{0,3}}? \w{{2,}} (?<! [sui] ) s \s+
        (?: are | were | do | does | did | have | has | can | could | should | must | may | will )
    ) \b
    """,
    re.IGNORECASE | re.VERBOSE,
)

_SIDE = r"(?P<{}>\S.*?)"
_PLACEHOLDERS = [
    ("{difference}", r"(?:diff|difference|distinction)s?"),
    ("{between}", r"(?:between|btw|b/w)"),
    ("{a}", _SIDE.format("a")),
    ("{b}", _SIDE.format("b")),
]
_COMPARISONS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"how (?:do|does|did|is|are) {a} and {b} (?:differ|different)(?: from (?:each other|one another))?",
        r"how (?:do|does|did|is|are) {a} (?:differ|different) from {b}",
        r"how (?:do|does|did) {a} compare (?:to|with) {b}",
        r"how (?:do|does|did) {a} and {b} compare",
        r"(?:what(?:.?s| is| are| was| were) )?the (?:\w+ )?{difference} {between} {a} and {b}",
        r"(?:please )?(?:compare and contrast|compare|contrast) {a} (?:and|with|to|against) {b}",
        r"{a} (?:vs\.?|versus|compared (?:to|with)) {b}(?:[:,] (?:how|what|when|where|which|who|why)\b.*)?",
    )
    for pattern in [reduce(lambda text, part: text.replace(*part), _PLACEHOLDERS, pattern)]
]


def asks_for_list(question: str) -> bool:
    """Return whether the question asks for several things at once."""
    return _LIST.match(question.strip()) is not None


def comparison_sides(question: str) -> tuple[str, str] | None:
    """Return the two things that the question compares, in its own words; None if it compares nothing."""
    text = question.strip().rstrip("?.! ")
    for pattern in _COMPARISONS:
        if found := pattern.fullmatch(text):
            return found["a"], found["b"]
    return None
