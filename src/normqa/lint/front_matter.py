"""Whether a note says of itself what its readers, its filters and its next editor need."""

import re
from collections.abc import Iterator
from difflib import get_close_matches

from normqa.lint.finding import Finding
from normqa.lint.guide import NAME, Guide
from normqa.lint.note import Note

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


def check_front_matter(note: Note, guide: Guide) -> Iterator[Finding]:
    """Names every key that is missing or unusable, and every topic that the guide does not know."""
    if note.front_matter is None:
        keys = ", ".join(_KEYS)
        yield Finding(
            note.name,
            1,
            _RULE,
            "it has no front matter",
            f"Begin it with a line of three hyphens, {keys}, and another such line,"
            f" or name it under `verbatim` in {NAME}.",
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
                f"there is no topic {topic!r}",
                f"{f'Write {near[0]!r}' if near else 'Write one of those that there are'},"
                f" or add it to `topics` in {NAME}.",
            )


def _fault(key: str, value: object) -> str | None:
    """What is wrong with a value; None if nothing is."""
    if value is None or not str(value).strip() or value == []:
        return "is missing"
    if key in _LISTS:
        values = value if isinstance(value, list) else [value]
        if not all(isinstance(each, str) and each.strip() for each in values):
            return "has an entry that is no text; put it in quotation marks"
    elif key == "date" and not _DATE.fullmatch(str(value)):
        return "is no year, month or day"
    return None
