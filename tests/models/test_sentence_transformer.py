"""Encoders of sentence-transformers, run by the library and exported to ONNX."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from normqa.datatypes import EmbeddedText, Span
from normqa.errors import EncoderUnavailable
from normqa.models.exported import ExportedEncoder
from normqa.models.load import load_encoder
from normqa.models.protocols import Encoder, Vectors
from normqa.models.sentence_transformer import SentenceTransformerEncoder
from tests.models.conftest import DIMENSION, LETTERS, MAX_TOKENS

SPECIAL_TOKENS = 2
"""[CLS] and [SEP]."""


@pytest.fixture(params=["sentence-transformers", "onnxruntime"])
def plain(request: pytest.FixtureRequest, tiny_model: Path, exports: Path) -> Encoder:
    """The tiny model without prefixes, run by either library."""
    model = SentenceTransformerEncoder("tiny", tiny_model, "", "")
    return model if request.param == "sentence-transformers" else ExportedEncoder(model, exports)


@pytest.fixture
def copy(tiny_model: Path, tmp_path: Path) -> Path:
    """A copy of the tiny model that a test may change."""
    return Path(shutil.copytree(tiny_model, tmp_path / "copy"))


def set_prompts(model: Path, prompts: dict[str, str]) -> None:
    config = model / "config_sentence_transformers.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"prompts": prompts}))


def same(first: Vectors, second: Vectors) -> bool:
    return first.shape == second.shape and np.allclose(first, second, atol=1e-5)


def passages(encoder: Encoder, *texts: str) -> Vectors:
    """Vectors of texts without sentences."""
    return encoder.encode_passages([EmbeddedText(text) for text in texts]).passages


def sentences(encoder: Encoder, text: str, *parts: str) -> Vectors:
    """Vectors of parts of one text."""
    spans = tuple(Span(text.index(part), text.index(part) + len(part)) for part in parts)
    return encoder.encode_passages([EmbeddedText(text, spans)]).sentences


@pytest.mark.parametrize(("word", "known"), [("s", True), ("S", True), ("states", False), ("北", False)])
def test_word_with_a_token_of_its_own_is_known(plain: Encoder, word: str, known: bool) -> None:
    assert plain.knows(word) is known


def test_vectors_have_unit_length(plain: Encoder) -> None:
    vectors = passages(plain, "states agree", "norms", "")
    assert vectors.shape == (3, DIMENSION)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 1], abs=1e-5)
    assert plain.encode_question("norms").shape == (1, DIMENSION)


def test_vectors_keep_the_order_of_the_texts(
    plain: Encoder,
) -> None:
    """Seventy texts of different lengths make three batches."""
    texts = [LETTERS[n % 26] * (1 + n * 7 % 20) for n in range(70)]
    advances: list[int] = []
    vectors = plain.encode_passages([EmbeddedText(text) for text in texts], advances.append).passages
    assert same(vectors, np.concatenate([passages(plain, text) for text in texts]))
    assert len({row.tobytes() for row in vectors.round(3)}) == len(set(texts))
    assert sum(advances) == 70


def test_no_texts_give_no_rows(plain: Encoder) -> None:
    encoded = plain.encode_passages([])
    assert encoded.passages.shape == encoded.sentences.shape == (0, DIMENSION)


def test_texts_without_sentences_give_no_sentence_vectors(plain: Encoder) -> None:
    encoded = plain.encode_passages([EmbeddedText("norms"), EmbeddedText("")])
    assert (len(encoded.passages), encoded.sentences.shape) == (2, (0, DIMENSION))


def test_sentence_is_mean_of_its_tokens_in_the_passage(tiny_model: Path, plain: Encoder) -> None:
    """The states are [CLS], one per letter, and [SEP], which belongs to no sentence."""
    from sentence_transformers import SentenceTransformer

    text = "ab cd efg"
    library = SentenceTransformer(str(tiny_model), local_files_only=True)
    states = library.encode(text, output_value="token_embeddings").numpy(force=True)
    assert len(states) == 1 + 2 + 2 + 3 + 1
    expected = np.stack([states[1:3].mean(0), states[1:5].mean(0), states[5:8].mean(0), states[1:8].mean(0)])
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    assert same(sentences(plain, text, "ab", "ab cd", "efg", text), expected)


def test_sentence_vector_reflects_its_passage(plain: Encoder) -> None:
    assert not same(sentences(plain, "norms bind", "norms"), sentences(plain, "norms help", "norms"))
    assert same(sentences(plain, "norms bind", "norms"), sentences(plain, "norms bind", "norms", "bind")[:1])


def test_sentence_beyond_the_limit_gets_the_passage_vector(
    plain: Encoder,
) -> None:
    """A sentence across the limit is pooled from the tokens before it."""
    seen = "n" * (MAX_TOKENS - SPECIAL_TOKENS - 3) + "abc"
    assert same(sentences(plain, seen + "def xyz", "xyz"), passages(plain, seen))
    assert same(sentences(plain, seen + "def", "abcdef"), sentences(plain, seen, "abc"))


def test_sentences_keep_the_order_of_the_texts(
    plain: Encoder,
) -> None:
    """Seventy texts make three batches and have zero to three sentences."""
    texts = [LETTERS[n % 26] * (4 + n * 7 % 15) for n in range(70)]
    spans = [tuple(Span(start, start + 2) for start in range(n % 4)) for n in range(70)]
    given = [EmbeddedText(text, own) for text, own in zip(texts, spans, strict=True)]
    together = plain.encode_passages(given).sentences
    assert same(together, np.concatenate([plain.encode_passages([text]).sentences for text in given]))
    assert len(together) == sum(n % 4 for n in range(70))
    assert np.linalg.norm(together, axis=1) == pytest.approx(np.ones(len(together)), abs=1e-5)


def test_prefix_does_not_shift_sentences(tiny_model: Path, plain: Encoder) -> None:
    prefixed = SentenceTransformerEncoder("tiny", tiny_model, "", "say: ")
    text = "norms bind us"
    assert same(sentences(prefixed, text, "bind", "us"), sentences(plain, f"say: {text}", "bind", "us"))


def test_model_without_mean_pooling_encodes_sentences_alone(copy: Path) -> None:
    pooling = copy / "1_Pooling" / "config.json"
    config = json.loads(pooling.read_text())
    assert config["pooling_mode"] == "mean"
    pooling.write_text(json.dumps(config | {"pooling_mode": "cls"}))
    for prefix in ("", "say: "):
        encoder = SentenceTransformerEncoder("other", copy, "", prefix)
        alone = passages(encoder, "norms", "bind us")
        given = [EmbeddedText("norms bind us", (Span(0, 5), Span(6, 13))), EmbeddedText("treaties")]
        encoded = encoder.encode_passages(given)
        assert same(encoded.sentences, alone)
        assert same(encoded.passages, passages(encoder, "norms bind us", "treaties"))


def test_prefix_applies_to_its_own_role(tiny_model: Path, plain: Encoder) -> None:
    prefixed = SentenceTransformerEncoder("tiny", tiny_model, "ask: ", "say: ")
    assert same(prefixed.encode_question("norms"), plain.encode_question("ask: norms"))
    assert same(passages(prefixed, "norms"), passages(plain, "say: norms"))
    assert not same(prefixed.encode_question("norms"), plain.encode_question("norms"))
    assert not same(passages(prefixed, "norms"), passages(plain, "norms"))


def test_token_counts_include_the_prefix_and_all_tokens(tiny_model: Path, plain: Encoder) -> None:
    """Every letter is a token."""
    assert plain.count_tokens(["", "norm", "n" * 60]) == [
        SPECIAL_TOKENS,
        SPECIAL_TOKENS + 4,
        SPECIAL_TOKENS + 60,
    ]
    prefixed = SentenceTransformerEncoder("tiny", tiny_model, "question: ", "say: ")
    assert prefixed.count_tokens(["", "norm"]) == [SPECIAL_TOKENS + 4, SPECIAL_TOKENS + 4 + 4]


def test_text_is_truncated_at_max_tokens(plain: Encoder) -> None:
    assert plain.max_tokens == MAX_TOKENS
    full = "n" * (MAX_TOKENS - SPECIAL_TOKENS)
    assert same(passages(plain, full), passages(plain, full + "x"))
    assert not same(passages(plain, full), passages(plain, full[:-1] + "x"))


@pytest.mark.parametrize("role", ["document", "passage"])
def test_prefixes_default_to_the_model_configuration(role: str, copy: Path, plain: Encoder) -> None:
    set_prompts(copy, {"query": "ask: ", role: "say: "})
    own = SentenceTransformerEncoder("own", copy)
    assert same(own.encode_question("norms"), plain.encode_question("ask: norms"))
    assert same(passages(own, "norms"), passages(plain, "say: norms"))
    assert own.count_tokens(["norm"]) == [SPECIAL_TOKENS + 4 + 4]


def test_empty_prefix_overrides_the_model_configuration(copy: Path, plain: Encoder) -> None:
    set_prompts(copy, {"query": "ask: ", "document": "say: "})
    none = SentenceTransformerEncoder("none", copy, "", "")
    assert same(none.encode_question("norms"), plain.encode_question("norms"))
    assert same(passages(none, "norms"), passages(plain, "norms"))


def test_fingerprint_depends_on_files_prefixes_and_device(tiny_model: Path, copy: Path) -> None:
    def fingerprint(folder: Path, question: str | None = None, passage: str | None = None) -> str:
        return SentenceTransformerEncoder("any name", folder, question, passage).fingerprint

    same_files = fingerprint(copy)
    assert same_files == fingerprint(tiny_model)
    assert same_files == SentenceTransformerEncoder("another name", copy).fingerprint
    set_prompts(copy, {"query": "ask: "})
    other_configuration = fingerprint(copy)
    with (copy / "model.safetensors").open("r+b") as weights:
        weights.seek(-1, 2)
        weights.write(b"\x01")
    prints = {
        same_files,
        other_configuration,
        fingerprint(copy),
        fingerprint(tiny_model, question="x"),
        fingerprint(tiny_model, passage="x"),
        fingerprint(tiny_model, "", ""),
        SentenceTransformerEncoder("tiny", tiny_model, device="cuda").fingerprint,
    }
    assert len(prints) == 7


def test_threads_may_encode_at_once(plain: Encoder) -> None:
    texts = [letter * 5 for letter in LETTERS]
    with ThreadPoolExecutor(4) as pool:
        vectors = np.concatenate(list(pool.map(plain.encode_question, texts)))
        counts = list(pool.map(plain.count_tokens, [[text] for text in texts]))
    assert same(vectors, passages(plain, *texts))
    assert counts == [[SPECIAL_TOKENS + 5]] * 26


def test_folder_is_selected_by_its_path(tiny_model: Path, plain: Encoder, tmp_path: Path) -> None:
    encoder = load_encoder(str(tiny_model), tmp_path, "", "")
    assert encoder.name == str(tiny_model)
    assert same(encoder.encode_question("norms"), plain.encode_question("norms"))


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "modules.json"])
def test_broken_model_is_named_at_first_use(name: str, copy: Path) -> None:
    (copy / name).write_bytes(b"\x10\x00 broken")
    encoder = SentenceTransformerEncoder("broken", copy)
    with pytest.raises(EncoderUnavailable) as refused:
        encoder.encode_question("norms")
    assert f"The model in {copy} cannot be loaded" in refused.value.message
    assert "NORMQA_ENCODER" in refused.value.hint
