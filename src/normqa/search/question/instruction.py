"""Set aside what a question tells normqa to do: *please list* in "please list the eleven norms"."""

import re

from normqa.index.analyzer import tokenize
from normqa.search.question.classify import NUMBERS

POLITE = r"(?:(?:hi|hey|hello|ok|please|pls|so)\b[\s,]*)*"
"""What may come before a question."""

_INSTRUCTION = re.compile(
    rf"""
    {POLITE}
    (?: (?: can | could | would | will ) \s+ you \s+ (?: (?: please | pls ) \s+ )? )?
    (?:
        (?: list | name ) \s+
        (?= (?: me | us | all | the | an? | some | any | every | each | both | its | their | what | which
              | who | \d+ | {NUMBERS} ) \b )
      | (?: enumerate | explain | describe | outline | summarise | summarize ) \s+
      | (?: give | tell | show ) \s+ (?: me | us ) \s+
    )
    """,
    re.IGNORECASE | re.VERBOSE,
)


def without_instruction(question: str) -> str:
    """Return a question without the words at its start that only tell what to do with the rest.

    They are no words to search for: "list the norms" isn't about texts that list something.
    """
    found = _INSTRUCTION.match(question)
    rest = question[found.end() :] if found else ""
    return rest if rest.strip(" ?.!") else question


def content_words(question: str) -> set[str]:
    """Return the stemmed content words of a question, without its instruction."""
    return set(tokenize(without_instruction(question)))
