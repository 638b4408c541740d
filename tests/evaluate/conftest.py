"""Small judged collections."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

WriteCollection = Callable[
    [Mapping[str, tuple[str, str]], Mapping[str, str], Sequence[tuple[str, str, int]]], Path
]


@pytest.fixture
def write_collection(tmp_path: Path) -> Callable[..., Path]:
    """Write a collection: documents with title and text, questions, and judgements of the split ``test``."""

    def write(
        documents: Mapping[str, tuple[str, str]],
        questions: Mapping[str, str],
        qrels: Sequence[tuple[str, str, int]],
    ) -> Path:
        folder = tmp_path / "birds"
        (folder / "qrels").mkdir(parents=True)
        rows = [
            {"_id": document_id, "title": title, "text": text}
            for document_id, (title, text) in documents.items()
        ]
        (folder / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        asked = [{"_id": question_id, "text": text} for question_id, text in questions.items()]
        (folder / "queries.jsonl").write_text("".join(json.dumps(row) + "\n" for row in asked))
        judged = "".join(f"{question}\t{document}\t{score}\n" for question, document, score in qrels)
        (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n" + judged)
        return folder

    return write
