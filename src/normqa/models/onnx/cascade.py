"""Run a cross-encoder in two parts, so that only promising texts pass through all of its layers.

Soldaini and Moschitti 2020, "The Cascade Transformer: an Application for Efficient Answer Sentence Selection"
(arXiv:2005.02534): a head on the lower layers estimates the scores, and the states of the promising texts go
on to the upper layers.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from normqa.errors import RerankerUnavailable
from normqa.models.onnx.pool import Pool
from normqa.models.onnx.reranker import MAX_TOKENS, pair_score
from normqa.models.onnx.session import OnnxFolder, OnnxSession
from normqa.models.protocols import PairScore
from normqa.models.weights import RERANKER

if TYPE_CHECKING:
    from tokenizers import Tokenizer

LOWER = "lower.onnx"
"""Takes tokens. Returns the estimated scores, shape (pairs, 2), and the states that the upper part takes."""

UPPER = "upper.onnx"
"""Takes :data:`STATES`. Returns the scores, shape (pairs, 2)."""

STATES = "states"
"""States of every token after the lower layers, shape (pairs, tokens, hidden)."""

LEAST = 3
"""Texts that the upper part reads in any case, as many as an answer has quotes."""

MARGIN = 3.0
"""A further text is read only if its estimate is at most this far below the best score, or among the best."""


class CascadeReranker:
    """Cross-encoder of two parts. Loaded at first use. Safe to use from any thread.

    Args:
        name: Setting that selects this reranker.
        folder: Contains both parts and the tokenizer.
        threads: Texts that are read at once. None is one for every core.

    Raises:
        RerankerUnavailable: If a file is missing or, at first use, cannot be loaded.
    """

    def __init__(self, name: str, folder: Path, threads: int | None = None) -> None:
        self.name = name
        self._folder = folder
        self._files = OnnxFolder(folder, RERANKER, (LOWER, UPPER), threads=1, max_tokens=MAX_TOKENS)
        self._pool = Pool(threads)
        self.fingerprint = " ".join(["onnx", *self._files.sha256.values(), f"least={LEAST} margin={MARGIN}"])

    def scores(
        self,
        question: str,
        texts: Sequence[str],
        priors: Sequence[float] | None = None,
        to_beat: float | None = None,
    ) -> list[PairScore]:
        """Return one score per text; estimates for texts that would hardly be the best.

        The likeliest texts are read first, then those whose estimates are not lower than the last of the best
        scores or far below the first, all with their priors, until there are no more. A score to beat counts
        as that of all the best.
        """
        if not texts:
            return []
        (lower, upper), tokenizer = self._load()
        priors = priors or [0.0] * len(texts)
        pairs = tokenizer.encode_batch([(question, text) for text in texts])
        parts = self._pool.map(lambda pair: lower.run([pair]), pairs)
        scores = [pair_score(estimate, self._folder) for estimate, _ in parts]

        def total(i: int) -> float:
            return scores[i].combined + priors[i]

        unread = sorted(range(len(texts)), key=lambda i: -total(i))
        best = [] if to_beat is None else [to_beat] * LEAST
        while promising := unread[: LEAST - len(best)] or [
            i for i in unread if total(i) >= min(best[-1], best[0] - MARGIN)
        ]:
            found = self._pool.map(lambda i: upper.feed({STATES: parts[i][1]})[0], promising)
            for i, logits in zip(promising, found, strict=True):
                scores[i] = pair_score(logits, self._folder)
            unread = [i for i in unread if i not in promising]
            best = sorted([*best, *map(total, promising)], reverse=True)[:LEAST]
        return scores

    def _load(self) -> "tuple[list[OnnxSession], Tokenizer]":
        (lower, upper), tokenizer = self._files.load()
        if lower.outputs[1:] != [STATES] or upper.inputs != {STATES}:
            raise RerankerUnavailable(
                f"{LOWER} and {UPPER} in {self._folder} are not two parts of a reader: the second output of"
                f" the one and the only input of the other must be {STATES!r}.",
                RERANKER.hint,
            )
        return [lower, upper], tokenizer
