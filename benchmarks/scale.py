"""Measure builds, searches and answers as the corpus grows to a million passages.

The vectors are real: the default encoder encodes 10,000 documents (60,000 passages) cut out of TEXTS. The
corpora to measure have words drawn with the frequencies of TEXTS; each of their passages gets the vectors
of a real passage with Gaussian noise of length 0.2 (cosine 0.98 with the original). Questions are real
and encoded normally. Recall is relative to exact search, and measured on the real passages alone as well.
Every size is opened and asked in a process of its own, whose memory is reported.

Usage: python benchmarks/scale.py TEXTS --questions QUESTIONS.jsonl --work FOLDER [--passages N ...]
       [--vectors INDEX] [--milvus]

--vectors takes the real vectors from an index instead. --milvus measures every size in a Milvus Lite file as
well. Indexes that exist in FOLDER are not built again; their figures are those of the build that made them.
"""

import argparse
import json
import resource
import statistics
import tempfile
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from harness import PASSAGES_EACH, cut_corpus, draw_corpus, read_questions, seconds, texts_of, words_of

from normqa.answer.models import Models
from normqa.answer.pipeline import PASSAGES_READ, AnswerPipeline
from normqa.answer.question import Question
from normqa.build.build import BuildOptions
from normqa.build.encoding.ivf import train_ivf, write_ivf
from normqa.datatypes import EmbeddedText, Hit
from normqa.index.backend import Backend
from normqa.index.folder import IndexFolder
from normqa.index.generation import Generation
from normqa.index.vectors.dense import IvfIndex
from normqa.models.caching import EncoderWrapper
from normqa.models.protocols import Advance, Encoded, Encoder, Vectors
from normqa.search.retrieve import DEPTH, retrieve
from normqa.settings import read_settings
from normqa.storage.open import open_home
from normqa.timing.timer import Timer

NOISE = 0.2
REAL_DOCUMENTS = 10_000
RECALL_AT = 10
OPENED = 9
"""How many times an index is opened."""

ASKED = 100
"""How many questions are answered in full."""

MEGABYTE = 2**20
Figures = Mapping[str, float | None]
"""Figures by name: seconds if the name says so, else milliseconds, megabytes or shares."""


class Grown(EncoderWrapper):
    """An encoder that gives passages the vectors of real passages, with noise.

    Args:
        encoder: Encodes questions only.
        real: The generation with the real vectors.
    """

    def __init__(self, encoder: Encoder, real: Generation) -> None:
        self._other = encoder
        self._real = real.name
        sentences = map(real.sentences.of, range(real.passages))
        own = [(number, vectors) for number, vectors in enumerate(sentences) if len(vectors)]
        self._passages = real.dense.vectors(np.array([number for number, _ in own]))
        self._sentences = [vectors for _, vectors in own]

    @property
    def fingerprint(self) -> str:
        """Return a name for the real generation and the noise."""
        return f"grown from {self._real} by {NOISE}"

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of words of each text, which is cheap to count."""
        return [len(text.split()) for text in texts]

    def encode_passages(self, texts: Sequence[EmbeddedText], advance: Advance = lambda _: None) -> Encoded:
        """Draw a real passage and noise for each text."""
        seeds = [zlib.crc32(text.text.encode()) for text in texts]
        rows = [seed % len(self._passages) for seed in seeds]
        sentences = [
            self._sentences[row][place % len(self._sentences[row])]
            for row, text in zip(rows, texts, strict=True)
            for place in range(len(text.sentences))
        ]
        draw = np.random.default_rng(seeds)
        advance(len(texts))
        own = np.array(sentences, np.float32).reshape(len(sentences), self._passages.shape[1])
        return Encoded(_noisy(self._passages[rows], draw), _noisy(own, draw))

    @property
    def _encoder(self) -> Encoder:
        return self._other


def _noisy(vectors: Vectors, draw: np.random.Generator) -> Vectors:
    if not len(vectors):
        return vectors
    vectors = vectors + draw.standard_normal(vectors.shape, np.float32) * NOISE / vectors.shape[1] ** 0.5
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def main() -> None:
    """Print the figures of every size and save them as JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("texts", type=Path)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--passages", type=int, nargs="*", default=[1_000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--vectors", type=Path)
    parser.add_argument("--milvus", action="store_true")
    given = parser.parse_args()
    questions, real = read_questions(given.questions), given.vectors or given.work / "real" / "index"
    if not given.vectors:
        if not (real.parent / "corpus").exists():
            cut_corpus(real.parent / "corpus", REAL_DOCUMENTS, texts_of(given.texts))
        _alone(_build, real, None)
    rows = [_shown({"real": 1.0, **_alone(_recall, real, questions)})]
    for passages in given.passages:
        folder = given.work / str(passages)
        if not (folder / "corpus").exists():
            draw_corpus(folder / "corpus", passages // PASSAGES_EACH, words_of(given.texts), sentences_each=3)
        figures = _alone(_build, folder / "index", real)
        figures |= _alone(_search, folder / "index", questions)
        figures |= _alone(_recall, folder / "index", questions)
        rows.append(_shown(figures))
        if given.milvus:
            figures = _alone(_build, folder / "index.db", real, folder / "index")
            rows.append(_shown({"milvus": 1.0, **figures, **_alone(_search, folder / "index.db", questions)}))
    (given.work / "scale.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def _alone(work: Callable[..., Any], *given: object) -> Any:  # noqa: ANN401 - the result of the work
    """Run the work in a process of its own."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(work, *given).result()


def _shown(figures: Figures) -> Figures:
    print(json.dumps(figures), flush=True)
    return figures


def _build(index: Path, real: Path | None, vectors_from: Path | None = None) -> Figures:
    """Build the index if it does not exist.

    Args:
        index: Where to build it, from the corpus beside it.
        real: The index with the real vectors; None encodes.
        vectors_from: Folder of an index whose vectors are copied.
    """
    settings = read_settings(index=str(index))
    encoder = Models.load(settings).encoder
    if real:
        encoder = Grown(encoder, _opened_folder(real))
    options = BuildOptions(settings.max_file_bytes, 2, settings.ann_threshold)
    others = [IndexFolder(vectors_from)] if vectors_from else []
    start = time.process_time()
    open_home(settings).build(index.parent / "corpus", encoder, options, None, None, others)
    spent = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    [newest, *_] = open_home(settings).generations()
    assert newest.manifest  # noqa: S101 - it was built
    assert newest.report  # noqa: S101
    kept = index.parent / f"{index.name}-{newest.name}.json"
    if not kept.exists():
        kept.write_text(json.dumps({"build_memory": peak, "build_cpu_seconds": spent}))
    return {
        "passages": newest.manifest.passages,
        "build_seconds": sum(newest.report.seconds.values()),
        **json.loads(kept.read_text()),
        "disk": sum(path.stat().st_size for path in index.rglob("*") if path.is_file()) / MEGABYTE,
    }


def _search(index: Path, questions: Sequence[str]) -> Figures:
    """Open the index, search and ask as a server does, and measure the memory."""
    settings = read_settings(index=str(index))
    models = Models.load(settings)
    vectors = [models.encoder.encode_question(question) for question in questions]
    home = open_home(settings)
    opened = [seconds(home.open_current) for _ in range(OPENED)]
    generation = home.open_current().generation
    pairs = list(zip(questions, vectors, strict=True))
    times: dict[str, list[float]] = {"lexical": [], "dense": [], "search": [], "ask": [], "ask_default": []}
    cpu = []
    whole = AnswerPipeline(generation, models)
    bare = AnswerPipeline(generation, Models.load(settings.model_copy(update={"reranker": "none"})))
    for question, vector in pairs:
        times["lexical"].append(seconds(generation.lexical.search, question, DEPTH))
        times["dense"].append(seconds(generation.dense.search, vector, DEPTH))
    for question, vector in pairs:
        start = time.process_time()
        times["search"].append(seconds(_found, generation, question, vector))
        cpu.append(time.process_time() - start)
    for question in questions[:ASKED]:
        asked = Question(question, settings.top_k, settings.min_confidence)
        times["ask"].append(seconds(bare.ask, asked, Timer()))
        times["ask_default"].append(seconds(whole.ask, asked, Timer()))
    figures: dict[str, float | None] = {"open_seconds": statistics.median(opened)}
    for name, spent in times.items():
        figures[name] = statistics.median(spent) * 1000
    figures["search_p95"] = statistics.quantiles(times["search"], n=20)[-1] * 1000
    figures["search_cpu"] = statistics.median(cpu) * 1000
    figures["search_cpu_p95"] = statistics.quantiles(cpu, n=20)[-1] * 1000
    figures["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return figures


def _found(generation: Backend, question: str, vector: Vectors) -> list[Hit]:
    return list(islice(retrieve(generation, question, vector, DEPTH), PASSAGES_READ))


def _recall(index: Path, questions: Sequence[str]) -> Figures:
    """Compare inverted lists with exact search; build lists if the index has none."""
    generation, encoder = _opened_folder(index), Models.load(read_settings()).encoder
    exact = generation.dense.with_ivf(None)
    approximate = generation.dense
    with tempfile.TemporaryDirectory() as folder:
        params = generation.manifest.ivf
        if params is None:
            trained, params = train_ivf(exact, generation.sentences)
            write_ivf(Path(folder), trained)
            approximate = exact.with_ivf(IvfIndex.open(Path(folder), params))
        found, times = [], {"exact": list[float](), "lists": list[float]()}
        for vector in map(encoder.encode_question, questions):
            own = approximate.search(vector, RECALL_AT)
            start = time.perf_counter()
            nearest = list(exact.search(vector, DEPTH))[:RECALL_AT]
            times["exact"].append(time.perf_counter() - start)
            found.append(len(own.keys() & set(nearest)) / len(nearest))
            times["lists"].append(seconds(approximate.search, vector, DEPTH))
    return {
        "lists": params.nlist,
        "probes": params.nprobe,
        "recall": statistics.mean(found),
        "recall_when_built": params.recall,
        "exact_search": statistics.median(times["exact"]) * 1000,
        "lists_search": statistics.median(times["lists"]) * 1000,
    }


def _opened_folder(index: Path) -> Generation:
    folder = IndexFolder(index)
    return Generation.open(folder, folder.current().name)


if __name__ == "__main__":
    main()
