"""The invariants of the whole: whatever the documents, whatever is done to them, whatever is asked."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import combinations
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from normqa.answer.lists import PROSE
from normqa.answer.models import Models
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
)

MEMORY = Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else None
"""Saves hundreds of small builds from waiting for the disk."""

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
    """A list, with or without numbers, lead-in, nested items and second paragraphs."""
    numbered = draw(st.booleans())
    lines = [draw(sentences), ""] if draw(st.booleans()) else []
    for number in range(1, draw(st.integers(2, 6))):
        marker = f"{number}. " if numbered else "- "
        lines.append(marker + draw(sentences))
        indent = " " * len(marker)
        lines += [f"{indent}- {each}" for each in draw(st.lists(sentences, max_size=2))]
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
models = st.sampled_from([hashing_models, covering_models])
"""One of which knows how sure to be, and refuses; the other does not."""


class Here:
    """A corpus, its index, and services over them."""

    def __init__(self, folder: Path) -> None:
        self.corpus = folder / "corpus"
        self.index = folder / "index"
        self.corpus.mkdir()

    def service(self, make_models: Callable[[], Models] = hashing_models) -> Service:
        """One that has opened nothing yet."""
        return Service(Settings(corpus=self.corpus, index=self.index), make_models())

    def write(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            (self.corpus / name).parent.mkdir(exist_ok=True)
            (self.corpus / name).write_text(text, encoding="utf-8")

    def texts(self) -> dict[str, str]:
        """The canonical text of every document that the corpus gives as it stands, without the index."""
        sources, _ = scan(self.corpus, MAX_FILE_BYTES)
        documents = [loaded.document for loaded in map(load, sources)]
        return {document.id: document.text for document in documents if document}


@contextmanager
def here() -> Iterator[Here]:
    """A fresh corpus for every example."""
    # A thread of tantivy may still look at an index that it opened just now, hence the errors ignored.
    with tempfile.TemporaryDirectory(dir=MEMORY, ignore_cleanup_errors=True) as folder:
        yield Here(Path(folder))


def shown(answer: Answer) -> tuple[Quote, ...]:
    return (*answer.quotes, *answer.near_misses)


def check_that_it_is_a_slice(quote: Quote, text: str) -> None:
    """Invariant 1, by the letter."""
    start, end = quote.span.start, quote.span.end
    assert 0 <= start < end <= len(text)
    assert quote.text == text[start:end]
    assert quote.text.strip()
    assert start <= quote.answer.start < quote.answer.end <= end
    assert quote.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert quote.prefix == text[max(0, start - 64) : start]
    assert quote.suffix == text[end : end + 64]


@settings(max_examples=50)
@given(corpora, st.lists(questions, min_size=1, max_size=4), st.integers(1, 20), models)
def test_1_every_quote_and_near_miss_is_a_slice_of_its_document(
    files: dict[str, str], asked: list[str], top_k: int, make_models: Callable[[], Models]
) -> None:
    """And an answer has quotes, a refusal near misses, never both; no two of them overlap."""
    with here() as place:
        place.write(files)
        texts_now = place.texts()
        service = place.service(make_models)
        service.build()
        for question in asked:
            answer = service.ask(asking(question, top_k))
            for quote in shown(answer):
                check_that_it_is_a_slice(quote, texts_now[quote.citation.document_id])
            for first, second in combinations(shown(answer), 2):
                apart = first.span.end <= second.span.start or second.span.end <= first.span.start
                assert first.citation.document_id != second.citation.document_id or apart
            assert bool(answer.quotes) == (answer.status == "answered")
            assert not (answer.quotes and answer.near_misses)
            most = {"passages": top_k, "comparison": max(top_k, 2)}
            assert answer.kind == "list" or len(answer.quotes) <= most[answer.kind]
            assert len(answer.near_misses) <= 3


def tables_in(document: Document) -> list[list[Span]]:
    """The rows of each table, after the paragraph with a colon that introduces it, if there is one."""
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


@settings(max_examples=30)
@given(corpora, questions)
def test_1_an_answered_list_is_quoted_whole(files: dict[str, str], question: str) -> None:
    """Its quotes are the lead-in and the items of one list, or the rows of one table, in order."""
    with here() as place:
        place.write(files)
        service = place.service()
        service.build()
        answer = service.ask(asking(question, 1))
        if answer.kind == "list":
            document = service.document(answer.quotes[0].citation.document_id)
            wholes = [
                [each.lead_in, *each.items] if each.lead_in else [*each.items] for each in document.lists
            ]
            assert [quote.span for quote in answer.quotes] in [*wholes, *tables_in(document)]


Step = Callable[[dict[str, str]], None]


@st.composite
def steps(draw: DrawFn) -> Step:
    """Adds, edits, appends to or removes one file; the last one stays."""
    name, text = draw(st.sampled_from(NAMES)), draw(texts)
    how = draw(st.sampled_from(["write", "append", "remove", "move"]))

    def step(files: dict[str, str]) -> None:
        there = sorted(files)[len(text) % len(files)]
        if how == "write":
            files[name] = text
        elif how == "append":
            files[there] += f"\n\n{text}"
        elif how == "move":
            files[name] = files.pop(there)
        elif len(files) > 1:
            del files[there]

    return step


@settings(max_examples=20)
@given(corpora, st.lists(st.lists(steps(), min_size=1, max_size=3), min_size=1, max_size=4), questions)
def test_5_what_is_gone_is_never_quoted(
    files: dict[str, str], rounds: list[list[Step]], question: str
) -> None:
    """After each rebuild all that is shown stands in the files as they are, at that very place."""
    with here() as place:
        place.write(files)
        service = place.service()
        service.build()
        for changes in rounds:
            service.ask(asking(question, 20))
            before = dict(files)
            for change in changes:
                change(files)
            for name in before.keys() - files.keys():
                (place.corpus / name).unlink()
            place.write(files)
            service.build()
            texts_now = place.texts()
            assert [document.id for document in service.documents()] == sorted(texts_now)
            for each in (service, place.service()):
                for quote in shown(each.ask(asking(question, 20))):
                    check_that_it_is_a_slice(quote, texts_now[quote.citation.document_id])


@settings(max_examples=20)
@given(corpora, st.lists(steps(), min_size=1, max_size=4), questions, st.integers(0, 99), st.booleans())
def test_5_damage_brings_nothing_back(
    files: dict[str, str], changes: list[Step], question: str, which: int, is_lost: bool
) -> None:
    """Whichever file of the newest generation is damaged or lost.

    What is shown then, if anything, stands in the files as they are, and whoever reads it is warned.
    """
    with here() as place:
        place.write(files)
        service = place.service()
        service.build()
        service.ask(asking(question, 20))
        before = dict(files)
        for change in changes:
            change(files)
        for name in before.keys() - files.keys():
            (place.corpus / name).unlink()
        place.write(files)
        if not place.service().build().written:
            return
        parts = parts_in_force(place.index)
        path = parts[sorted(parts)[which % len(parts)]]
        path.unlink() if is_lost else damage(path)
        texts_now = place.texts()
        for each in (service, place.service()):
            try:
                answer = each.ask(asking(question, 20))
            except IndexCorrupt:
                continue
            assert answer.warning
            for quote in shown(answer):
                check_that_it_is_a_slice(quote, texts_now[quote.citation.document_id])
            for document in each.documents():
                assert document.text == texts_now[document.id]


def body(service: Service, question: str, history: Sequence[str] = ()) -> bytes:
    """What goes out for a question."""
    inquiry = replace(asking(question, 5), history=tuple(history))
    return AnswerBody.of(service.ask(inquiry)).to_json()


@settings(max_examples=25)
@given(corpora, st.lists(questions, min_size=1, max_size=3))
def test_6_the_same_question_to_the_same_generation_has_the_same_body(
    files: dict[str, str], asked: list[str]
) -> None:
    """From the service that answered before, from a new one, and whatever was asked in between."""
    with here() as place:
        place.write(files)
        service = place.service()
        service.build()
        bodies = [body(service, question) for question in asked]
        follow_up = body(service, "What about them?", asked)
        assert [body(service, question) for question in reversed(asked)] == bodies[::-1]
        fresh = place.service()
        assert [body(fresh, question) for question in asked] == bodies
        assert body(fresh, "What about them?", asked) == follow_up


@settings(max_examples=25)
@given(corpora, st.lists(questions, min_size=1, max_size=3))
def test_6_two_full_builds_of_the_same_corpus_answer_alike(files: dict[str, str], asked: list[str]) -> None:
    """But for the generation's name and time, which say which of them it was."""
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
        assert len(generations) == 2
        assert answers[0] == answers[1]
