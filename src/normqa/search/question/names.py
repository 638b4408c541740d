"""Find the names and numbers of a question that a text does not mention.

A question names what it is about: people, places, years, codes. A text that answers another question often
shares everything but the name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from normqa.index.analyzer import tokenize
from normqa.search.question.countries import COUNTRY_NAMES

_CACHED_TEXTS = 4096
_STEM = 4
"""Letters that two forms of a name have in common, at least."""

_ENDING = 4
"""Letters that a form of a name may add to the other: "Peru" and "Peruvian"."""

_WORD = re.compile(r"\w(?:[\w'’.&/-]|(?<=\d),(?=\d))*\w|\w")
_INITIAL = re.compile(r"\b[A-Z]\w*|(?<=\w-)\w+")
_CODE_PARTS = re.compile(r"[-–—/]")
_POSSESSIVE = re.compile(r"['’]s?$")
_SENTENCE_END = re.compile(r"[.?!:]\s+[\"“'(]?$|^[\"“'(¿]*$")
_COUNTRY = re.compile(
    r"\b(?:" + "|".join(sorted(map(re.escape, COUNTRY_NAMES), key=len, reverse=True)) + r")(?!\w)"
)
_COUNTED = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen twenty
"""
_CARDINALS = {word: str(number) for number, word in enumerate(_COUNTED.split())}
_ORDERED = """
    third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth
    sixteenth seventeenth eighteenth nineteenth twentieth
"""
_ORDINALS = {word: f"{number}th" for number, word in enumerate(_ORDERED.split(), start=3)}
"""Ordinals from the third. "First" and "second" are often said in other ways."""

_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)", re.IGNORECASE)
# Capitalised words that name nothing by themselves.
_NAMELESS = """
    i january february march april may june july august september october november december monday tuesday
    wednesday thursday friday saturday sunday mr mrs ms dr prof sir ok
"""
_GENERIC = frozenset(_NAMELESS.split())
_SMALL = "a an and as at by for from in of on or the to vs with"
_SMALL_IN_TITLES = frozenset(_SMALL.split())


@dataclass(frozen=True, slots=True)
class _Name:
    """A name in a question, and its other forms."""

    text: str
    forms: tuple[str, ...]


def absent_names(question: str, text: str) -> tuple[str, ...]:
    """Return the names and numbers of the question that the text does not mention, in order.

    Args:
        question: As it is searched. A question in capitals, or with every word capitalised, has no names but
            numbers and codes.
        text: What answers, with its title and headings.
    """
    return tuple(name.text for name in _names(question) if not _mentions(text, name))


def is_number(name: str) -> bool:
    """Return whether a name is a number, a code with digits, or an ordinal."""
    return name.lower() in _ORDINALS or any(map(str.isdigit, name))


def name_forms(name: str) -> tuple[str, ...]:
    """Return a name and its other names, if it is a country."""
    return COUNTRY_NAMES.get(name, (name,))


@lru_cache(_CACHED_TEXTS)
def _names(question: str) -> tuple[_Name, ...]:
    return tuple(dict.fromkeys(_find_names(question)))


def _find_names(question: str) -> Iterator[_Name]:
    by_case = _capitals_tell(question)
    countries = list(_COUNTRY.finditer(question)) if by_case else []
    for country in countries:
        yield _Name(country[0], COUNTRY_NAMES[country[0]])
    for word in _WORD.finditer(question):
        text = _POSSESSIVE.sub("", word[0])
        lower = text.lower()
        if any(character.isdigit() for character in text):
            yield _Name(text, (_number(text),))
        elif lower in _ORDINALS:
            yield _Name(text, (_ORDINALS[lower],))
        elif by_case and not any(c.start() <= word.start() < c.end() for c in countries):
            opens = _SENTENCE_END.search(question[: word.start()]) is not None
            capitals = sum(map(str.isupper, text))
            is_name = capitals > 1 or (text[0].isupper() and not opens)
            if is_name and lower not in _GENERIC and tokenize(text):
                yield _Name(text, ())


def _capitals_tell(question: str) -> bool:
    """Return whether capitals mark names: some word that a title would capitalise has none."""
    words = [word[0] for word in _WORD.finditer(question)]
    return any(word[0].islower() and word not in _SMALL_IN_TITLES for word in words)


def _number(text: str) -> str:
    """Return a number or code so that equal ones are equal: without case and commas, ordinals as "5th"."""
    text = text.casefold().replace(",", "")
    ordinal = _ORDINAL.fullmatch(text)
    return f"{int(ordinal[1])}th" if ordinal else text


def _mentions(text: str, name: _Name) -> bool:
    words = _words(text)
    if name.forms and name.forms[0][:1].isalpha() and name.text in COUNTRY_NAMES:
        return any(form in text for form in name.forms) or any(_is_form(form, words) for form in name.forms)
    if name.forms:
        return name.forms[0] in words or (name.forms[0].endswith("th") and name.forms[0][:-2] in words)
    if set(tokenize(name.text)) <= set(tokenize(text)) or _is_form(name.text, words):
        return True
    return name.text.isupper() and name.text.casefold() in _initials(text)


def _is_form(name: str, words: frozenset[str]) -> bool:
    """Return whether a word is the name in another form."""
    name = name.casefold()
    if len(name) < _STEM:
        return name in words or f"{name}s" in words
    return any(_are_forms(name, word) for word in words)


def _are_forms(first: str, second: str) -> bool:
    """Return whether two words differ in their endings alone."""
    kept = max(_STEM, min(len(first), len(second)) - 1)
    return first[:kept] == second[:kept] and abs(len(first) - len(second)) <= _ENDING


@lru_cache(_CACHED_TEXTS)
def _words(text: str) -> frozenset[str]:
    """Return the words, numbers and codes of a text, and the parts of codes; number words also as digits."""
    words = set()
    for found in _WORD.finditer(text):
        word = _number(_POSSESSIVE.sub("", found[0]))
        words |= {word, *_CODE_PARTS.split(word)}
        words |= {table[word] for table in (_CARDINALS, _ORDINALS) if word in table}
    return frozenset(words)


@lru_cache(_CACHED_TEXTS)
def _initials(text: str) -> str:
    """Return the first letters of the capitalised words of a text, and of what they are hyphenated with."""
    letters = [word[0][0] for word in _INITIAL.finditer(text)]
    return "".join(letters).casefold()
