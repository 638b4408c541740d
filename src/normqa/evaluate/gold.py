"""The gold set: questions about the product's own corpus, with what must be quoted, and floors that hold."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from normqa.asker import Inquiry
from normqa.datatypes import Answer
from normqa.errors import CollectionUnusable
from normqa.evaluate.figures import Measured
from normqa.index.progress import Progress
from normqa.service import Service

TOP_K = 3

Kind = Literal["fact", "list", "why", "comparison", "follow_up", "outside", "near_domain"]


class GoldQuestion(BaseModel):
    """A question in a user's own words.

    Attributes:
        kind: What is asked; ``outside`` and ``near_domain`` must be refused.
        question: As it is asked.
        document: Id of the document that answers, or None.
        section: Headings above the answer, or None.
        answers: What the quotes must hold: one text, both sides, or a list's lead-in and items.
        history: Earlier questions, oldest first.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind
    question: str
    document: str | None
    section: list[str] | None
    answers: list[str]
    history: list[str]


class Floors(BaseModel):
    """What the figures must not fall under; they are lowered only by hand.

    Attributes:
        gold_sha256: Of the gold set that they were measured on.
        floors: By the name of the figure.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    gold_sha256: str
    floors: dict[str, float]


@dataclass(frozen=True, slots=True)
class GoldFigures:
    """What an evaluation found.

    Attributes:
        measured: Shares from 0 to 1, and ``questions``.
        failures: The questions that were not answered or refused as they must be.
    """

    measured: Measured
    failures: tuple[str, ...]


def read_gold(path: Path) -> list[GoldQuestion]:
    """Reads a gold set, one JSON object a line.

    Raises:
        CollectionUnusable: If it cannot be read; the line is named.
    """
    questions = []
    for number, line in enumerate(_read(path).splitlines(), 1):
        try:
            questions.append(GoldQuestion.model_validate_json(line))
        except ValidationError as error:
            told = error.errors()[0]["msg"]
            raise CollectionUnusable(
                f"{path}, line {number}: {told}.", "See tests/gold/gold.jsonl."
            ) from None
    return questions


def read_floors(gold: Path) -> Floors:
    """Reads ``floors.json`` beside a gold set.

    Raises:
        CollectionUnusable: If it cannot be read, or belongs to another gold set.
    """
    path = gold.with_name("floors.json")
    try:
        floors = Floors.model_validate_json(_read(path))
    except ValidationError as error:
        raise CollectionUnusable(f"{path}: {error.errors()[0]['msg']}.", "Write it anew.") from None
    if floors.gold_sha256 != hashlib.sha256(_read(gold).encode()).hexdigest():
        raise CollectionUnusable(
            f"{path} was measured on another {gold.name}.",
            "Measure again, and set its floors and gold_sha256.",
        )
    return floors


def evaluate_gold(
    questions: Sequence[GoldQuestion], service: Service, min_confidence: float, progress: Progress
) -> GoldFigures:
    """Asks every question of a gold set, the way any user would."""
    progress.stage("Asking the gold questions", len(questions))
    outcomes: dict[str, list[bool]] = {}
    failures = []
    for gold in questions:
        answer = service.ask(Inquiry(gold.question, TOP_K, min_confidence, history=tuple(gold.history)))
        judged = _judge(gold, answer)
        for name, good in judged.items():
            outcomes.setdefault(name, []).append(good)
        if not all(judged.values()):
            failed = ", ".join(name for name, good in judged.items() if not good)
            failures.append(f"{gold.question} ({failed})")
        progress.advance()
    figures = {name: sum(each) / len(each) for name, each in sorted(outcomes.items())}
    return GoldFigures(Measured(figures | {"questions": len(questions)}), tuple(failures))


def below(figures: Mapping[str, float], floors: Floors) -> dict[str, float]:
    """The floors that the figures do not reach, by name; a figure that is missing reaches none."""
    return {name: floor for name, floor in floors.floors.items() if figures.get(name, 0.0) < floor}


def _judge(gold: GoldQuestion, answer: Answer) -> dict[str, bool]:
    if gold.document is None:
        return {f"refused_{gold.kind}": answer.status == "not_found"}
    texts = [quote.text for quote in answer.quotes]
    first = answer.quotes[:1]
    judged = {
        "answered": bool(texts),
        "document@1": [quote.citation.document_id for quote in first] == [gold.document],
    }
    if gold.kind == "list":
        whole = [text.startswith(wanted) for text, wanted in zip(texts, gold.answers, strict=False)]
        return judged | {"list": answer.kind == "list" and len(texts) == len(gold.answers) == sum(whole)}
    found = [any(wanted in text for text in texts) for wanted in gold.answers]
    if gold.kind == "comparison":
        return judged | {"both_sides": all(found)}
    in_section = [list(quote.citation.section) for quote in first] == [gold.section]
    return judged | {"answer@1": in_section and gold.answers[0] in texts[0], "answer@3": found[0]}


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CollectionUnusable(f"{path} cannot be read ({error}).", "Name another file.") from None
