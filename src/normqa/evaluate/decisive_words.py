"""Evaluate questions whose right answers are known by the words that they must contain.

{"id", "kind", "question", "history", "expected_documents", "decisive_words", "answerable"}

``decisive_words`` is a list of groups. An answer is whole if its quotes contain at least one wording of every
group. Any passage that says so counts, which suits documents that say the same thing in several places.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from normqa.answer.question import Question
from normqa.build.progress import Progress
from normqa.datatypes import Answer, Quote
from normqa.errors import CollectionUnusable
from normqa.evaluate.collection import read_models
from normqa.evaluate.figures.results import EvaluationResult
from normqa.evaluate.gold import TOP_K, GoldFigures
from normqa.service import Service
from normqa.text.canonical import one_line

FORMAT = "Give one JSON object per line: id, kind, question, expected_documents, decisive_words, answerable."
"""Hint for a file that cannot be read."""

Verdict = Literal["whole", "partly", "wrong", "refused"]


class DecisiveQuestion(BaseModel):
    """A question, and the words that its answer must contain.

    Attributes:
        id: Its id in the file.
        kind: Its kind, by which figures are grouped.
        question: As it is asked.
        history: Earlier questions, oldest first.
        expected_documents: Ids of the documents that answer.
        decisive_words: Groups of wordings; an answer needs one wording of every group.
        answerable: Whether the corpus answers it.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    kind: str
    question: str
    history: tuple[str, ...] = ()
    expected_documents: tuple[str, ...] = ()
    decisive_words: tuple[tuple[str, ...], ...] = ()
    answerable: bool = True


def read_decisive_questions(path: Path) -> list[DecisiveQuestion]:
    """Read questions, one JSON object per line.

    Raises:
        CollectionUnusable: If a line is malformed or the file cannot be read.
    """
    questions = list(read_models(path, DecisiveQuestion, FORMAT, strict=False))
    if not questions:
        raise CollectionUnusable(f"{path} has no questions.", FORMAT)
    return questions


def evaluate_decisive_words(
    questions: Sequence[DecisiveQuestion], service: Service, progress: Progress
) -> GoldFigures:
    """Ask every question as users do, and look for the decisive words.

    Returns:
        ``document@1``: the first quote is from an expected document. ``words@1``: the first quotes are a
        whole answer; see :func:`first_quotes`. ``words``: all quotes together are. ``partly``: they contain
        some of the decisive words. ``refused_KIND``: the questions of a kind that are refused.
        ``words_KIND``: the same as ``words`` for one kind. ``wrong_strong``: the number of answers with the
        confidence ``strong`` that contain none of the decisive words, or answer what must be refused.
    """
    progress.stage("Asking the questions", len(questions))
    passed: dict[str, list[bool]] = {}
    wrong_strong = 0
    failures = []
    for question in questions:
        answer = service.ask(
            Question(question.question, TOP_K, service.settings.min_confidence, history=question.history)
        )
        verdict = judge(question, answer)
        for name, good in _figures(question, answer, verdict).items():
            passed.setdefault(name, []).append(good)
        wrong_strong += verdict == "wrong" and answer.band == "strong"
        if verdict not in ("whole", "refused") or (question.answerable and verdict == "refused"):
            failures.append(f"{question.id} {question.question} ({verdict}, {answer.band})")
        progress.advance()
    shares = {name: sum(good) / len(good) for name, good in sorted(passed.items())}
    figures: Mapping[str, float] = shares | {"wrong_strong": wrong_strong, "questions": len(questions)}
    return GoldFigures(EvaluationResult(figures), tuple(failures))


def judge(question: DecisiveQuestion, answer: Answer) -> Verdict:
    """Judge an answer by the decisive words in all its quotes."""
    if not answer.quotes:
        return "refused"
    if not question.answerable:
        return "wrong"
    found = _groups_found(question, answer.quotes)
    return "whole" if all(found) else "partly" if any(found) else "wrong"


def _figures(question: DecisiveQuestion, answer: Answer, verdict: Verdict) -> dict[str, bool]:
    refused = {f"refused_{question.kind}": verdict == "refused"}
    if not question.answerable:
        return refused
    first = first_quotes(answer)
    documents = {quote.citation.document_id for quote in answer.quotes[:1]}
    return refused | {
        "document@1": not documents.isdisjoint(question.expected_documents),
        "words@1": bool(first) and all(_groups_found(question, first)),
        "words": verdict == "whole",
        "partly": verdict == "partly",
        f"words_{question.kind}": verdict == "whole",
    }


def first_quotes(answer: Answer) -> Sequence[Quote]:
    """Return what a reader sees first: the first quote, or the whole list.

    That is the first quote of every part if the question has parts, and all quotes of the first document in
    a comparison, which may be a table.
    """
    if answer.parts:
        return [answer.quotes[part.quotes[0]] for part in answer.parts if part.quotes]
    if answer.kind == "list":
        return answer.quotes
    if answer.kind == "comparison":
        document_id = answer.quotes[0].citation.document_id
        return [quote for quote in answer.quotes if quote.citation.document_id == document_id]
    return answer.quotes[:1]


def _groups_found(question: DecisiveQuestion, quotes: Sequence[Quote]) -> list[bool]:
    text = one_line(" ".join(quote.text for quote in quotes).casefold())
    return [any(one_line(words.casefold()) in text for words in group) for group in question.decisive_words]
