"""What the benchmarks share: a corpus of any size, a server in this process, and fair clocks."""

import http.client
import json
import random
import re
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from normqa.models.protocols import Reranker
from normqa.search import near_duplicates
from normqa.serve.app import create_app
from normqa.serve.server import bind
from normqa.service import Service
from normqa.settings import Settings

SECTIONS = 5
"""Of a document that is made; each becomes one passage."""

PASSAGES_EACH = SECTIONS + 1
"""Of a document that is made: its title is one too."""

Pairs = tuple[str, list[str]]
"""A question, and the texts that a reranker was given with it."""


PASSAGE_CHARACTERS = 180
"""A passage of a document that is cut is the fewest sentences that have so many."""


def texts_of(folder: Path) -> str:
    """The texts in a folder, one after the other."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return "\n\n".join(path.read_text(encoding="utf-8") for path in paths)


def words_of(folder: Path) -> list[str]:
    """Every word of the texts in a folder, as often as it stands there."""
    return re.findall(r"[^\W\d_]+", texts_of(folder))


def cut_corpus(folder: Path, documents: int, texts: str) -> None:
    """Writes documents that are cut out of real texts: the sentences as they follow one upon the other.

    Raises:
        ValueError: If the texts do not suffice.
    """
    sections = [""]
    for sentence in re.split(r"(?<=[.!?])\s+", texts):
        if len(sections[-1]) >= PASSAGE_CHARACTERS:
            sections.append("")
        sections[-1] += " ".join(sentence.split()) + " "
    if len(sections) < documents * SECTIONS:
        raise ValueError(f"the texts suffice for {len(sections) // SECTIONS:,} documents")
    for number in range(documents):
        own = sections[number * SECTIONS : (number + 1) * SECTIONS]
        parts = [f"## Part {part}\n\n{text.strip()}\n" for part, text in enumerate(own, 1)]
        _write(folder, number, f"# Document {number}\n\n" + "\n".join(parts))


def draw_corpus(
    folder: Path, documents: int, words: Sequence[str], seed: int = 0, sentences_each: int = 6
) -> list[str]:
    """Writes documents whose words are drawn as often as they stand in ``words``.

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
    """The questions of a file that has a "question" or a "text" a line."""
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [row.get("question") or row["text"] for row in rows]


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


class Client:
    """Asks a server over one connection that stays open."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._connection = http.client.HTTPConnection(*address)

    def ask(self, question: str) -> bytes:
        """The body of the answer."""
        return self._reply("POST", "/ask", json.dumps({"question": question}))

    def health(self) -> bytes:
        """What the server says of its index."""
        return self._reply("GET", "/health")

    def _reply(self, method: str, path: str, body: str | None = None) -> bytes:
        self._connection.request(method, path, body)
        reply = self._connection.getresponse()
        content = reply.read()
        if reply.status != http.client.OK:
            raise RuntimeError(content)
        return content


@contextmanager
def served(service: Service, settings: Settings) -> Iterator[tuple[str, int]]:
    """Serves in this process; gives the address."""
    listener = bind("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(create_app(settings, service), log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield listener.getsockname()[:2]
    finally:
        server.should_exit = True
        thread.join()


def forget() -> None:
    """Empties what this process has worked out of the texts that it has seen."""
    near_duplicates._shingles.cache_clear()


def seconds(work: Callable[..., object], *given: object) -> float:
    """How long it takes."""
    start = time.perf_counter()
    work(*given)
    return time.perf_counter() - start


def paired(first: Callable[[], object], second: Callable[[], object], turn: int) -> tuple[float, float]:
    """How long each of two takes; which goes first changes from turn to turn."""
    if turn % 2:
        return seconds(first), seconds(second)
    other = seconds(second)
    return seconds(first), other


def show(name: str, ours: Sequence[float], theirs: Sequence[float], against: str) -> None:
    """Prints the medians of paired runs and their ratio."""
    mine, other = statistics.median(ours), statistics.median(theirs)
    print(f"{name:44} {mine * 1000:9.1f} ms")
    print(f"{against:44} {other * 1000:9.1f} ms")
    print(f"{'ratio':44} {mine / other:9.3f}", flush=True)
