"""Write the passages that every program indexes, and an edit of one document.

Usage: python benchmarks/peers/prepare.py CORPUS WORK
"""

import json
import sys
from pathlib import Path

from steps import SENTENCE, Row, save_rows

from normqa.load.corpus import scan
from normqa.load.loaders import load
from normqa.models.load import load_encoder
from normqa.models.protocols import Encoder
from normqa.models.weights import ENCODER
from normqa.settings import Settings, read_settings
from normqa.split import Splitter


def main(corpus: Path, work: Path) -> None:
    """Write the passages and the edit; export the encoder if needed."""
    settings = read_settings()
    encoder = load_encoder(ENCODER.packaged, settings.cache_folder)
    rows = _rows(corpus, encoder, settings)
    save_rows(work / "passages.jsonl", rows)
    sources, _ = scan(corpus, settings.max_file_bytes, settings.exclude)
    source = sources[len(sources) // 2]
    edited = work / "edited" / source.name
    edited.parent.mkdir(parents=True)
    text = source.path.read_text(encoding="utf-8")
    edited.write_text(f"{text}\n\n## Marmots\n\n{SENTENCE}\n", encoding="utf-8")
    save_rows(work / "edited.jsonl", _rows(work / "edited", encoder, settings))
    print(json.dumps({"passages": len(rows)}))


def _rows(corpus: Path, encoder: Encoder, settings: Settings) -> list[Row]:
    """Return the text of every passage as the encoder sees it."""
    splitter = Splitter(encoder.count_tokens, encoder.max_tokens)
    documents = [
        load(source).document for source in scan(corpus, settings.max_file_bytes, settings.exclude)[0]
    ]
    return [
        {
            "id": f"{document.id}#{number}",
            "document": document.id,
            "text": splitter.embedded_text(document, passage).text,
        }
        for document in documents
        if document
        for number, passage in enumerate(splitter.split(document))
    ]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
