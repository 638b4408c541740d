"""Vectors are taken over from earlier generations, and only unseen text is encoded."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from normqa.build.encoding.encode import VectorCache, encode, vector_key, write_vectors
from normqa.build.reuse import known_vectors
from normqa.datatypes import EmbeddedText, Span
from normqa.models.hashing import HashingEncoder
from tests.build.builds import Builds, flip_a_bit, in_shards

NORMS = "# Norms\n\nStates agree on norms. Some of them are binding."
HOTLINES = "# Hotlines\n\nHotlines help in a crisis."
BOTH = {"a.md": NORMS, "b.md": HOTLINES}
OPEN_FILES = Path("/proc/self/fd")


@pytest.fixture
def builds(corpus: Path, index: Path) -> Builds:
    """With short vectors."""
    return Builds(corpus, index, dimension=64)


def test_only_new_text_is_encoded(builds: Builds) -> None:
    assert builds.encoding(BOTH) == 2
    assert builds.encoding({"a.md": NORMS, "b.md": HOTLINES + " Often."}) == 1
    assert builds.encoding({"a.md": NORMS, "b.md": HOTLINES + " Often.", "c.md": "Treaties bind."}) == 1
    assert builds.encoding({"a.md": NORMS}) == 0


def test_a_renamed_file_is_not_encoded_again(builds: Builds) -> None:
    builds.of(BOTH)
    assert builds.encoding({"z.md": NORMS, "b.md": HOTLINES}) == 0
    assert builds.generation().store.document_ids() == ["b", "z"]


def test_a_repeated_passage_is_encoded_once(builds: Builds) -> None:
    assert builds.encoding({"a.md": NORMS, "b.md": NORMS}) == 1
    assert builds.manifest().passages == 2
    assert builds.encoding({"b.md": NORMS, "c.md": HOTLINES}) == 1


def test_vectors_of_older_generations_are_reused(builds: Builds) -> None:
    """Reverting an edit costs nothing as long as the generation is kept."""
    builds.of({"a.md": NORMS})
    assert builds.encoding({"a.md": HOTLINES}) == 1
    assert builds.encoding({"a.md": NORMS}) == 0


def test_vectors_of_removed_generations_are_gone(builds: Builds) -> None:
    """Two generations stay, so the third build sweeps the first away."""
    for text in (NORMS, HOTLINES, "Treaties bind."):
        assert builds.encoding({"a.md": text}) == 1
    assert builds.encoding({"a.md": NORMS}) == 1


def test_a_full_build_or_another_encoder_encodes_everything(builds: Builds) -> None:
    builds.of(BOTH)
    assert builds.encoding(BOTH, full=True) == 2
    other = HashingEncoder(32)
    builds(other)
    assert other.encoded == 2
    assert builds.generation().dense.dimension == 32


def test_going_back_to_an_earlier_encoder_encodes_nothing(builds: Builds) -> None:
    builds.of(BOTH)
    builds(HashingEncoder(32))
    assert builds.encoding(BOTH) == 0
    assert builds.generation().dense.dimension == 64


def test_a_passage_with_a_flipped_bit_is_encoded_again(builds: Builds) -> None:
    """The checksum of each passage finds it; the other passage is taken over."""
    builds.of(BOTH)
    good = builds.generation().dense.vector(1).tolist()
    for name in ("passages.npy", "sentences.npy", "keys.npy"):
        for folder in (builds.index / "shards").iterdir():
            if folder != builds.shard():
                (folder / "keys.npy").unlink(missing_ok=True)
        flip_a_bit(builds.shard() / name)
        assert builds.encoding(BOTH) == 1, name
        assert builds.generation().dense.vector(1).tolist() == good


@pytest.mark.parametrize("name", ["passages.npy", "sentences.npy", "first_sentences.npy", "keys.npy"])
@pytest.mark.parametrize(
    "damage",
    [
        Path.unlink,
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"no vectors at all"),
        lambda path: path.write_bytes(path.read_bytes()[:-40]),
        lambda path: path.write_bytes(path.read_bytes().replace(b"}", b"{", 1)),
        lambda path: path.write_bytes(path.read_bytes().replace(b"'<", b"',", 1)),
        lambda path: np.save(path, np.zeros(3)),
        lambda path: np.save(path, np.zeros(0)),
    ],
    ids=["gone", "empty", "no array", "too short", "torn head", "no type", "another array", "no rows"],
)
def test_unreadable_vectors_are_encoded_again(
    damage: Callable[[Path], object], name: str, builds: Builds
) -> None:
    builds.of(BOTH)
    damage(builds.shard() / name)
    assert builds.encoding(BOTH) == 2
    assert builds.encoding(BOTH) == 0


def texts() -> dict[bytes, EmbeddedText]:
    """Two texts, of two sentences and of one, by key."""
    two = EmbeddedText("States agree.", (Span(0, 6), Span(7, 13))), EmbeddedText("Law.", (Span(0, 4),))
    return {vector_key(item, HashingEncoder(8)): item for item in two}


def test_vectors_are_found_by_key_in_every_shard(tmp_path: Path) -> None:
    fresh = encode(texts(), HashingEncoder(8))
    first, second = fresh
    known = VectorCache()
    for place, keys in enumerate(([first], [], [second, first])):
        folder = tmp_path / str(place)
        folder.mkdir()
        write_vectors(folder, keys, fresh, 8)
        known.add(folder)
    assert first in known
    assert b"0" * 32 not in known
    found = known.find([second, b"0" * 32, first])
    assert list(found) == [second, first]
    for name, vectors in found.items():
        assert vectors.passage.tolist() == fresh[name].passage.tolist()
        assert vectors.sentences.tolist() == fresh[name].sentences.tolist()


def test_progress_counts_every_text_once() -> None:
    counts: list[int] = []
    encoder = HashingEncoder(8)
    encode(texts(), encoder, counts.append)
    assert encode({}, encoder, counts.append) == {}
    assert sum(counts) == encoder.encoded == 2


def test_a_key_depends_on_text_sentences_and_encoder() -> None:
    text = EmbeddedText("States agree.", (Span(0, 6), Span(7, 13)))
    others = [
        (EmbeddedText("States agree!", text.sentences), HashingEncoder()),
        (EmbeddedText(text.text, (Span(0, 13),)), HashingEncoder()),
        (text, HashingEncoder(max_tokens=12)),
    ]
    same = vector_key(EmbeddedText("States agree.", (Span(0, 6), Span(7, 13))), HashingEncoder())
    assert vector_key(text, HashingEncoder()) == same
    assert len({same, *(vector_key(*other) for other in others)}) == 4


@pytest.mark.skipif(not OPEN_FILES.exists(), reason="only Linux lists the open files")
def test_known_vectors_keep_no_file_open(builds: Builds) -> None:
    """A process may open a limited number, and every shard has several."""
    builds.layout = in_shards(4)
    builds.of(BOTH)
    entries = [np.load(shard / "keys.npy") for shard in builds.folder.shard_folders()]
    keys = [bytes(key) for shard in entries for key in shard["key"]]
    before = len(list(OPEN_FILES.iterdir()))
    cache = known_vectors([builds.folder])
    found = cache.find(keys)
    assert len(found) == len(keys) == 2
    assert len(list(OPEN_FILES.iterdir())) == before
