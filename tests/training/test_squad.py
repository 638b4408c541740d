"""The training file of SQuAD 2.0 as a collection."""

import gzip
import json
import sys
from pathlib import Path

import pytest

PASSAGE = "The treaty was signed in Budapest in 2001. Forty states have ratified it."
ARTICLE = {
    "title": "Budapest_Convention",
    "paragraphs": [
        {
            "context": PASSAGE,
            "qas": [
                {
                    "id": "a",
                    "question": "Where was the treaty signed?",
                    "is_impossible": False,
                    "answers": [{"text": "Budapest", "answer_start": 25}],
                },
                {
                    "id": "b",
                    "question": "Where was the treaty drafted?",
                    "is_impossible": True,
                    "plausible_answers": [{"text": "Budapest", "answer_start": 25}],
                    "answers": [],
                },
            ],
        }
    ],
}


def test_questions_become_examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from reader.data import squad
    from reader.data.examples import CAPS, OPTIONAL, make_examples, rows

    for source in CAPS.keys() - OPTIONAL:
        with gzip.open(tmp_path / f"{source}.jsonl.gz", "wt"):
            pass
    assert list(rows(tmp_path)) == []
    given, collection = tmp_path / "train-v2.0.json", tmp_path / "squad2_train.jsonl.gz"
    given.write_text(json.dumps({"version": "v2.0", "data": [ARTICLE]}))
    monkeypatch.setattr(sys, "argv", ["squad", "--from", str(given), "--to", str(collection)])
    squad.main()
    with gzip.open(collection, "rt") as lines:
        assert len(list(lines)) == 2
    found = list(rows(tmp_path))
    assert [(row["title"], row["answerable"], row["neg"]) for row in found] == [
        ("Budapest Convention", True, ""),
        ("Budapest Convention", False, "human"),
    ]
    answered, unanswered = make_examples(found, seed=1)
    assert answered.labels == (1, 0)
    assert answered.words == ("Budapest", "")
    assert unanswered.labels == (0, 0)


def test_a_reader_chooses_the_wrong_texts_that_it_takes_for_answers() -> None:
    from reader.data.examples import Example
    from reader.data.pairs import Choice, choose_pairs

    from normqa.models.protocols import PairScore

    units = ("It was signed in Budapest.", "Forty states have ratified it.", "It is a treaty.")
    unanswered = Example(
        "b", "squad2_train", "Where was it drafted?", "", units, (0, 0, 0), ("", "", ""), answerable=False
    )
    scores = [PairScore(1.0, answer=3.0), PairScore(2.0, answer=-1.0), PairScore(3.0, answer=-2.0)]
    [pair] = choose_pairs([unanswered], {"b": scores}, Choice(right=1, wrong=1), seed=0)
    assert (pair.text, pair.label, pair.relevance) == ("It was signed in Budapest.", 0.0, 1.0)
    without = [PairScore(score.relevance) for score in scores]
    [pair] = choose_pairs([unanswered], {"b": without}, Choice(right=1, wrong=1), seed=0)
    assert pair.text == "It is a treaty."


def test_only_optional_collections_may_be_absent(tmp_path: Path) -> None:
    from reader.data.examples import rows

    with pytest.raises(FileNotFoundError):
        list(rows(tmp_path))
