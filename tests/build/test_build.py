"""From a corpus to a generation: when it is built, when it is not, and what is told."""

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest
from filelock import FileLock

from normqa.build.build import build
from normqa.datatypes import EmbeddedText
from normqa.errors import (
    CorpusMissing,
    CorpusUnsettled,
    EncoderUnavailable,
    IndexBusy,
    IndexNotWritable,
    NothingUsable,
    StrictBuild,
)
from normqa.index.generation import Generation, Pointer, current, files_of
from normqa.index.history import roll_back
from normqa.index.plan import CorpusDiff
from normqa.load.corpus import SourceFile
from normqa.load.loaders import Loaded, load
from normqa.models.hashing import HashingEncoder
from normqa.models.protocols import Advance, Encoded, Vectors
from tests.build.builds import Builds, Watcher, listing, names_in
from tests.conftest import OPTIONS, asking

LATIN_1 = "Über Normen und Verträge, für alle Länder gültig: große Übereinkünfte.\n".encode("latin-1")
FILES = {"a.md": "# Norms\n\nStates agree on norms.\n", "sub/b.txt": "Hotlines help.\n"}


@pytest.fixture
def builds(builds: Builds) -> Builds:
    """A corpus of two files, not built yet."""
    builds.write(FILES)
    return builds


def test_a_build_puts_a_generation_in_force_that_holds_the_corpus(builds: Builds) -> None:
    built = builds()
    generation = builds.generation()
    manifest = generation.manifest
    assert built.written
    assert manifest == built.manifest
    assert generation.store.document_ids() == ["a", "sub/b.txt"]
    assert (manifest.documents, manifest.passages, manifest.dimension) == (2, 2, 1024)
    assert manifest.encoder_name == "hashing"
    assert manifest.fingerprints.encoder == builds.encoder.fingerprint
    assert {name: (each.document, each.passages) for name, each in built.files.items()} == {
        "a.md": ("a", 1),
        "sub/b.txt": ("sub/b.txt", 1),
    }
    assert files_of(builds.index, manifest) == built.files
    assert {name: each.text_sha256 for name, each in built.files.items()} == {
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


def test_only_generations_shards_the_pointer_and_the_lock_are_left(builds: Builds) -> None:
    builds()
    assert names_in(builds.index) == {"CURRENT", ".lock", "generations", "shards"}
    assert builds.generations() == {builds.current()}
    assert names_in(builds.index / "generations" / builds.current()) == {
        "manifest.json",
        "manifest.copy.json",
        "report.json",
    }
    assert builds.shards() == {f"{builds.current()}-0"}


def test_what_is_up_to_date_is_neither_built_nor_encoded(builds: Builds) -> None:
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


def test_full_builds_what_is_up_to_date(builds: Builds) -> None:
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


def test_an_added_changed_or_removed_file_is_found_and_built(builds: Builds) -> None:
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


def test_another_encoder_or_size_limit_builds_again(builds: Builds) -> None:
    builds()
    assert builds(HashingEncoder(dimension=512)).report.update.settings == ("encoder",)
    assert builds.manifest().dimension == 512
    assert builds(HashingEncoder(dimension=512), max_file_bytes=1000).report.update.settings == ("loader",)
    assert not builds(HashingEncoder(dimension=512), max_file_bytes=1000).written


def test_a_file_that_is_excluded_is_gone_and_comes_back_without_being_encoded_again(builds: Builds) -> None:
    builds()
    encoded = builds.encoder.encoded
    assert builds(exclude=("sub/*",)).report.update == CorpusDiff(removed=("sub/b.txt",), kept=("a.md",))
    assert builds.generation().store.document_ids() == ["a"]
    assert not builds(exclude=("sub/b.*",)).written
    assert builds().report.update == CorpusDiff(added=("sub/b.txt",), kept=("a.md",))
    assert builds.generation().store.document_ids() == ["a", "sub/b.txt"]
    assert builds.encoder.encoded == encoded


def test_an_excluded_file_is_no_reason_for_a_strict_build_to_fail(builds: Builds) -> None:
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


def test_a_file_whose_text_an_earlier_one_has_is_told_as_its_duplicate(builds: Builds) -> None:
    """By its text and not its bytes; again where all is up to date; files without a text are none."""
    for name in ("x.md", "y.md"):
        (builds.corpus / name).write_text(f"---\ntitle: {name}\n---\n{FILES['a.md']}")
    for name in ("empty.md", "empty too.md"):
        (builds.corpus / name).write_text("\n")
    (builds.corpus / "b.txt").write_text(FILES["sub/b.txt"])
    for _ in range(2):
        assert builds().duplicates == {"x.md": "a.md", "y.md": "a.md", "sub/b.txt": "b.txt"}


def test_a_build_tells_its_stages_and_every_step(builds: Builds) -> None:
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


def test_problems_are_told_and_told_again_when_up_to_date(builds: Builds) -> None:
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


def test_when_up_to_date_a_file_that_came_and_cannot_be_read_is_told(builds: Builds) -> None:
    """Files that are never read are no part of what is built, yet an editor is to hear of them."""
    builds()
    (builds.corpus / "c.pdf").write_bytes(b"%PDF-")
    assert builds.told() == ["c.pdf"]
    with pytest.raises(StrictBuild):
        builds(strict=True)
    (builds.corpus / "c.pdf").unlink()
    assert builds.told(strict=True) == []


def test_when_up_to_date_a_file_that_went_is_told_no_more(builds: Builds) -> None:
    (builds.corpus / "c.pdf").write_bytes(b"%PDF-")
    (builds.corpus / "empty.md").write_bytes(b" \n")
    assert builds.told() == ["c.pdf", "empty.md"]
    (builds.corpus / "c.pdf").unlink()
    assert builds.told() == ["empty.md"]


def test_strict_refuses_and_keeps_what_is_in_force(builds: Builds) -> None:
    first = builds.of(FILES).generation
    (builds.corpus / "a.md").write_text("Changed.\n")
    (builds.corpus / "c.pdf").write_bytes(b"%PDF-")
    (builds.corpus / "guessed.txt").write_bytes(LATIN_1)
    with pytest.raises(StrictBuild, match="2 of the corpus's files have problems") as refused:
        builds(strict=True)
    assert "--strict" in refused.value.hint
    assert builds.current() == first
    assert builds.generations() == {first}


def test_strict_refuses_too_where_all_is_up_to_date(builds: Builds) -> None:
    (builds.corpus / "guessed.txt").write_bytes(LATIN_1)
    builds()
    with pytest.raises(StrictBuild):
        builds(strict=True)


def test_strict_builds_a_corpus_without_problems(builds: Builds) -> None:
    assert builds(strict=True).written


def test_an_empty_corpus_gives_nothing_and_keeps_what_is_in_force(builds: Builds) -> None:
    first = builds.of(FILES).generation
    shutil.rmtree(builds.corpus)
    builds.corpus.mkdir()
    with pytest.raises(NothingUsable, match=f"{builds.corpus} is empty"):
        builds()
    (builds.corpus / "c.pdf").write_bytes(b"%PDF-")
    with pytest.raises(NothingUsable, match="holds no file that gives any text"):
        builds()
    assert builds.current() == first
    Generation.open(builds.index, first)


def test_a_missing_corpus_is_named_and_keeps_what_is_in_force(builds: Builds) -> None:
    first = builds.of(FILES).generation
    shutil.rmtree(builds.corpus)
    with pytest.raises(CorpusMissing, match=str(builds.corpus)) as missing:
        builds()
    assert "--corpus" in missing.value.hint
    assert builds.current() == first


def test_a_second_builder_is_told_that_the_index_is_busy(builds: Builds) -> None:
    first = builds.of(FILES).generation
    with (
        FileLock(builds.index / ".lock"),
        pytest.raises(IndexBusy, match=f"building in {builds.index}"),
    ):
        builds(full=True)
    assert builds.generations() == {first}
    assert builds(full=True).written


@pytest.mark.parametrize("where", ["index", "index/below"])
def test_an_index_that_cannot_be_a_folder_is_named(where: str, builds: Builds) -> None:
    builds.index.write_text("a file")
    builds.index = builds.index.parent / where
    with pytest.raises(IndexNotWritable, match=f"The index folder {builds.index} cannot be written") as fault:
        builds()
    assert "--index" in fault.value.hint
    assert (builds.corpus.parent / "index").read_text() == "a file"


def test_an_index_folder_is_made_with_its_parents(builds: Builds) -> None:
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
def test_an_encoder_whose_vectors_are_no_numbers_is_refused(value: float, builds: Builds) -> None:
    first = builds.of(FILES).generation
    good, bad = np.eye(2, dtype=np.float32), np.eye(2, dtype=np.float32)
    bad[1, 0] = value
    for passages, sentences in ((bad, good), (good, bad)):
        with pytest.raises(EncoderUnavailable, match="no numbers"):
            builds(Odd(passages, sentences))
    assert builds.current() == first


@pytest.mark.parametrize(("passages", "sentences"), [(1, 2), (3, 2), (2, 1), (2, 3)])
def test_an_encoder_that_gives_more_or_fewer_vectors_than_texts_puts_nothing_in_force(
    passages: int, sentences: int, builds: Builds
) -> None:
    """There are two passages of one sentence each."""
    first = builds.of(FILES).generation
    vectors = np.eye(3, dtype=np.float32)
    with pytest.raises(EncoderUnavailable, match=f"{passages} and {sentences} vectors for 2 passages and 2 "):
        builds(Odd(vectors[:passages], vectors[:sentences]))
    assert builds.current() == first


@pytest.mark.parametrize("documents", [1, 15])
def test_a_corpus_of_a_few_passages_is_built_though_the_settings_say_that_it_is_a_large_one(
    documents: int, builds: Builds
) -> None:
    """With an exact limit of 0, any corpus is; there may be fewer passages than lists."""
    builds.write({f"{n}.md": f"States keep {n} hotlines." for n in range(documents)})
    built = build(builds.corpus, builds.index, builds.encoder, replace(OPTIONS, exact_limit=0))
    assert built.written
    assert builds.service().ask(asking("How many hotlines do states keep?", 1)).quotes


class Failing(HashingEncoder):
    """An encoder that raises an error of its own."""

    def encode_passages(self, texts: Sequence[EmbeddedText], advance: Advance = lambda _: None) -> Encoded:
        if texts:
            raise RuntimeError("CUDA out of memory")
        return super().encode_passages(texts, advance)


def test_what_an_encoder_raises_of_its_own_is_not_told_as_a_full_disk(builds: Builds) -> None:
    first = builds.of(FILES).generation
    with pytest.raises(RuntimeError, match=r"^CUDA out of memory$"):
        builds(Failing(dimension=8))
    assert builds.current() == first


def damages(builds: Builds) -> Iterator[str]:
    """Damages the generation in force in one way after another, and names what is damaged."""
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


def test_a_build_mends_every_damage_though_no_file_has_changed(builds: Builds) -> None:
    builds()
    for damage in damages(builds):
        assert builds().written, damage
        assert builds.generation().store.document_ids() == ["a", "sub/b.txt"], damage
        assert not builds().written, damage


class SavedWhileRead:
    """Loads a file, and changes it just before or just after, so many times."""

    def __init__(self, name: str, times: int, *, before: bool) -> None:
        self.loads = 0
        self._name = name
        self._left = times
        self._before = before

    def __call__(self, source: SourceFile) -> Loaded:
        self.loads += 1
        if self._before:
            self._save(source)
        loaded = load(source)
        if not self._before:
            self._save(source)
        return loaded

    def _save(self, source: SourceFile) -> None:
        if source.name == self._name and self._left:
            self._left -= 1
            source.path.write_text(f"States keep {self._left} hotlines.\n")


@pytest.mark.parametrize("before", [True, False])
def test_a_file_that_is_saved_while_it_is_read_is_read_again(
    before: bool, builds: Builds, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it says in the end is what is quoted and found up to date; its old text never stands under it."""
    saved = SavedWhileRead("sub/b.txt", times=2, before=before)
    monkeypatch.setattr("normqa.build.build.load", saved)
    assert builds().written
    assert saved.loads == 2 + 2 + 2
    assert builds.generation().store.document("sub/b.txt").text == "States keep 0 hotlines.\n"
    [quote] = builds.service().ask(asking("How many hotlines do states keep?", 1)).quotes
    assert quote.text == "States keep 0 hotlines."
    monkeypatch.undo()
    assert not builds.drift()
    assert not builds().written


def test_a_file_that_vanishes_while_it_is_read_is_left_out(
    builds: Builds, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load_and_lose(source: SourceFile) -> Loaded:
        if source.name == "sub/b.txt":
            source.path.unlink()
        return load(source)

    monkeypatch.setattr("normqa.build.build.load", load_and_lose)
    assert builds().written
    assert builds.generation().store.document_ids() == ["a"]


def test_a_file_that_changes_whenever_it_is_read_is_named_and_nothing_is_put_in_force(
    builds: Builds, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = builds.of(FILES).generation
    (builds.corpus / "a.md").write_text("Changed.\n")
    saved = SavedWhileRead("a.md", times=100, before=False)
    monkeypatch.setattr("normqa.build.build.load", saved)
    with pytest.raises(CorpusUnsettled, match=r"a\.md changes while it is read") as unsettled:
        builds()
    assert saved.loads == 5
    assert "Build again" in unsettled.value.hint
    assert builds.current() == first
    assert builds.generations() == {first}


def test_a_build_after_a_rollback_ends_it(builds: Builds) -> None:
    builds()
    builds.of({"a.md": "Treaties bind.\n"})
    roll_back(builds.index, None)
    assert builds().written
    assert current(builds.index) == Pointer(builds.current())
    assert builds.generation().store.document_ids() == ["a"]


def test_a_build_of_the_corpus_that_was_rolled_back_to_ends_it_too(builds: Builds) -> None:
    """A new generation says so, and encodes nothing. A dry run leaves that to a build."""
    first = builds.of(FILES).generation
    builds.of({"a.md": "Treaties bind.\n"})
    roll_back(builds.index, first)
    builds.write(FILES)
    assert not builds(dry_run=True).written
    assert current(builds.index) == Pointer(first, rolled_back=True)
    encoded = builds.encoder.encoded
    manifest = builds().manifest
    assert manifest
    assert current(builds.index) == Pointer(manifest.generation)
    assert manifest.generation > first
    assert builds.encoder.encoded == encoded


def test_after_a_rollback_that_a_build_ended_the_corpus_of_then_can_be_built_again(builds: Builds) -> None:
    first = builds.of(FILES).generation
    builds.of({"a.md": "Treaties bind.\n"})
    roll_back(builds.index, first)
    builds.of(FILES)
    assert builds.of({"a.md": "Treaties bind.\n"}).documents == 1
    assert builds.generation().store.document("a").text == "Treaties bind."
