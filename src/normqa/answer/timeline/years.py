"""Tell years from other numbers of four digits, by what is around them."""

import re

from normqa.datatypes import Span

_NUMBERED = re.compile(
    r"art(?:icles?)?|chapter|figure|iec|iso|nos?|number|pp?|pages?|para(?:graphs?)?|resolutions?|rfc|room|section"
    r"|table|version"
)
"""A number after one of these words is no year."""

_BEFORE_YEAR = re.compile(
    r"after|and|around|before|between|by|circa|during|early|from|in|late|mid|of|since|the|through|till|to|until"
    r"|years?|de|del|depuis|des|du|en|al|año|desde|el|hasta|ab|bis|im|jahre?|nach|seit|vom?|von|vor|dal|nel|ano|em"
    r"|från|sedan|sinds|tot|uit|в|год|года|до|от|с"  # noqa: RUF001 - Russian
)
"""After one of these words, a number before a word in lower case may be a year."""

_COMMON = range(1900, 2100)
_YEAR_BEFORE = re.compile(r"(?<![0-9])[12][0-9]{3}[-–—]$")
_MAY_PRECEDE = re.compile(r"(?:^|[\s(\[\"'“‘«–—]|[^\W\d_]-)$")  # noqa: RUF001 - quotation marks
_MAY_FOLLOW = re.compile(
    r"$|\s|[)\]\"'”’»;!?…]|[.,:](?![0-9])|[-–—](?![0-9])|[-–—/][0-9]{2}(?:[0-9]{2})?(?![\w/-])"
)
_WORD_BEFORE = re.compile(r"([^\W\d_]+)\.?[\s(\[\"'“‘]*$")  # noqa: RUF001
_REACH = 40
_HUNDRED = 100


def is_year(text: str, number: Span) -> bool:
    """Whether a number of four digits is a year, such as in "the 2015 report", but not in "2000 people"."""
    before, after = text[max(0, number.start - _REACH) : number.start], text[number.end : number.end + _REACH]
    follows_year = _YEAR_BEFORE.search(before)
    if not (follows_year or _MAY_PRECEDE.search(before)) or not _MAY_FOLLOW.match(after):
        return False
    word = _WORD_BEFORE.search(before)
    previous = word[1].lower() if word else ""
    if _NUMBERED.fullmatch(previous):
        return False
    is_introduced = _BEFORE_YEAR.fullmatch(previous) is not None or follows_year is not None
    value = int(number.of(text))
    if re.match(r"\s+[^\W\d_]", after) and after.lstrip()[0].islower():
        # "2000 people" and "of 2000 people", but "the 2015 report"
        return is_introduced and value in _COMMON and value % _HUNDRED != 0
    return is_introduced or value in _COMMON
