"""From a corpus to a generation: when it is built, when it is not, and what is told."""

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from normqa.datatypes import EmbeddedText
from normqa.embed import Encoder
from normqa.embed.encoder import Advance, Encoded, Vectors
from normqa.embed.hashing import HashingEncoder
from normqa.errors import (
    CorpusMissing,
    EncoderUnavailable,
    IndexBusy,
    IndexNotWritable,
    NothingUsable,
    StrictBuild,
)
from normqa.index.build import BuildReport, build, corpus_state
from normqa.index.generation import Generation, current_name, publish
from normqa.index.plan import Drift, drift
from normqa.load.problem import Problem
from tests.conftest import MAX_FILE_BYTES, WriteCorpus

LATIN_1 = "Über Normen und Verträge, für alle Länder gültig: große Übereinkünfte.\n".encode("latin-1")


class Watcher:
    """Keeps what a build tells."""

    def __init__(self) -> None:
        self.stages: dict[str, int] = {}
        self.advanced: dict[str, int] = {}
        self.problems: list[Problem] = []

    def stage(self, name: str, total: int) -> None:
        self.stages[name] = total
        self.advanced[name] = 0

    def advance(self, count: int = 1) -> None:
        self.advanced[list(self.stages)[-1]] += count

    def problem(self, problem: Problem) -> None:
        self.problems.append(problem)


class Builds:
    """Builds the corpus of this test, with an encoder that counts what it encodes."""

    def __init__(self, corpus: Path, index: Path) -> None:
        self.corpus = corpus
        self.index = index
        self.encoder = HashingEncoder()

    def __call__(
        self,
        encoder: Encoder | None = None,
        *,
        full: bool = False,
        strict: bool = False,
        watcher: Watcher | None = None,
        max_file_bytes: int = MAX_FILE_BYTES,
    ) -> BuildReport:
        return build(
            self.corpus,
            self.index,
            encoder or self.encoder,
            max_file_bytes=max_file_bytes,
            full=full,
            strict=strict,
            progress=watcher,
        )

    def told(self, *, strict: bool = False) -> list[str]:
        """The paths of the problems that a build tells."""
        watcher = Watcher()
        self(watcher=watcher, strict=strict)
        return [problem.path for problem in watcher.problems]

    def drift(self) -> Drift:
        """How the corpus differs from the generation in force."""
        built = Generation.open(self.index, current_name(self.index)).manifest.recipe
        return drift(built, corpus_state(self.corpus, self.encoder, MAX_FILE_BYTES).recipe)

    def generations(self) -> set[str]:
        """The names of the folders beside the generation in force, and its own."""
        return {path.name for path in (self.index / "generations").iterdir()}


@pytest.fixture
def builds(write_corpus: WriteCorpus, index: Path) -> Builds:
    """A corpus of two files, not built yet."""
    corpus = write_corpus({"a.md": "# Norms\n\nStates agree on norms.\n", "sub/b.txt": "Hotlines help.\n"})
    return Builds(corpus, index)


def test_a_build_puts_a_generation_in_force_that_holds_the_corpus(builds: Builds) -> None:
    report = builds()
    generation = Generation.open(builds.index, current_name(builds.index))
    assert report.built
    assert generation.manifest == report.manifest
    assert generation.store.document_ids() == ["a", "sub/b.txt"]
    assert {name: entry.passages for name, entry in report.manifest.documents.items()} == {
        "a": 1,
        "sub/b.txt": 1,
    }
    assert (report.manifest.passages, report.manifest.dimension) == (2, 1024)
    assert report.manifest.encoder_name == "hashing"
    assert set(report.manifest.recipe.files) == {"a.md", "sub/b.txt"}
    assert set(report.manifest.parts) > {"texts.sqlite", "passages.npy", "sentences.npy"}


def test_only_the_generations_the_pointer_and_the_lock_are_left(builds: Builds) -> None:
    report = builds()
    assert {path.name for path in builds.index.iterdir()} == {"CURRENT", ".lock", "generations"}
    assert builds.generations() == {report.manifest.generation}


def test_what_is_up_to_date_is_neither_built_nor_encoded(builds: Builds) -> None:
    first = builds()
    encoded = builds.encoder.encoded
    again = builds()
    assert encoded == 2
    assert again == BuildReport(first.manifest, built=False)
    assert builds.encoder.encoded == encoded
    assert builds.generations() == {first.manifest.generation}


def test_touching_a_file_changes_nothing(builds: Builds) -> None:
    builds()
    os.utime(builds.corpus / "a.md", (0, 0))
    assert not builds().built


def test_full_builds_what_is_up_to_date(builds: Builds) -> None:
    first = builds()
    second = builds(full=True)
    assert second.built
    assert second.manifest.generation > first.manifest.generation
    assert second.manifest.recipe == first.manifest.recipe
    assert second.manifest.documents == first.manifest.documents


def test_an_added_changed_or_removed_file_is_found_and_built(builds: Builds) -> None:
    builds()
    assert not builds.drift()

    (builds.corpus / "c.md").write_text("A third document.\n")
    assert builds.drift() == Drift(added=("c.md",))
    assert builds().built

    (builds.corpus / "c.md").write_text("A third document, changed.\n")
    assert builds.drift() == Drift(changed=("c.md",))
    assert builds().built

    (builds.corpus / "c.md").rename(builds.corpus / "d.md")
    assert builds.drift() == Drift(renamed=(("c.md", "d.md"),))
    assert set(builds().manifest.documents) == {"a", "d", "sub/b.txt"}

    (builds.corpus / "d.md").unlink()
    assert builds.drift() == Drift(removed=("d.md",))
    assert set(builds().manifest.documents) == {"a", "sub/b.txt"}
    assert not builds.drift()


def test_another_encoder_or_size_limit_builds_again(builds: Builds) -> None:
    builds()
    assert builds(HashingEncoder(dimension=512)).manifest.dimension == 512
    assert builds(HashingEncoder(dimension=512), max_file_bytes=1000).built
    assert not builds(HashingEncoder(dimension=512), max_file_bytes=1000).built


def test_the_same_text_in_two_files_is_two_documents(builds: Builds) -> None:
    shutil.copyfile(builds.corpus / "a.md", builds.corpus / "copy.md")
    documents = builds().manifest.documents
    assert documents["a"] == documents["copy"]


def test_a_build_tells_its_stages_and_every_step(builds: Builds) -> None:
    watcher = Watcher()
    builds(watcher=watcher)
    assert watcher.stages == {
        "Reading the corpus": 0,
        "Loading documents": 2,
        "Splitting them into passages": 2,
        "Loading the encoder hashing": 0,
        "Encoding passages": 2,
        "Writing the index": 0,
    }
    assert all(watcher.advanced[name] == total for name, total in watcher.stages.items())


def test_problems_are_told_and_told_again_when_up_to_date(builds: Builds) -> None:
    (builds.corpus / "c.pdf").write_bytes(b"%PDF-")
    (builds.corpus / "empty.md").write_bytes(b" \n")
    (builds.corpus / "guessed.txt").write_bytes(LATIN_1)
    first, again = Watcher(), Watcher()
    assert builds(watcher=first).built
    assert not builds(watcher=again).built
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
    first = builds()
    (builds.corpus / "a.md").write_text("Changed.\n")
    (builds.corpus / "c.pdf").write_bytes(b"%PDF-")
    (builds.corpus / "guessed.txt").write_bytes(LATIN_1)
    with pytest.raises(StrictBuild, match="2 of the corpus's files have problems") as refused:
        builds(strict=True)
    assert "--strict" in refused.value.hint
    assert current_name(builds.index) == first.manifest.generation
    assert builds.generations() == {first.manifest.generation}


def test_strict_refuses_too_where_all_is_up_to_date(builds: Builds) -> None:
    (builds.corpus / "guessed.txt").write_bytes(LATIN_1)
    builds()
    with pytest.raises(StrictBuild):
        builds(strict=True)


def test_strict_builds_a_corpus_without_problems(builds: Builds) -> None:
    assert builds(strict=True).built


def test_an_empty_corpus_gives_nothing_and_keeps_what_is_in_force(builds: Builds) -> None:
    first = builds()
    shutil.rmtree(builds.corpus)
    builds.corpus.mkdir()
    with pytest.raises(NothingUsable, match=f"{builds.corpus} is empty"):
        builds()
    (builds.corpus / "c.pdf").write_bytes(b"%PDF-")
    with pytest.raises(NothingUsable, match="holds no file that gives any text"):
        builds()
    assert current_name(builds.index) == first.manifest.generation
    Generation.open(builds.index, first.manifest.generation)


def test_a_missing_corpus_is_named_and_keeps_what_is_in_force(builds: Builds) -> None:
    first = builds()
    shutil.rmtree(builds.corpus)
    with pytest.raises(CorpusMissing, match=str(builds.corpus)) as missing:
        builds()
    assert "--corpus" in missing.value.hint
    assert current_name(builds.index) == first.manifest.generation


def test_a_second_builder_is_told_that_the_index_is_busy(builds: Builds) -> None:
    first = builds()
    with (
        FileLock(builds.index / ".lock"),
        pytest.raises(IndexBusy, match=f"building in {builds.index}"),
    ):
        builds(full=True)
    assert builds.generations() == {first.manifest.generation}
    assert builds(full=True).built


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
    assert builds().built
    assert Generation.open(builds.index, current_name(builds.index)).manifest.passages == 2


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
    first = builds()
    good, bad = np.eye(2, dtype=np.float32), np.eye(2, dtype=np.float32)
    bad[1, 0] = value
    for passages, sentences in ((bad, good), (good, bad)):
        with pytest.raises(EncoderUnavailable, match="no numbers"):
            builds(Odd(passages, sentences))
    assert current_name(builds.index) == first.manifest.generation


@pytest.mark.parametrize(("passages", "sentences"), [(1, 2), (3, 2), (2, 1), (2, 3)])
def test_an_encoder_that_gives_more_or_fewer_vectors_than_texts_puts_nothing_in_force(
    passages: int, sentences: int, builds: Builds
) -> None:
    """There are two passages of one sentence each."""
    first = builds()
    vectors = np.eye(3, dtype=np.float32)
    with pytest.raises(EncoderUnavailable, match=f"{passages} and {sentences} vectors for 2 passages and 2 "):
        builds(Odd(vectors[:passages], vectors[:sentences]))
    assert current_name(builds.index) == first.manifest.generation


def test_the_generation_before_is_kept_and_older_ones_are_swept_away(builds: Builds) -> None:
    names = [builds(full=True).manifest.generation for _ in range(4)]
    assert builds.generations() == set(names[2:])
    for name in names[2:]:
        Generation.open(builds.index, name)


def test_after_a_rollback_by_hand_the_one_rolled_back_to_is_the_one_before(builds: Builds) -> None:
    first, second = builds(), builds(full=True)
    publish(builds.index, first.manifest.generation)
    third = builds(full=True)
    assert second.manifest.generation not in builds.generations()
    assert builds.generations() == {first.manifest.generation, third.manifest.generation}


def test_what_killed_builds_left_is_swept_away(builds: Builds) -> None:
    builds()
    left = builds.index / "generations" / ".building-20200101T000000.000000Z"
    (left / "lexical").mkdir(parents=True)
    (left / "texts.sqlite").write_bytes(b"half of it")
    second = builds(full=True)
    assert not left.exists()
    assert len(builds.generations()) == 2
    assert current_name(builds.index) == second.manifest.generation


def damages(index: Path) -> Iterator[str]:
    """Damages the generation in force in one way after another, and names what is damaged."""
    folder = index / "generations" / current_name(index)
    (folder / "passages.npy").write_bytes(b"")
    yield "a part"
    (index / "generations" / current_name(index) / "manifest.json").unlink()
    yield "the manifest"
    (index / "generations" / current_name(index)).rename(index / "elsewhere")
    yield "the generation"
    (index / "CURRENT").write_bytes(b"\xff" + b"x" * 5000)
    yield "the pointer"
    (index / "CURRENT").unlink()
    yield "no pointer"
    (index / "generations").rename(index / "elsewhere too")
    yield "no generations"


def test_a_build_mends_every_damage_though_no_file_has_changed(builds: Builds) -> None:
    builds()
    for damage in damages(builds.index):
        assert builds().built, damage
        Generation.open(builds.index, current_name(builds.index))
        assert not builds().built, damage
