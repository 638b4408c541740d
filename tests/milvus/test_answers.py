"""Answers from Milvus equal those from a folder."""

import hashlib

import pytest

from normqa.answer.question import Question
from normqa.datatypes import Answer
from normqa.errors import UnknownDocument
from normqa.index.milvus import cells
from normqa.search.filters import Filters, select
from normqa.service import Service
from normqa.snapshot import Snapshot
from tests.conftest import covering_models
from tests.milvus.conftest import Lab

QUESTIONS = [
    "What does the heron eat?",
    "Who pays the zebrafish?",
    "What are the duties of the keeper?",
    "What does the pelikan eat?",
    "What is protected by the IPF?",
    "Where do herons nest, and what does the pelican eat?",
    "What is the capital of France?",
    "Wie heißt der König?",
]


def ask(snapshot: Snapshot, question: str, filters: Filters = Filters()) -> Answer:  # noqa: B008 - frozen
    return snapshot.ask(Question(question, 3, 0.3, filters))


def places(answer: Answer) -> list[tuple[str, str, str]]:
    return [
        (quote.citation.document_id, quote.text, quote.sha256)
        for quote in (*answer.quotes, *answer.near_misses)
    ]


def assert_equal(one: Answer, other: Answer) -> None:
    assert places(one) == places(other)
    assert (one.kind, one.reason, one.searched_as) == (other.kind, other.reason, other.searched_as)
    assert one.confidence == pytest.approx(other.confidence, abs=1e-3)


@pytest.mark.parametrize("question", QUESTIONS)
def test_answer_is_the_same(question: str, shared: Lab) -> None:
    answer = ask(shared.milvus.current(), question)
    assert_equal(answer, ask(shared.folder.current(), question))
    assert answer.generation == shared.milvus.generation().name


@pytest.mark.parametrize(
    "filters",
    [
        Filters(topics=("birds",)),
        Filters(sources=("FIELD GUIDE",)),
        Filters(date_from="2022"),
        Filters(documents=("fish", "list")),
        Filters(topics=("none",)),
    ],
)
def test_filtered_answer_is_the_same(filters: Filters, shared: Lab) -> None:
    question = "What does the pelican eat?"
    assert_equal(
        ask(shared.milvus.current(), question, filters), ask(shared.folder.current(), question, filters)
    )


def test_unknown_document_in_a_filter_is_an_error(shared: Lab) -> None:
    with pytest.raises(UnknownDocument):
        ask(shared.milvus.current(), "Who?", Filters(documents=("gone",)))


@pytest.mark.parametrize("groups", [(), ("hr",)])
def test_reader_of_groups_gets_the_same_answers(groups: tuple[str, ...], shared: Lab) -> None:
    for question in QUESTIONS:
        one, other = shared.milvus.current(groups), shared.folder.current(groups)
        assert_equal(ask(one, question), ask(other, question))


def test_view_knows_only_its_words(shared: Lab) -> None:
    whole = shared.milvus.generation()
    shown = whole.showing(frozenset({"birds/pelican", "list"}))
    assert (whole.lexical.contains_term("zebrafish"), shown.lexical.contains_term("zebrafish")) == (
        True,
        False,
    )
    assert (whole.lexical.spellings("zeb"), shown.lexical.spellings("zeb")) == ({"zebrafish": 1}, {})
    assert (whole.lexical.long_forms("ZBF"), shown.lexical.long_forms("ZBF")) == (["Zonal Budget Fund"], [])
    assert shown.lexical.long_forms("IPF") == ["International Pelican Fund"]
    assert (shown.documents, shown.passages) == (2, 2)
    selection = select(Filters(), shown.store)
    assert selection
    assert list(selection.documents) == ["birds/pelican", "list"]
    with pytest.raises(UnknownDocument):
        shown.store.document("fish")
    assert whole.showing(frozenset()).lexical.search("pelican", 10, ()) == {}


def test_statistics_of_words_are_the_same(shared: Lab) -> None:
    ours, theirs = shared.milvus.generation().lexical, shared.folder.generation().lexical
    for word in ("pelican", "herring", "heron", "penguins", "zzz"):
        assert ours.contains_word(word) == theirs.contains_word(word)
        assert ours.is_common(word) == theirs.is_common(word)
    assert {term: ours.idf(term) for term in ("pelican", "eat", "zzz")} == {
        term: theirs.idf(term) for term in ("pelican", "eat", "zzz")
    }
    assert ours.spellings("p") == theirs.spellings("p")


def test_documents_and_lists_of_them_are_the_same(shared: Lab) -> None:
    ours, theirs = shared.milvus.current(), shared.folder.current()
    assert ours.documents() == theirs.documents()
    assert ours.summaries() == theirs.summaries()
    assert ours.original("fish") == theirs.original("fish")
    assert ours.glyph_map("fish") is None
    text = "The heron wades in shallow water."
    assert ours.verify(text) == theirs.verify(text)
    assert ours.check("The heron wades in deep water.") == theirs.check("The heron wades in deep water.")


def test_content_beyond_the_limit_of_a_field_is_cut_into_several_rows(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Digests do not compress: each of these 200 has 32 bytes of information, and a row has 2,000 bytes."""
    monkeypatch.setattr(cells, "_CHUNK", 2000)
    digests = "\n".join(hashlib.sha256(bytes([number])).hexdigest() for number in range(200))
    lab.write("digests.md", f"# Digests\n\n```\n{digests}\n```\n")
    for service in (lab.milvus, lab.folder):
        service.build()
    assert lab.milvus.document("digests") == lab.folder.document("digests")
    assert lab.index.check(lab.index.current().name).documents == 5


def test_approximate_search_finds_the_same(lab: Lab) -> None:
    service = Service(lab.milvus.settings.model_copy(update={"ann_threshold": 0}), covering_models())
    service.build(full=True)
    manifest = lab.index.manifest(lab.index.current().name)
    assert (manifest.is_approximate, manifest.passages) == (True, service.generation().passages)
    for question in QUESTIONS:
        assert_equal(ask(service.current(), question), ask(lab.folder.current(), question))
