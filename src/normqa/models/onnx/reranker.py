"""Run a cross-encoder in ONNX format (Nogueira and Cho 2019, arXiv:1901.04085)."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from normqa.errors import RerankerUnavailable
from normqa.models.onnx.session import OnnxFolder, OnnxSession
from normqa.models.protocols import PairScore
from normqa.models.weights import RERANKER

if TYPE_CHECKING:
    from tokenizers import Encoding

_MAX_TOKENS = 512

_DECIMALS = 3
"""Scores are rounded, because processors differ in the last digits."""


class OnnxReranker:
    """Cross-encoder with one output per pair, relevance, or two, relevance and the log-odds that it answers.

    Loaded at first use. Safe to use from any thread.

    Args:
        name: Setting that selects this reranker.
        folder: Contains the model and its tokenizer.
        threads: Threads per run. None lets onnxruntime choose.

    Raises:
        RerankerUnavailable: If a file is missing or, at first use, cannot be loaded.
    """

    def __init__(self, name: str, folder: Path, threads: int | None = None) -> None:
        self.name = name
        self._folder = folder
        self._files = OnnxFolder(folder, RERANKER, threads, _MAX_TOKENS)
        self.fingerprint = " ".join(["onnx", *self._files.sha256.values()])

    def scores(self, question: str, texts: Sequence[str]) -> list[PairScore]:
        """Return one score per text.

        Pairs run one at a time. That avoids padding, and the scores of a dynamically quantised model then do
        not depend on the other pairs of a batch.
        """
        if not texts:
            return []
        session, tokenizer = self._files.load()
        pairs = tokenizer.encode_batch([(question, text) for text in texts])
        return [self._score(session, pair) for pair in pairs]

    def _score(self, session: OnnxSession, pair: "Encoding") -> PairScore:
        logits = session.run([pair]).ravel()
        if logits.size not in (1, 2):
            raise RerankerUnavailable(
                f"The model in {self._folder} returns {logits.size} numbers per text."
                " A reranker returns one, or two: relevance, and log-odds of an answer.",
                "Set NORMQA_RERANKER to another model.",
            )
        return PairScore(*(round(logit, _DECIMALS) for logit in logits.tolist()))
