"""If the current generation is damaged, only unchanged documents of an older one are shown."""

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normqa.answer.question import Question
from normqa.datatypes import Answer
from normqa.errors import EncoderMismatch, IndexCorrupt, IndexMissing, NothingUsable, UnknownDocument
from normqa.index.backend import OpenIndex
from normqa.index.disk.pointer import Pointer
from normqa.index.folder import IndexFolder
from normqa.index.generation import open_current
from normqa.models.hashing import HashingEncoder
from normqa.search.filters import Filters
from tests.build.builds import Builds, flip_a_bit, in_shards, truncate
from tests.conftest import asking, roll_back
from tests.test_invariants import here

OLD = {
    "a.md": "# Norms\n\nNorms guide 1 state.",
    "b.md": "# Hotlines\n\nStates keep 1 hotline.",
    "c.md": "# Treaties\n\nTreaties bind 1 state.",
}
NEW = {
    "a.md": "# Norms\n\nNorms guide 1 state.",
    "b.md": "# Hotlines\n\nStates keep 2 hotlines.",
    "d.md": "# Firms\n\nFirms write 2 reports.",
}
"""One document stays, one changes, one goes, one comes."""

QUESTIONS = [
    "How many states do norms guide?",
    "How many hotlines do states keep?",
    "How many states do treaties bind?",
    "How many reports do firms write?",
]


@pytest.fixture
def two(builds: Builds) -> Builds:
    """Two generations, the newer one current."""
    builds.of(OLD, keep=9)
    builds.of(NEW, keep=9)
    return builds


def shown(answer: Answer) -> set[str]:
    return {quote.text for quote in (*answer.quotes, *answer.near_misses)}


def all_shown(builds: Builds) -> set[str]:
    """All that a fresh service shows when it is asked for everything."""
    service = builds.service()
    return {text for question in QUESTIONS for text in shown(service.ask(asking(question, 20)))}


def older_folder(builds: Builds) -> Path:
    """Return the folder of the shard of the oldest generation."""
    name = min(builds.generations())
    return builds.folder.shard(f"{name}-0")


def test_an_intact_index_answers_without_a_warning(two: Builds) -> None:
    opened = open_current(two.folder)
    assert opened == OpenIndex(opened.generation)
    assert opened.generation.name == two.current()
    assert opened.warning is None
    assert opened.generation.store.document_ids() == ["a", "b", "d"]
    answer = two.service().ask(asking(QUESTIONS[0]))
    assert (answer.warning, answer.rolled_back) == (None, False)


DAMAGES: dict[str, Callable[[Builds], object]] = {
    "texts": lambda builds: flip_a_bit(builds.shard() / "texts.sqlite"),
    "vectors": lambda builds: truncate(builds.shard() / "passages.npy"),
    "sentences": lambda builds: (builds.shard() / "sentences.npy").unlink(),
    "words": lambda builds: shutil.rmtree(builds.shard() / "lexical"),
    "report": lambda builds: truncate(builds.folder.generation(builds.current()) / "report.json"),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_an_older_generation_shows_only_unchanged_documents(
    damage: Callable[[Builds], object], two: Builds
) -> None:
    """Documents that were changed, removed or added since are hidden from every request."""
    damage(two)
    generation = open_current(two.folder).generation
    assert generation.name == min(two.generations())
    assert generation.store.document_ids() == ["a"]
    assert all_shown(two) == {"Norms guide 1 state."}
    service = two.service()
    assert [document.id for document in service.documents()] == ["a"]
    for text in ("States keep 1 hotline", "Treaties bind 1 state"):
        assert service.verify(text).matches == ()
    for gone in ("b", "c", "d"):
        with pytest.raises(UnknownDocument):
            service.document(gone)
        with pytest.raises(UnknownDocument):
            service.ask(Question(QUESTIONS[0], 3, 0, Filters(documents=(gone,))))


def test_an_answer_from_an_older_generation_warns_of_the_fault(two: Builds) -> None:
    damaged = two.shard() / "passages.npy"
    truncate(damaged)
    opened = open_current(two.folder)
    assert opened.fault is not None
    assert opened.fault.message == f"{damaged} is corrupted: checksum mismatch."
    answer = two.service().ask(asking(QUESTIONS[0]))
    assert answer.generation == min(two.generations())
    assert answer.warning == opened.warning
    assert opened.warning == (
        f"{damaged} is corrupted: checksum mismatch. Until this is repaired, an older index answers, and only"
        " from documents that have not changed since. Run normqa build."
    )


def test_a_build_repairs_the_index_and_ends_the_warning(two: Builds) -> None:
    truncate(two.shard() / "passages.npy")
    service = two.service()
    assert service.ask(asking(QUESTIONS[0])).warning
    assert two().written
    for item in (service, two.service()):
        answer = item.ask(asking(QUESTIONS[1]))
        assert answer.warning is None
        assert answer.generation == two.current()
    assert all_shown(two) >= {"Norms guide 1 state.", "States keep 2 hotlines.", "Firms write 2 reports."}


def test_the_newest_intact_generation_answers(builds: Builds) -> None:
    """The newest of all decides what is unchanged; a text that came back is shown too."""
    builds.of(OLD, keep=9)
    second = builds.of(OLD | {"c.md": "Treaties bind 2 states."}, keep=9).generation
    for files in (NEW, NEW | {"c.md": OLD["c.md"]}):
        builds.of(files, keep=9)
        truncate(builds.shard() / "passages.npy")
    opened = open_current(builds.folder)
    assert opened.generation.name == second
    assert opened.generation.store.document_ids() == ["a"]
    truncate(builds.folder.shard(f"{second}-0") / "passages.npy")
    oldest = open_current(builds.folder)
    assert oldest.generation.name == min(builds.generations())
    assert oldest.generation.store.document_ids() == ["a", "c"]
    assert oldest.fault is not None
    assert str(builds.shard()) in oldest.fault.message


def test_without_an_intact_generation_the_newest_fault_is_reported(two: Builds) -> None:
    for folder in (older_folder(two), two.shard()):
        truncate(folder / "passages.npy")
    with pytest.raises(IndexCorrupt, match=f"{two.shard()}/passages.npy is corrupted") as corrupt:
        open_current(two.folder)
    assert corrupt.value.hint == "Run normqa build."
    with pytest.raises(IndexCorrupt, match=f"{two.shard()}"):
        two.service().ask(asking(QUESTIONS[0]))


def test_an_older_generation_without_unchanged_documents_does_not_answer(builds: Builds) -> None:
    builds.of(OLD)
    builds.of({name: f"{text} Again." for name, text in OLD.items()})
    truncate(builds.shard() / "passages.npy")
    with pytest.raises(IndexCorrupt, match=f"{builds.shard()}"):
        open_current(builds.folder)


def test_a_document_without_a_known_text_is_not_shown(two: Builds) -> None:
    """It is unknown whether it has changed."""
    truncate(two.shard() / "files.json")
    with pytest.raises(IndexCorrupt, match=r"files\.json is corrupted: checksum mismatch"):
        open_current(two.folder)


def test_only_changed_documents_of_a_damaged_shard_are_lost(builds: Builds) -> None:
    """In several shards, an older generation has its own shard for the one that was written anew."""
    builds.layout = in_shards(4)
    builds.of(OLD)
    newer = builds.of(OLD | {"b.md": NEW["b.md"]})
    [place] = [place for place, shard in enumerate(newer.shards) if newer.generation in shard.name]
    truncate(builds.shard(place) / "passages.npy")
    assert open_current(builds.folder).generation.store.document_ids() == ["a", "c"]
    assert all_shown(builds) == {"Norms guide 1 state.", "Treaties bind 1 state."}


@pytest.mark.parametrize("content", [None, b"", b"{}", b"\xff"])
def test_5_with_an_unreadable_manifest_nothing_removed_or_changed_is_quoted(
    content: bytes | None, two: Builds
) -> None:
    """An older index may answer only if it knows what is unchanged."""
    manifest = two.folder.generation(two.current()) / "manifest.json"
    manifest.unlink()
    if content is not None:
        manifest.write_bytes(content)
    quoted = set[str]()
    with suppress(IndexCorrupt):
        quoted = all_shown(two)
    assert quoted <= {"Norms guide 1 state."}


@pytest.mark.parametrize("file", ["manifest.json", "manifest.copy.json"])
def test_5_with_the_manifest_of_an_older_generation_nothing_removed_or_changed_is_quoted(
    file: str, two: Builds
) -> None:
    """Each file is intact, but not in its place."""
    older, newer = (two.folder.generation(name) for name in sorted(two.generations()))
    shutil.copyfile(older / file, newer / "manifest.json")
    assert all_shown(two) == {"Norms guide 1 state."}


def test_a_failed_build_loses_nothing_that_answers_despite_an_unreadable_manifest(two: Builds) -> None:
    (two.folder.generation(two.current()) / "manifest.json").unlink()
    before = all_shown(two)
    two.write({"empty.md": ""})
    with pytest.raises(NothingUsable):
        two()
    assert all_shown(two) == before == {"Norms guide 1 state."}


def test_an_older_generation_with_an_unreadable_manifest_is_passed_over(builds: Builds) -> None:
    first = builds.of(OLD, keep=9).generation
    second = builds.of(OLD | {"x.md": "Law."}, keep=9).generation
    builds.of(NEW, keep=9)
    truncate(builds.shard() / "passages.npy")
    (builds.folder.generation(second) / "manifest.json").unlink()
    opened = open_current(builds.folder)
    assert opened.generation.name == first
    assert opened.generation.store.document_ids() == ["a"]


@pytest.mark.parametrize("content", [b"", b"\xff", b"../x", b"000001-20200101T000000.000000Z\n"])
def test_with_a_damaged_current_the_newest_answers_with_a_warning(content: bytes, two: Builds) -> None:
    newest = two.current()
    (two.index / "CURRENT").write_bytes(content)
    assert two.folder.current_or_none() is None
    opened = open_current(two.folder)
    assert opened.generation.name == newest
    assert opened.generation.store.document_ids() == ["a", "b", "d"]
    assert opened.warning is not None
    assert f"{two.index / 'CURRENT'} " in opened.warning
    assert "Run normqa build." in opened.warning
    assert "States keep 1 hotline." not in all_shown(two)


def test_with_a_folder_in_place_of_current_the_next_build_repairs_it(two: Builds) -> None:
    (two.index / "CURRENT").unlink()
    (two.index / "CURRENT" / "sub").mkdir(parents=True)
    assert open_current(two.folder).warning
    assert two().written
    assert open_current(two.folder).warning is None


def test_with_a_damaged_current_and_newest_an_older_one_answers(two: Builds) -> None:
    truncate(two.shard() / "passages.npy")
    (two.index / "CURRENT").write_bytes(b"")
    assert all_shown(two) == {"Norms guide 1 state."}


def test_with_a_missing_current_generation_nothing_answers(two: Builds) -> None:
    """Nothing proves then which documents were removed since the older one."""
    shutil.rmtree(two.folder.generation(two.current()))
    with pytest.raises(IndexCorrupt, match="CURRENT names no generation"):
        open_current(two.folder)


def test_without_current_nothing_answers(two: Builds) -> None:
    (two.index / "CURRENT").unlink()
    with pytest.raises(IndexMissing):
        open_current(two.folder)


def test_a_generation_that_was_never_published_does_not_answer(two: Builds) -> None:
    """Only generations up to the current one can replace it."""
    older = min(two.generations())
    two.folder.publish(older)
    truncate(older_folder(two) / "passages.npy")
    with pytest.raises(IndexCorrupt, match=f"{older}"):
        open_current(two.folder)


def test_after_a_rollback_answers_say_so(two: Builds) -> None:
    roll_back(two.index)
    opened = open_current(two.folder)
    assert opened.rolled_back
    assert opened.warning is None
    assert opened.generation.store.document_ids() == ["a", "b", "c"]
    answer = two.service().ask(asking(QUESTIONS[1]))
    assert answer.rolled_back
    assert "States keep 1 hotline." in shown(answer)


def test_5_an_older_generation_after_a_rollback_says_so(
    builds: Builds,
) -> None:
    """For it quotes what has been changed or removed since."""
    for files in ({"b.md": OLD["b.md"]}, OLD, NEW):
        builds.of(files, keep=9)
    roll_back(builds.index)
    truncate(builds.shard() / "passages.npy")
    answer = builds.service().ask(asking(QUESTIONS[1]))
    assert shown(answer) == {"States keep 1 hotline."}
    assert answer.warning
    assert answer.rolled_back


def test_an_older_generation_of_another_encoder_does_not_answer(builds: Builds) -> None:
    builds.write(OLD)
    builds(HashingEncoder(8))
    builds.of(NEW)
    truncate(builds.shard() / "passages.npy")
    with pytest.raises(EncoderMismatch):
        builds.service().ask(asking(QUESTIONS[0]))


def test_a_generation_removed_while_it_is_opened_is_no_fault(
    two: Builds, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Meanwhile a build publishes another one, which is opened."""
    pointed = two.folder.current()
    read_pointer = IndexFolder.read_pointer

    def look(folder: IndexFolder) -> Pointer:
        """Three builds finish just after the first look at CURRENT, which decides what is opened."""
        pointer = read_pointer(folder)
        monkeypatch.undo()
        for number in range(3):
            two.of(NEW | {"e.md": f"Law binds {number} states."})
        return pointer

    monkeypatch.setattr(IndexFolder, "read_pointer", look)
    opened = open_current(two.folder)
    assert pointed.name not in two.generations()
    assert opened.generation.name == two.current()
    assert opened.fault is None


SENTENCES = [
    f"{who} {what}." for who in ("Norms", "Hotlines", "Treaties") for what in ("bind", "help", "end")
]
CORPORA = st.dictionaries(
    st.sampled_from(["a.md", "b.md", "c.md", "sub/a.md"]),
    st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=3).map(" ".join),
    min_size=1,
)


@settings(max_examples=15)
@given(st.lists(CORPORA, min_size=2, max_size=4), st.sampled_from([1, 4]), st.data())
def test_5_with_any_damage_only_text_of_the_corpus_is_quoted(
    states: list[dict[str, str]], places: int, data: st.DataObject
) -> None:
    with here() as place:
        builds = Builds(place.corpus, place.index, 64, in_shards(places))
        for files in states:
            builds.of(files, keep=9)
        names = ["passages.npy", "texts.sqlite", "files.json"]
        for name in data.draw(st.lists(st.sampled_from(names), min_size=1, unique=True)):
            truncate(builds.shard(data.draw(st.integers(0, places - 1))) / name)
        service, texts = builds.service(), place.texts()
        try:
            answers = [service.ask(asking(question, 20)) for question in ("What do norms end?", "hotlines")]
        except IndexCorrupt:
            return
        for answer in answers:
            assert answer.warning
            for quote in (*answer.quotes, *answer.near_misses):
                assert quote.text == quote.span.of(texts[quote.citation.document_id])
