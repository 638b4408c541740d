"""What asking costs beside the models that it needs, warm, in one process.

With the default reranker, ``POST /ask`` over a socket is timed against encoding the question and scoring the
same pairs, bare. With ``NORMQA_RERANKER=none`` it is timed against encoding and searching in process. Every
question is asked both ways, one after the other, in turns that alternate; the medians are compared.

Usage: python benchmarks/ask.py QUESTIONS.jsonl [--corpus DIR] [--limit N]

QUESTIONS.jsonl holds an object with "text" or "question" a line. The corpus is indexed in a temporary folder.
"""

import argparse
import http.client
import json
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import uvicorn

from normqa.asker import PASSAGES_READ, Models
from normqa.opening import open_models
from normqa.rerank import Reranker
from normqa.search.retrieve import retrieve
from normqa.serve.app import create_app
from normqa.serve.run import bind
from normqa.service import Service
from normqa.settings import Settings, read_settings

Pairs = tuple[str, list[str]]


class Listening:
    """A reranker that remembers what it was given."""

    def __init__(self, reranker: Reranker) -> None:
        self.name = reranker.name
        self.fingerprint = reranker.fingerprint
        self.given: list[Pairs] = []
        self._reranker = reranker

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """One score a text."""
        self.given.append((question, list(texts)))
        return self._reranker.scores(question, texts)


def main() -> None:
    """Prints both medians and their ratio."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("questions", type=Path)
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parser.add_argument("--limit", type=int, default=200)
    given = parser.parse_args()
    rows = map(json.loads, given.questions.read_text(encoding="utf-8").splitlines())
    questions = [row.get("question") or row["text"] for row in rows][: given.limit]
    with tempfile.TemporaryDirectory() as index:
        settings = read_settings(corpus=given.corpus, index=Path(index), port=0)
        whole, bare = _times(questions, settings)
    print(f"questions      {len(questions)}")
    print(f"/ask           {statistics.median(whole) * 1000:.1f} ms")
    print(f"bare           {statistics.median(bare) * 1000:.1f} ms")
    print(f"ratio          {statistics.median(whole) / statistics.median(bare):.3f}")


def _times(questions: Sequence[str], settings: Settings) -> tuple[list[float], list[float]]:
    models = open_models(settings)
    listening = Listening(models.reranker) if models.reranker else None
    service = Service(
        settings.corpus,
        settings.index,
        Models(models.encoder, listening, models.calibration),
        settings.max_file_bytes,
    )
    service.build()
    service.warm_up()
    listener = bind("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(create_app(settings, service), log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    connection = http.client.HTTPConnection(*listener.getsockname()[:2])
    while not server.started:
        time.sleep(0.01)

    def ask(question: str) -> None:
        connection.request("POST", "/ask", json.dumps({"question": question}))
        connection.getresponse().read()

    def bare(question: str) -> None:
        vector = models.encoder.encode_question(question)
        if listening and models.reranker:
            for asked, texts in listening.given:
                models.reranker.scores(asked, texts)
        else:
            list(retrieve(service.generation(), question, vector, PASSAGES_READ))

    whole_times: list[float] = []
    bare_times: list[float] = []
    for turn, question in enumerate(questions):
        if listening:
            listening.given.clear()
        ask(question)  # fills the caches, and tells which pairs are scored
        pairs = list(listening.given) if listening else []
        ways = [(ask, whole_times), (bare, bare_times)]
        for way, times in ways if turn % 2 else reversed(ways):
            if listening:
                listening.given[:] = pairs
            times.append(_seconds(way, question))
    server.should_exit = True
    thread.join()
    return whole_times, bare_times


def _seconds(way: Callable[[str], None], question: str) -> float:
    start = time.perf_counter()
    way(question)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
