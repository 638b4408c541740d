"""Complete a fragment, a later question without a verb, from the question before it.

"And in 2021?" asks the previous question with another year, and "What about Oslo?" with another name. The
fragment replaces the part of the previous question that it corresponds to.
"""

import re

_OPENER = re.compile(
    r"^(?:(?:ok|okay|so|then|well|and|but|or)\b[\s,]*)*(?:(?:what|how)\s+about\b\s*)?", re.IGNORECASE
)
_PREPOSITION = re.compile(
    r"\b(?P<word>about|after|against|among|as|at|before|between|by|during|for|from|in|of|on|since|through|to|"
    r"under|until|with|without)\s+",
    re.IGNORECASE,
)
# A fragment has none of these words.
_CLAUSE = re.compile(
    r"\b(?:am|are|can|could|did|do|does|had|has|have|how|is|may|might|must|shall|should|was|were|what|when|"
    r"where|which|who|whom|whose|why|will|would)\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"\b(?:he|her|him|his|it|its|one|she|that|their|them|these|they|this|those)\b", re.IGNORECASE
)
_VAGUE = re.compile(r"\b(?:another|else|further|more|other|others|same)\b", re.IGNORECASE)
_NAME = re.compile(r"(?<!^)(?<![.?!] )\b(?:the\s+)?[A-Z][\w’'-]*(?:\s+(?:of\s+(?:the\s+)?)?[A-Z][\w’'-]*)*")
_NUMBER = re.compile(r"\b\d[\w.,/-]*\b")
_PHRASE = re.compile(
    _PREPOSITION.pattern + r"(?:(?:the|a|an)\s+)?[\w’'.,/-]*\w(?:\s+(?-i:[A-Z])[\w’'-]*)*", re.IGNORECASE
)
_ARTICLE = r"(?:the|a|an|our|your)\s+"
_OF_TIME = {"after", "before", "by", "in", "since", "until"}
"""Prepositions that a fragment with a year may replace."""

_WORDS = 6
"""Maximum words of a fragment."""


def fragment_of(question: str) -> str | None:
    """Return what a fragment asks about, without "and" or "what about"; None if the question is complete.

    "Why?" and "Who else?" are questions of their own.
    """
    text = question.strip().rstrip("?!. ")
    rest = _OPENER.sub("", text, count=1)
    opened = len(rest) < len(text)
    is_short = 0 < len(rest.split()) <= _WORDS
    if not is_short or any(word.search(rest) for word in (_CLAUSE, _PRONOUN, _VAGUE)):
        return None
    is_bare = _PREPOSITION.match(rest) or _NUMBER.fullmatch(rest)
    return rest if opened or (is_bare and question.strip().endswith("?")) else None


def complete_fragment(fragment: str, previous: str) -> str | None:
    """Return the previous question about what the fragment names; None if nothing corresponds to it.

    Args:
        fragment: From :func:`fragment_of`.
        previous: The question before it, complete.
    """
    text = previous.strip().rstrip("?!. ")
    preposition = _PREPOSITION.match(fragment)
    if preposition is None:
        place = _corresponding(fragment, text)
        return _replaced(text, place, fragment) if place else None
    fragment = fragment[0].lower() + fragment[1:]
    words = {preposition["word"].lower()} | (_OF_TIME if _NUMBER.search(fragment) else set())
    phrases = [found for found in _PHRASE.finditer(text) if found["word"].lower() in words]
    return _replaced(text, phrases[-1].span() if phrases else (len(text), len(text)), fragment)


def _replaced(text: str, place: tuple[int, int], fragment: str) -> str:
    start, end = place
    return " ".join([*text[:start].split(), fragment, *text[end:].split()]) + "?"


def _corresponding(fragment: str, text: str) -> tuple[int, int] | None:
    """Return where the text has a phrase like the fragment: with the same last word, or of the same kind."""
    *before, head = fragment.split()
    has_article = re.match(_ARTICLE, fragment, re.IGNORECASE) is not None
    if before:
        opening = rf"(?:{_ARTICLE})?" if has_article else ""
        if found := re.search(rf"\b{opening}(?:[\w’'-]+\s+)?{re.escape(head)}\b", text, re.IGNORECASE):
            return found.span()
    kind = _NUMBER if _NUMBER.fullmatch(fragment) else _NAME if head[0].isupper() else None
    found = kind.search(text) if kind else None
    if found is None:
        return None
    article = None if has_article else re.match(r"the\s+", found[0])
    return found.start() + (article.end() if article else 0), found.end()
