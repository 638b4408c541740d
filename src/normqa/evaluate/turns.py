"""Follow-up questions: how high the documents that answer rank, as asked and as resolved.

turns.jsonl     {"conv_id", "turn", "query_id", "question", "history", "rewritten_question"}

A history is oldest first: texts that alternate question and answer, or objects {"speaker", "text"}. Only
what the user said is an earlier question. A collection without a corpus has rewritten questions: there it is
measured which questions are taken to lean on the past, against those that a person had to rewrite.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from normqa.answer.models import Models
from normqa.answer.pipeline import AnswerPipeline, Question
from normqa.build.progress import Progress
from normqa.errors import CollectionUnusable
from normqa.evaluate.collection import LAYOUT, read_collection, read_rows, sample
from normqa.evaluate.ranking import Ranking, measure, rank
from normqa.evaluate.results import EvaluationResult
from normqa.evaluate.workspace import open_collection
from normqa.search.followup import is_followup
from normqa.text import normalise
from normqa.timer import Timer

MEASURES = ("recall@5", "recall@10", "ndcg@10", "mrr@10")


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a conversation.

    Attributes:
        id: Of the question.
        number: From 1.
        question: As it was asked.
        history: The user's earlier questions, oldest first.
        rewritten: As somebody wrote it who knew what it meant; None where nobody did.
    """

    id: str
    number: int
    question: str
    history: tuple[str, ...]
    rewritten: str | None


def evaluate_turns(
    folder: Path, limit: int | None, models: Models, min_confidence: float, work: Path, progress: Progress
) -> EvaluationResult:
    """Measures what resolving follow-up questions does to the ranking of documents.

    Args:
        folder: Of the collection.
        limit: How many turns at most; the collection stays whole.
        models: What it is searched with.
        min_confidence: Which quotes of an earlier answer may lend a word.
        work: Folder of what is built.
        progress: Told how far it is.

    Raises:
        CollectionUnusable: If it cannot be read.
    """
    turns = {turn.id: turn for turn in _turns(folder / "turns.jsonl")}
    if not (folder / "corpus.jsonl").exists():
        return _detection(list(sample(turns, limit).values()))
    collection = read_collection(folder, "test")
    judged = {
        name: turn
        for name, turn in turns.items()
        if any(v > 0 for v in collection.qrels.get(name, {}).values())
    }
    chosen = sample(judged, limit)
    generation = open_collection(collection.name, collection.documents, models.encoder, work, progress)
    asker = AnswerPipeline(generation, models)
    progress.stage(f"Asking the turns of {collection.name}", len(chosen))
    raw: dict[str, Ranking] = {}
    resolved: dict[str, Ranking] = {}
    changed = set()
    for name, turn in chosen.items():
        inquiry = Question(turn.question, 1, min_confidence, history=turn.history)
        searched_as = asker.ask(inquiry, Timer()).searched_as if turn.history else turn.question
        raw[name] = resolved[name] = rank(turn.question, asker)
        if searched_as != " ".join(turn.question.split()):
            changed.add(name)
            resolved[name] = rank(searched_as, asker)
        progress.advance()
    first = {name for name, turn in chosen.items() if turn.number == 1}
    groups = {"first": first, "later": chosen.keys() - first, "changed": changed}
    figures: dict[str, Any] = {"turns_changed": len(changed)}
    intervals: dict[str, Any] = {}
    for group, names in groups.items():
        both = {
            way: measure({name: run[name] for name in names}, collection.qrels, MEASURES)
            for way, run in (("raw", raw), ("resolved", resolved))
        }
        figures[group] = {way: found.figures for way, found in both.items()}
        intervals[group] = {way: found.intervals for way, found in both.items()}
    return EvaluationResult(figures, intervals)


def _detection(turns: Sequence[Turn]) -> EvaluationResult:
    """Precision and recall of the detector over later turns: what was rewritten had to be resolved."""
    later = [turn for turn in turns if turn.history and turn.rewritten is not None]
    leaning = [is_followup(turn.question) for turn in later]
    rewritten = [_words(turn.question) != _words(turn.rewritten or "") for turn in later]
    both = sum(a and b for a, b in zip(leaning, rewritten, strict=True))
    figures = {
        "detector_precision": both / sum(leaning) if any(leaning) else 0.0,
        "detector_recall": both / sum(rewritten) if any(rewritten) else 0.0,
        "turns_leaning": sum(leaning),
        "turns": len(later),
    }
    return EvaluationResult(figures)


def _turns(path: Path) -> Iterator[Turn]:
    for row in read_rows(path, "question"):
        if not isinstance(row.get("turn"), int) or not isinstance(row.get("history"), list):
            raise CollectionUnusable(f"{path}: a turn has no number or no history.", LAYOUT)
        history = row["history"]
        if not all(isinstance(said, str | dict) for said in history):
            raise CollectionUnusable(f"{path}: a history holds neither texts nor objects.", LAYOUT)
        if not row.get("query_id") and all(isinstance(said, str) for said in history):
            # Where nobody judged passages, it opens with the titles of page and section.
            history = history[2:]
        yield Turn(
            id=row.get("query_id") or f"{row.get('conv_id')}:{row['turn']}",
            number=row["turn"],
            question=normalise(row["question"]),
            history=tuple(_asked(history)),
            rewritten=row.get("rewritten_question"),
        )


def _asked(history: Sequence[str | Mapping[str, str]]) -> Iterator[str]:
    """What the user said."""
    for place, said in enumerate(history):
        if isinstance(said, str):
            if place % 2 == 0:
                yield normalise(said)
        elif said.get("speaker") == "user":
            yield normalise(said.get("text", ""))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
