"""Measure how fast passages are encoded, compared to sentence-transformers and to the machine's own limit.

Alternating rounds pass the same texts to ``Encoder.encode_passages``, which also pools their sentences, and
to ``SentenceTransformer.encode``, which does not. Medians are compared. The limit is the best rate at which
numpy multiplies float32 matrices.

Usage: python benchmarks/encode.py [--corpus DIR] [--limit N] [--rounds N]
"""

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sentence_transformers import SentenceTransformer

from normqa.datatypes import EmbeddedText
from normqa.load.corpus import scan
from normqa.load.loaders import load
from normqa.models.load import load_encoder
from normqa.models.protocols import Encoder
from normqa.models.weights import ENCODER, ORIGINAL_ENCODER, find_model
from normqa.settings import read_settings
from normqa.split import Splitter


def main() -> None:
    """Print both rates, their ratio, and the share of the machine's limit."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parser.add_argument("--limit", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    settings = read_settings()
    encoder = load_encoder(ENCODER.packaged, settings.cache_folder)
    texts = _texts(given.corpus, encoder)[: given.limit]
    library = SentenceTransformer(str(find_model(ENCODER.packaged, ORIGINAL_ENCODER)), local_files_only=True)
    whole = [text.text for text in texts]
    rates: dict[str, list[float]] = {"normqa": [], "library": [], "machine": []}
    for turn in range(given.rounds + 1):
        ours = _seconds(lambda: encoder.encode_passages(texts))
        theirs = _seconds(lambda: library.encode(whole, show_progress_bar=False))
        if turn:  # the first round warms up
            rates["normqa"].append(len(texts) / ours)
            rates["library"].append(len(texts) / theirs)
            rates["machine"].append(_gigaflops())
    normqa, other, machine = (statistics.median(rate) for rate in rates.values())
    tokens = sum(encoder.count_tokens(whole)) / len(whole)
    used = normqa * tokens * _flop_a_token(library) / 1e9
    print(f"passages                {len(texts)}, {tokens:.0f} tokens each")
    print(f"normqa                  {normqa:.1f} per second")
    print(f"sentence-transformers   {other:.1f} per second")
    print(f"ratio                   {normqa / other:.2f}")
    print(f"of the machine's limit  {used / machine:.2f} ({used:.0f} of {machine:.0f} GFLOP/s)")


def _texts(corpus: Path, encoder: Encoder) -> list[EmbeddedText]:
    """Return the text that the encoder reads for every passage."""
    splitter = Splitter(encoder.count_tokens, encoder.max_tokens)
    documents = [load(source).document for source in scan(corpus, 10_000_000)[0]]
    return [
        splitter.embedded_text(document, passage)
        for document in documents
        if document
        for passage in splitter.split(document)
    ]


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _gigaflops(size: int = 2048) -> float:
    """Return the best rate of a few products of square matrices."""
    left, right = (np.random.default_rng(seed).random((size, size), dtype=np.float32) for seed in (0, 1))
    return max(2 * size**3 / _seconds(lambda: left @ right) / 1e9 for _ in range(5))


def _flop_a_token(library: SentenceTransformer) -> int:
    """Count two operations per weight of the linear layers. Attention over long texts is left out."""
    layers = library[0].auto_model.encoder
    return 2 * sum(int(weight.numel()) for _, weight in layers.named_parameters() if weight.dim() > 1)


if __name__ == "__main__":
    main()
