"""Run a cross-encoder in parts, so that only promising texts pass through all of its layers.

Soldaini and Moschitti 2020, "The Cascade Transformer: an Application for Efficient Answer Sentence Selection"
(arXiv:2005.02534): heads on lower layers estimate the scores, and the states of the promising texts go on to
the next layers.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from normqa.errors import RerankerUnavailable
from normqa.models.onnx.pool import Pool
from normqa.models.onnx.reranker import MAX_TOKENS, pair_score
from normqa.models.onnx.session import OnnxFolder, OnnxSession
from normqa.models.protocols import PairScore, Ranking
from normqa.models.weights import RERANKER

if TYPE_CHECKING:
    from tokenizers import Tokenizer

PARTS = ("part1.onnx", "part2.onnx", "part3.onnx")
"""Each but the last returns estimated scores, shape (pairs, 2), and the states of every token, shape (pairs,
tokens, hidden), which the next one takes. The last returns the scores.
"""

LEAST = 3
"""Candidates that go on to the next part if there is no score to beat; as many as an answer has quotes."""

MARGINS = (6.0, 3.0)
"""How far below the best score a candidate may be estimated and still go on: to the second part, and to the
last.
"""


class CascadeReranker:
    """Cross-encoder of several parts. Loaded at first use. Safe to use from any thread.

    Args:
        name: Setting that selects this reranker.
        folder: Contains :data:`PARTS` and the tokenizer.
        threads: Texts that are read at once. None is one for every core.

    Raises:
        RerankerUnavailable: If a file is missing or, at first use, cannot be loaded.
    """

    def __init__(self, name: str, folder: Path, threads: int | None = None) -> None:
        self.name = name
        self._folder = folder
        self._files = OnnxFolder(folder, RERANKER, PARTS, threads=1, max_tokens=MAX_TOKENS)
        self._pool = Pool(threads)
        margins = ",".join(map(str, MARGINS))
        self.fingerprint = " ".join(
            ["onnx", *self._files.sha256.values(), f"least={LEAST} margins={margins}"]
        )

    def scores(self, question: str, texts: Sequence[str], ranking: Ranking | None = None) -> list[PairScore]:
        """Return one score per text; an estimate if its candidate is unlikely to be among the best.

        The first part reads all texts, and a next one those of the candidates that the part before found
        likely. The last part begins with the likeliest and goes on with those whose estimates reach the
        lowest of the best scores, or are not far below the highest, until there are no more. A score to beat
        replaces all of the best scores at the start.
        """
        if not texts:
            return []
        (first, *between, last), tokenizer = self._load()
        ranking = ranking or Ranking.of_texts(len(texts))
        found = self._pool.map(
            lambda pair: first.run([pair]), tokenizer.encode_batch([(question, text) for text in texts])
        )
        scores = [pair_score(outputs[0], self._folder) for outputs in found]

        def total(candidate: int) -> float:
            own = [scores[text].combined for text in ranking.readings[candidate]]
            return sum(own) / len(own) + ranking.priors[candidate]

        def read(part: OnnxSession, going: Iterable[int]) -> None:
            (states,) = part.inputs
            read_on = [text for candidate in going for text in ranking.readings[candidate]]
            outputs_of = self._pool.map(lambda text: part.feed({states: found[text][1]}), read_on)
            for text, outputs in zip(read_on, outputs_of, strict=True):
                found[text] = outputs
                scores[text] = pair_score(outputs[0], self._folder)

        def likely(best: Sequence[float], margin: float) -> list[int]:
            least = min(best[-1], best[0] - margin)
            return [candidate for candidate in unread if total(candidate) >= least]

        beaten = [] if ranking.to_beat is None else [ranking.to_beat] * LEAST
        unread = list(range(len(ranking.readings)))
        for part, margin in zip(between, MARGINS[:-1], strict=True):
            unread = likely(beaten or _highest(map(total, unread)), margin)
            read(part, unread)
        unread.sort(key=total, reverse=True)
        best = beaten
        while promising := unread[: LEAST - len(best)] or likely(best, MARGINS[-1]):
            read(last, promising)
            unread = [candidate for candidate in unread if candidate not in promising]
            best = _highest([*best, *map(total, promising)])
        return scores

    def _load(self) -> "tuple[list[OnnxSession], Tokenizer]":
        parts, tokenizer = self._files.load()
        handed_on = [part.outputs[1:] for part in parts[:-1]]
        if handed_on != [[states] for part in parts[1:] for states in part.inputs]:
            raise RerankerUnavailable(
                f"The parts {', '.join(PARTS)} in {self._folder} do not belong together: the second output of"
                " each must be the only input of the next.",
                RERANKER.hint,
            )
        return parts, tokenizer


def _highest(scores: Iterable[float]) -> list[float]:
    return sorted(scores, reverse=True)[:LEAST]
