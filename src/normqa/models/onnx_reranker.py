"""Cross-encoders in ONNX, run by onnxruntime (Nogueira and Cho 2019, arXiv:1901.04085)."""

import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from normqa.errors import RerankerUnavailable
from normqa.models.onnx_session import MODEL, TOKENIZER, OnnxModel
from normqa.models.weights import RERANKER, file_sha256

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

_MAX_TOKENS = 512


class OnnxReranker:
    """A cross-encoder with one output a pair; loaded at first use.

    Args:
        name: The setting that chose it.
        folder: Holds :data:`MODEL` and :data:`TOKENIZER`.

    Raises:
        RerankerUnavailable: If a file is missing; at first use, if it is no such model.
    """

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self._folder = folder
        self._lock = threading.RLock()
        self.fingerprint = "onnx " + " ".join(
            file_sha256(folder / file, RERANKER) for file in (MODEL, TOKENIZER)
        )

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """One logit a text.

        Pairs are run one by one: nothing is padded, which is faster for so few, and where the model is
        quantised as it runs, a score then depends on nothing but its own pair.
        """
        if not texts:
            return []
        with self._lock:
            model, tokenizer = self._loaded
        return [
            self._logit(model, tokens)
            for tokens in tokenizer.encode_batch([(question, text) for text in texts])
        ]

    def _logit(self, model: OnnxModel, tokens: "Encoding") -> float:
        logits = model.run([tokens])
        if logits.size != 1:
            raise RerankerUnavailable(
                f"The model in {self._folder} gives {logits.size} numbers for a text; a reranker gives one.",
                "Set NORMQA_RERANKER to another.",
            )
        return float(logits.item())

    @cached_property
    def _loaded(self) -> "tuple[OnnxModel, Tokenizer]":
        model = OnnxModel(self._folder, RERANKER)
        return model, model.tokenizer(_MAX_TOKENS)
