"""Run a cross-encoder on the sentence-transformers library."""

import os
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from normqa.errors import RerankerUnavailable
from normqa.extras import MODELS
from normqa.models.protocols import PairScore
from normqa.models.weights import RERANKER, digest, loading

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


class CrossEncoderReranker:
    """Cross-encoder of the sentence-transformers library. Library and weights are loaded at first use.

    Args:
        name: Setting that selects this reranker.
        folder: Contains the model's files.

    Raises:
        RerankerUnavailable: At first use, if the model cannot be loaded or the extra is not installed.
    """

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self._folder = folder
        self._lock = threading.RLock()

    @cached_property
    def fingerprint(self) -> str:
        """Digest of the model's files."""
        return f"cross-encoder {digest(self._folder, RERANKER)}"

    def scores(self, question: str, texts: Sequence[str], *_: object) -> list[PairScore]:
        """Return one score per text, after the model's own activation."""
        if not texts:
            return []
        with self._lock:
            values = self._loaded.predict([(question, text) for text in texts], show_progress_bar=False)
        return [PairScore(float(value)) for value in np.asarray(values)]

    @cached_property
    def _loaded(self) -> "CrossEncoder":
        MODELS.require(f"The reranker {self.name!r}", RERANKER.error)
        os.environ["HF_HUB_OFFLINE"] = "1"  # the files are local
        from sentence_transformers import CrossEncoder  # noqa: PLC0415 - optional and slow to import
        from transformers.utils.logging import disable_progress_bar  # noqa: PLC0415

        disable_progress_bar()
        with loading(self._folder, RERANKER):
            model = CrossEncoder(str(self._folder), local_files_only=True)
        if model.num_labels != 1:
            raise RerankerUnavailable(
                f"The model in {self._folder} returns {model.num_labels} labels. A reranker returns one.",
                "Set NORMQA_RERANKER to another model.",
            )
        return model
