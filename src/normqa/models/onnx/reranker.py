"""Run a cross-encoder in ONNX format (Nogueira and Cho 2019, arXiv:1901.04085)."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from normqa.errors import RerankerUnavailable
from normqa.models.onnx.pool import Pool
from normqa.models.onnx.session import OnnxFolder
from normqa.models.protocols import PairScore
from normqa.models.weights import RERANKER

MAX_TOKENS = 512

_DECIMALS = 3
"""Scores are rounded, because processors differ in the last digits."""


class OnnxReranker:
    """Cross-encoder with one output per pair, relevance, or two, relevance and the log-odds that it answers.

    Loaded at first use. Safe to use from any thread.

    Args:
        name: Setting that selects this reranker.
        folder: Contains the model and its tokenizer.
        threads: Texts that are read at once. None is one for every core.

    Raises:
        RerankerUnavailable: If a file is missing or, at first use, cannot be loaded.
    """

    def __init__(self, name: str, folder: Path, threads: int | None = None) -> None:
        self.name = name
        self._folder = folder
        self._files = OnnxFolder(folder, RERANKER, threads=1, max_tokens=MAX_TOKENS)
        self._pool = Pool(threads)
        self.fingerprint = " ".join(["onnx", *self._files.sha256.values()])

    def scores(self, question: str, texts: Sequence[str], *_: object) -> list[PairScore]:
        """Return one score per text.

        Every pair is a batch of its own. That avoids padding, and the scores of a dynamically quantised model
        then do not depend on other pairs.
        """
        if not texts:
            return []
        (session,), tokenizer = self._files.load()
        pairs = tokenizer.encode_batch([(question, text) for text in texts])
        logits = self._pool.map(lambda pair: session.run([pair])[0], pairs)
        return [pair_score(numbers, self._folder) for numbers in logits]


def pair_score(logits: NDArray[np.float32], folder: Path) -> PairScore:
    """Return the output of a model for one pair as a score.

    Raises:
        RerankerUnavailable: If the model in ``folder`` returns neither one number nor two.
    """
    if logits.size not in (1, 2):
        raise RerankerUnavailable(
            f"The model in {folder} returns {logits.size} numbers per text."
            " A reranker returns one, or two: relevance, and log-odds of an answer.",
            "Set NORMQA_RERANKER to another model.",
        )
    return PairScore(*(round(logit, _DECIMALS) for logit in logits.ravel().tolist()))
