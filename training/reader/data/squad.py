"""Write the training file of SQuAD 2.0 as a collection, whose unanswerable questions people wrote.

Usage: python -m reader.data.squad --from train-v2.0.json --to DIR/squad2_train.jsonl.gz
"""

import argparse
import gzip
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any


def main() -> None:
    """Write one row per question."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--from", dest="file", type=Path, required=True, help="SQuAD's own JSON file")
    parser.add_argument("--to", type=Path, required=True)
    given = parser.parse_args()
    articles = json.loads(given.file.read_text(encoding="utf-8"))["data"]
    with gzip.open(given.to, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(row) + "\n" for article in articles for row in rows_of(article))


def rows_of(article: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the questions of an article as rows that are all for training."""
    for paragraph in article["paragraphs"]:
        for asked in paragraph["qas"]:
            answers = [
                {"text": answer["text"], "start": answer["answer_start"]} for answer in asked["answers"]
            ]
            yield {
                "id": asked["id"],
                "title": article["title"].replace("_", " "),
                "passage": paragraph["context"],
                "question": asked["question"],
                "answers": answers,
                "answerable": not asked["is_impossible"],
                "neg": "human" if asked["is_impossible"] else "",
                "grain": "span",
                "split": "train",
            }


if __name__ == "__main__":
    main()
