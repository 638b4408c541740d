"""Find the term that a question wants defined, and the sentences that define it."""

import re
from collections.abc import Collection

from normqa.index.analyzer import tokenize
from normqa.search.question.instruction import POLITE

_ASKING = r"(?:(?:can|could|would|will) you (?:please |pls )?|i (?:want|would like) to know )?"
_QUESTIONS = [
    re.compile(POLITE + _ASKING + pattern, re.IGNORECASE)
    for pattern in (
        r"(?:tell me (?:please )?)?what (?P<term>.+) (?:is|are|was|were)(?: all)?(?: about)?",
        r"(?:tell me )?what(?:.?s| is| are| was| were)(?: meant by)? (?P<term>.+?)(?: all)?(?: about)?",
        r"(?:tell me )?what do(?:es)? (?P<term>.+) mean",
        r"(?:define|explain|describe|tell me about) (?:what )?(?P<term>.+?)(?: is| are| means?)?",
        r"(?:the )?(?:definition|meaning) of (?P<term>.+)",
    )
]
_VERB = re.compile(
    r"\b(?:(?:is|are|was|were) (?:an?|any|the|one of|what)|means?|refers? to|describes?|denotes?)\b"
)
_MOST_WORDS = 8
_MORE_IN_SUBJECT = 5
"""Content words that the subject of a definition may have beside the term."""


def defined_term(question: str) -> frozenset[str]:
    """Return the content words of the term that a question wants defined; none if it wants something else."""
    text = question.strip().rstrip("?.! ")
    for pattern in _QUESTIONS:
        if (found := pattern.fullmatch(text)) and len(found["term"].split()) <= _MOST_WORDS:
            return frozenset(tokenize(found["term"]))
    return frozenset()


def defines(sentence: str, term: Collection[str]) -> bool:
    """Return whether a sentence says what the term is: it is the subject of "is a", "means" or the like."""
    found = _VERB.search(sentence) if term else None
    if found is None:
        return False
    subject = set(tokenize(sentence[: found.start()]))
    return subject.issuperset(term) and len(subject) <= len(term) + _MORE_IN_SUBJECT
