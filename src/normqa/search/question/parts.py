"""Split a question that asks several things.

"What is the GFCE, where is it based and when was it founded?" has three parts.

A part opens with a question word, or with an auxiliary and its subject, after a comma, "and", "or" or a
semicolon. Nouns and names that are joined by "and" stay together. Only English questions are split.
"""

import re

MAX_PARTS = 4

_QUESTION_WORD = r"(?:who|whom|whose|what|which|when|where|why|how)"
_BE = r"(?:am|are|is|was|were|has|have|had)"
_DO = r"(?:do|does|did|can|could|may|might|must|shall|should|will|would)"
_PRONOUN = r"(?:it|he|she|they|there|this|that|these|those)"
_PREPOSITION = r"(?:about|at|by|for|from|in|into|of|on|since|to|under|until|with)"
# "And is it …" or "and does the …", but not "and is a …", which may go on about the same thing.
_VERB_FIRST = rf"(?: {_BE} \s+ {_PRONOUN} | {_DO} \s+ (?: {_PRONOUN} | its | his | her | their | the ) ) \b"
# "And which states …", but not "and which is …".
_WH_FIRST = (
    rf"(?: {_PREPOSITION} \s+ )? (?! which \s+ (?: {_BE} | {_DO} | in | of ) \b )"
    rf"(?! (?: when | where ) \s+ (?! {_BE} | {_DO} ) \w ) {_QUESTION_WORD} \b"
)

_BOUNDARY = re.compile(
    rf"""
    (?: \s* [,;] \s* (?: and \s+ )? (?: also \s+ )? | \s+ and \s+ (?: also \s+ )? | \? \s* )
    (?= {_WH_FIRST} | {_VERB_FIRST} )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_ASKS = re.compile(
    rf"""
    (?: (?: so | ok | okay | please | and | hi | hello | hey ) \b \W* )*
    (?: (?: {_PREPOSITION} \s+ )? (?! (?: when | where ) \s+ (?! {_BE} | {_DO} ) ) {_QUESTION_WORD} \b
      | (?: {_BE} | {_DO} | tell | explain | describe | list | name | give | define ) \b )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_CONDITION = re.compile(r"[?.,]?\s*\bif\s+(?:yes|so|not|no)\W*$", re.IGNORECASE)
# "The rounds that delivered and which failed": both clauses belong to the noun. "Who signed and who ratified
# the treaty" and "when and where did it start": the first clause lacks what the last one has.
_UNFINISHED = re.compile(r"(?: which \b .* | that \b [^?]* ) $", re.IGNORECASE | re.VERBOSE)
_SHORTEST = 3
"""Minimum words of the first part."""


def question_parts(question: str) -> tuple[str, ...]:
    """Return the parts of a question in order; the question itself if it asks one thing.

    Args:
        question: On one line.
    """
    text = question.strip()
    if not _ASKS.match(text):
        return (question,)
    starts = [0]
    ends = []
    for boundary in _BOUNDARY.finditer(text):
        before = text[starts[-1] : boundary.start()]
        is_relative = text[boundary.end() :].lower().startswith("which") and _UNFINISHED.search(before)
        if is_relative or (len(starts) == 1 and len(before.split()) < _SHORTEST):
            continue
        ends.append(boundary.start())
        starts.append(boundary.end())
    parts = [
        _CONDITION.sub("", text[start:end]) for start, end in zip(starts, [*ends, len(text)], strict=True)
    ]
    parts = [part.strip(" ,;?.!") for part in parts]
    if not 1 < len(parts) <= MAX_PARTS or not all(parts):
        return (question,)
    return tuple(f"{part[0].upper()}{part[1:]}?" for part in parts)
