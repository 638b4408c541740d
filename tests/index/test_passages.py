"""Documents and passages on disk."""

import gc
import hashlib
import sqlite3
import tracemalloc
import weakref
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import pytest

from normqa.datatypes import Block, BlockKind, Document, ItemList, Metadata, Passage, Section, Span
from normqa.errors import IndexCorrupt, UnknownDocument
from normqa.index.entries import DocumentSummary
from normqa.index.passages import PassageStore
from normqa.index.shards import shard_of

UNICODE = "Zürich: 検証, \u0645\u0631\u062d\u0628\u0627, e\u0301 and 👩‍🚀 \u2028 stay.\n\nA: 1\tB: 2"


def a_document(document_id: str, text: str = UNICODE, metadata: Metadata | None = None) -> Document:
    return Document(
        id=document_id,
        title=f"Title of {document_id}",
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        metadata=metadata or Metadata(),
        blocks=(Block(BlockKind.LEAD_IN, Span(0, 5)), Block(BlockKind.ITEM, Span(6, 9), level=2)),
        lists=(ItemList(Span(0, 5), (Span(6, 9),)), ItemList(None, (Span(6, 7), Span(8, 9)))),
        sections=(Section((), Span(0, 5)), Section(("Teil Ä", "§ 2"), Span(5, len(text)))),
        pages=(Span(0, 5), Span(5, len(text))),
    )


def a_passage(document_id: str, lead_in: Span | None) -> Passage:
    return Passage(document_id, Span(6, 9), ("Teil Ä",), lead_in, (Span(6, 7), Span(8, 9)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder whose name means something in a URI."""
    folder = tmp_path / "index #1 ?mode=rw 100% é"
    folder.mkdir()
    return folder


def build_and_open(
    folder: Path, documents: Sequence[Document], passages: Sequence[Sequence[Passage]] | None = None
) -> PassageStore:
    """Without passages, every document has none."""
    PassageStore.build(folder, documents, passages or [[] for _ in documents])
    return PassageStore.open([folder])


def test_a_document_comes_back_as_it_went_in(folder: Path) -> None:
    metadata = Metadata(
        title="T",
        source="S",
        url="https://example.org/ä?b=c#d",
        date="2024-02-29",
        authors=("Á. B.", "C"),
        publisher="P",
        language="de",
        topics=("norms", "検証"),
    )
    full, bare = a_document("sub folder/Übersicht.txt", metadata=metadata), a_document("bare")
    store = build_and_open(folder, [bare, full])
    assert store.document("sub folder/Übersicht.txt") == full
    assert store.document("bare") == bare


def test_a_passage_comes_back_as_it_went_in_under_its_number(folder: Path) -> None:
    first, second = a_passage("a", lead_in=Span(0, 5)), a_passage("b", lead_in=None)
    store = build_and_open(folder, [a_document("a"), a_document("b")], [[first], [second]])
    assert (store.passage(0), store.passage(1)) == (first, second)
    assert store.sizes == [2]


def test_passages_are_numbered_document_after_document(folder: Path) -> None:
    documents = [a_document(item) for item in ("b", "a", "none", "c")]
    passages = [[a_passage("b", None)] * 2, [a_passage("a", None)], [], [a_passage("c", None)] * 3]
    store = build_and_open(folder, documents, passages)
    assert store.passages_of(["a", "c", "b", "none"]) == [range(2, 3), range(3, 6), range(2), range(3, 3)]
    assert [store.passage(n).document_id for n in range(6)] == ["b", "b", "a", "c", "c", "c"]
    assert store.passages_of([]) == []
    with pytest.raises(UnknownDocument, match="no document 'z'"):
        store.passages_of(["a", "z"])


def test_metadata_comes_by_document_id(folder: Path) -> None:
    about = {
        "é": Metadata(title="T", date="2024-02-29", authors=("Á. B.", "C"), topics=("norms", "検証")),
        "a b": Metadata(source='"S" \\ {}'),
        "Z": Metadata(),
    }
    store = build_and_open(folder, [a_document(name, metadata=item) for name, item in about.items()])
    assert list(store.metadata()) == [(name, about[name]) for name in ("Z", "a b", "é")]


def test_an_unknown_document_or_passage_is_named(folder: Path) -> None:
    store = build_and_open(folder, [a_document("a")], [[a_passage("a", None)]])
    with pytest.raises(UnknownDocument, match="no document 'A'"):
        store.document("A")
    with pytest.raises(KeyError, match="1"):
        store.passage(1)


def test_ids_and_texts_come_in_the_order_of_code_points(folder: Path) -> None:
    documents = [a_document(item, text=f"Text of {item}") for item in ("é", "b", "a/z", "a", "Z", "a b")]
    store = build_and_open(folder, documents)
    assert store.document_ids() == ["Z", "a", "a b", "a/z", "b", "é"]
    assert list(store.texts()) == [(item, f"Text of {item}") for item in store.document_ids()]


def build_shards(folder: Path, documents: Sequence[Document], count: int) -> list[Path]:
    """Cuts documents, each of as many passages as its id has characters, into shards."""
    folders = [folder / str(place) for place in range(count)]
    for place, item in enumerate(folders):
        item.mkdir()
        own = [document for document in documents if shard_of(document.id, count) == place]
        PassageStore.build(item, own, [[a_passage(d.id, None)] * len(d.id) for d in own])
    return folders


IDS = ["é", "b", "a/z", "a", "Z", "a b", "none of these"]


@pytest.mark.parametrize("count", [2, 8])
def test_documents_of_all_shards_appear_as_one_store(count: int, folder: Path) -> None:
    """In eight shards, some hold no document."""
    about = [Metadata(title=f"OnnxMetadata {item}") for item in IDS]
    documents = [a_document(item, f"Text of {item}", its) for item, its in zip(IDS, about, strict=True)]
    store = PassageStore.open(build_shards(folder, documents, count))
    assert store.document_ids() == sorted(IDS)
    assert list(store.texts()) == [(item, f"Text of {item}") for item in sorted(IDS)]
    assert [name for name, _ in store.metadata()] == sorted(IDS)
    assert dict(store.metadata()) == dict(zip(IDS, about, strict=True))
    assert [store.document(document.id) for document in documents] == documents
    with pytest.raises(UnknownDocument, match="no document 'A'"):
        store.document("A")
    with pytest.raises(UnknownDocument, match="no document 'A'"):
        store.passages_of(["a", "A"])


@pytest.mark.parametrize("count", [2, 8])
def test_passages_of_all_shards_are_numbered_through(count: int, folder: Path) -> None:
    """Each document has as many as its id has characters."""
    store = PassageStore.open(build_shards(folder, [a_document(item) for item in IDS], count))
    own = [sum(len(item) for item in IDS if shard_of(item, count) == place) for place in range(count)]
    assert store.sizes == own
    numbers = store.passages_of(IDS)
    assert [len(item) for item in numbers] == [len(item) for item in IDS]
    assert sorted(number for item in numbers for number in item) == list(range(sum(map(len, IDS))))
    for document_id, item in zip(IDS, numbers, strict=True):
        assert {store.passage(number).document_id for number in item} == {document_id}
    for number in (-1, sum(own)):
        with pytest.raises(KeyError, match=str(number)):
            store.passage(number)


def test_a_store_of_only_some_documents_shows_no_other(folder: Path) -> None:
    """This applies to every method; passages keep their numbers."""
    folders = build_shards(folder, [a_document(item) for item in IDS], 4)
    everything, some = PassageStore.open(folders), PassageStore.open(folders, frozenset({"b", "Z", "gone"}))
    assert some.only == frozenset({"b", "Z", "gone"})
    assert some.document_ids() == ["Z", "b"]
    assert [name for name, _ in some.texts()] == ["Z", "b"]
    assert [name for name, _ in some.metadata()] == ["Z", "b"]
    assert some.document("b") == everything.document("b")
    assert some.passages_of(["b", "Z"]) == everything.passages_of(["b", "Z"])
    for hidden in ("a", "gone"):
        with pytest.raises(UnknownDocument, match=f"no document '{hidden}'"):
            some.document(hidden)
        with pytest.raises(UnknownDocument, match=f"no document '{hidden}'"):
            some.passages_of(["b", hidden])


def test_two_documents_of_one_id_are_refused(folder: Path) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        PassageStore.build(folder, [a_document("a"), a_document("a")], [[], []])


def test_opening_a_missing_store_creates_no_file(folder: Path) -> None:
    with pytest.raises(sqlite3.Error):
        PassageStore.open([folder])
    assert not list(folder.iterdir())


def test_reading_leaves_no_other_file(folder: Path) -> None:
    store = build_and_open(folder, [a_document("a")])
    store.document("a")
    assert [path.name for path in folder.iterdir()] == ["texts.sqlite"]


def test_summaries_come_by_id_and_read_no_text(folder: Path) -> None:
    """They are right even where text and structure are gone."""
    documents = [a_document("b", metadata=Metadata(topics=("norms",))), a_document("a", "Short.")]
    PassageStore.build(folder, documents, [[a_passage("b", None)] * 2, []])
    with closing(sqlite3.connect(folder / "texts.sqlite")) as db, db:
        db.execute("UPDATE documents SET text = '', structure = ''")
    b, a = documents
    assert list(PassageStore.open([folder]).summaries()) == [
        DocumentSummary("a", "Title of a", Metadata(), a.sha256, 6, 0),
        DocumentSummary("b", "Title of b", Metadata(topics=("norms",)), b.sha256, len(b.text), 2),
    ]


def test_the_text_of_a_document_is_stored_once(folder: Path) -> None:
    text = "All states agree on norms. " * 4000
    PassageStore.build(folder, [a_document("a", text)], [[]])
    assert len(text) <= (folder / "texts.sqlite").stat().st_size < 1.5 * len(text)


def _edit(folder: Path, statement: str) -> None:
    with closing(sqlite3.connect(folder / "texts.sqlite")) as db, db:
        db.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE documents SET text = replace(text, 's', 'z')",
        "UPDATE documents SET structure = '{'",
        "UPDATE documents SET metadata = '[]'",
    ],
)
def test_a_document_changed_on_disk_is_corrupt(folder: Path, statement: str) -> None:
    document = a_document("a", "Norms guide states.")
    PassageStore.build(folder, [document], [[]])
    _edit(folder, statement)
    with pytest.raises(IndexCorrupt, match="corrupted"):
        PassageStore.open([folder]).document("a")


def test_a_text_changed_on_disk_is_not_verified(folder: Path) -> None:
    PassageStore.build(folder, [a_document("a", "Norms guide states.")], [[]])
    _edit(folder, "UPDATE documents SET text = 'Norms bind states.'")
    with pytest.raises(IndexCorrupt, match="'a' is corrupted: checksum mismatch"):
        list(PassageStore.open([folder]).texts())


def test_a_file_that_is_not_a_database_is_corrupt(folder: Path) -> None:
    (folder / "texts.sqlite").write_bytes(b"Norms guide states. " * 100)
    with pytest.raises(IndexCorrupt, match="corrupted"):
        PassageStore.open([folder])


def test_the_document_cache_is_bounded_by_bytes(folder: Path) -> None:
    """A cached document is the same object; one that was dropped is read again."""
    PassageStore.build(folder, [a_document(name, "x" * 10_000) for name in "abc"], [[], [], []])
    store = PassageStore([folder / "texts.sqlite"], cache_bytes=30_000)
    a, b = store.document("a"), store.document("b")
    assert store.document("a") is a
    store.document("c")
    assert store.document("a") is a, "it was used last"
    assert store.document("b") == b
    assert store.document("b") is not b


def test_a_document_larger_than_the_cache_is_not_cached(folder: Path) -> None:
    PassageStore.build(folder, [a_document("a", "x" * 10_000)], [[]])
    store = PassageStore([folder / "texts.sqlite"], cache_bytes=5_000)
    assert store.document("a") == store.document("a")
    assert store.document("a") is not store.document("a")


def test_texts_are_read_one_at_a_time(folder: Path) -> None:
    store = build_and_open(folder, [a_document(name, "x" * 1_000_000) for name in "abcdefgh"])
    tracemalloc.start()
    try:
        assert sum(len(text) for _, text in store.texts()) == 8_000_000
        assert tracemalloc.get_traced_memory()[1] < 4_000_000
    finally:
        tracemalloc.stop()


def test_several_threads_may_read_concurrently(folder: Path) -> None:
    """More documents than are cached, so that every thread goes to the file."""
    ids = [f"document {n}" for n in range(100)]
    passages = [a_passage(item, None) for item in ids]
    store = build_and_open(folder, [a_document(item) for item in ids], [[item] for item in passages])
    with ThreadPoolExecutor(8) as pool:
        documents = list(pool.map(store.document, ids * 5))
        numbers = [*range(100)] * 5
        read = list(pool.map(store.passage, numbers))
    assert [document.id for document in documents] == ids * 5
    assert read == passages * 5


def test_a_dropped_store_is_freed_at_once(folder: Path) -> None:
    store = build_and_open(folder, [a_document("a")])
    store.document("a")
    gone = weakref.ref(store)
    gc.disable()
    try:
        del store
        assert gone() is None
    finally:
        gc.enable()


@pytest.mark.parametrize("place", range(0, 100, 3))
def test_a_flipped_bit_is_found_or_changes_nothing(place: int, folder: Path) -> None:
    """Of all that a store returns. No other error comes out of a damaged file."""
    documents = [a_document("a"), a_document("b", metadata=Metadata(title="T", topics=("norms",)))]
    whole = everything(build_and_open(folder, documents, [[a_passage("a", None)], [a_passage("b", None)]]))
    path = folder / "texts.sqlite"
    intact = path.read_bytes()
    written = [i for i, byte in enumerate(intact) if byte]
    for number in written[place::100]:
        damaged = bytearray(intact)
        damaged[number] ^= 1 << number % 8
        path.write_bytes(damaged)
        with suppress(IndexCorrupt, sqlite3.Error):
            assert everything(PassageStore.open([folder])) == whole


def everything(store: PassageStore) -> list[object]:
    """Return all that a store with the documents a and b returns."""
    ids = store.document_ids()
    numbers = range(store.sizes[0])
    documents = [store.document(document_id) for document_id in ("a", "b")]
    passages = [store.passage(number) for number in numbers], store.passages_of(["a", "b"])
    return [ids, list(store.summaries()), list(store.metadata()), list(store.texts()), documents, passages]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE documents SET title = 'Other'",
        "UPDATE documents SET characters = characters + 1",
        "UPDATE documents SET sha256 = sha256 || '0'",
        "UPDATE documents SET metadata = CAST('{}' AS BLOB)",
        "UPDATE documents SET structure = CAST(replace(CAST(structure AS TEXT), '5', '4') AS BLOB)",
        "UPDATE documents SET id = 'c' WHERE id = 'b'",
        "UPDATE documents SET first_passage = 1 - first_passage",
        "UPDATE passages SET content = CAST(replace(CAST(content AS TEXT), '9', '8') AS BLOB)",
        "UPDATE passages SET (checksum, content) = (SELECT checksum, content FROM passages WHERE number = 1)",
        "UPDATE passages SET number = number + 5 WHERE number = 0",
        "DELETE FROM passages WHERE number = 0",
        "DELETE FROM documents WHERE id = 'a'",
    ],
)
def test_a_changed_row_is_corrupt(statement: str, folder: Path) -> None:
    documents = [a_document("a"), a_document("b")]
    build_and_open(folder, documents, [[a_passage("a", None)], [a_passage("b", Span(0, 5))]])
    _edit(folder, statement)
    with pytest.raises(IndexCorrupt, match="corrupted"):
        everything(PassageStore.open([folder]))


def test_a_document_that_damage_hides_is_not_called_unknown(folder: Path) -> None:
    build_and_open(folder, [a_document("a"), a_document("b")], [[a_passage("a", None)], []])
    _edit(folder, "DELETE FROM documents WHERE id = 'a'")
    store = PassageStore.open([folder])
    for document_id in ("a", "z"):
        with pytest.raises(IndexCorrupt, match="documents are missing"):
            store.document(document_id)
