"""Cross-encoders in ONNX, run by onnxruntime (Nogueira and Cho 2019, arXiv:1901.04085)."""

import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from normqa.errors import RerankerUnavailable
from normqa.weights import RERANKER, file_sha256, loading

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Encoding, Tokenizer

MODEL = "model.onnx"
TOKENIZER = "tokenizer.json"

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
            session, tokenizer = self._loaded
        wanted = {each.name for each in session.get_inputs()}
        return [
            self._logit(session, wanted, tokens)
            for tokens in tokenizer.encode_batch([(question, text) for text in texts])
        ]

    def _logit(self, session: "InferenceSession", wanted: set[str], tokens: "Encoding") -> float:
        given = {
            "input_ids": tokens.ids,
            "attention_mask": tokens.attention_mask,
            "token_type_ids": tokens.type_ids,
        }
        feed = {name: np.array([ids], dtype=np.int64) for name, ids in given.items() if name in wanted}
        logits = np.asarray(session.run(None, feed)[0])
        if logits.size != 1:
            raise RerankerUnavailable(
                f"The model in {self._folder} gives {logits.size} numbers for a text; a reranker gives one.",
                "Set NORMQA_RERANKER to another.",
            )
        return float(logits.item())

    @cached_property
    def _loaded(self) -> "tuple[InferenceSession, Tokenizer]":
        import onnxruntime  # noqa: PLC0415 - what is slow to import is imported where it is used
        from tokenizers import Tokenizer  # noqa: PLC0415

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        with loading(self._folder, RERANKER):
            tokenizer: Any = Tokenizer.from_file(str(self._folder / TOKENIZER))
            session = onnxruntime.InferenceSession(
                str(self._folder / MODEL), options, providers=["CPUExecutionProvider"]
            )
        tokenizer.no_padding()  # the published file pads everything to 512
        tokenizer.enable_truncation(_MAX_TOKENS)
        return session, tokenizer
