"""Check the front matter of a note, against the topics that the guide allows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from normqa.lint.note import Finding, Note

GUIDE = "CONTRIBUTING.md"
"""Name of the guide: the note on how to write notes."""

_RULE = "front-matter"
_KEYS = {
    "title": "title: What the note is about",
    "topics": "topics: [a-topic]",
    "date": "date: 2025-06-30",
    "source": "source: Who wrote it",
    "references": 'references: ["Title of a primary document, symbol, year"]',
    "questions": 'questions: ["What does the note answer?"]',
}
_LISTS = ("topics", "references", "questions")
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


@dataclass(frozen=True, slots=True)
class Guide:
    """The rules in the front matter of the guide.

    Attributes:
        topics: Topics that a note may have; empty allows any.
        verbatim: Patterns of the names of files that are kept word for word; only their links are checked.
    """

    topics: tuple[str, ...] = ()
    verbatim: tuple[str, ...] = ()

    @classmethod
    def of(cls, note: Note) -> "Guide":
        """Read the rules from the guide."""
        return cls(note.texts("topics"), note.texts("verbatim"))


def check_front_matter(note: Note, guide: Guide) -> Iterator[Finding]:
    """Find keys that are missing or unusable, and topics that the guide does not allow."""
    if note.front_matter is None:
        keys = ", ".join(_KEYS)
        yield Finding(
            note.name,
            1,
            _RULE,
            "there is no front matter",
            f"Start the file with a line of three hyphens, the keys {keys}, and three hyphens again,"
            f" or add the file to `verbatim` in {GUIDE}.",
        )
        return
    for key, example in _KEYS.items():
        value = note.front_matter.get(key)
        if fault := _fault(key, value):
            yield Finding(note.name, note.line_of(key), _RULE, f"`{key}` {fault}", f"Write: {example}")
    for topic in note.texts("topics"):
        if guide.topics and topic not in guide.topics:
            near = get_close_matches(topic, guide.topics, 1)
            yield Finding(
                note.name,
                note.line_of("topics"),
                "topic",
                f"unknown topic {topic!r}",
                f"{f'Write {near[0]!r}' if near else 'Choose an existing topic'},"
                f" or add the topic to `topics` in {GUIDE}.",
            )


def _fault(key: str, value: object) -> str | None:
    """Return what is wrong with a value; None if it is usable."""
    if value is None or not str(value).strip() or value == []:
        return "is missing"
    if key in _LISTS:
        values = value if isinstance(value, list) else [value]
        if not all(isinstance(entry, str) and entry.strip() for entry in values):
            return "has an entry that is not text; put it in quotation marks"
    elif key == "date" and not _DATE.fullmatch(str(value)):
        return "is not a year, month or day"
    return None
