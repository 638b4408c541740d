"""Builds, rollbacks and their limits on Milvus Lite."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from normqa.build.encoding import journal
from normqa.errors import (
    EncoderMismatch,
    IndexBusy,
    IndexCorrupt,
    IndexMissing,
    IndexNotPortable,
    NothingUsable,
    UnknownGeneration,
)
from normqa.index.disk.pointer import Pointer
from normqa.index.milvus import names, write
from normqa.index.milvus.address import Access, MilvusAddress
from normqa.index.milvus.client import Milvus
from normqa.index.milvus.index import GRACE, MilvusIndex
from normqa.index.milvus.store import Passages
from normqa.models.hashing import HashingEncoder
from normqa.service import Service
from tests.conftest import covering_models
from tests.milvus.conftest import Lab

EDIT = "# Fish\n\nThe zebrafish is paid by the Zonal Budget Fund (ZBF).\n\nThe walrus knows the zebrafish.\n"


def quoted(lab: Lab, question: str) -> list[str]:
    return [quote.text for quote in lab.milvus.ask(question, min_confidence=0.3).quotes]


def test_unchanged_corpus_is_not_built_again(lab: Lab) -> None:
    before = lab.milvus.current_name()
    built = lab.milvus.build()
    assert (built.written, lab.milvus.current_name()) == (False, before)


def test_edit_encodes_only_new_passages(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.write("list.md", "# Duties\n\nThe keeper sleeps.\n")
    built = lab.milvus.build()
    assert (built.report.update.changed, built.report.encoded) == (("list.md",), 1)
    assert built.report.reused == built.manifest.passages - 1 if built.manifest else False
    assert quoted(lab, "Who sleeps?") == ["The keeper sleeps."]
    assert quoted(lab, "Who should feed the walrus?") == []
    lab.write("list.md", "# Duties\n\nThe keeper wakes.\n")
    monkeypatch.setattr("normqa.load.loaders.parse", None)
    assert lab.milvus.build(dry_run=True).report.encoded == 1


def test_unchanged_documents_are_read_together(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(20):
        lab.write(f"birds/{number:02}.md", f"# Bird {number}\n\nIt eats {number} herrings.\n")
    lab.milvus.build()
    lab.write("list.md", "# Duties\n\nThe keeper sleeps.\n")
    reads = []
    read = Milvus.read

    def count(self: Milvus, method: str, *args: Any, **kwargs: Any) -> object:
        reads.append(method)
        return read(self, method, *args, **kwargs)

    monkeypatch.setattr(Milvus, "read", count)
    assert lab.milvus.build().report.encoded == 1
    assert len(reads) < 40
    assert quoted(lab, "Who eats 13 herrings?")[0] == "It eats 13 herrings."


def test_renamed_file_costs_no_encoding(lab: Lab) -> None:
    (lab.corpus / "list.md").rename(lab.corpus / "duties.md")
    built = lab.milvus.build()
    assert (built.report.update.renamed, built.report.encoded) == ((("list.md", "duties.md"),), 0)
    assert "duties" in lab.milvus.generation().store.document_ids()


def test_vectors_are_those_of_a_full_build(lab: Lab) -> None:
    lab.write("fish.md", EDIT)
    lab.milvus.build()
    copied = lab.milvus.generation()
    lab.milvus.build(full=True)
    encoded = lab.milvus.generation()
    assert copied.name != encoded.name
    numbers = range(encoded.passages)
    one, other = (
        Passages(lab.index.cells(g.name), g.name, g.passages).get(numbers) for g in (copied, encoded)
    )
    for number in numbers:
        assert one[number].passage == other[number].passage
        assert one[number].vector == pytest.approx(other[number].vector, abs=1e-6)
        assert one[number].sentences.tolist() == other[number].sentences.tolist()


def test_request_keeps_its_generation(lab: Lab) -> None:
    snapshot = lab.milvus.current()
    (lab.corpus / "fish.md").unlink()
    lab.milvus.build()
    assert snapshot.document("fish").id == "fish"
    assert "fish" not in lab.milvus.current().generation.store.document_ids()  # type: ignore[union-attr]


def test_rollback_answers_say_so_until_the_next_build(lab: Lab) -> None:
    first = lab.milvus.current_name()
    lab.write("fish.md", EDIT)
    lab.milvus.build()
    assert quoted(lab, "What does the walrus know?") == ["The walrus knows the zebrafish."]
    manifest = lab.milvus.roll_back()
    assert (manifest.generation, lab.milvus.is_rolled_back()) == (first, True)
    assert lab.milvus.ask("Who knows the zebrafish?").rolled_back
    assert [info.rolled_back for info in lab.milvus.generations()] == [False, True]
    with pytest.raises(UnknownGeneration):
        lab.milvus.roll_back()
    with pytest.raises(UnknownGeneration):
        lab.milvus.roll_back("000009-20260101T000000.000000Z")
    assert lab.milvus.build().written
    assert not lab.milvus.is_rolled_back()
    assert quoted(lab, "What does the walrus know?") == ["The walrus knows the zebrafish."]


def test_build_that_fails_leaves_nothing(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    before, collections = lab.milvus.current_name(), lab.index.milvus.call("list_collections")

    def fail(*_: object) -> None:
        raise RuntimeError("no power")

    lab.write("fish.md", EDIT)
    monkeypatch.setattr(write, "_indexes", fail)
    with pytest.raises(RuntimeError, match="no power"):
        lab.milvus.build()
    assert lab.milvus.current_name() == before
    assert sorted(lab.index.milvus.call("list_collections")) == sorted(collections)


def test_build_that_was_killed_is_removed_by_the_next(lab: Lab) -> None:
    lab.write("fish.md", EDIT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MilvusIndex, "drop", lambda *_: None)
        patch.setattr(write.GenerationWriter, "finish", _interrupt)
        with pytest.raises(KeyboardInterrupt):
            lab.milvus.build()
    assert len(lab.index.names()) == 2
    assert len(lab.milvus.generations()) == 1
    lab.milvus.build()
    assert len(lab.index.names()) == 2
    assert [info.fault for info in lab.milvus.generations()] == [None, None]


def test_build_that_was_killed_loses_no_vectors(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "_SECONDS", 0.0)
    lab.write("fish.md", EDIT)
    with monkeypatch.context() as patch:
        patch.setattr(write.GenerationWriter, "finish", _interrupt)
        with pytest.raises(KeyboardInterrupt):
            lab.milvus.build()
    assert lab.milvus.build(dry_run=True).report.encoded == 0
    assert lab.milvus.build().report.encoded == 0
    assert quoted(lab, "What does the walrus know?") == ["The walrus knows the zebrafish."]
    assert not (lab.milvus.settings.index_folder / ".journal").exists()


def test_empty_corpus_is_refused_and_leaves_nothing(lab: Lab) -> None:
    for path in lab.corpus.rglob("*.md"):
        path.unlink()
    with pytest.raises(NothingUsable):
        lab.milvus.build()
    assert len(lab.index.names()) == 1
    assert lab.milvus.build(allow_empty=True).written
    assert lab.milvus.ask("Who?").reason == "empty_index"


def test_build_that_was_overtaken_is_not_published(lab: Lab) -> None:
    before = lab.index.pointer()
    lab.write("fish.md", EDIT)
    lab.milvus.build()
    with pytest.raises(IndexBusy):
        lab.index.publish(before.name if before else "", before)


def test_only_one_of_two_machines_that_build_at_once_publishes(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine that is refused builds again, and nothing of its first try is left."""
    settings = lab.milvus.settings
    machines = [
        Service(settings.model_copy(update={"cache": tmp_path / name}), covering_models()) for name in "ab"
    ]
    lab.write("fish.md", EDIT)
    both, finish = threading.Barrier(2, timeout=60), write.GenerationWriter.finish

    def finish_together(*given: Any) -> object:
        finished = finish(*given)
        both.wait()
        return finished

    monkeypatch.setattr(write.GenerationWriter, "finish", finish_together)
    with ThreadPoolExecutor(2) as pool:
        builds = [pool.submit(machine.build) for machine in machines]
    monkeypatch.undo()
    [refused] = [build.exception() for build in builds if build.exception()]
    assert isinstance(refused, IndexBusy)
    assert refused.hint == "Run normqa build again."
    [built] = [build.result() for build in builds if not build.exception()]
    assert built.manifest
    assert lab.index.pointer() == Pointer(built.manifest.generation)
    assert len(lab.index.names()) == 2
    assert lab.index.milvus.call("list_aliases")["aliases"] == [names.CURRENT, names.NEWEST]
    assert [machine.build().written for machine in machines] == [False, False]
    assert quoted(lab, "What does the walrus know?") == ["The walrus knows the zebrafish."]


def test_switch_that_was_interrupted_is_finished_by_the_next_build(lab: Lab) -> None:
    """The generation was complete, and no other build can publish after the same one."""
    before = lab.index.pointer()
    lab.write("fish.md", EDIT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MilvusIndex, "drop", lambda *_: None)
        patch.setattr(MilvusIndex, "_succeed", _interrupt)
        with pytest.raises(KeyboardInterrupt):
            lab.milvus.build()
    assert lab.index.pointer() == before
    with pytest.raises(IndexBusy):
        lab.index.publish(before.name if before else "", before)
    assert not lab.milvus.build().written
    assert quoted(lab, "What does the walrus know?") == ["The walrus knows the zebrafish."]
    assert lab.index.milvus.call("list_aliases")["aliases"] == [names.CURRENT, names.NEWEST]


def test_older_generation_is_dropped_after_a_grace_period(lab: Lab) -> None:
    for text in ("one", "two", "three"):
        lab.write("fish.md", f"The walrus counts {text}.")
        lab.milvus.build()
    assert len(lab.index.names()) == 4
    for waited, left in ((GRACE / 2, 4), (GRACE * 2, 2)):
        late = datetime.now(UTC) + waited
        index = MilvusIndex(lab.index.milvus, lambda late=late: late)  # type: ignore[misc]
        index.prune(lab.index.names()[:2])
        assert len(index.names()) == left
    assert "The walrus counts three." in quoted(lab, "What does the walrus count?")
    lab.milvus.roll_back()  # to one that was released from memory
    assert "The walrus counts two." in quoted(lab, "What does the walrus count?")


def test_status_compares_with_the_corpus(lab: Lab) -> None:
    lab.write("new.md", "New.")
    status = lab.milvus.status()
    assert (status.drift.added, status.manifest.documents, status.rolled_back) == (("new.md",), 4, False)
    assert status.report.encoded == status.manifest.passages


def test_index_in_milvus_is_not_portable(lab: Lab, tmp_path: Path) -> None:
    with pytest.raises(IndexNotPortable, match="cannot be exported"):
        lab.milvus.export(tmp_path)
    with pytest.raises(IndexNotPortable, match="cannot be imported"):
        lab.milvus.import_generation(tmp_path / "file")


@pytest.mark.usefixtures("_pymilvus")
def test_nothing_built_yet_is_no_index(tmp_path: Path) -> None:
    index = MilvusIndex(Milvus(Access(MilvusAddress(str(tmp_path / "empty.db")))))
    assert (index.pointer(), index.generations()) == (None, [])
    with pytest.raises(IndexMissing, match="There is no index at"):
        index.open_current()


def test_lost_alias_is_an_error_until_the_next_build(lab: Lab) -> None:
    lab.index.milvus.call("drop_alias", names.CURRENT)
    with pytest.raises(IndexCorrupt, match=r"The alias normqa_current .* is missing"):
        lab.milvus.current()
    lab.milvus.build()
    assert quoted(lab, "Where do herons nest?") == ["Herons nest in tall trees."]


def test_encoder_of_another_generation_is_refused(lab: Lab) -> None:
    fingerprint = HashingEncoder().fingerprint
    assert lab.milvus.generation().manifest.fingerprints.encoder == fingerprint
    with pytest.raises(EncoderMismatch):
        lab.index.roll_back(lab.index.current().name, "another")


def test_unfinished_generation_on_a_server_may_be_written_by_another_machine(lab: Lab) -> None:
    index = lab.index
    newer = "000099-20990101T000000.000000Z"
    write.GenerationWriter(index.milvus, newer, 8)
    on_server = MilvusIndex(_AsServer(index), lambda: datetime(2099, 1, 1, tzinfo=UTC) + timedelta(hours=1))
    on_server.prune(())
    assert newer in index.names()
    later = MilvusIndex(_AsServer(index), lambda: datetime(2099, 1, 3, tzinfo=UTC))
    later.prune(())
    assert newer not in index.names()


class _AsServer(Milvus):
    """The connection to Milvus Lite, with the address of a server."""

    def __init__(self, index: MilvusIndex) -> None:
        super().__init__(Access(MilvusAddress("http://127.0.0.1:1")))
        self.call = index.milvus.call  # type: ignore[method-assign]


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
