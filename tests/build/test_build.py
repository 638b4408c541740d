"""Builds: when a generation is built, and what is reported."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from filelock import FileLock

from normqa.build.plan import FileSource
from normqa.datatypes import EmbeddedText
from normqa.errors import (
    CorpusMissing,
    EncoderUnavailable,
    IndexBusy,
    IndexCorrupt,
    IndexNotWritable,
    NothingUsable,
    StrictBuild,
)
from normqa.index.disk.pointer import Pointer
from normqa.index.history import generations
from normqa.index.manifest import FORMAT
from normqa.index.report import CorpusDiff, FileEntry
from normqa.load.content import Content
from normqa.models.hashing import HashingEncoder
from normqa.models.protocols import Advance, Encoded, Vectors
from normqa.search.retrieve import retrieve
from tests.build.builds import Builds, Watcher, in_shards, listing, names_in
from tests.conftest import asking, roll_back

LATIN_1 = "Über Normen und Verträge, für alle Länder gültig: große Übereinkünfte.\n".encode("latin-1")
FILES = {"a.md": "# Norms\n\nStates agree on norms.\n", "sub/b.txt": "Hotlines help.\n"}


@pytest.fixture
def builds(builds: Builds) -> Builds:
    """A corpus of two files, not built yet."""
    builds.write(FILES)
    return builds


def test_a_build_publishes_a_generation_of_the_corpus(builds: Builds) -> None:
    built = builds()
    generation = builds.generation()
    manifest = generation.manifest
    assert built.written
    assert manifest == built.manifest
    assert generation.store.document_ids() == ["a", "sub/b.txt"]
    assert (manifest.documents, manifest.passages, manifest.dimension) == (2, 2, 1024)
    assert manifest.encoder_name == "hashing"
    assert manifest.fingerprints.encoder == builds.encoder.fingerprint
    assert {name: (item.document, item.passages) for name, item in built.files.items()} == {
        "a.md": ("a", 1),
        "sub/b.txt": ("sub/b.txt", 1),
    }
    assert builds.current_build().files == built.files
    assert {name: item.text_sha256 for name, item in built.files.items()} == {
        "a.md": generation.store.document("a").sha256,
        "sub/b.txt": generation.store.document("sub/b.txt").sha256,
    }
    assert set(manifest.shards[0].parts) > {
        "files.json",
        "texts.sqlite",
        "passages.npy",
        "sentences.npy",
        "first_sentences.npy",
        "keys.npy",
        "lexical/meta.json",
    }


def test_a_build_leaves_only_generations_shards_current_and_lock(builds: Builds) -> None:
    builds()
    assert names_in(builds.index) == {"CURRENT", ".lock", "generations", "shards"}
    assert builds.generations() == {builds.current()}
    assert names_in(builds.index / "generations" / builds.current()) == {
        "manifest.json",
        "manifest.copy.json",
        "report.json",
    }
    assert builds.shards() == {f"{builds.current()}-0"}


def test_an_up_to_date_index_is_neither_written_nor_encoded(builds: Builds) -> None:
    first = builds()
    before = listing(builds.index / "generations"), listing(builds.index / "shards")
    again = builds()
    assert builds.encoder.encoded == 2
    assert not again.written
    assert (again.manifest, again.files) == (first.manifest, first.files)
    assert (listing(builds.index / "generations"), listing(builds.index / "shards")) == before


def test_touching_a_file_changes_nothing(builds: Builds) -> None:
    builds()
    os.utime(builds.corpus / "a.md", (0, 0))
    assert not builds().written


def test_a_full_build_rewrites_an_up_to_date_index(builds: Builds) -> None:
    """Nothing of the generation before is taken over."""
    first, before = builds(), builds.manifest()
    second, after = builds(full=True), builds.manifest()
    assert second.written
    assert after.generation > before.generation
    assert after.fingerprints == before.fingerprints
    assert second.files == first.files
    assert builds.encoder.encoded == 2 + 2
    assert [shard.key for shard in after.shards] == [shard.key for shard in before.shards]
    assert {shard.name for shard in after.shards}.isdisjoint(shard.name for shard in before.shards)


def test_added_changed_renamed_and_removed_files_are_built(builds: Builds) -> None:
    builds()
    assert not builds.drift()

    (builds.corpus / "c.md").write_text("A third document.\n")
    assert builds.drift() == CorpusDiff(added=("c.md",), kept=("a.md", "sub/b.txt"))
    assert builds().written

    (builds.corpus / "c.md").write_text("A third document, changed.\n")
    assert builds.drift() == CorpusDiff(changed=("c.md",), kept=("a.md", "sub/b.txt"))
    assert builds().written

    (builds.corpus / "c.md").rename(builds.corpus / "d.md")
    assert builds.drift() == CorpusDiff(renamed=(("c.md", "d.md"),), kept=("a.md", "sub/b.txt"))
    assert builds().written
    assert builds.generation().store.document_ids() == ["a", "d", "sub/b.txt"]

    (builds.corpus / "d.md").unlink()
    assert builds.drift() == CorpusDiff(removed=("d.md",), kept=("a.md", "sub/b.txt"))
    assert builds().written
    assert builds.generation().store.document_ids() == ["a", "sub/b.txt"]
    assert not builds.drift()


def test_another_encoder_or_size_limit_needs_a_build(builds: Builds) -> None:
    builds()
    assert builds(HashingEncoder(dimension=512)).report.update.settings == ("encoder",)
    assert builds.manifest().dimension == 512
    assert builds(HashingEncoder(dimension=512), max_file_bytes=1000).report.update.settings == ("loader",)
    assert not builds(HashingEncoder(dimension=512), max_file_bytes=1000).written


def test_an_excluded_file_is_gone_and_comes_back_without_encoding(builds: Builds) -> None:
    builds()
    encoded = builds.encoder.encoded
    assert builds(exclude=("sub/*",)).report.update == CorpusDiff(removed=("sub/b.txt",), kept=("a.md",))
    assert builds.generation().store.document_ids() == ["a"]
    assert not builds(exclude=("sub/b.*",)).written
    assert builds().report.update == CorpusDiff(added=("sub/b.txt",), kept=("a.md",))
    assert builds.generation().store.document_ids() == ["a", "sub/b.txt"]
    assert builds.encoder.encoded == encoded


def test_a_strict_build_ignores_excluded_files(builds: Builds) -> None:
    (builds.corpus / "paper.pdf").write_text("%PDF")
    with pytest.raises(StrictBuild):
        builds(strict=True)
    assert builds(strict=True, exclude=("*.pdf",)).report.problems == ()


def test_the_same_text_in_two_files_is_two_documents(builds: Builds) -> None:
    shutil.copyfile(builds.corpus / "a.md", builds.corpus / "copy.md")
    built = builds()
    assert (built.files["a.md"].document, built.files["copy.md"].document) == ("a", "copy")
    assert built.files["a.md"].text_sha256 == built.files["copy.md"].text_sha256
    assert builds.generation().store.document_ids() == ["a", "copy", "sub/b.txt"]


def test_a_file_with_the_text_of_an_earlier_file_is_its_duplicate(builds: Builds) -> None:
    """By its text and not its bytes; again where all is up to date; files without a text are none."""
    for name in ("x.md", "y.md"):
        (builds.corpus / name).write_text(f"---\ntitle: {name}\n---\n{FILES['a.md']}")
    for name in ("empty.md", "empty too.md"):
        (builds.corpus / name).write_text("\n")
    (builds.corpus / "b.txt").write_text(FILES["sub/b.txt"])
    for _ in range(2):
        assert builds().duplicates == {"x.md": "a.md", "y.md": "a.md", "sub/b.txt": "b.txt"}


def test_progress_reports_every_stage_and_step(builds: Builds) -> None:
    watcher = Watcher()
    builds(progress=watcher)
    assert watcher.stages == {
        "Reading the corpus": 0,
        "Loading the encoder hashing": 0,
        "Loading documents": 2,
        "Encoding passages": 2,
        "Writing the index": 0,
    }
    assert all(watcher.advanced[name] == total for name, total in watcher.stages.items())


def test_problems_are_reported_again_by_an_up_to_date_build(builds: Builds) -> None:
    (builds.corpus / "c.pdf").write_bytes(b"%PDF-")
    (builds.corpus / "empty.md").write_bytes(b" \n")
    (builds.corpus / "guessed.txt").write_bytes(LATIN_1)
    first, again = Watcher(), Watcher()
    assert builds(progress=first).written
    assert not builds(progress=again).written
    assert [(p.path, p.skipped) for p in first.problems] == [
        ("c.pdf", True),
        ("empty.md", True),
        ("guessed.txt", False),
    ]
    assert again.problems == first.problems


def test_an_up_to_date_build_reports_a_new_file_that_is_not_read(builds: Builds) -> None:
    """Such files do not affect the index, but editors must see them in the report."""
    builds()
    (builds.corpus / "c.pdf").write_bytes(b"%PDF-")
    assert builds.problems() == ["c.pdf"]
    with pytest.raises(StrictBuild):
        builds(strict=True)
    (builds.corpus / "c.pdf").unlink()
    assert builds.problems(strict=True) == []


def test_an_up_to_date_build_reports_a_removed_file_no_more(builds: Builds) -> None:
    (builds.corpus / "c.pdf").write_bytes(b"%PDF-")
    (builds.corpus / "empty.md").write_bytes(b" \n")
    assert builds.problems() == ["c.pdf", "empty.md"]
    (builds.corpus / "c.pdf").unlink()
    assert builds.problems() == ["empty.md"]


def test_a_strict_build_refuses_problems_and_keeps_the_index(builds: Builds) -> None:
    first = builds.of(FILES).generation
    (builds.corpus / "a.md").write_text("Changed.\n")
    (builds.corpus / "c.pdf").write_bytes(b"%PDF-")
    (builds.corpus / "guessed.txt").write_bytes(LATIN_1)
    with pytest.raises(StrictBuild, match="Files of the corpus with problems: 2") as refused:
        builds(strict=True)
    assert "--strict" in refused.value.hint
    assert builds.current() == first
    assert builds.generations() == {first}


def test_a_strict_build_refuses_problems_of_an_up_to_date_index(builds: Builds) -> None:
    (builds.corpus / "guessed.txt").write_bytes(LATIN_1)
    builds()
    with pytest.raises(StrictBuild):
        builds(strict=True)


def test_a_strict_build_accepts_a_corpus_without_problems(builds: Builds) -> None:
    assert builds(strict=True).written


def test_an_emptied_corpus_is_refused_and_keeps_the_index(builds: Builds) -> None:
    first = builds.of(FILES).generation
    shutil.rmtree(builds.corpus)
    builds.corpus.mkdir()
    with pytest.raises(NothingUsable, match=f"{builds.corpus} is empty"):
        builds()
    (builds.corpus / "c.pdf").write_bytes(b"%PDF-")
    with pytest.raises(NothingUsable, match="contains no file with any text"):
        builds()
    assert builds.current() == first
    assert builds.generation().name == first


def test_an_empty_corpus_is_published_only_on_request(builds: Builds) -> None:
    """Every part opens without passages, and every question is answered with empty_index."""
    builds.of(FILES)
    (builds.corpus / "a.md").unlink()
    (builds.corpus / "sub" / "b.txt").write_text("\n")
    with pytest.raises(NothingUsable, match="contains no file with any text") as nothing:
        builds()
    assert "--allow-empty" in nothing.value.hint
    built = builds(allow_empty=True)
    assert built.written
    generation = builds.generation()
    assert (generation.documents, generation.passages) == (0, 0)
    assert generation.store.document_ids() == []
    assert list(generation.store.texts()) == []
    assert list(generation.store.summaries()) == []
    vector = builds.encoder.encode_question("hotlines")
    assert list(retrieve(generation, "hotlines", vector, 3)) == []
    answer = builds.service().ask(asking("Do hotlines help?"))
    assert (answer.status, answer.reason) == ("not_found", "empty_index")
    assert answer.generation == builds.current()
    assert not builds(allow_empty=True).written
    assert not builds().written


@pytest.mark.parametrize("count", [1, 4])
def test_an_index_may_be_empty_from_the_first_build_and_grow_later(count: int, builds: Builds) -> None:
    builds.layout = in_shards(count)
    builds.write({})
    assert builds(allow_empty=True, ann_threshold=0).written
    assert builds.generation().passages == 0
    builds.write(FILES)
    assert builds().report.update == CorpusDiff(added=tuple(FILES))
    assert builds.service().ask(asking("What do states agree on?", 1)).quotes


def test_a_missing_corpus_is_refused_and_keeps_the_index(builds: Builds) -> None:
    first = builds.of(FILES).generation
    shutil.rmtree(builds.corpus)
    with pytest.raises(CorpusMissing, match=str(builds.corpus)) as missing:
        builds()
    assert "--corpus" in missing.value.hint
    assert builds.current() == first


def test_a_second_builder_is_refused(builds: Builds) -> None:
    first = builds.of(FILES).generation
    with (
        FileLock(builds.index / ".lock"),
        pytest.raises(IndexBusy, match=f"building in {builds.index}"),
    ):
        builds(full=True)
    assert builds.generations() == {first}
    assert builds(full=True).written


@pytest.mark.parametrize("where", ["index", "index/below"])
def test_an_index_path_that_cannot_be_a_folder_is_refused(where: str, builds: Builds) -> None:
    builds.index.write_text("a file")
    builds.index = builds.index.parent / where
    with pytest.raises(IndexNotWritable, match=f"The index folder {builds.index} cannot be written") as fault:
        builds()
    assert "another index folder" in fault.value.hint
    assert (builds.corpus.parent / "index").read_text() == "a file"


def test_the_index_folder_is_created_with_its_parents(builds: Builds) -> None:
    builds.index = builds.index / "deep" / "Übersicht #1 100%?"
    assert builds().written
    assert builds.generation().manifest.passages == 2


class Odd(HashingEncoder):
    """An encoder that gives something else than it should."""

    fingerprint: str

    def __init__(self, passages: Vectors, sentences: Vectors) -> None:
        super().__init__(dimension=passages.shape[1])
        self._odd = Encoded(passages, sentences)

    def encode_passages(
        self,
        texts: Sequence[EmbeddedText],  # noqa: ARG002
        advance: Advance = lambda _: None,  # noqa: ARG002
    ) -> Encoded:
        return self._odd


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_vectors_that_are_not_finite_are_refused(value: float, builds: Builds) -> None:
    first = builds.of(FILES).generation
    good, bad = np.eye(2, dtype=np.float32), np.eye(2, dtype=np.float32)
    bad[1, 0] = value
    for passages, sentences in ((bad, good), (good, bad)):
        with pytest.raises(EncoderUnavailable, match="not finite"):
            builds(Odd(passages, sentences))
    assert builds.current() == first


@pytest.mark.parametrize(("passages", "sentences"), [(1, 2), (3, 2), (2, 1), (2, 3)])
def test_too_many_or_too_few_vectors_are_refused(passages: int, sentences: int, builds: Builds) -> None:
    """There are two passages of one sentence each."""
    first = builds.of(FILES).generation
    vectors = np.eye(3, dtype=np.float32)
    with pytest.raises(EncoderUnavailable, match=f"{passages} and {sentences} vectors for 2 passages and 2 "):
        builds(Odd(vectors[:passages], vectors[:sentences]))
    assert builds.current() == first


@pytest.mark.parametrize("documents", [1, 15])
def test_a_small_corpus_above_the_ann_threshold_is_built(documents: int, builds: Builds) -> None:
    """There may be fewer passages than a list needs to be trained."""
    builds.write({f"{n}.md": f"States keep {n} hotlines." for n in range(documents)})
    assert builds(ann_threshold=0).written
    assert builds.service().ask(asking("How many hotlines do states keep?", 1)).quotes


class Failing(HashingEncoder):
    """An encoder that raises an error of its own."""

    def encode_passages(self, texts: Sequence[EmbeddedText], advance: Advance = lambda _: None) -> Encoded:
        if texts:
            raise RuntimeError("CUDA out of memory")
        return super().encode_passages(texts, advance)


def test_an_error_of_the_encoder_is_not_called_a_write_error(builds: Builds) -> None:
    first = builds.of(FILES).generation
    with pytest.raises(RuntimeError, match=r"^CUDA out of memory$"):
        builds(Failing(dimension=8))
    assert builds.current() == first


def test_an_os_error_of_the_encoder_is_not_called_a_write_error(builds: Builds) -> None:
    class Unreadable(HashingEncoder):
        def encode_passages(
            self, texts: Sequence[EmbeddedText], advance: Advance = lambda _: None
        ) -> Encoded:
            if texts:
                raise FileNotFoundError("model.onnx")
            return super().encode_passages(texts, advance)

    with pytest.raises(FileNotFoundError, match=r"model\.onnx"):
        builds(Unreadable(dimension=8))
    assert builds.folder.current_or_none() is None


def test_an_os_error_of_the_corpus_is_not_called_a_write_error(
    builds: Builds, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(source: FileSource, content: Content) -> None:  # noqa: ARG001
        raise OSError(5, f"Input/output error in {source.name}")

    monkeypatch.setattr(FileSource, "load", fail)
    with pytest.raises(OSError, match=r"Input/output error in a\.md"):
        builds()


def test_fault_of_faiss_is_not_called_a_write_error(builds: Builds, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("Error in faiss: training failed")

    monkeypatch.setattr("normqa.build.write.train_ivf", fail)
    with pytest.raises(RuntimeError, match="training failed"):
        builds(ann_threshold=0)
    assert builds.folder.current_or_none() is None


def damages(builds: Builds) -> Iterator[str]:
    """Damages the current generation in one way after another, and names what is damaged."""
    (builds.shard() / "passages.npy").write_bytes(b"")
    yield "a part"
    (builds.shard() / "files.json").unlink()
    yield "what a shard says of its files"
    shutil.rmtree(builds.shard())
    yield "a shard"
    (builds.index / "generations" / builds.current() / "report.json").write_bytes(b"{}")
    yield "the report"
    (builds.index / "generations" / builds.current() / "manifest.json").unlink()
    yield "the manifest"
    (builds.index / "generations" / builds.current()).rename(builds.index / "elsewhere")
    yield "the generation"
    (builds.index / "CURRENT").write_bytes(b"\xff" + b"x" * 5000)
    yield "the pointer"
    (builds.index / "CURRENT").unlink()
    yield "no pointer"
    (builds.index / "generations").rename(builds.index / "elsewhere too")
    yield "no generations"
    (builds.index / "shards").rename(builds.index / "elsewhere three")
    yield "no shards"


def test_a_build_repairs_every_damage_of_an_unchanged_corpus(builds: Builds) -> None:
    builds()
    for damage in damages(builds):
        assert builds().written, damage
        assert builds.generation().store.document_ids() == ["a", "sub/b.txt"], damage
        assert not builds().written, damage


def test_the_bytes_that_are_hashed_are_the_bytes_that_are_parsed(
    builds: Builds, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every file is saved just after it was read. The next build finds the change."""
    reads, read = list[str](), FileSource.read

    def read_and_save(source: FileSource) -> Content:
        reads.append(source.name)
        content = read(source)
        source.file.path.write_text("States keep 2 hotlines.\n")
        return content

    with monkeypatch.context() as patch:
        patch.setattr(FileSource, "read", read_and_save)
        built = builds()
    assert sorted(reads) == sorted(FILES)
    for name, content in FILES.items():
        assert built.files[name].sha256 == hashlib.sha256(content.encode()).hexdigest()
    assert builds.generation().store.document("sub/b.txt").text == FILES["sub/b.txt"]
    assert builds.drift() == CorpusDiff(changed=tuple(FILES))
    assert builds().written
    assert builds.generation().store.document("sub/b.txt").text == "States keep 2 hotlines.\n"


@pytest.mark.parametrize("lost", ["before it is read", "after it was read"])
def test_a_file_that_vanishes_during_a_build_is_left_out_or_quoted(
    lost: str, builds: Builds, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_lost_before, read = lost == "before it is read", FileSource.read

    def read_and_lose(source: FileSource) -> Content:
        if source.name == "sub/b.txt" and is_lost_before:
            source.file.path.unlink()
        content = read(source)
        source.file.path.unlink()
        return content

    monkeypatch.setattr(FileSource, "read", read_and_lose)
    built = builds()
    assert builds.generation().store.document_ids() == (["a"] if is_lost_before else ["a", "sub/b.txt"])
    if is_lost_before:
        problem = "it cannot be read (No such file or directory)"
        assert built.files["sub/b.txt"] == FileEntry(sha256="", problem=problem)
        assert [problem.path for problem in built.report.problems] == ["sub/b.txt"]


def test_an_index_of_the_old_format_is_reported_and_rebuilt(builds: Builds) -> None:
    """Format 4 named generations by their time alone."""
    builds()
    old = "20261128T101500.000000Z"
    folder = builds.folder.generation(builds.current()).rename(builds.folder.generation(old))
    for name in ("manifest.json", "manifest.copy.json"):
        manifest = json.loads((folder / name).read_bytes())
        manifest |= {"format": 4, "generation": old}
        (folder / name).write_text(json.dumps(manifest))
    (builds.index / "CURRENT").write_text(f"{old}\n")
    assert builds.current() == old
    fault = rf"manifest\.json has format 4; this version of normqa reads format {FORMAT}\. Run normqa build"
    with pytest.raises(IndexCorrupt, match=fault):
        builds.service().ask(asking("Do hotlines help?"))
    with pytest.raises(IndexCorrupt, match=fault):
        roll_back(builds.index, old)
    [past] = generations(builds.folder)
    assert past.fault
    assert past.in_force
    assert builds().written
    assert builds.current().startswith("000001-")
    assert builds.folder.generation_names() == [builds.current(), old]
    assert builds.service().ask(asking("Do hotlines help?", 1)).warning is None
    for number in range(2):
        builds.of({"a.md": f"Edition {number}."})
    assert old not in builds.folder.generation_names()


def test_a_build_after_a_rollback_ends_it(builds: Builds) -> None:
    builds()
    builds.of({"a.md": "Treaties bind.\n"})
    roll_back(builds.index)
    assert builds().written
    assert builds.folder.current() == Pointer(builds.current())
    assert builds.generation().store.document_ids() == ["a"]


def test_a_build_of_the_same_corpus_ends_a_rollback(builds: Builds) -> None:
    """A new generation says so, and encodes nothing. A dry run leaves that to a build."""
    first = builds.of(FILES).generation
    second = builds.of({"a.md": "Treaties bind.\n"}).generation
    roll_back(builds.index, first)
    builds.write(FILES)
    assert not builds(dry_run=True).written
    assert builds.folder.current() == Pointer(first, rolled_back_from=second)
    encoded = builds.encoder.encoded
    manifest = builds().manifest
    assert manifest
    assert builds.folder.current() == Pointer(manifest.generation)
    assert manifest.generation > first
    assert builds.encoder.encoded == encoded


def test_a_corpus_that_was_rolled_back_from_can_be_built_again(builds: Builds) -> None:
    first = builds.of(FILES).generation
    builds.of({"a.md": "Treaties bind.\n"})
    roll_back(builds.index, first)
    builds.of(FILES)
    assert builds.of({"a.md": "Treaties bind.\n"}).documents == 1
    assert builds.generation().store.document("a").text == "Treaties bind."
