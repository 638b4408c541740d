"""Evaluate a gold set: questions about a corpus, the quotes that must answer them, and floors."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from normqa.answer.question import Question
from normqa.build.progress import Progress
from normqa.datatypes import Answer
from normqa.errors import CollectionUnusable
from normqa.evaluate.figures.results import EvaluationResult
from normqa.service import Service

TOP_K = 3
"""Quotes requested per question."""

Kind = Literal["fact", "list", "why", "comparison", "follow_up", "outside", "near_domain"]


class Location(BaseModel):
    """A location that answers a question.

    Attributes:
        document: Id of its document.
        section: Headings above the answer.
        answers: Texts that the quotes must contain: one text, or the lead-in and items of a list. For a
            comparison, one text per side, empty if the location does not cover that side.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    document: str
    section: list[str]
    answers: list[str]


class GoldQuestion(BaseModel):
    """A question in a user's own words.

    Attributes:
        kind: Kind of the question; ``outside`` and ``near_domain`` must be refused.
        question: As it is asked.
        places: Locations that answer, any of which suffices; empty if the question must be refused.
        history: Earlier questions, oldest first.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind
    question: str
    places: list[Location]
    history: list[str]

    @property
    def documents(self) -> frozenset[str]:
        """Ids of the documents that answer the question."""
        return frozenset(place.document for place in self.places)


class Floors(BaseModel):
    """Minimum values of figures, lowered only by hand.

    Attributes:
        gold_sha256: SHA-256 of the gold set that they were measured on.
        floors: Minimum values by figure name.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    gold_sha256: str
    floors: dict[str, float]


@dataclass(frozen=True, slots=True)
class GoldFigures:
    """The result of questions about a corpus.

    Attributes:
        result: Shares from 0 to 1, and ``questions``.
        failures: The questions that failed, with the names of the failed figures.
    """

    result: EvaluationResult
    failures: tuple[str, ...]


def read_gold(path: Path) -> list[GoldQuestion]:
    """Read a gold set, one JSON object per line.

    Raises:
        CollectionUnusable: If a line is malformed or the file cannot be read.
    """
    questions = []
    for number, line in enumerate(_read(path).splitlines(), 1):
        try:
            questions.append(GoldQuestion.model_validate_json(line))
        except ValidationError as error:
            fault = error.errors()[0]["msg"]
            raise CollectionUnusable(
                f"{path}, line {number}: {fault}.", "See tests/gold/gold.jsonl for the format."
            ) from None
    return questions


def read_floors(gold: Path) -> Floors:
    """Read ``floors.json`` beside a gold set.

    Raises:
        CollectionUnusable: If the file cannot be read or belongs to another gold set.
    """
    path = gold.with_name("floors.json")
    try:
        floors = Floors.model_validate_json(_read(path))
    except ValidationError as error:
        raise CollectionUnusable(
            f"{path}: {error.errors()[0]['msg']}.", "Fix the file, or write it again."
        ) from None
    if floors.gold_sha256 != hashlib.sha256(_read(gold).encode()).hexdigest():
        raise CollectionUnusable(
            f"{path} was measured on another version of {gold.name}.",
            "Measure again, then update its floors and gold_sha256.",
        )
    return floors


def evaluate_gold(
    questions: Sequence[GoldQuestion], service: Service, min_confidence: float, progress: Progress
) -> GoldFigures:
    """Ask every question of a gold set as users do."""
    progress.stage("Asking the gold questions", len(questions))
    outcomes: dict[str, list[bool]] = {}
    failures = []
    for gold in questions:
        answer = service.ask(Question(gold.question, TOP_K, min_confidence, history=tuple(gold.history)))
        judged = _judge(gold, answer)
        if not all(judged.values()):
            failed = ", ".join(name for name, good in judged.items() if not good)
            failures.append(f"{gold.question} ({failed})")
        for name, good in (judged | _bm25_baseline(gold, service)).items():
            outcomes.setdefault(name, []).append(good)
        progress.advance()
    figures = {name: sum(passed) / len(passed) for name, passed in sorted(outcomes.items())}
    return GoldFigures(EvaluationResult(figures | {"questions": len(questions)}), tuple(failures))


def failing_floors(figures: Mapping[str, float], floors: Mapping[str, float]) -> dict[str, float]:
    """Return the floors above their figures, by name. A missing figure counts as 0."""
    return {name: floor for name, floor in floors.items() if figures.get(name, 0.0) < floor}


def _judge(gold: GoldQuestion, answer: Answer) -> dict[str, bool]:
    if not gold.places:
        return {f"refused_{gold.kind}": answer.status == "not_found"}
    texts = [quote.text for quote in answer.quotes]
    first = answer.quotes[:1]
    documents = [quote.citation.document_id in gold.documents for quote in answer.quotes]
    judged = {"answered": bool(texts), "document@1": any(documents[:1]), "document@3": any(documents)}
    if gold.kind == "list":
        return judged | {"list": any(_is_whole(place.answers, answer) for place in gold.places)}
    if gold.kind == "comparison":
        sides = zip(*(place.answers for place in gold.places), strict=True)
        return judged | {"both_sides": all(any(_quoted(text, texts) for text in side) for side in sides)}
    at_first = any(
        list(quote.citation.section) == place.section and place.answers[0] in quote.text
        for quote in first
        for place in gold.places
    )
    return judged | {
        "answer@1": at_first,
        "answer@3": any(_quoted(place.answers[0], texts) for place in gold.places),
    }


def _is_whole(parts: Sequence[str], answer: Answer) -> bool:
    """Return whether a list is quoted in full and in order, or the one sentence that names all items.

    The best sentence above a list is no part of it.
    """
    texts = [quote.text for quote in answer.quotes[int(answer.has_best_sentence) :]]
    if len(parts) == 1:
        return _quoted(parts[0], texts)
    in_order = [text.startswith(part) for text, part in zip(texts, parts, strict=False)]
    return answer.kind == "list" and len(texts) == len(parts) == sum(in_order)


def _quoted(wanted: str, texts: Sequence[str]) -> bool:
    return bool(wanted) and any(wanted in text for text in texts)


def _bm25_baseline(gold: GoldQuestion, service: Service) -> dict[str, bool]:
    """Return whether BM25 alone finds the document. If it always did, the questions would be too easy."""
    if not gold.places:
        return {}
    generation = service.generation()
    best = generation.lexical.search(" ".join([*gold.history, gold.question]), 1)
    found = [generation.store.passage(number).document_id in gold.documents for number in best]
    return {"bm25_document@1": any(found)}


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CollectionUnusable(f"{path} cannot be read ({error}).", "Choose another file.") from None
