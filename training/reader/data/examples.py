"""Make training examples: questions with passages that are cut into units, some of which answer."""

import gzip
import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from normqa.datatypes import Span
from normqa.index.analyzer import tokenize
from normqa.sentences.segment import sentences

CAPS: Mapping[str, int] = {
    "squad2_train": 30000,
    "squad_train_sent": 16000,
    "squad_train_part": 5000,
    "squadshifts_new_wiki": 10000,
    "qed": 5000,
    "nq_oracle": 1700,
    "selqa": 3000,
    "qamr": 3000,
    "fairytaleqa": 3000,
    "timeqa": 3000,
    "medquad": 3500,
    "cuad": 3500,
    "tatqa": 1300,
    "qmsum": 600,
    "dstc9_faq": 2000,
    "sharc": 200,
    "faq": 1200,
    "quotesum": 270,
    "removed": 4000,
    "edited": 6000,
}
"""Most rows of a source that are used."""

OPTIONAL = frozenset({"squad2_train"})
"""Sources that may be absent."""

UNLICENSED = frozenset({"squadshifts_reddit", "squadshifts_amazon_reviews", "bioasq"})
"""Sources without a clear licence. They train nothing, and neither does what is derived from them."""

VALIDATION_TITLES = frozenset(
    {"1973 oil crisis", "French and Indian War", "Imperialism", "Scottish Parliament"}
)
"""Articles of SQuAD 2.0 that are never trained on."""

WINDOW = 640
"""Characters of a passage that an example keeps, around its answer."""

UNITS = 12
"""Most units of an example."""

UNRELATED = 0.06
"""Share of examples whose passage is swapped for one of another title."""

UNTITLED, MERGED, UNMARKED, KEYWORDS, TYPO = 0.15, 0.1, 0.3, 0.06, 0.06
"""Shares of examples without title, with several sentences as one unit, without a question mark, with content
words alone, and with two letters swapped."""

MERGEABLE = 3
"""Fewest units of a passage some of which are merged."""

SHORT_QUESTION = 12
"""Characters of the longest question that gets no typo."""

LONG_ANSWER = 4
"""Characters of an answer that makes other sentences with the same words unclear."""


@dataclass(frozen=True, slots=True)
class Example:
    """A question and the units of a passage.

    Attributes:
        id: Names the row that it was made from.
        source: Names the collection.
        question: As a person types it.
        title: Title and headings above the passage; may be empty.
        units: Sentences, or several sentences as one, in order.
        labels: For each unit 1 if it answers, 0 if it does not, -1 if that is not known.
        words: For each unit the words in it that answer; empty if there are none or they are not known.
        answerable: Whether some unit answers, even where no label says which.
    """

    id: str
    source: str
    question: str
    title: str
    units: tuple[str, ...]
    labels: tuple[int, ...]
    words: tuple[str, ...]
    answerable: bool


def rows(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of every source that has a cap."""
    for source in CAPS:
        path = folder / f"{source}.jsonl.gz"
        if source in OPTIONAL and not path.exists():
            continue
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                if str(row.get("from_id", source)).rpartition("-")[0] not in UNLICENSED:
                    yield {**row, "source": source}


def squad_rows(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the questions of a SQuAD 2.0 collection as rows, split by title."""
    passages = {row["_id"]: row for row in _lines(folder / "corpus.jsonl")}
    texts = {row["_id"]: row["text"] for row in _lines(folder / "queries.jsonl")}
    answers: dict[str, dict[str, Any]] = {}
    for row in _lines(folder / "answers.jsonl"):
        known = answers.setdefault(row["query_id"], {"doc_id": row["doc_id"], "answers": []})
        if row["is_answerable"]:
            known["answers"].append({"text": row["answer_text"], "start": row["start"]})
    for query, answer in answers.items():
        passage = passages[answer["doc_id"]]
        yield {
            "id": query,
            "source": "squad2_open",
            "title": passage["title"],
            "passage": passage["text"],
            "question": texts[query],
            "answers": answer["answers"],
            "answerable": bool(answer["answers"]),
            "neg": "" if answer["answers"] else "human",
            "grain": "span",
            "split": "valid" if passage["title"] in VALIDATION_TITLES else "train",
        }


def make_examples(rows: Sequence[dict[str, Any]], seed: int) -> list[Example]:
    """Return one example per row that can be labelled, in the order of the rows.

    Args:
        rows: Of one split.
        seed: Decides windows, merged units and the changes to questions.
    """
    made = []
    for row in rows:
        chance = random.Random(f"{seed} {row['id']}")
        if example := _example(row, chance):
            made.append(example)
    unrelated = random.Random(seed)
    for number, example in enumerate(made):
        other = unrelated.choice(made)
        if unrelated.random() < UNRELATED and other.title != example.title and example.answerable:
            made[number] = replace(
                example,
                id=f"{example.id} beside {other.id}",
                title=other.title,
                units=other.units,
                labels=(0,) * len(other.units),
                words=("",) * len(other.units),
                answerable=False,
            )
    return made


def general_examples(folder: Path, seed: int) -> list[Example]:
    """Return the training examples of the collections, no source above its cap, in random order."""
    return make_examples(capped([row for row in rows(folder) if row["split"] == "train"], seed), seed)


def adversarial_examples(folder: Path, seed: int) -> list[Example]:
    """Return the training examples of SQuAD 2.0."""
    return make_examples([row for row in squad_rows(folder) if row["split"] == "train"], seed)


def capped(rows: Sequence[dict[str, Any]], seed: int) -> list[dict[str, Any]]:
    """Return a random part of the rows, no source above its cap."""
    chance = random.Random(seed)
    by_source: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_source.setdefault(row["source"], []).append(row)
    kept = []
    for source, members in by_source.items():
        limit = CAPS.get(source, len(members))
        kept += chance.sample(members, min(limit, len(members)))
    chance.shuffle(kept)
    return kept


def _example(row: Mapping[str, Any], chance: random.Random) -> Example | None:
    text: str = row["passage"]
    spans = units(text)
    if not spans:
        return None
    labels = [_label(span, row) for span in spans]
    if row["answerable"] and row["grain"] != "passage" and 1 not in labels:
        return None
    spans, labels = _window(spans, labels, chance)
    spans, labels = _merged(spans, labels, chance)
    title = "" if chance.random() < UNTITLED else str(row["title"])
    return Example(
        id=row["id"],
        source=row["source"],
        question=_typed(row["question"], chance),
        title=title,
        units=tuple(" ".join(span.of(text).split()) for span in spans),
        labels=tuple(labels),
        words=tuple(_words(span, row) for span in spans),
        answerable=bool(row["answerable"]),
    )


def units(text: str) -> list[Span]:
    """Return the sentences of a passage."""
    found = []
    for line in re.finditer(r"[^\n]+", text):
        found += [span for span in sentences(text, Span(*line.span())) if span.of(text).strip()]
    return found


def answers(span: Span, row: Mapping[str, Any]) -> bool:
    """Return whether a sentence holds an answer of a row, or part of it."""
    return any(True for _ in _marked(span, row))


def _marked(span: Span, row: Mapping[str, Any]) -> Iterator[Span]:
    """Yield the answers that a sentence holds, or parts of them."""
    for answer in row["answers"]:
        start, end = max(span.start, answer["start"]), min(span.end, answer["start"] + len(answer["text"]))
        if answer["start"] >= 0 and start < end:
            yield Span(start, end)


def _words(span: Span, row: Mapping[str, Any]) -> str:
    """Return the shortest marked words of a sentence that answer."""
    if not row["answerable"] or row["grain"] != "span":
        return ""
    return min(
        (" ".join(part.of(row["passage"]).split()) for part in _marked(span, row)), key=len, default=""
    )


def _label(span: Span, row: Mapping[str, Any]) -> int:
    if not row["answerable"]:
        return 0
    if row["grain"] == "passage":
        return -1
    if answers(span, row):
        return 1
    text = span.of(row["passage"]).casefold()
    words = [str(answer["text"]).casefold() for answer in row["answers"]]
    return -1 if any(len(word) >= LONG_ANSWER and word in text for word in words) else 0


def _window(spans: list[Span], labels: list[int], chance: random.Random) -> tuple[list[Span], list[int]]:
    """Keep the units around the first answer, or around a random unit."""
    first = last = labels.index(1) if 1 in labels else 0 if -1 in labels else chance.randrange(len(spans))
    while last + 1 < len(spans) or first:
        size = spans[last].end - spans[first].start
        forward = last + 1 < len(spans) and (not first or chance.choice((True, False)))
        more = spans[last + 1] if forward else spans[first - 1]
        if size + more.end - more.start > WINDOW or last - first + 1 >= UNITS:
            break
        first, last = (first, last + 1) if forward else (first - 1, last)
    return spans[first : last + 1], labels[first : last + 1]


def _merged(spans: list[Span], labels: list[int], chance: random.Random) -> tuple[list[Span], list[int]]:
    """Sometimes make one unit of several, as lists and tables are read."""
    if len(spans) < MERGEABLE or chance.random() > MERGED:
        return spans, labels
    start = chance.randrange(len(spans) - 1)
    end = min(len(spans), start + chance.choice((2, 3)))
    whole = Span(spans[start].start, spans[end - 1].end)
    label = max(labels[start:end])
    return [*spans[:start], whole, *spans[end:]], [*labels[:start], label, *labels[end:]]


def _typed(question: str, chance: random.Random) -> str:
    """Return a question as people type it: at times without its mark, as keywords, or with a typo."""
    question = " ".join(question.split())
    if chance.random() < UNMARKED:
        question = question.rstrip(" ?")
    if chance.random() < KEYWORDS:
        words = [word for word in question.split() if tokenize(word)]
        question = " ".join(words) if len(words) > 1 else question
    if chance.random() < TYPO and len(question) > SHORT_QUESTION:
        place = chance.randrange(1, len(question) - 2)
        if question[place : place + 2].isalpha():
            question = question[:place] + question[place + 1] + question[place] + question[place + 2 :]
    return question


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)
