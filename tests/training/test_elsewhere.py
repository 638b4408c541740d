"""Texts of other passages that a reader takes for answers."""

import gzip
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from normqa.models.hashing import HashingEncoder
from normqa.models.protocols import PairScore, Ranking

BUDAPEST = "The treaty was signed in Budapest in 2001. Forty states have ratified it."
HANOI = "The other treaty was signed in Hanoi. It was signed in 2025. Rain fell."
LATER = "The treaty was signed again in Budapest. It was signed by Japan."


def row(name: str, question: str, passage: str, *answers: str) -> dict[str, Any]:
    return {
        "id": name,
        "source": "squad2_train",
        "title": "",
        "passage": passage,
        "question": question,
        "answers": [{"text": text, "start": passage.index(text)} for text in answers],
        "answerable": bool(answers),
        "neg": "" if answers else "human",
        "grain": "span",
        "split": "train",
    }


class Eager:
    """A reader that takes what was signed for an answer, most of all in Hanoi."""

    name = fingerprint = "eager"

    def scores(self, question: str, texts: Sequence[str], ranking: Ranking | None = None) -> list[PairScore]:
        del question, ranking
        return [
            PairScore(1.5, 4.0 if "Hanoi" in text else 0.0 if "signed" in text else -9.0) for text in texts
        ]


def test_likely_texts_of_other_passages_do_not_answer() -> None:
    from reader.data.elsewhere import found_elsewhere
    from reader.data.pairs import Pair

    answered = row("a", "Where was the treaty signed?", BUDAPEST, "Budapest")
    unanswered = row("b", "Where was the treaty drafted?", BUDAPEST)
    others = [row("c", "Who?", HANOI), row("d", "Who?", LATER)]
    pairs = list(found_elsewhere([answered, unanswered, *others], HashingEncoder(), Eager()))
    first = [pair for pair in pairs if pair.question == answered["question"]]
    assert first[0] == Pair(answered["question"], "The other treaty was signed in Hanoi.", 0.0, 1.5)
    assert [pair.text for pair in first[1:]] in (["It was signed in 2025."], ["It was signed by Japan."])
    second = [pair for pair in pairs if pair.question == unanswered["question"]]
    assert len(second) == 2
    assert not any(pair.text in BUDAPEST for pair in first + second)
    assert all(pair.label == 0.0 and "Rain" not in pair.text for pair in pairs)


def test_some_known_pairs_are_learnt_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from reader.data import elsewhere
    from reader.data.examples import CAPS
    from reader.data.pairs import Pair, read_pairs, write_pairs

    questions = [row("a", "Where was it signed?", BUDAPEST, "Budapest"), row("b", "Who signed it?", HANOI)]
    for source in CAPS:
        own = questions if source == "squad2_train" else []
        with gzip.open(tmp_path / f"{source}.jsonl.gz", "wt") as lines:
            lines.writelines(json.dumps(question) + "\n" for question in own)
    for name in ("corpus", "queries", "answers"):
        (tmp_path / f"{name}.jsonl").touch()
    known = [Pair(f"Question {number}?", "A text.", 1.0, 2.0) for number in range(9)]
    write_pairs(tmp_path / "known.jsonl", [known])
    monkeypatch.setattr(elsewhere, "load_reranker", lambda _: Eager())
    options = {"data": tmp_path, "squad": tmp_path, "start": "r", "again": tmp_path / "known.jsonl"}
    options["to"] = tmp_path / "pairs.jsonl"
    monkeypatch.setattr(sys, "argv", ["elsewhere", *(f"--{name}={value}" for name, value in options.items())])
    elsewhere.main()
    [part] = read_pairs(tmp_path / "pairs.jsonl")
    again = [pair for pair in part if pair in known]
    assert len(again) == 3
    assert {pair.question for pair in part} - {pair.question for pair in again} == {
        "Where was it signed?",
        "Who signed it?",
    }
