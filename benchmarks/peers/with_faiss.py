"""A plain script: sentence-transformers, a flat FAISS index, and the passages as JSON lines."""

from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from steps import TOP_K, Row, read_rows, save_rows, take_step


class Plain:
    """Vectors in one file and texts in another, in the same order."""

    def __init__(self, place: Path, model: str) -> None:
        self._vectors, self._texts = place / "index.faiss", place / "texts.jsonl"
        self._model = model

    def load(self) -> None:
        """Load the encoder."""
        self._encoder = SentenceTransformer(self._model, local_files_only=True)

    def build(self, rows: list[Row]) -> None:
        """Build and save the index."""
        self._save(self._encode([row["text"] for row in rows]), rows)

    def open(self) -> None:
        """Load encoder, vectors and texts."""
        self.load()
        self._index = faiss.read_index(str(self._vectors))
        self._rows = read_rows(self._texts)

    def ask(self, question: str) -> list[str]:
        """Return the nearest texts."""
        _, [found] = self._index.search(self._encode([question]), TOP_K)
        return [self._rows[number]["text"] for number in found]

    def edit(self, rows: list[Row]) -> None:
        """Rebuild the index from the vectors of other documents and the new ones."""
        others = [i for i, row in enumerate(self._rows) if row["document"] != rows[0]["document"]]
        vectors = self._index.reconstruct_n(0, self._index.ntotal)[others]
        new = self._encode([row["text"] for row in rows])
        self._save(np.concatenate([vectors, new]), [self._rows[i] for i in others] + rows)

    def _encode(self, texts: list[str]) -> NDArray[np.float32]:
        vectors: NDArray[np.float32] = self._encoder.encode(
            texts, normalize_embeddings=True, show_progress_bar=False
        )
        return vectors

    def _save(self, vectors: NDArray[np.float32], rows: list[Row]) -> None:
        self._index, self._rows = faiss.IndexFlatIP(vectors.shape[1]), rows
        self._index.add(vectors)
        faiss.write_index(self._index, str(self._vectors))
        save_rows(self._texts, rows)


if __name__ == "__main__":
    take_step(Plain)
