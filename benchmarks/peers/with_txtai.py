"""txtai: FAISS and BM25, with the texts in SQLite."""

from pathlib import Path

from steps import TOP_K, Row, take_step
from txtai import Embeddings


class Txtai:
    """A hybrid index."""

    def __init__(self, place: Path, model: str) -> None:
        self._index = str(place / "index")
        self._model = model

    def load(self) -> None:
        """Load the encoder."""
        self._embeddings = Embeddings(path=self._model, hybrid=True, content=True)

    def build(self, rows: list[Row]) -> None:
        """Build and save the index."""
        self._embeddings.index((row["id"], row["text"]) for row in rows)
        self._embeddings.save(self._index)

    def open(self) -> None:
        """Load the index and the encoder that it names."""
        self._embeddings = Embeddings()
        self._embeddings.load(self._index)

    def ask(self, question: str) -> list[str]:
        """Return the stored texts."""
        return [found["text"] for found in self._embeddings.search(question, TOP_K)]

    def edit(self, rows: list[Row]) -> None:
        """Upsert the passages; this edit removes none, so no id has to be deleted."""
        self._embeddings.upsert((row["id"], row["text"]) for row in rows)
        self._embeddings.save(self._index)


if __name__ == "__main__":
    take_step(Txtai)
