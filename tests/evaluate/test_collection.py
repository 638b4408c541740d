"""Reading of judged collections."""

from pathlib import Path

import pytest

from normqa.errors import CollectionUnusable
from normqa.evaluate.collection import read_collection, sample
from tests.evaluate.conftest import WriteCollection


def test_documents_questions_and_judgements_are_read(write_collection: WriteCollection) -> None:
    folder = write_collection(
        {
            "b": ("Herons", "The heron wades."),
            "a": ("", "Pelicans dive.\r\nThey eat."),
            "none": ("T", " "),
        },
        {"q2": "Who wades?", "q1": "Who dives?", "q3": "Who is not judged?"},
        [("q2", "b", 1), ("q1", "a", 2), ("q1", "b", 0)],
    )
    collection = read_collection(folder, "test")
    assert collection.name == folder.name
    assert [(document.id, document.title) for document in collection.documents] == [
        ("a", "a"),
        ("b", "Herons"),
    ]
    assert collection.documents[0].text == "Pelicans dive.\nThey eat."
    assert collection.questions == {"q1": "Who dives?", "q2": "Who wades?"}
    assert collection.qrels == {"q1": {"a": 2, "b": 0}, "q2": {"b": 1}}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("corpus.jsonl", "{}\n", "line 1: not an object with _id and text"),
        ("corpus.jsonl", '{"_id": "a", "text": "A."}\nnot json\n', "line 2: not an object with _id and text"),
        ("queries.jsonl", "[1]\n", "line 1: not an object with _id and text"),
        ("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\ta\thigh\n", "line 2: not a judgement"),
        ("qrels/test.tsv", "query-id\tcorpus-id\tscore\n", "has no questions judged by split 'test'"),
    ],
)
def test_malformed_line_is_reported_with_its_number(
    write_collection: WriteCollection, name: str, content: str, message: str
) -> None:
    folder = write_collection({"a": ("A", "A.")}, {"q1": "Q?"}, [("q1", "a", 1)])
    (folder / name).write_text(content)
    with pytest.raises(CollectionUnusable, match=message):
        read_collection(folder, "test")


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CollectionUnusable, match=r"qrels/train\.tsv cannot be read"):
        read_collection(tmp_path, "train")


def test_sample_is_reproducible_and_bounded() -> None:
    questions = {f"q{n}": str(n) for n in range(50)}
    some = sample(questions, 10)
    assert len(some) == 10
    assert some == sample(dict(reversed(questions.items())), 10)
    assert some.items() <= questions.items()
    assert sample(questions, None) == sample(questions, 99) == dict(sorted(questions.items()))
