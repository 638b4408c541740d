"""The ONNX encoder, with the tiny model of the tests and with the default model."""

import json
import re
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from normqa.datatypes import EmbeddedText, Span
from normqa.errors import EncoderUnavailable
from normqa.models.onnx.encoder import METADATA, OnnxEncoder
from normqa.models.onnx.session import MODEL, TOKENIZER
from normqa.models.protocols import Vectors
from normqa.models.sentence_transformer import SentenceTransformerEncoder
from normqa.models.weights import ENCODER, ORIGINAL_ENCODER, find_model
from tests.conftest import ROOT, TINY_ENCODER

TEXTS = ["Norms guide states.", "", "Hotlines connect capitals in a crisis. " * 8, "Why?", "北京 naïve ½"]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the tiny model that a test may change."""
    return Path(shutil.copytree(TINY_ENCODER, tmp_path / "copy"))


def embedded(text: str) -> EmbeddedText:
    """A text of two sentences."""
    middle = len(text) // 2
    return EmbeddedText(text, (Span(0, middle), Span(middle, len(text))))


def passages(encoder: OnnxEncoder, *texts: str) -> Vectors:
    return encoder.encode_passages([EmbeddedText(text) for text in texts]).passages


@given(texts=st.lists(st.text(alphabet="ab cdé.?北\n", max_size=60), min_size=1, max_size=8))
def test_vectors_do_not_depend_on_the_other_texts(tiny_encoder: OnnxEncoder, texts: list[str]) -> None:
    together = tiny_encoder.encode_passages([embedded(text) for text in texts])
    alone = [tiny_encoder.encode_passages([embedded(text)]) for text in texts]
    assert np.allclose(together.passages, np.concatenate([one.passages for one in alone]), atol=1e-6)
    assert np.allclose(together.sentences, np.concatenate([one.sentences for one in alone]), atol=1e-6)
    assert np.linalg.norm(together.passages, axis=1) == pytest.approx(np.ones(len(texts)), abs=1e-5)


def test_common_words_make_texts_similar(tiny_encoder: OnnxEncoder) -> None:
    similar, other = passages(tiny_encoder, "Capitals use hotlines.", "Treaties bind states.")
    question = tiny_encoder.encode_question("hotlines between capitals")[0]
    assert question @ similar > question @ other


@pytest.mark.parametrize(
    ("word", "known"), [("West", True), ("door", True), ("goverment", False), ("convntion", False)]
)
def test_default_encoder_knows_common_words_and_no_typos(word: str, known: bool) -> None:
    assert OnnxEncoder("x", find_model(ENCODER.packaged, ENCODER)).knows(word) is known


@pytest.mark.parametrize(
    "folder", [TINY_ENCODER, find_model(ENCODER.packaged, ENCODER)], ids=["tiny", "default"]
)
def test_thread_count_does_not_change_a_bit(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    one, *others = [OnnxEncoder("x", folder, threads=threads) for threads in (1, 2, 4, None)]
    texts = [embedded(text) for text in TEXTS]
    expected = one.encode_passages(texts)
    for other in others:
        encoded = other.encode_passages(texts)
        assert np.array_equal(encoded.passages, expected.passages)
        assert np.array_equal(encoded.sentences, expected.sentences)
        assert np.array_equal(other.encode_question(TEXTS[0]), one.encode_question(TEXTS[0]))


def test_threads_share_one_session(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened, together = list[Path](), threading.Barrier(4)

    class Session:
        dimension = 1

        def __init__(self, path: Path, *_: object) -> None:
            opened.append(path)

        def run(self, texts: list[object]) -> list[Vectors]:
            return [np.ones((len(texts), 1, 1), dtype=np.float32)]

    def ask(_: int) -> None:
        together.wait()
        encoder.encode_question("norms")

    monkeypatch.setattr("normqa.models.onnx.encoder.OnnxSession", Session)
    encoder = OnnxEncoder("copy", copy)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(ask, range(4)))
    assert opened == [copy / MODEL]


def test_prefixes_come_from_the_metadata_unless_overridden(copy: Path, tiny_encoder: OnnxEncoder) -> None:
    metadata = json.loads((copy / METADATA).read_text())
    (copy / METADATA).write_text(
        json.dumps(metadata | {"question_prefix": "ask: ", "passage_prefix": "say: "})
    )
    own, overridden = OnnxEncoder("own", copy), OnnxEncoder("overridden", copy, "", "")
    assert np.array_equal(own.encode_question("norms"), tiny_encoder.encode_question("ask: norms"))
    assert np.array_equal(passages(own, "norms"), passages(tiny_encoder, "say: norms"))
    assert own.count_tokens(["norms"]) == tiny_encoder.count_tokens(["say: norms"])
    assert np.array_equal(overridden.encode_question("norms"), tiny_encoder.encode_question("norms"))
    assert overridden.fingerprint == tiny_encoder.fingerprint != own.fingerprint


def test_prefix_does_not_shift_sentences(tiny_encoder: OnnxEncoder) -> None:
    prefixed = OnnxEncoder("prefixed", TINY_ENCODER, passage_prefix="say: ")
    text, prefix = "norms bind us", Span(0, 5)
    shifted = tiny_encoder.encode_passages([EmbeddedText(f"say: {text}", (prefix.shifted(5),))])
    assert np.allclose(
        prefixed.encode_passages([EmbeddedText(text, (prefix,))]).sentences, shifted.sentences, atol=1e-6
    )


def test_fingerprint_depends_on_every_parameter(copy: Path) -> None:
    before = OnnxEncoder("any name", TINY_ENCODER).fingerprint
    assert OnnxEncoder("another name", copy, threads=1).fingerprint == before
    metadata = json.loads((copy / METADATA).read_text())
    (copy / METADATA).write_text(json.dumps(metadata | {"max_tokens": 32}))
    prints = {
        before,
        OnnxEncoder("x", copy).fingerprint,
        OnnxEncoder("x", TINY_ENCODER, question_prefix="a").fingerprint,
        OnnxEncoder("x", TINY_ENCODER, passage_prefix="a").fingerprint,
    }
    assert len(prints) == 4
    assert all(metadata["model"] in text and metadata["tokenizer"] in text for text in prints)


def test_text_is_truncated_at_max_tokens(copy: Path) -> None:
    metadata = json.loads((copy / METADATA).read_text())
    (copy / METADATA).write_text(json.dumps(metadata | {"max_tokens": 6}))
    encoder = OnnxEncoder("short", copy)
    assert encoder.max_tokens == 6
    assert encoder.count_tokens(["a b c d e f"]) == [8]
    assert np.array_equal(passages(encoder, "a b c d"), passages(encoder, "a b c d e f"))


def flip_last_byte(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 0xFF
    path.write_bytes(raw)


@pytest.mark.parametrize("name", [METADATA, MODEL, TOKENIZER])
@pytest.mark.parametrize("damage", [Path.unlink, flip_last_byte, lambda path: path.write_bytes(b"")])
def test_damaged_file_is_refused(damage: Callable[[Path], object], name: str, copy: Path) -> None:
    damage(copy / name)
    with pytest.raises(EncoderUnavailable) as refused:
        OnnxEncoder("damaged", copy)
    assert str(copy) in refused.value.message
    assert "NORMQA_ENCODER" in refused.value.hint


@pytest.mark.parametrize("name", [MODEL, TOKENIZER])
def test_file_that_changes_before_it_is_loaded_is_refused(name: str, copy: Path) -> None:
    """Otherwise its vectors would be stored under the fingerprint of the genuine file."""
    encoder = OnnxEncoder("changed", copy)
    flip_last_byte(copy / name)
    with pytest.raises(EncoderUnavailable, match=f"{name} is corrupted: checksum mismatch"):
        passages(encoder, "a b c d")


def test_default_encoder_matches_sentence_transformers() -> None:
    """On paragraphs of the shipped corpus, the cosine is 1.0000 to four decimals."""
    shipped = OnnxEncoder("shipped", find_model(ENCODER.packaged, ENCODER))
    original = SentenceTransformerEncoder("original", find_model(ENCODER.packaged, ORIGINAL_ENCODER))
    notes = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "corpus").rglob("*.md"))]
    paragraphs = [part for note in notes for part in re.split(r"\n{2,}", note) if part.strip()]
    texts = [*TEXTS, *paragraphs[::9]]
    assert len(texts) > 100
    ours, theirs = (
        encoder.encode_passages([embedded(text) for text in texts]) for encoder in (shipped, original)
    )
    assert (ours.passages * theirs.passages).sum(axis=1).min() > 0.99995
    assert (ours.sentences * theirs.sentences).sum(axis=1).min() > 0.99995
    questions = [(shipped.encode_question(text), original.encode_question(text)) for text in paragraphs[::60]]
    assert min((ours @ theirs.T).item() for ours, theirs in questions) > 0.99995
    assert shipped.count_tokens(texts) == original.count_tokens(texts)
    assert shipped.max_tokens == original.max_tokens
