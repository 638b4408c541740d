"""Cross-encoders of the sentence-transformers library."""

import os
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from normqa.errors import RerankerUnavailable
from normqa.models.weights import RERANKER, digest, loading

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


class CrossEncoderReranker:
    """A cross-encoder in a folder; the library and the weights are loaded at first use.

    Args:
        name: The setting that chose it.
        folder: Where its files are.

    Raises:
        RerankerUnavailable: At first use, if the files are no model that the library can load.
    """

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self._folder = folder
        self._lock = threading.RLock()

    @cached_property
    def fingerprint(self) -> str:
        """Digest of the model's files."""
        return f"cross-encoder {digest(self._folder, RERANKER)}"

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """One score a text, as the model's own activation gives it."""
        if not texts:
            return []
        with self._lock:
            values = self._loaded.predict([(question, text) for text in texts], show_progress_bar=False)
        return [float(value) for value in np.asarray(values)]

    @cached_property
    def _loaded(self) -> "CrossEncoder":
        os.environ["HF_HUB_OFFLINE"] = "1"  # the files are here; no hub is to be asked about them
        from sentence_transformers import CrossEncoder  # noqa: PLC0415 - takes seconds
        from transformers.utils.logging import disable_progress_bar  # noqa: PLC0415

        disable_progress_bar()
        with loading(self._folder, RERANKER):
            model = CrossEncoder(str(self._folder), local_files_only=True)
        if model.num_labels != 1:
            raise RerankerUnavailable(
                f"The model in {self._folder} gives {model.num_labels} labels; a reranker gives one score.",
                "Set NORMQA_RERANKER to another.",
            )
        return model
