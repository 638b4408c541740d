"""Invariants of the whole program, for any documents, any edits and any questions.

Tests count the cases that they really checked and fail if these are too few.
"""

import hashlib
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import combinations, product
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from normqa.answer.models import Models
from normqa.answer.quotes.lists import PROSE
from normqa.datatypes import Answer, Block, BlockKind, Document, Quote, Span
from normqa.errors import IndexCorrupt
from normqa.load.corpus import scan
from normqa.load.loaders import load
from normqa.schema.answers import AnswerBody
from normqa.service import Service
from normqa.settings import Settings
from tests.conftest import (
    MAX_FILE_BYTES,
    asking,
    covering_models,
    damage,
    hashing_models,
    parts_in_force,
    tiny_models,
)

MEMORY = Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else None
"""In memory, so that hundreds of small builds do not wait for the disk."""

WORDS = [
    "states",
    "norms",
    "treaties",
    "hotlines",
    "cybersecurity",
    "cooperation",
    "agree",
    "building",
    "main",
    "trust",
    "the",
    "of",
    "U.N.",
    "e.g.",
    "3.5",
    "Zürich",
    "e\u0301tat",
    "検証",
    "👩‍🚀",
    "«quote»",
    "*emphasis*",
    "[link](https://example.org)",
    "`code`",
    "&amp;",
    "a\\*b",
]
NAMES = ["a.md", "b.md", "c.txt", "sub/a.md", "sub/Ü b.markdown"]

words = st.sampled_from(WORDS)


def some_words(least: int, most: int) -> SearchStrategy[str]:
    return st.lists(words, min_size=least, max_size=most).map(" ".join)


sentences = st.builds(
    lambda text, mark: text + mark, some_words(1, 12), st.sampled_from([".", "?", "!", ":"])
)
paragraphs = st.lists(sentences, min_size=1, max_size=12).map(" ".join)
headings = st.builds(lambda level, text: f"{'#' * level} {text}", st.integers(1, 3), some_words(1, 4))


@st.composite
def lists(draw: DrawFn) -> str:
    """A list with or without numbers, lead-in, nested items and second paragraphs."""
    numbered = draw(st.booleans())
    lines = [draw(sentences), ""] if draw(st.booleans()) else []
    for number in range(1, draw(st.integers(2, 6))):
        marker = f"{number}. " if numbered else "- "
        lines.append(marker + draw(sentences))
        indent = " " * len(marker)
        lines += [f"{indent}- {nested}" for nested in draw(st.lists(sentences, max_size=2))]
        if draw(st.integers(0, 5)) == 0:
            lines += ["", indent + draw(sentences), ""]
    return "\n".join(lines)


@st.composite
def tables(draw: DrawFn) -> str:
    rows = draw(st.lists(st.tuples(some_words(1, 4), some_words(0, 4)), min_size=1, max_size=4))
    return "\n".join(["| A | B |", "|---|---|", *(f"| {first} | {second} |" for first, second in rows)])


codes = some_words(1, 6).map(lambda text: f"```\n{text}\n```")
quotations = paragraphs.map(lambda text: f"> {text}")
blocks = st.one_of(headings, paragraphs, paragraphs, lists(), lists(), tables(), codes, quotations)
texts = st.lists(blocks, min_size=1, max_size=6).map("\n\n".join)
corpora = st.dictionaries(st.sampled_from(NAMES), texts, min_size=1, max_size=4)
questions = st.one_of(
    some_words(1, 8).map(lambda text: f"What are {text}?"),
    some_words(1, 8),
    st.builds(lambda one, other: f"How do {one} and {other} differ?", some_words(1, 2), some_words(1, 2)),
)


class Workspace:
    """A corpus, its index, and services over them."""

    def __init__(self, folder: Path) -> None:
        self.corpus = folder / "corpus"
        self.index = folder / "index"
        self.corpus.mkdir()

    def service(self, make_models: Callable[[], Models] = hashing_models) -> Service:
        """A service that has opened no generation yet."""
        return Service(Settings(corpus=self.corpus, index=self.index), make_models())

    def write(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            (self.corpus / name).parent.mkdir(exist_ok=True)
            (self.corpus / name).write_text(text, encoding="utf-8")

    def replace(self, before: Mapping[str, str], after: Mapping[str, str]) -> None:
        for name in before.keys() - after.keys():
            (self.corpus / name).unlink()
        self.write(after)

    def documents(self) -> dict[str, Document]:
        """Every document in the corpus folder, without the index."""
        sources, _ = scan(self.corpus, MAX_FILE_BYTES)
        documents = [loaded.document for loaded in map(load, sources)]
        return {document.id: document for document in documents if document}

    def texts(self) -> dict[str, str]:
        """The canonical text of every document in the corpus folder, without the index."""
        return {name: document.text for name, document in self.documents().items()}


@contextmanager
def here() -> Iterator[Workspace]:
    """A fresh workspace for every example."""
    # A thread of tantivy may still read an index that it has just opened, so cleanup errors are ignored.
    with tempfile.TemporaryDirectory(dir=MEMORY, ignore_cleanup_errors=True) as folder:
        yield Workspace(Path(folder))


def shown(answer: Answer) -> tuple[Quote, ...]:
    return (*answer.quotes, *answer.near_misses)


def check_slice(quote: Quote, text: str) -> None:
    """Check that a quote is exactly its slice of the text."""
    start, end = quote.span.start, quote.span.end
    assert 0 <= start < end <= len(text)
    assert quote.text == text[start:end]
    assert quote.text.strip()
    assert start <= quote.answer.start < quote.answer.end <= end
    assert quote.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert quote.prefix == text[max(0, start - 64) : start]
    assert quote.suffix == text[end : end + 64]


def check_slices(answer: Answer, texts_now: Mapping[str, str]) -> int:
    """Check every quote and near miss of an answer; return their number."""
    for quote in shown(answer):
        check_slice(quote, texts_now[quote.citation.document_id])
    return len(shown(answer))


def test_1_quotes_and_near_misses_are_slices() -> None:
    """An answer has quotes, a refusal near misses, never both, and no two of them overlap."""
    checked: Counter[str] = Counter()

    def is_listed(quote: Quote, documents: Mapping[str, Document]) -> bool:
        block = documents[quote.citation.document_id].block_at(quote.span.start)
        return block.kind is not BlockKind.PARAGRAPH

    def check_answer(answer: Answer, top_k: int, documents: Mapping[str, Document]) -> None:
        checked["quotes"] += len(answer.quotes)
        checked["near misses"] += len(answer.near_misses)
        check_slices(answer, {name: document.text for name, document in documents.items()})
        for first, second in combinations(shown(answer), 2):
            apart = first.span.end <= second.span.start or second.span.end <= first.span.start
            assert first.citation.document_id != second.citation.document_id or apart
        assert bool(answer.quotes) == (answer.status == "answered")
        assert not (answer.quotes and answer.near_misses)
        most = {"passages": top_k, "comparison": max(top_k, 2)}
        prose = [quote for quote in answer.quotes if not is_listed(quote, documents)]
        assert answer.kind == "list" or len(prose) <= most[answer.kind]
        assert len(answer.near_misses) <= 3

    @settings(max_examples=30)
    @given(corpora, st.lists(questions, min_size=1, max_size=4), st.integers(1, 20))
    def check(files: dict[str, str], asked: list[str], top_k: int) -> None:
        with here() as place:
            place.write(files)
            documents = place.documents()
            for make_models in (hashing_models, covering_models, tiny_models):
                service = place.service(make_models)
                service.build()
                for question, min_confidence in product(asked, (0.3, 1.0)):
                    asked_so = replace(asking(question, top_k), min_confidence=min_confidence)
                    check_answer(service.ask(asked_so), top_k, documents)

    check()
    assert checked["quotes"] >= 50
    assert checked["near misses"] >= 10


def tables_in(document: Document) -> list[list[Span]]:
    """The rows of every table, after the paragraph with a colon that introduces it, if there is one."""
    tables: list[list[Span]] = []
    before: Block | None = None
    for block in document.blocks:
        if block.kind is BlockKind.ROW:
            if before and document.text[before.span.end : block.span.start] == "\n":
                tables[-1].append(block.span)
            elif before and before.kind in PROSE and before.span.of(document.text).endswith(":"):
                tables.append([before.span, block.span])
            else:
                tables.append([block.span])
        before = block
    return tables


def lists_in(document: Document) -> list[list[Span]]:
    """The items of every list, after its lead-in, if there is one."""
    return [[found.lead_in, *found.items] if found.lead_in else [*found.items] for found in document.lists]


@st.composite
def zebra_lists(draw: DrawFn) -> str:
    """A list or table about zebras, with or without a lead-in; nothing else mentions them."""
    rests = draw(st.lists(some_words(0, 6), min_size=2, max_size=6))
    items = [f"zebra {number} {rest}".strip() for number, rest in enumerate(rests)]
    lead_in = draw(st.sampled_from(["", "The zebra are:\n\n"]))
    match draw(st.sampled_from(["bullets", "numbers", "nested", "table"])):
        case "bullets":
            lines = [f"- {item}" for item in items]
        case "numbers":
            lines = [f"{number}. {item}" for number, item in enumerate(items, 1)]
        case "nested":
            lines = [line for item in items for line in (f"- {item}", f"  - {draw(words)}")]
        case "table":
            lines = ["| zebra | note |", "|---|---|", *(f"| {item} | {draw(words)} |" for item in items)]
    return lead_in + "\n".join(lines)


@settings(max_examples=30)
@given(corpora, st.lists(texts, max_size=1), zebra_lists())
def test_1_list_is_quoted_in_full(files: dict[str, str], before: list[str], listed: str) -> None:
    """The quotes are the lead-in and all items of one list, or all rows of one table, in order."""
    with here() as place:
        place.write(files | {"zebra.md": "\n\n".join([*before, "# Zebra", listed])})
        service = place.service()
        service.build()
        answer = service.ask(asking("What are the zebra?", 1))
        assert answer.kind == "list"
        document = service.document(answer.quotes[0].citation.document_id)
        spans = [quote.span for quote in answer.quotes]
        assert spans in [*lists_in(document), *tables_in(document)]
        assert sum("zebra" in quote.text for quote in answer.quotes) >= 2


Step = Callable[[dict[str, str]], None]


@st.composite
def steps(draw: DrawFn) -> Step:
    """Write, append to, move or remove one file; the last file is never removed."""
    name, text = draw(st.sampled_from(NAMES)), draw(texts)
    how = draw(st.sampled_from(["write", "append", "remove", "move"]))

    def step(files: dict[str, str]) -> None:
        existing = sorted(files)[len(text) % len(files)]
        if how == "write":
            files[name] = text
        elif how == "append":
            files[existing] += f"\n\n{text}"
        elif how == "move":
            files[name] = files.pop(existing)
        elif len(files) > 1:
            del files[existing]

    return step


def test_5_removed_text_is_never_quoted() -> None:
    """After every build, all quotes are slices of the files as they are now."""
    checked: Counter[str] = Counter()

    @settings(max_examples=20)
    @given(corpora, st.lists(st.lists(steps(), min_size=1, max_size=3), min_size=1, max_size=4), questions)
    def check(files: dict[str, str], rounds: list[list[Step]], question: str) -> None:
        with here() as place:
            place.write(files)
            service = place.service()
            service.build()
            for changes in rounds:
                service.ask(asking(question, 20))
                before, texts_before = dict(files), place.texts()
                for change in changes:
                    change(files)
                place.replace(before, files)
                service.build()
                texts_now = place.texts()
                assert [document.id for document in service.documents()] == sorted(texts_now)
                checked["changes"] += texts_now != texts_before
                for opened in (service, place.service()):
                    checked["quotes"] += check_slices(opened.ask(asking(question, 20)), texts_now)

    check()
    assert checked["changes"] >= 10
    assert checked["quotes"] >= 50


def test_5_damage_brings_nothing_back() -> None:
    """After any file of the newest generation is damaged or lost, answers warn or fail.

    A quote that is still shown is a slice of the files as they are now.
    """
    checked: Counter[str] = Counter()

    @settings(max_examples=20)
    @given(corpora, st.lists(steps(), min_size=1, max_size=4), questions, st.integers(0, 99), st.booleans())
    def check(files: dict[str, str], changes: list[Step], question: str, which: int, is_lost: bool) -> None:
        with here() as place:
            place.write(files)
            service = place.service()
            service.build()
            service.ask(asking(question, 20))
            before = dict(files)
            for change in changes:
                change(files)
            files[min(files)] += "\n\nThe last change."  # so that the build writes a generation
            place.replace(before, files)
            assert place.service().build().written
            parts = parts_in_force(place.index)
            names = sorted(name for name, path in parts.items() if path.stat().st_size)
            path = parts[names[which % len(names)]]
            path.unlink() if is_lost else damage(path)
            checked["damaged"] += 1
            texts_now = place.texts()
            for opened in (service, place.service()):
                try:
                    answer = opened.ask(asking(question, 20))
                except IndexCorrupt:
                    checked["failures"] += 1
                    continue
                assert answer.warning
                checked["warnings"] += 1
                checked["quotes"] += check_slices(answer, texts_now)
                for document in opened.documents():
                    assert document.text == texts_now[document.id]

    check()
    assert checked["warnings"] + checked["failures"] == 2 * checked["damaged"]
    assert checked["warnings"] >= 3


def body(service: Service, question: str, history: Sequence[str] = ()) -> bytes:
    """The JSON reply to a question."""
    asked = replace(asking(question, 5), history=tuple(history))
    return AnswerBody.of(service.ask(asked)).to_json()


def test_6_same_question_gets_the_same_bytes() -> None:
    """From the service that answered before and from a new one, in any order of questions."""
    checked: Counter[str] = Counter()

    @settings(max_examples=25)
    @given(
        corpora, st.lists(questions, min_size=1, max_size=3), st.sampled_from([hashing_models, tiny_models])
    )
    def check(files: dict[str, str], asked: list[str], make_models: Callable[[], Models]) -> None:
        with here() as place:
            place.write(files)
            service = place.service(make_models)
            service.build()
            bodies = [body(service, question) for question in asked]
            follow_up = body(service, "What about them?", asked)
            assert [body(service, question) for question in reversed(asked)] == bodies[::-1]
            fresh = place.service(make_models)
            assert [body(fresh, question) for question in asked] == bodies
            assert body(fresh, "What about them?", asked) == follow_up
            checked["answered"] += sum(b'"answered"' in reply for reply in bodies)

    check()
    assert checked["answered"] >= 10


def test_6_full_builds_of_one_corpus_answer_alike() -> None:
    """Only the name and time of the generation differ."""
    checked: Counter[str] = Counter()

    @settings(max_examples=25)
    @given(corpora, st.lists(questions, min_size=1, max_size=3))
    def check(files: dict[str, str], asked: list[str]) -> None:
        with here() as place:
            place.write(files)
            service = place.service()
            answers: list[list[tuple[str, tuple[Quote, ...]]]] = []
            generations = set()
            for _ in range(2):
                manifest = service.build(full=True).manifest
                assert manifest
                generations.add(manifest.generation)
                found = [service.ask(asking(question, 5)) for question in asked]
                answers.append([(answer.kind, shown(answer)) for answer in found])
                checked["quotes"] += sum(len(shown(answer)) for answer in found)
            assert len(generations) == 2
            assert answers[0] == answers[1]

    check()
    assert checked["quotes"] >= 20
