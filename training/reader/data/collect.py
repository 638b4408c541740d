"""Write rows as two collections that ``normqa calibrate`` and ``reader.data.record`` read.

The questions of ``open`` can be asked of all documents. Those of ``own`` make sense only about one: a
contract, a hotel, a story. A document has the passages of one title.

Usage: python -m reader.data.collect --data DIR --to DIR [--split train --times 3]
"""

import argparse
import hashlib
import json
import random
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from reader.data.examples import rows

OPEN: Mapping[str, int] = {
    "squad_train_sent": 80,
    "qed": 120,
    "nq_oracle": 120,
    "selqa": 120,
    "squadshifts_new_wiki": 120,
    "medquad": 200,
    "timeqa": 120,
    "quotesum": 120,
    "faq": 120,
}
OWN: Mapping[str, int] = {
    "cuad": 100,
    "dstc9_faq": 100,
    "fairytaleqa": 150,
    "sharc": 120,
    "tatqa": 120,
    "medquad": 150,
}
"""Most questions of a source that its passage answers. Half as many that it does not are added."""


def main() -> None:
    """Write both collections."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of training collections")
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--split", default="valid", help="valid, which trains nothing, or train")
    parser.add_argument("--times", type=int, default=1, help="multiple of the usual numbers of questions")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    kept = [row for row in rows(given.data) if row["split"] == given.split]
    random.Random(given.seed).shuffle(kept)
    for name, most, filtered in (("open", OPEN, False), ("own", OWN, True)):
        chosen = [row for source, count in most.items() for row in _chosen(kept, source, given.times * count)]
        write_collection(chosen, given.to / name, filtered)


def _chosen(kept: Iterable[Mapping[str, Any]], source: str, count: int) -> list[Mapping[str, Any]]:
    own = [row for row in kept if row["source"] == source]
    answered = [row for row in own if row["answerable"]]
    unanswered = [row for row in own if not row["answerable"]]
    return answered[:count] + unanswered[: count // 2]


def write_collection(chosen: Iterable[Mapping[str, Any]], folder: Path, filtered: bool) -> None:
    """Write rows as a collection in the layout of BEIR, with marked answers.

    Args:
        chosen: The rows.
        folder: Where to write.
        filtered: Whether a question is asked of its own document alone.
    """
    chosen = list(chosen)
    passages: dict[str, list[str]] = {}
    titles = {}
    for row in chosen:
        document = _document(row)
        titles[document] = row["title"]
        own = passages.setdefault(document, [])
        if not any(row["passage"] in other for other in own):
            own[:] = [*(other for other in own if other not in row["passage"]), row["passage"]]
    texts = {document: "\n\n".join(own) for document, own in passages.items()}
    corpus = [{"_id": document, "title": titles[document], "text": text} for document, text in texts.items()]
    queries: list[dict[str, Any]] = []
    answers: list[dict[str, Any]] = []
    judged = ["query-id\tcorpus-id\tscore"]
    for row in chosen:
        query, document = row["id"], _document(row)
        metadata = {"doc_filter": document} if filtered else {}
        queries.append({"_id": query, "text": row["question"], "metadata": metadata})
        judged.append(f"{query}\t{document}\t1")
        start = texts[document].find(row["passage"])
        marked = [(answer["text"], start + answer["start"]) for answer in row["answers"]] or [("", -1)]
        answers += [
            {
                "query_id": query,
                "doc_id": document,
                "answer_text": text,
                "start": place,
                "is_answerable": row["answerable"],
            }
            for text, place in marked
        ]
    (folder / "qrels").mkdir(parents=True, exist_ok=True)
    (folder / "qrels" / "test.tsv").write_text("\n".join(judged) + "\n", encoding="utf-8")
    for name, lines in (("corpus", corpus), ("queries", queries), ("answers", answers)):
        (folder / f"{name}.jsonl").write_text(
            "".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8"
        )


def _document(row: Mapping[str, Any]) -> str:
    """Return an id for the passages of a title. A passage without one is a document of its own."""
    named = row["source"], row["title"] or row["passage"]
    return hashlib.sha256(repr(named).encode()).hexdigest()[:12]


if __name__ == "__main__":
    main()
