"""Shared by the benchmarks: corpora of any size, servers, paired timing."""

import argparse
import http.client
import json
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from normqa.models.protocols import PairScore, Ranking, Reranker
from normqa.search import near_duplicates
from normqa.serve.app import create_app
from normqa.serve.server import bind
from normqa.service import Service
from normqa.settings import Settings

SECTIONS = 5
"""Sections per generated document; each becomes one passage."""

PASSAGES_EACH = SECTIONS + 1
"""Passages per generated document; its title is one of them."""

Pairs = tuple[str, list[str], Ranking | None]
"""A question, the texts that the reranker scored for it, and how candidates were ranked."""


PASSAGE_CHARACTERS = 180
"""Minimum characters of a section that is cut out of real texts; whole sentences are added until then."""


def texts_of(folder: Path) -> str:
    """Return the texts in a folder, joined."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return "\n\n".join(path.read_text(encoding="utf-8") for path in paths)


def words_of(folder: Path) -> list[str]:
    """Return every word of the texts in a folder, with repetitions."""
    return re.findall(r"[^\W\d_]+", texts_of(folder))


def cut_corpus(folder: Path, documents: int, texts: str) -> None:
    """Write documents of consecutive sentences of real texts.

    Raises:
        ValueError: If the texts are too short.
    """
    sections = [""]
    for sentence in re.split(r"(?<=[.!?])\s+", texts):
        if len(sections[-1]) >= PASSAGE_CHARACTERS:
            sections.append("")
        sections[-1] += " ".join(sentence.split()) + " "
    if len(sections) < documents * SECTIONS:
        raise ValueError(f"the texts are long enough for only {len(sections) // SECTIONS:,} documents")
    for number in range(documents):
        own = sections[number * SECTIONS : (number + 1) * SECTIONS]
        parts = [f"## Part {part}\n\n{text.strip()}\n" for part, text in enumerate(own, 1)]
        _write(folder, number, f"# Document {number}\n\n" + "\n".join(parts))


def draw_corpus(
    folder: Path, documents: int, words: Sequence[str], seed: int = 0, sentences_each: int = 6
) -> list[str]:
    """Write documents whose words are drawn with the frequencies of ``words``.

    Returns:
        A question for every document: words that stand together in one of its sentences.
    """
    draw = random.Random(seed)
    questions = []
    for number in range(documents):
        sections = []
        for _ in range(SECTIONS):
            sentences = [
                " ".join(draw.choices(words, k=draw.randint(10, 22))).capitalize()
                for _ in range(sentences_each)
            ]
            heading = " ".join(draw.choices(words, k=3))
            sections.append(f"## {heading}\n\n{'. '.join(sentences)}.\n")
        title = " ".join(draw.choices(words, k=4))
        _write(folder, number, f"# {title}\n\n" + "\n".join(sections))
        questions.append(f"What is {' '.join(draw.choice(sentences).split()[:8])}?")
    draw.shuffle(questions)
    return questions


def _write(folder: Path, number: int, text: str) -> None:
    path = folder / f"{number % 100:02}" / f"{number:06}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def read_questions(path: Path) -> list[str]:
    """Return the questions of a JSONL file with a "question" or "text" per line."""
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [row.get("question") or row["text"] for row in rows]


def corpus_and_questions(description: str | None, limit: int) -> tuple[Path, list[str]]:
    """Read the arguments CORPUS, --questions FILE and --limit, and return the corpus and the questions.

    Args:
        description: Of the benchmark.
        limit: Maximum number of questions, unless the caller of the benchmark sets another.
    """
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=limit)
    given = parser.parse_args()
    return given.corpus, read_questions(given.questions)[: given.limit]


class Listening:
    """A reranker that records its inputs."""

    def __init__(self, reranker: Reranker) -> None:
        self.name = reranker.name
        self.fingerprint = reranker.fingerprint
        self.given: list[Pairs] = []
        self._reranker = reranker

    def scores(self, question: str, texts: Sequence[str], ranking: Ranking | None = None) -> list[PairScore]:
        """Score the texts and record them."""
        self.given.append((question, list(texts), ranking))
        return self._reranker.scores(question, texts, ranking)


class Client:
    """A client with one open connection to the server."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._connection = http.client.HTTPConnection(*address)

    def ask(self, question: str) -> bytes:
        """Return the body of the answer."""
        return self.post("/ask", json.dumps({"question": question}))

    def post(self, path: str, body: str, headers: Mapping[str, str] | None = None) -> bytes:
        """Return the body of the reply to a request."""
        return self._reply("POST", path, body, headers)

    def health(self) -> bytes:
        """Return the state of the index."""
        return self._reply("GET", "/health")

    def _reply(
        self, method: str, path: str, body: str | None = None, headers: Mapping[str, str] | None = None
    ) -> bytes:
        self._connection.request(method, path, body, headers or {})
        reply = self._connection.getresponse()
        content = reply.read()
        if reply.status != http.client.OK:
            raise RuntimeError(content)
        return content


@contextmanager
def served(service: Service, settings: Settings) -> Iterator[tuple[str, int]]:
    """Serve in this process and yield the address."""
    listener = bind("127.0.0.1", 0)
    server = uvicorn.Server(
        uvicorn.Config(create_app(settings, service), log_level="warning", timeout_keep_alive=600)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield listener.getsockname()[:2]
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def server_process(
    *options: str, environment: Mapping[str, str] | None = None
) -> Iterator[tuple["subprocess.Popen[str]", tuple[str, int]]]:
    """Run ``normqa serve`` on a free port, and yield the process and its address.

    Args:
        *options: More options of the command.
        environment: Environment of the process. Default: this one.
    """
    command = [sys.executable, "-m", "normqa", "serve", "--port", "0", *options]
    # A pipe that nobody reads would fill up and stop the server.
    with (
        tempfile.NamedTemporaryFile() as log,
        subprocess.Popen(command, env=environment, stdout=log, stderr=log, text=True) as process,
    ):
        try:
            while not (found := re.search(r"http://(\S+):(\d+)\s", Path(log.name).read_text("utf-8"))):
                if process.poll() is not None:
                    raise RuntimeError(Path(log.name).read_text("utf-8"))
                time.sleep(0.05)
            yield process, (found[1], int(found[2]))
        finally:
            process.terminate()


def forget() -> None:
    """Clear the caches of this process."""
    near_duplicates._shingles.cache_clear()


def seconds(work: Callable[..., object], *given: object) -> float:
    """Return how long the work takes, in seconds."""
    start = time.perf_counter()
    work(*given)
    return time.perf_counter() - start


def paired(first: Callable[[], object], second: Callable[[], object], turn: int) -> tuple[float, float]:
    """Time two functions in alternating order."""
    if turn % 2:
        return seconds(first), seconds(second)
    other = seconds(second)
    return seconds(first), other


def show(name: str, ours: Sequence[float], theirs: Sequence[float], against: str) -> None:
    """Print the medians of paired runs and their ratio."""
    mine, other = statistics.median(ours), statistics.median(theirs)
    print(f"{name:44} {mine * 1000:9.1f} ms")
    print(f"{against:44} {other * 1000:9.1f} ms")
    print(f"{'ratio':44} {mine / other:9.3f}", flush=True)
