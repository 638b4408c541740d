"""Vectors are taken over from earlier generations, and only unseen text is encoded."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from normqa.asker import Asker, Inquiry, Models
from normqa.datatypes import EmbeddedText, Span
from normqa.embed.hashing import HashingEncoder
from normqa.index.build import build
from normqa.index.generation import Generation, current_name, generation_folders
from normqa.index.vectors import key
from normqa.stopwatch import Stopwatch
from tests.conftest import MAX_FILE_BYTES

NORMS = "# Norms\n\nStates agree on norms. Some of them are binding."
HOTLINES = "# Hotlines\n\nHotlines help in a crisis."


class Corpus:
    """A corpus whose builds tell how many passages were encoded."""

    def __init__(self, folder: Path) -> None:
        self.corpus, self.index = folder / "corpus", folder / "index"
        self.corpus.mkdir()

    def build(
        self, files: Mapping[str, str], *, full: bool = False, encoder: HashingEncoder | None = None
    ) -> int:
        """Makes the corpus these files, builds it, and says how many passages were encoded."""
        for path in self.corpus.iterdir():
            path.unlink()
        for name, text in files.items():
            (self.corpus / name).write_text(text)
        encoder = encoder or HashingEncoder(64)
        build(self.corpus, self.index, encoder, max_file_bytes=MAX_FILE_BYTES, full=full)
        return encoder.encoded

    def generation(self) -> Generation:
        return Generation.open(self.index, current_name(self.index))


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """Empty."""
    return Corpus(tmp_path)


def test_only_what_was_never_seen_is_encoded(corpus: Corpus) -> None:
    assert corpus.build({"a.md": NORMS, "b.md": HOTLINES}) == 2
    assert corpus.build({"a.md": NORMS, "b.md": HOTLINES + " Often."}) == 1
    assert corpus.build({"a.md": NORMS, "b.md": HOTLINES + " Often.", "c.md": "Treaties bind."}) == 1
    assert corpus.build({"a.md": NORMS}) == 0


def test_a_renamed_file_is_not_encoded_again(corpus: Corpus) -> None:
    corpus.build({"a.md": NORMS, "b.md": HOTLINES})
    assert corpus.build({"z.md": NORMS, "b.md": HOTLINES}) == 0
    assert corpus.generation().store.document_ids() == ["b", "z"]


def test_a_passage_that_stands_twice_is_encoded_once_and_stays_where_it_stands(corpus: Corpus) -> None:
    assert corpus.build({"a.md": NORMS, "b.md": NORMS}) == 1
    assert corpus.generation().manifest.passages == 2
    assert corpus.build({"b.md": NORMS, "c.md": HOTLINES}) == 1


def test_what_the_generation_before_the_last_held_is_not_encoded_again(corpus: Corpus) -> None:
    """An edit that is taken back costs nothing as long as the generation stands."""
    corpus.build({"a.md": NORMS})
    assert corpus.build({"a.md": HOTLINES}) == 1
    assert corpus.build({"a.md": NORMS}) == 0


def test_what_no_generation_holds_any_more_is_encoded_again(corpus: Corpus) -> None:
    for text in (NORMS, HOTLINES, "Treaties bind."):
        assert corpus.build({"a.md": text}) == 1
    assert corpus.build({"a.md": NORMS}) == 1


def test_a_full_build_and_another_encoder_encode_everything(corpus: Corpus) -> None:
    files = {"a.md": NORMS, "b.md": HOTLINES}
    corpus.build(files)
    assert corpus.build(files, full=True) == 2
    assert corpus.build(files, encoder=HashingEncoder(32)) == 2
    assert corpus.generation().dense.dimension == 32


def flip_a_bit(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw)


def test_the_last_passage_is_encoded_again_where_a_bit_of_its_vectors_was_flipped(corpus: Corpus) -> None:
    """The checksum of each passage finds it; the other passage is taken over."""
    files = {"a.md": NORMS, "b.md": HOTLINES}
    corpus.build(files)
    good = corpus.generation().dense.vectors[1].tolist()
    for name in ("passages.npy", "sentences.npy", "keys.npy"):
        flip_a_bit(generation_folders(corpus.index)[0] / name)
        for older in generation_folders(corpus.index)[1:]:
            (older / "keys.npy").unlink(missing_ok=True)
        assert corpus.build(files) == 1, name
        assert corpus.generation().dense.vectors[1].tolist() == good


@pytest.mark.parametrize("name", ["passages.npy", "sentences.npy", "first_sentences.npy", "keys.npy"])
@pytest.mark.parametrize(
    "damage",
    [
        Path.unlink,
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"no vectors at all"),
        lambda path: path.write_bytes(path.read_bytes()[:-40]),
        lambda path: np.save(path, np.zeros(3)),
    ],
)
def test_what_cannot_be_read_is_encoded_again(
    damage: Callable[[Path], object], name: str, corpus: Corpus
) -> None:
    files = {"a.md": NORMS, "b.md": HOTLINES}
    corpus.build(files)
    damage(generation_folders(corpus.index)[0] / name)
    assert corpus.build(files) == 2
    assert corpus.build(files) == 0


def test_a_key_names_text_sentences_and_encoder() -> None:
    text = EmbeddedText("States agree.", (Span(0, 6), Span(7, 13)))
    others = [
        (EmbeddedText("States agree!", text.sentences), HashingEncoder()),
        (EmbeddedText(text.text, (Span(0, 13),)), HashingEncoder()),
        (text, HashingEncoder(max_tokens=12)),
    ]
    same = key(EmbeddedText("States agree.", (Span(0, 6), Span(7, 13))), HashingEncoder())
    assert key(text, HashingEncoder()) == same
    assert len({same, *(key(*other) for other in others)}) == 4


TEXTS = [
    "Norms guide states.",
    "Norms guide states. Hotlines help.",
    "# Law\n\nTreaties bind.",
    "Firms report.",
]
STATES = st.dictionaries(st.sampled_from(["a.md", "b.md", "c.txt"]), st.sampled_from(TEXTS), min_size=1)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(states=st.lists(STATES, min_size=2, max_size=5))
def test_after_any_edits_an_index_equals_one_built_from_nothing(
    tmp_path_factory: pytest.TempPathFactory, states: list[dict[str, str]]
) -> None:
    """The same passages, vectors and answers."""
    edited, anew = (Corpus(tmp_path_factory.mktemp("corpus")) for _ in range(2))
    for state in states:
        edited.build(state)
    anew.build(states[-1])
    one, other = edited.generation(), anew.generation()
    assert one.manifest.recipe == other.manifest.recipe
    assert one.manifest.documents == other.manifest.documents
    assert np.abs(one.dense.vectors - other.dense.vectors).max() <= 1e-6
    for number in range(other.manifest.passages):
        assert one.store.passage(number) == other.store.passage(number)
        assert np.abs(one.sentences.of(number) - other.sentences.of(number)).max() <= 1e-6
    models = Models(HashingEncoder(64), None, None)
    for question in ("Which norms guide states?", "Do hotlines help?", "What binds?"):
        inquiry = Inquiry(question, 3, 0.15)
        answers = [Asker(each, models).ask(inquiry, Stopwatch()) for each in (one, other)]
        assert answers[0].quotes == answers[1].quotes
