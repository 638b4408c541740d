"""Measure follow-up questions: how high relevant documents rank, as asked and as rewritten.

turns.jsonl     {"conv_id", "turn", "query_id", "question", "history", "rewritten_question"}

A history is oldest first: strings that alternate question and answer, or objects {"speaker", "text"}. Only
the user's turns are earlier questions. A collection without a corpus measures the detector of follow-up
questions instead: it compares the detected questions with those that a person had to rewrite.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from normqa.answer.models import Models
from normqa.answer.pipeline import AnswerPipeline
from normqa.answer.question import Question
from normqa.build.progress import Progress
from normqa.errors import CollectionUnusable
from normqa.evaluate.collection import LAYOUT, read_collection, read_rows, sample
from normqa.evaluate.figures.results import EvaluationResult
from normqa.evaluate.ranking import Ranking, measure_rankings, rank_documents
from normqa.evaluate.workspace import open_collection
from normqa.search.question.followup import is_followup
from normqa.storage.home import IndexHome
from normqa.text.canonical import normalise
from normqa.timing.timer import Timer

MEASURES = ("recall@5", "recall@10", "ndcg@10", "mrr@10")


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a conversation.

    Attributes:
        id: Id of the question.
        number: From 1.
        question: As it was asked.
        history: The user's earlier questions, oldest first.
        rewritten: As a person rewrote it to stand alone; None if nobody did.
    """

    id: str
    number: int
    question: str
    history: tuple[str, ...]
    rewritten: str | None


def evaluate_turns(
    folder: Path,
    limit: int | None,
    models: Models,
    min_confidence: float,
    work: Path,
    progress: Progress,
    index: IndexHome | None = None,
) -> EvaluationResult:
    """Measure how rewriting follow-up questions changes the ranking of documents.

    Args:
        folder: Folder of the collection.
        limit: Maximum number of turns; None asks all.
        models: Models to search with.
        min_confidence: Minimum confidence of an answer.
        work: Folder for indexes.
        progress: Receives progress.
        index: Where to build the index instead.

    Raises:
        CollectionUnusable: If the collection cannot be read.
    """
    turns = {turn.id: turn for turn in _turns(folder / "turns.jsonl")}
    if not (folder / "corpus.jsonl").exists():
        return _detection(list(sample(turns, limit).values()))
    collection = read_collection(folder, "test")
    judged = {
        turn_id: turn
        for turn_id, turn in turns.items()
        if any(relevance > 0 for relevance in collection.qrels.get(turn_id, {}).values())
    }
    chosen = sample(judged, limit)
    generation = open_collection(collection.name, collection.documents, models.encoder, work, progress, index)
    pipeline = AnswerPipeline(generation, models)
    progress.stage(f"Asking the turns of {collection.name}", len(chosen))
    raw: dict[str, Ranking] = {}
    resolved: dict[str, Ranking] = {}
    changed = set()
    for turn_id, turn in chosen.items():
        raw[turn_id] = resolved[turn_id] = rank_documents(turn.question, pipeline)
        if turn.history:
            question = Question(turn.question, 1, min_confidence, history=turn.history)
            answer = pipeline.ask(question, Timer())
            if answer.was_rewritten:
                changed.add(turn_id)
                resolved[turn_id] = rank_documents(answer.searched_as, pipeline)
        progress.advance()
    first = {turn_id for turn_id, turn in chosen.items() if turn.number == 1}
    groups = {"first": first, "later": chosen.keys() - first, "changed": changed}
    figures: dict[str, Any] = {"turns_changed": len(changed)}
    intervals: dict[str, Any] = {}
    for group, ids in groups.items():
        results = {
            name: measure_rankings({turn_id: run[turn_id] for turn_id in ids}, collection.qrels, MEASURES)
            for name, run in (("raw", raw), ("resolved", resolved))
        }
        figures[group] = {name: result.figures for name, result in results.items()}
        intervals[group] = {name: result.intervals for name, result in results.items()}
    return EvaluationResult(figures, intervals)


def _detection(turns: Sequence[Turn]) -> EvaluationResult:
    """Return precision and recall of the detector on later turns; rewritten turns are follow-ups."""
    later = [turn for turn in turns if turn.history and turn.rewritten is not None]
    detected = [is_followup(turn.question) for turn in later]
    rewritten = [_words(turn.question) != _words(turn.rewritten or "") for turn in later]
    both = sum(a and b for a, b in zip(detected, rewritten, strict=True))
    figures = {
        "detector_precision": both / sum(detected) if any(detected) else 0.0,
        "detector_recall": both / sum(rewritten) if any(rewritten) else 0.0,
        "turns_leaning": sum(detected),
        "turns": len(later),
    }
    return EvaluationResult(figures)


def _turns(path: Path) -> Iterator[Turn]:
    for row in read_rows(path, "question"):
        if not isinstance(row.get("turn"), int) or not isinstance(row.get("history"), list):
            raise CollectionUnusable(f"{path}: a turn has no number or no history.", LAYOUT)
        history = row["history"]
        if not all(isinstance(entry, str | dict) for entry in history):
            raise CollectionUnusable(f"{path}: a history contains neither strings nor objects.", LAYOUT)
        if not row.get("query_id") and all(isinstance(entry, str) for entry in history):
            # Without judgements, a history starts with the titles of page and section.
            history = history[2:]
        yield Turn(
            id=row.get("query_id") or f"{row.get('conv_id')}:{row['turn']}",
            number=row["turn"],
            question=normalise(row["question"]),
            history=tuple(_user_questions(history)),
            rewritten=row.get("rewritten_question"),
        )


def _user_questions(history: Sequence[str | Mapping[str, str]]) -> Iterator[str]:
    for position, entry in enumerate(history):
        if isinstance(entry, str):
            if position % 2 == 0:
                yield normalise(entry)
        elif entry.get("speaker") == "user":
            yield normalise(entry.get("text", ""))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
