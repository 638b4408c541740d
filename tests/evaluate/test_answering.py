"""Asking and judging the questions of tiny collections."""

import json
import random
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from normqa.answer.models import Models
from normqa.build.progress import NoProgress
from normqa.evaluate.answering import JudgedAnswer, QaOptions, ask_all, evaluate_qa
from normqa.evaluate.figures.metrics import Outcome
from normqa.evaluate.questions import QuestionSet, hold_out, read_questions
from normqa.models.hashing import HashingEncoder

MODELS = Models(HashingEncoder(), None, None)
EVERYWHERE = QaOptions(own_documents=False, hold_out=0.0, limit=None, min_confidence=0.0)
BIRDS = {
    "heron": "Herons wade in shallow mud.",
    "stork": "Storks nest on high roofs.",
    "otter": "Otters dive for small crabs.",
}


def rows(path: Path, content: Iterable[object]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in content))


def write(
    folder: Path, documents: Mapping[str, str], questions: Iterable[tuple[str, str, str, str]]
) -> QuestionSet:
    """Write a collection and read it.

    Args:
        folder: Where to.
        documents: Text by id; each is a title of its own.
        questions: Id, question, document, and what answers in it; nothing where nothing does.
    """
    folder.mkdir()
    questions = list(questions)
    rows(folder / "corpus.jsonl", [{"_id": n, "title": n, "text": text} for n, text in documents.items()])
    rows(folder / "queries.jsonl", [{"_id": name, "text": text} for name, text, _, _ in questions])
    answers = [
        {"query_id": name, "doc_id": document, "answer_text": answer, "is_answerable": bool(answer)}
        | {"start": documents[document].index(answer) if answer else -1}
        for name, _, document, answer in questions
    ]
    rows(folder / "answers.jsonl", answers)
    return read_questions(folder)


def asked(judged: QuestionSet, work: Path, setup: QaOptions = EVERYWHERE) -> list[JudgedAnswer]:
    return list(ask_all(judged, setup, MODELS, work, NoProgress()))


def outcomes(judged: QuestionSet, work: Path, setup: QaOptions = EVERYWHERE) -> dict[str, Outcome]:
    return {answer.outcome.question_id: answer.outcome for answer in asked(judged, work, setup)}


HERON = ("q1", "Where do herons wade?", "heron", "shallow mud")
STORK = ("q2", "Where do storks nest?", "stork", "on high roofs.")
NONE = ("q3", "Where do otters sleep?", "otter", "")


def test_every_question_has_an_outcome(tmp_path: Path) -> None:
    [found] = asked(write(tmp_path / "birds", BIRDS, [HERON]), tmp_path / "work")
    outcome = found.outcome
    assert outcome.seconds > 0
    assert outcome == Outcome(
        question_id="q1",
        question="Where do herons wade?",
        answerable=True,
        held_out=False,
        hit_rank=1,
        confidence=found.result.candidates[0].signals.score,
        answered=True,
        quote_characters=tuple(len(quote) for quote in outcome.quotes),
        exact=True,
        quotes=outcome.quotes,
        expected=("shallow mud",),
        seconds=outcome.seconds,
    )
    assert outcome.quotes[0] == "Herons wade in shallow mud."


def test_unanswerable_question_has_no_hit(tmp_path: Path) -> None:
    found = outcomes(write(tmp_path / "birds", BIRDS, [HERON, NONE]), tmp_path / "work")
    assert (found["q3"].answerable, found["q3"].hit_rank, found["q3"].expected) == (False, None, ())
    assert found["q3"].answered


def test_hit_rank_is_the_rank_of_the_first_hit(tmp_path: Path) -> None:
    """The question shares three words with the first text, two with the second and one with the third."""
    documents = {
        "a": "Herons wade early.",
        "b": "Herons wade at length here.",
        "c": "Herons sleep in trees at night.",
    }
    question = ("q", "herons wade early", "c", "in trees")
    judged = write(tmp_path / "birds", documents, [question])
    [found] = outcomes(judged, tmp_path / "work").values()
    assert found.quotes == tuple(documents.values())
    assert found.hit_rank == 3


BLANKS = 20
SENTENCE = "Herons wade."
"""Twelve characters; in the collections below, blank lines follow that belong to no sentence."""


@pytest.mark.parametrize(
    ("inside", "blanks", "hits"),
    [
        (6, 20, True),  # 2 * 6 >= min(12, 26)
        (5, 20, False),  # 2 * 5 < min(12, 25)
        (4, 4, True),  # 2 * 4 >= min(12, 8)
        (3, 4, False),  # 2 * 3 < min(12, 7)
        (3, 3, True),  # 2 * 3 >= min(12, 6)
        (1, 0, True),  # 2 * 1 >= min(12, 1)
        (12, 20, True),  # 2 * 12 >= min(12, 32)
    ],
)
def test_hit_shares_half_of_the_shorter_of_answer_and_sentence(
    inside: int, blanks: int, hits: bool, tmp_path: Path
) -> None:
    """The marked answer covers the last characters of the sentence and some blank lines after it."""
    assert len(SENTENCE) == 12
    text = SENTENCE + "\n" * BLANKS + "Otters dive for crabs."
    marked = SENTENCE[-inside:] + "\n" * blanks
    judged = write(tmp_path / "birds", {"d": text}, [("q", "Do herons wade?", "d", marked)])
    [found] = outcomes(judged, tmp_path / "work").values()
    assert (2 * inside >= min(12, inside + blanks)) == hits
    assert found.hit_rank == (1 if hits else None)


def test_same_span_of_another_document_is_no_hit(tmp_path: Path) -> None:
    """The first document is quoted first, because it repeats the question."""
    documents = {"a": "Herons wade in mud.", "b": "Quietly it is late."}
    judged = write(
        tmp_path / "birds", documents, [("q", "Do herons wade in mud?", "b", "Quietly it is late.")]
    )
    [found] = outcomes(judged, tmp_path / "work").values()
    assert found.quotes[0] == "Herons wade in mud."
    assert found.hit_rank == 2


def test_own_documents_restrict_the_search(tmp_path: Path) -> None:
    """Without the restriction, the text that repeats the question comes first."""
    documents = {"a": "Do herons wade in mud?", "b": "In general, herons sleep in trees."}
    judged = write(tmp_path / "birds", documents, [("q", "Do herons wade in mud?", "b", "sleep in trees")])
    [everywhere] = outcomes(judged, tmp_path / "work").values()
    [within] = outcomes(judged, tmp_path / "work", replace(EVERYWHERE, own_documents=True)).values()
    assert everywhere.quotes == ("Do herons wade in mud?", "In general, herons sleep in trees.")
    assert within.quotes == ("In general, herons sleep in trees.",)
    assert (everywhere.hit_rank, within.hit_rank) == (2, 1)


@pytest.mark.parametrize("limit", [1, 3, 7])
def test_limit_draws_questions_with_seed_0_and_keeps_all_documents(limit: int, tmp_path: Path) -> None:
    names = [f"q{n}" for n in range(7)]
    judged = write(tmp_path / "birds", BIRDS, [(name, *HERON[1:]) for name in names])
    found = outcomes(judged, tmp_path / "work", replace(EVERYWHERE, limit=limit))
    assert set(found) == set(random.Random(0).sample(names, limit))
    assert all(len(outcome.quotes) == len(BIRDS) for outcome in found.values())


def test_questions_about_held_out_documents_are_held_out(tmp_path: Path) -> None:
    judged = write(tmp_path / "birds", BIRDS, [HERON, STORK, NONE])
    _, gone = hold_out(judged, 1 / 3)
    assert len(gone) == 1
    found = outcomes(judged, tmp_path / "work", replace(EVERYWHERE, hold_out=1 / 3))
    assert {name for name, outcome in found.items() if outcome.held_out} == {
        question.id for question in judged.questions if question.documents[0] in gone
    }
    [missing] = gone
    assert len(found) == 3
    assert all(BIRDS[missing] not in outcome.quotes for outcome in found.values())
    assert [outcome.hit_rank for outcome in found.values() if outcome.held_out] == [None]


def test_question_is_answered_from_the_minimum_confidence(tmp_path: Path) -> None:
    """The threshold changes neither quotes nor hits."""
    judged = write(tmp_path / "birds", BIRDS, [HERON])
    [before] = outcomes(judged, tmp_path / "work").values()
    for least, answered in ((before.confidence, True), (before.confidence + 0.001, False)):
        [found] = outcomes(judged, tmp_path / "work", replace(EVERYWHERE, min_confidence=least)).values()
        assert replace(found, seconds=0, answered=True) == replace(before, seconds=0)
        assert found.answered == answered


def test_question_of_unknown_words_is_refused_with_the_least_confidence(tmp_path: Path) -> None:
    """It is refused at any threshold."""
    judged = write(tmp_path / "birds", BIRDS, [HERON, ("q2", "Quux blorp?", "stork", "Storks")])
    found = outcomes(judged, tmp_path / "work")
    assert (found["q2"].answered, found["q2"].quotes, found["q2"].hit_rank) == (False, (), None)
    assert found["q2"].confidence < found["q1"].confidence


def test_evaluation_returns_figures_intervals_and_outcomes(tmp_path: Path) -> None:
    """Two questions with an answer are hit; one without is answered anyway."""
    write(tmp_path / "birds", BIRDS, [HERON, STORK, NONE])
    measured = evaluate_qa(tmp_path / "birds", EVERYWHERE, MODELS, tmp_path / "work", NoProgress())
    assert measured.figures["sentence_hit@1"] == 2 / 2
    assert measured.figures["false_refusal_rate"] == 0 / 2
    assert measured.figures["false_answer_rate"] == 1 / 1
    assert measured.figures["exact"] == 3 / 3
    assert measured.figures["questions"] == 3
    assert measured.intervals["sentence_hit@1"] == (1, 1)
    assert [outcome.question_id for outcome in measured.outcomes] == ["q1", "q2", "q3"]
