"""The service: which generation answers, and what it does when the index or the corpus is damaged."""

import errno
import os
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from normqa.answer.pipeline import PASSAGES_READ
from normqa.datatypes import Answer
from normqa.errors import (
    CorpusMissing,
    EncoderMismatch,
    IndexCorrupt,
    IndexMissing,
    InvalidRequest,
    NothingUsable,
    UnknownDocument,
)
from normqa.index.folder import IndexFolder
from normqa.index.report import CorpusDiff
from normqa.models.hashing import HashingEncoder
from normqa.search.filters import Filters
from normqa.search.verify import Match
from normqa.service import Service
from normqa.settings import Settings
from normqa.timing.timer import Timer
from tests.conftest import (
    SEED_QUESTION,
    STRATEGIES,
    WriteCorpus,
    asking,
    damage,
    hashing_models,
    parts_in_force,
    roll_back,
)

MakeService = Callable[..., Service]

QUESTION = "How many hotlines do states keep?"


def edition(number: int) -> dict[str, str]:
    """A corpus whose every sentence names its edition."""
    return {
        name: f"# Hotlines\n\nIn edition {number}, states keep {number} hotlines, says {name}.\n"
        for name in ("a.md", "b.md", "c.md")
    }


def quoted(answer: Answer) -> list[str]:
    return [quote.text for quote in answer.quotes]


@pytest.fixture
def service(write_corpus: WriteCorpus, make_service: MakeService) -> Service:
    """A service with the first edition built."""
    write_corpus(edition(1))
    service = make_service()
    service.build()
    return service


def test_the_seed_question_is_answered_by_the_whole_list_in_order(seed_service: Service) -> None:
    answer = seed_service.ask(asking(SEED_QUESTION))
    assert (answer.status, answer.kind) == ("answered", "list")
    lead_in, *items = quoted(answer)
    assert lead_in == "The main strategies for building international norms on cybersecurity include:"
    assert [item.partition(":")[0] for item in items] == STRATEGIES
    assert [quote.span.start for quote in answer.quotes] == sorted(
        quote.span.start for quote in answer.quotes
    )


def test_an_unanswerable_question_is_refused(seed_service: Service) -> None:
    answer = seed_service.ask(asking("Who won the football match yesterday evening?"))
    assert (answer.status, answer.reason) == ("not_found", "nothing_relevant")
    assert answer.quotes == answer.near_misses == ()


def test_a_question_is_searched_in_canonical_form_and_kept_as_asked(service: Service) -> None:
    asked = " How many\r\nhotlines do  Zu\u0308rich's states keep?\t"
    answer = service.ask(asking(asked, 1))
    assert answer.question == asked
    assert answer.searched_as == "How many hotlines do Z\u00fcrich's states keep?"


def test_top_k_bounds_the_quotes(write_corpus: WriteCorpus, make_service: MakeService) -> None:
    count = PASSAGES_READ + 4
    write_corpus({f"{n:02}.md": f"States keep {n} hotlines.\n" for n in range(count)})
    service = make_service()
    service.build()
    for top_k in (1, 3, count):
        assert len(service.ask(asking(QUESTION, top_k)).quotes) == top_k


def test_the_timer_receives_every_stage(service: Service) -> None:
    """The clock advances by a second per reading, so every stage takes a second."""
    timer = Timer(clock=map(float, count()).__next__)
    service.ask(asking(QUESTION, 1), timer=timer)
    stages = ["open", "filter", "encode", "search", "read", "check"]
    assert list(timer.milliseconds.items()) == [(stage, 1000) for stage in stages]


def test_the_next_question_uses_a_rebuilt_index(
    service: Service, write_corpus: WriteCorpus, make_service: MakeService
) -> None:
    """Whether this service built it or another one did."""
    assert quoted(service.ask(asking(QUESTION, 1))) == ["In edition 1, states keep 1 hotlines, says a.md."]
    write_corpus(edition(2))
    service.build()
    assert quoted(service.ask(asking(QUESTION, 1))) == ["In edition 2, states keep 2 hotlines, says a.md."]
    write_corpus(edition(3))
    manifest = make_service().build().manifest
    answer = service.ask(asking(QUESTION, 1))
    assert quoted(answer) == ["In edition 3, states keep 3 hotlines, says a.md."]
    assert manifest
    assert (answer.generation, answer.built_at) == (manifest.generation, manifest.built_at)


def test_a_generation_is_opened_once(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    service.ask(asking(QUESTION, 1))
    first = service.generation()
    monkeypatch.setattr("normqa.storage.folder.open_current", None)
    service.ask(asking(QUESTION, 1))
    assert service.generation() is first


def test_a_request_keeps_its_generation_when_that_is_pruned(
    service: Service, write_corpus: WriteCorpus, index: Path
) -> None:
    """Three rebuilds later its files are deleted, and it still answers from them."""
    held = service.generation()
    files = parts_in_force(index).values()
    for number in (2, 3, 4):
        write_corpus(edition(number))
        service.build()
    assert not any(path.exists() for path in files)
    assert "In edition 1" in held.store.document("c").text
    assert list(held.lexical.search("hotlines", 10)) == [0, 1, 2]
    assert held.dense.search(HashingEncoder().encode_question(QUESTION), 3)
    assert service.generation().name != held.name


def test_removed_text_is_not_quoted_after_a_rebuild(
    service: Service, write_corpus: WriteCorpus, corpus: Path
) -> None:
    service.ask(asking(QUESTION, 9))
    (corpus / "a.md").unlink()
    write_corpus({"b.md": "Treaties bind states.\n"})
    service.build()
    answer = service.ask(asking(QUESTION, 9))
    assert {quote.citation.document_id: quote.text for quote in answer.quotes} == {
        "b": "Treaties bind states.",
        "c": "In edition 1, states keep 1 hotlines, says c.md.",
    }
    assert [document.id for document in service.documents()] == ["b", "c"]
    assert service.verify("says a.md").status == "not_found"
    with pytest.raises(UnknownDocument):
        service.document("a")


FIRST = {
    "changed.md": "States keep 4 hotlines, says changed.\n",
    "kept.md": "States keep 3 hotlines, says kept.\n",
    "removed.md": "States keep 5 hotlines, says removed.\n",
}
KEPT = "States keep 3 hotlines, says kept."


@pytest.fixture
def overtaken(write_corpus: WriteCorpus, make_service: MakeService, corpus: Path) -> Service:
    """A service that had an older generation open when another one built a newer one.

    Between the two, one document was changed, one removed, one added, and one kept.
    """
    write_corpus(FIRST)
    service = make_service()
    service.build()
    service.ask(asking(QUESTION))
    write_corpus({"changed.md": "States keep 6 hotlines now.\n", "added.md": "They keep hotlines too.\n"})
    (corpus / "removed.md").unlink()
    make_service().build()
    return service


@pytest.fixture
def damaged(overtaken: Service, index: Path) -> Service:
    """The same, with one bit of the newer generation flipped."""
    damage(parts_in_force(index)["texts.sqlite"])
    return overtaken


@pytest.fixture(params=["open", "new"])
def either(damaged: Service, make_service: MakeService, request: pytest.FixtureRequest) -> Service:
    """That service, or one that has opened nothing yet."""
    return damaged if request.param == "open" else make_service()


def test_an_older_generation_replaces_a_damaged_one(either: Service, index: Path) -> None:
    for _ in range(2):
        answer = either.ask(asking(QUESTION, 9))
        assert quoted(answer) == [KEPT]
        assert answer.generation == IndexFolder(index).generation_names()[-1]


def test_an_answer_from_an_older_generation_warns_and_says_what_to_do(either: Service, index: Path) -> None:
    warning = either.ask(asking(QUESTION)).warning
    assert warning
    assert warning.startswith(f"{parts_in_force(index)['texts.sqlite']} is corrupted: checksum mismatch. ")
    assert "an older index answers, and only from documents that have not changed since" in warning
    assert warning.endswith(" Run normqa build.")
    assert either.current().warning == warning
    assert not either.current().rolled_back


def test_an_older_generation_hides_documents_changed_or_removed_since(either: Service) -> None:
    assert [document.id for document in either.documents()] == ["kept"]
    assert either.document("kept").text == KEPT
    for gone in ("changed", "removed", "added"):
        with pytest.raises(UnknownDocument):
            either.document(gone)
        with pytest.raises(UnknownDocument):
            either.ask(replace(asking(QUESTION), filters=Filters(documents=(gone,))))


def test_an_older_generation_verifies_no_text_changed_or_removed_since(either: Service) -> None:
    assert either.verify("says kept").status == "exact"
    for gone in ("says changed", "says removed", "hotlines,  says removed"):
        assert either.verify(gone).status == "not_found"


def test_near_misses_and_follow_ups_skip_hidden_documents(either: Service) -> None:
    """Without a calibration there is no confidence, so the question asks for text of the removed document."""
    for question, history in (
        ("What says removed?", ()),
        ("What does it say?", ("How many hotlines says removed?",)),
    ):
        answer = either.ask(replace(asking(question, 9), history=history))
        assert {quote.text for quote in (*answer.quotes, *answer.near_misses)} <= {KEPT}


def test_a_build_repairs_the_damage(either: Service) -> None:
    assert either.build().written
    answer = either.ask(asking(QUESTION, 9))
    assert answer.warning is None
    assert {quote.citation.document_id for quote in answer.quotes} == {"added", "changed", "kept"}


def test_the_index_is_corrupt_if_no_older_document_is_unchanged(
    service: Service, make_service: MakeService, write_corpus: WriteCorpus, index: Path
) -> None:
    """A new service and one that has an older generation open both refuse."""
    service.ask(asking(QUESTION, 1))
    write_corpus(edition(2))
    make_service().build()
    damage(parts_in_force(index)["texts.sqlite"])
    for entry in (service, make_service()):
        for call in (lambda entry=entry: entry.ask(asking(QUESTION, 1)), entry.documents):
            with pytest.raises(
                IndexCorrupt, match=r"texts\.sqlite is corrupted: checksum mismatch"
            ) as corrupt:
                call()
            assert corrupt.value.hint == "Run normqa build."


def test_without_an_older_generation_damage_is_an_error(service: Service, index: Path) -> None:
    damage(parts_in_force(index)["passages.npy"])
    with pytest.raises(IndexCorrupt, match=r"passages\.npy"):
        service.ask(asking(QUESTION, 1))


@pytest.mark.parametrize(
    "part", ["passages.npy", "sentences.npy", "keys.npy", "meta.json", "report.json", "manifest.copy.json"]
)
def test_damage_to_any_part_brings_nothing_back(
    part: str, overtaken: Service, make_service: MakeService, index: Path
) -> None:
    damage(parts_in_force(index)[part])
    for entry in (overtaken, make_service()):
        assert quoted(entry.ask(asking(QUESTION, 9))) == [KEPT]


def test_an_unreadable_file_list_hides_its_documents(damaged: Service, index: Path) -> None:
    damage(parts_in_force(index)["files.json"])
    with pytest.raises(IndexCorrupt, match="Run normqa build"):
        damaged.ask(asking(QUESTION))


@pytest.mark.parametrize("harm", [damage, Path.unlink])
def test_the_copy_of_a_damaged_manifest_lists_the_documents(
    harm: Callable[[Path], None], overtaken: Service, make_service: MakeService, index: Path
) -> None:
    harm(parts_in_force(index)["manifest.json"])
    for entry in (overtaken, make_service()):
        answer = entry.ask(asking(QUESTION, 9))
        assert quoted(answer) == [KEPT]
        assert answer.warning
        assert "manifest.json" in answer.warning


def test_without_manifest_and_copy_nothing_answers(
    overtaken: Service, make_service: MakeService, index: Path
) -> None:
    """Nothing proves then which documents were removed or changed since the older generation."""
    parts = parts_in_force(index)
    for name in ("manifest.json", "manifest.copy.json"):
        parts[name].unlink()
    for service in (overtaken, make_service()):
        with pytest.raises(IndexCorrupt, match="manifest"):
            service.ask(asking(QUESTION, 9))


def test_the_newest_manifest_decides_which_documents_are_unchanged(
    write_corpus: WriteCorpus, make_service: MakeService, index: Path
) -> None:
    """The second changes both documents, the third reverts one of them, and both are damaged."""
    service = make_service()
    write_corpus({"a.md": "One.", "b.md": "Two."})
    service.build()
    for one in ("One changed.", "One."):
        write_corpus({"a.md": one, "b.md": "Two changed."})
        service.build()
        damage(parts_in_force(index)["texts.sqlite"])
    assert [document.text for document in service.documents()] == ["One."]


def test_the_newest_usable_older_generation_answers(
    write_corpus: WriteCorpus, make_service: MakeService, index: Path
) -> None:
    """The third reverts what the second changed in one document, so only the first has that text."""
    service = make_service()
    for one, two in (("One.", "Two."), ("One changed.", "Two changed."), ("One.", "Two changed.")):
        write_corpus({"a.md": one, "b.md": two})
        service.build()
    damage(parts_in_force(index)["texts.sqlite"])
    assert [document.text for document in service.documents()] == ["Two changed."]


def test_an_unreadable_pointer_opens_the_newest_generation_with_a_warning(
    service: Service, make_service: MakeService, write_corpus: WriteCorpus, index: Path
) -> None:
    write_corpus(edition(2))
    newest = service.build().manifest
    (index / "CURRENT").write_text("nonsense\n", encoding="utf-8")
    for entry in (service, make_service()):
        answer = entry.ask(asking(QUESTION, 1))
        assert newest
        assert answer.generation == newest.generation
        assert answer.warning
        assert answer.warning.startswith(f"{index / 'CURRENT'} names no generation. ")


def test_damage_to_an_older_generation_changes_nothing(
    service: Service, make_service: MakeService, write_corpus: WriteCorpus, index: Path
) -> None:
    older = parts_in_force(index)
    write_corpus(edition(2))
    service.build()
    for part in ("manifest.json", "texts.sqlite"):
        damage(older[part])
    answer = make_service().ask(asking(QUESTION, 1))
    assert (quoted(answer), answer.warning) == (["In edition 2, states keep 2 hotlines, says a.md."], None)


def test_a_replacement_generation_is_opened_once(damaged: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    first = damaged.current()
    monkeypatch.setattr("normqa.storage.folder.open_current", None)
    assert damaged.current() is first


def test_an_index_opens_while_tantivy_writes_into_its_temporary_folder(
    service: Service, make_service: MakeService, write_corpus: WriteCorpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread of tantivy writes a lock there at any moment until the folder is deleted."""
    rmdir, shown = os.rmdir, set[Path]()

    def late(path: str, **options: int) -> None:
        if "normqa-" in str(path) and Path(path) not in shown:
            shown.add(Path(path))
            Path(path, ".tantivy-meta.lock").touch()
        rmdir(path, **options)

    monkeypatch.setattr(os, "rmdir", late)
    assert make_service().ask(asking(QUESTION, 1)).warning is None
    write_corpus(edition(2))
    assert service.build().written
    assert len(shown) == 1 + 1  # to ask, and to check what was built
    assert not any(folder.exists() for folder in shown)


def test_a_rollback_answers_from_the_older_generation_and_says_so(
    service: Service, make_service: MakeService, write_corpus: WriteCorpus, index: Path
) -> None:
    older = service.generation().name
    write_corpus(edition(2))
    service.build()
    assert not service.ask(asking(QUESTION, 1)).rolled_back
    roll_back(index)
    for entry in (service, make_service()):
        answer = entry.ask(asking(QUESTION, 1))
        assert (answer.generation, "edition 1" in quoted(answer)[0]) == (older, True)
        assert (answer.rolled_back, answer.warning) == (True, None)
        assert entry.is_rolled_back()
    status = service.status()
    assert status.rolled_back
    assert status.drift == CorpusDiff(changed=("a.md", "b.md", "c.md"))


def test_the_next_build_ends_a_rollback(service: Service, write_corpus: WriteCorpus, index: Path) -> None:
    write_corpus(edition(2))
    service.build()
    roll_back(index)
    assert service.build().written
    answer = service.ask(asking(QUESTION, 1))
    assert ("edition 2" in quoted(answer)[0], answer.rolled_back) == (True, False)
    assert not service.is_rolled_back()


def test_building_the_rolled_back_corpus_ends_the_rollback(
    service: Service, write_corpus: WriteCorpus, index: Path
) -> None:
    """The corpus is reverted too, so no notice is due."""
    write_corpus(edition(2))
    service.build()
    roll_back(index)
    write_corpus(edition(1))
    assert service.build().report.encoded == 0
    assert not service.ask(asking(QUESTION, 1)).rolled_back


def test_a_dry_run_keeps_a_rollback(service: Service, write_corpus: WriteCorpus, index: Path) -> None:
    write_corpus(edition(2))
    service.build()
    roll_back(index)
    write_corpus(edition(1))
    service.build(dry_run=True)
    assert service.ask(asking(QUESTION, 1)).rolled_back


def test_a_damaged_rollback_falls_back_further_and_still_says_so(
    write_corpus: WriteCorpus, make_service: MakeService, index: Path
) -> None:
    """The first two generations share a document that the third one changed."""
    service = make_service()
    for files in (FIRST, {"changed.md": "Hotlines.\n"}, {"kept.md": "Hotlines!\n"}):
        write_corpus(files)
        service.build()
    roll_back(index)
    damage(parts_in_force(index)["texts.sqlite"])
    answer = service.ask(asking(QUESTION, 9))
    assert KEPT in quoted(answer)
    assert answer.warning
    assert answer.rolled_back


def test_nothing_is_rolled_back_before_the_first_build(make_service: MakeService) -> None:
    assert not make_service().is_rolled_back()


def test_a_dry_run_reports_a_build_without_building(
    service: Service, write_corpus: WriteCorpus, index: Path
) -> None:
    before = sorted(index.rglob("*"))
    write_corpus({"a.md": "Treaties bind states.\n", "d.md": "States agree.\n"})
    built = service.build(dry_run=True)
    assert not built.written
    assert built.manifest == service.generation().manifest
    assert built.report.update == CorpusDiff(added=("d.md",), changed=("a.md",), kept=("b.md", "c.md"))
    assert (built.report.encoded, built.report.reused) == (2, 2)
    assert sorted(index.rglob("*")) == before


def test_a_dry_run_before_the_first_build_writes_nothing(
    write_corpus: WriteCorpus, make_service: MakeService, index: Path
) -> None:
    write_corpus(edition(1))
    built = make_service().build(dry_run=True)
    assert (built.manifest, built.written, built.report.encoded) == (None, False, 3)
    assert not (index / "CURRENT").exists()


@pytest.mark.parametrize("keep", [2, 3, 4])
def test_keep_generations_bounds_the_generations(
    keep: int, write_corpus: WriteCorpus, make_service: MakeService, index: Path
) -> None:
    service = make_service(keep_generations=keep)
    for number in range(1, 6):
        write_corpus(edition(number))
        service.build()
        assert len(IndexFolder(index).generation_names()) == min(number, keep)


def test_another_encoder_is_refused_with_the_command_that_helps(
    service: Service, make_service: MakeService
) -> None:
    other = make_service(HashingEncoder(dimension=512))
    with pytest.raises(EncoderMismatch, match="'hashing'") as mismatch:
        other.ask(asking(QUESTION, 1))
    assert "Run normqa build" in mismatch.value.hint
    assert "NORMQA_ENCODER" in mismatch.value.hint
    assert other.status().drift == CorpusDiff(kept=("a.md", "b.md", "c.md"), settings=("encoder",))
    assert other.build().written
    assert other.ask(asking(QUESTION, 1)).status == "answered"
    with pytest.raises(EncoderMismatch):
        service.ask(asking(QUESTION, 1))


def test_status_compares_index_and_corpus(service: Service, write_corpus: WriteCorpus) -> None:
    assert service.status().manifest == service.generation().manifest
    assert not service.status().drift
    write_corpus({"d.md": "More.\n", "a.md": "Changed.\n"})
    assert service.status().drift == CorpusDiff(added=("d.md",), changed=("a.md",), kept=("b.md", "c.md"))


def test_excluded_files_are_neither_built_nor_reported_as_drift(
    corpus: Path, index: Path, write_corpus: WriteCorpus
) -> None:
    write_corpus({"a.md": "A heron.", "drafts/b.md": "A draft."})
    service = Service(Settings(corpus=corpus, index=index, exclude=("drafts/*",)), hashing_models())
    service.build()
    assert [document.id for document in service.documents()] == ["a"]
    assert not service.status().drift
    (corpus / "a.md").unlink()
    assert service.corpus_is_empty()


def test_before_the_first_build_the_error_says_what_to_do(
    write_corpus: WriteCorpus, make_service: MakeService
) -> None:
    write_corpus(edition(1))
    service = make_service()
    for call in (
        service.generation,
        service.documents,
        service.status,
        lambda: service.document("a"),
        lambda: service.ask(asking(QUESTION)),
    ):
        with pytest.raises(IndexMissing, match="There is no index") as missing:
            call()
        assert missing.value.hint == "Run normqa build."


@pytest.mark.parametrize("is_there", [True, False])
def test_an_empty_corpus_without_an_index_has_no_documents(
    is_there: bool, make_service: MakeService, corpus: Path
) -> None:
    service = make_service()
    if not is_there:
        corpus.rmdir()
    assert service.corpus_is_empty()
    assert service.documents() == []
    with pytest.raises(IndexMissing, match=f"the corpus folder {corpus} contains no file to read"):
        service.generation()
    with pytest.raises(NothingUsable if is_there else CorpusMissing):
        service.build()


@pytest.mark.parametrize("is_there", [True, False])
def test_a_question_to_an_empty_corpus_is_refused(
    is_there: bool, make_service: MakeService, corpus: Path
) -> None:
    if not is_there:
        corpus.rmdir()
    asked = " How many\nhotlines? "
    answer = make_service().ask(asking(asked))
    assert answer == Answer(
        question=asked,
        searched_as="How many hotlines?",
        kind="passages",
        quotes=(),
        has_lead_in=False,
        near_misses=(),
        confidence=None,
        band="uncalibrated",
        reason="empty_index",
        generation=None,
        built_at=None,
    )
    assert answer.status == "not_found"


def test_an_emptied_corpus_still_answers_with_a_warning(
    service: Service, write_corpus: WriteCorpus, corpus: Path
) -> None:
    assert service.ask(asking(QUESTION)).warning is None
    for path in corpus.iterdir():
        path.unlink()
    answer = service.ask(asking(QUESTION))
    assert answer.status == "answered"
    assert answer.warning
    assert "The corpus folder is empty or missing" in answer.warning
    assert "normqa build --allow-empty" in answer.warning
    assert service.current().warning == answer.warning
    write_corpus({"new.md": "Any file will do."})
    assert service.ask(asking(QUESTION)).warning is None


def test_a_missing_corpus_still_answers_with_a_warning(service: Service, corpus: Path) -> None:
    shutil.rmtree(corpus)
    answer = service.ask(asking(QUESTION, 1))
    assert answer.status == "answered"
    assert answer.warning
    with pytest.raises(CorpusMissing):
        service.status()


def test_a_corpus_on_a_lost_disk_still_answers_with_a_warning(
    service: Service, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_in_corpus(call: Callable[..., Any]) -> Callable[..., Any]:
        def failing(path: Any = ".", *arguments: Any, **options: Any) -> Any:
            if not isinstance(path, int) and Path(path).is_relative_to(corpus):
                raise OSError(errno.ESTALE, "Stale file handle", str(path))
            return call(path, *arguments, **options)

        return failing

    for name in ("stat", "lstat", "scandir"):
        monkeypatch.setattr(os, name, fail_in_corpus(getattr(os, name)))
    answer = service.ask(asking(QUESTION))
    assert answer.status == "answered"
    assert answer.warning
    with pytest.raises(CorpusMissing):
        service.build()


def test_a_corpus_whose_files_were_all_emptied_still_answers_with_a_warning(
    service: Service, corpus: Path
) -> None:
    assert service.ask(asking(QUESTION)).warning is None
    for path in corpus.iterdir():
        path.write_bytes(b"")
    answer = service.ask(asking(QUESTION))
    assert answer.status == "answered"
    assert answer.warning


def test_a_corpus_of_excluded_files_counts_as_empty(
    service: Service, write_corpus: WriteCorpus, corpus: Path
) -> None:
    for path in corpus.iterdir():
        path.unlink()
    write_corpus({"CONTRIBUTING.md": "How to write.", ".hidden.md": "Hidden.", "picture.png": "PNG"})
    assert service.corpus_is_empty()
    assert service.ask(asking(QUESTION)).warning


def test_an_emptied_corpus_is_published_as_empty_only_on_request(service: Service, corpus: Path) -> None:
    for path in corpus.iterdir():
        path.unlink()
    with pytest.raises(NothingUsable, match="--allow-empty"):
        service.build()
    assert service.ask(asking(QUESTION)).status == "answered"
    service.build(allow_empty=True)
    answer = service.ask(asking(QUESTION))
    assert (answer.reason, answer.warning) == ("empty_index", None)
    assert answer.generation == service.generation().name
    assert service.documents() == []
    assert service.current().summaries() == []
    assert service.verify("hotlines").status == "not_found"


@pytest.mark.parametrize("call", ["ask", "verify"])
@pytest.mark.parametrize("blank", ["", " \n\t"])
def test_a_blank_text_is_invalid(service: Service, call: str, blank: str) -> None:
    with pytest.raises(InvalidRequest, match="is blank"):
        getattr(service, call)(blank)


@pytest.mark.parametrize(
    "options",
    [
        {"filters": Filters(documents="a")},  # type: ignore[arg-type]
        {"filters": Filters(topics=("birds", 1))},  # type: ignore[arg-type]
        {"filters": Filters(sources=None)},  # type: ignore[arg-type]
        {"filters": Filters(date_from="yesterday")},
        {"filters": Filters(date_from="2021-13")},
        {"filters": Filters(date_to="2021-02-30")},
        {"filters": Filters(date_to="2021-2-3")},
        {"filters": Filters(date_to="\u0662\u0660\u0662\u0661")},
        {"filters": Filters(date_to=2021)},  # type: ignore[arg-type]
        {"filters": Filters(date_from="2022", date_to="2021-12")},
        {"history": "Who runs the hotline?"},
    ],
)
def test_malformed_options_are_invalid(service: Service, options: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        service.ask(QUESTION, **options)


def test_names_in_a_list_filter_as_in_a_tuple(service: Service) -> None:
    answer = service.ask(QUESTION, filters=Filters(documents=["b"]))  # type: ignore[arg-type]
    assert answer == service.ask(QUESTION, filters=Filters(documents=("b",)))


def test_lone_surrogates_are_invalid_or_unknown(service: Service) -> None:
    with pytest.raises(InvalidRequest, match="lone surrogate"):
        service.ask("How many \ud800 hotlines?")
    assert service.verify("\ud800").status == "not_found"
    with pytest.raises(UnknownDocument):
        service.document("\ud800")
    with pytest.raises(UnknownDocument):
        service.ask(QUESTION, filters=Filters(documents=("\ud800",)))


def test_summaries_agree_with_the_documents(service: Service) -> None:
    assert [
        (summary.id, summary.title, summary.metadata, summary.sha256, summary.characters)
        for summary in service.current().summaries()
    ] == [
        (document.id, document.title, document.metadata, document.sha256, len(document.text))
        for document in service.documents()
    ]


def test_documents_are_listed_by_id(service: Service) -> None:
    assert [document.id for document in service.documents()] == ["a", "b", "c"]
    assert service.document("b") == service.documents()[1]


def test_verify_searches_all_documents_in_canonical_form(
    write_corpus: WriteCorpus, make_service: MakeService
) -> None:
    write_corpus({"a.md": "Z\u00fcrich agrees.\n", "b.md": "So does\nZ\u00fcrich.\n"})
    service = make_service()
    service.build()
    found = service.verify("Zu\u0308rich")
    assert found.status == "exact"
    assert [(match.document_id, match.span.start) for match in found.matches] == [("a", 0), ("b", 8)]
    assert service.verify("So\r\ndoes").status == "whitespace"
    assert all(isinstance(match, Match) for match in found.matches)


def test_several_threads_may_ask_at_once(service: Service) -> None:
    expected = service.ask(asking(QUESTION))
    answers: list[Answer] = []

    def ask() -> None:
        answers.extend(service.ask(asking(QUESTION)) for _ in range(20))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [expected] * 120


def test_questions_during_many_rebuilds_see_no_error_no_mixture_and_no_removed_text(
    service: Service, make_service: MakeService, write_corpus: WriteCorpus
) -> None:
    """Each answer is from the one generation it names: every quote is its slice of that one's text.

    That generation is at least as new as the current one when the question was asked.
    """
    texts: dict[str | None, dict[str, str]] = {}
    editions: dict[str | None, int] = {}
    published: list[int] = []
    answers: list[tuple[int, Answer]] = []
    errors: list[Exception] = []
    done = threading.Event()

    def note_texts(number: int) -> None:
        generation = service.generation()
        texts[generation.name] = dict(generation.store.texts())
        editions[generation.name] = number
        published.append(number)

    def ask(entry: Service) -> None:
        while not done.is_set():
            in_force = published[-1]
            try:
                answers.append((in_force, entry.ask(asking(QUESTION))))
            except Exception as error:
                errors.append(error)

    write_corpus({"z.md": "This file is never empty, unlike those that are being written."})
    note_texts(1)
    threads = [threading.Thread(target=ask, args=(entry,)) for entry in (service, service, make_service())]
    for thread in threads:
        thread.start()
    for number in range(2, 12):
        write_corpus(edition(number))
        service.build()
        note_texts(number)
    done.set()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(texts) == 11
    assert len({answer.generation for _, answer in answers}) > 3
    for in_force, answer in answers:
        stored = texts[answer.generation]
        assert editions[answer.generation] >= in_force
        assert answer.warning is None
        assert len(answer.quotes) == 3
        for quote in answer.quotes:
            assert quote.text == quote.span.of(stored[quote.citation.document_id])
