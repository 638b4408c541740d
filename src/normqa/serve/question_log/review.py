"""Sort logged questions for an editor: similar ones together, and as lines for a gold set."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from normqa.datatypes import Document, Span
from normqa.errors import UnknownDocument
from normqa.index.analyzer import tokenize
from normqa.schema.documents import document_href
from normqa.serve.question_log.row import COMPLAINTS, Place, Row
from normqa.text.canonical import canonical_line

Selection = Literal["unanswered", "unhelpful", "helpful"]

SELECTIONS: dict[Selection, Callable[[Row], bool]] = {
    "unanswered": lambda row: row.outcome not in {"answered", "empty_index"},
    "unhelpful": lambda row: row.rating == "unhelpful",
    "helpful": lambda row: row.rating == "helpful",
}
"""Which rows an editor looks at."""


@dataclass(frozen=True, slots=True)
class Group:
    """Questions with the same content words.

    Attributes:
        questions: The different questions, most frequent first.
        count: How often they were asked.
        last_day: Day of the last one.
        complaints: Reasons that readers gave, most frequent first, with their numbers.
        sources: Ids and addresses of the places that were quoted.
    """

    questions: tuple[str, ...]
    count: int
    last_day: str
    complaints: tuple[tuple[str, int], ...]
    sources: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, rows: Sequence[Row]) -> "Group":
        """Return the group of rows, of which there is at least one."""
        complaints = Counter(COMPLAINTS[row.complaint] for row in rows if row.complaint)
        return cls(
            questions=tuple(text for text, _ in Counter(map(_shown, rows)).most_common()),
            count=len(rows),
            last_day=max(row.hour for row in rows)[:10],
            complaints=tuple(complaints.most_common()),
            sources=tuple(dict.fromkeys(map(_source, (place for row in rows for place in row.places[:1])))),
        )


def select(rows: Iterable[Row], selection: Selection) -> list[Row]:
    """Return the rows of a selection."""
    return list(filter(SELECTIONS[selection], rows))


def grouped(rows: Iterable[Row]) -> list[Group]:
    """Return questions with the same content words together, most frequent groups first."""
    together: dict[object, list[Row]] = {}
    for row in rows:
        words = frozenset(tokenize(row.searched_as))
        together.setdefault(words or row.searched_as.casefold(), []).append(row)
    return sorted(map(Group.of, together.values()), key=lambda group: (-group.count, group.questions))


def gold_lines(rows: Iterable[Row], document: Callable[[str], Document]) -> str:
    """Return every question once, as a line of a gold set.

    A helpful answer has the place of its first quote. Any other question has no place, which says that it
    must be refused: an editor adds the places that answer it, if there are any.

    Args:
        rows: The rows.
        document: Returns a document by id, or raises :class:`UnknownDocument`.
    """
    lines: dict[str, dict[str, object]] = {}
    for row in rows:
        place = _gold_place(row.places[0], document) if row.rating == "helpful" and row.places else None
        if row.rating == "helpful" and place is None:
            continue  # the document has changed since
        kind = "fact" if place else _refused_kind(row)
        lines.setdefault(
            row.searched_as,
            {
                "kind": kind,
                "question": _stand_alone(row),
                "places": [place] if place else [],
                "history": [],
            },
        )
    return "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines.values())


def _refused_kind(row: Row) -> str:
    return "outside" if row.outcome in {"nothing_relevant", "other_language"} else "near_domain"


def _gold_place(place: Place, document: Callable[[str], Document]) -> dict[str, object] | None:
    """Return a place as a gold set has it; None if the document is gone or its text has changed."""
    try:
        found = document(place.document)
    except UnknownDocument:
        return None
    if found.sha256 != place.sha256:
        return None
    quote = found.quote(Span(place.start, place.end))
    return {"document": found.id, "section": list(quote.citation.section), "answers": [quote.text]}


def _source(place: Place) -> tuple[str, str]:
    return place.document, f"{document_href(place.document)}?start={place.start}&end={place.end}#quote"


def _shown(row: Row) -> str:
    is_same = canonical_line(row.question) == row.searched_as
    return row.question if is_same else f"{row.question} (searched as: {row.searched_as})"


def _stand_alone(row: Row) -> str:
    """The question as it was asked, or as it was searched if only the questions before explain it."""
    return row.searched_as if set(tokenize(row.searched_as)) - set(tokenize(row.question)) else row.question
