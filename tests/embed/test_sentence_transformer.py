"""The encoder of sentence-transformers, with a tiny model of random weights made here."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from normqa.embed import load_encoder
from normqa.embed.encoder import Vectors
from normqa.embed.sentence_transformer import SentenceTransformerEncoder
from normqa.errors import EncoderUnavailable

LETTERS = "abcdefghijklmnopqrstuvwxyz"
DIMENSION = 32
MAX_TOKENS = 24
SPECIAL_TOKENS = 2
"""[CLS] and [SEP]."""


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of one layer whose tokens are single letters."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("models")
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ":", *LETTERS, *(f"##{c}" for c in LETTERS)]
    BertTokenizerFast(vocab={token: number for number, token in enumerate(tokens)}).save_pretrained(
        folder / "bert"
    )
    torch.manual_seed(20)
    config = BertConfig(
        vocab_size=len(tokens),
        hidden_size=DIMENSION,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=DIMENSION,
        max_position_embeddings=MAX_TOKENS,
    )
    BertModel(config).save_pretrained(folder / "bert")
    transformer = Transformer(str(folder / "bert"), max_seq_length=MAX_TOKENS)
    model = SentenceTransformer(modules=[transformer, Pooling(DIMENSION)])
    model.save(str(folder / "tiny"))
    return folder / "tiny"


@pytest.fixture
def plain(tiny_model: Path) -> SentenceTransformerEncoder:
    """The tiny model with no prefix at all."""
    return SentenceTransformerEncoder("tiny", tiny_model, "", "")


@pytest.fixture
def copy(tiny_model: Path, tmp_path: Path) -> Path:
    """A copy of the tiny model that a test may change."""
    return Path(shutil.copytree(tiny_model, tmp_path / "copy"))


def set_prompts(model: Path, prompts: dict[str, str]) -> None:
    config = model / "config_sentence_transformers.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"prompts": prompts}))


def same(first: Vectors, second: Vectors) -> bool:
    return np.allclose(first, second, atol=1e-6)


def test_vectors_have_length_one(plain: SentenceTransformerEncoder) -> None:
    vectors = plain.encode_passages(["states agree", "norms", ""])
    assert vectors.shape == (3, DIMENSION)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 1], abs=1e-5)
    assert plain.encode_question("norms").shape == (1, DIMENSION)


def test_results_keep_the_order_of_the_texts_whatever_their_lengths(
    plain: SentenceTransformerEncoder,
) -> None:
    """Seventy texts are three batches of texts of like length; each row is its own text's vector."""
    texts = [LETTERS[n % 26] * (1 + n * 7 % 20) for n in range(70)]
    told: list[int] = []
    vectors = plain.encode_passages(texts, told.append)
    alone = np.concatenate([plain.encode_passages([text]) for text in texts])
    assert np.allclose(vectors, alone, atol=1e-5)
    assert len({row.tobytes() for row in vectors.round(3)}) == len(set(texts))
    assert sum(told) == 70


def test_no_texts_give_no_rows(plain: SentenceTransformerEncoder) -> None:
    assert plain.encode_passages([]).shape == (0, DIMENSION)


def test_a_prefix_is_put_before_the_texts_of_its_role_only(
    tiny_model: Path, plain: SentenceTransformerEncoder
) -> None:
    prefixed = SentenceTransformerEncoder("tiny", tiny_model, "ask: ", "say: ")
    assert same(prefixed.encode_question("norms"), plain.encode_question("ask: norms"))
    assert same(prefixed.encode_passages(["norms"]), plain.encode_passages(["say: norms"]))
    assert not same(prefixed.encode_question("norms"), plain.encode_question("norms"))
    assert not same(prefixed.encode_passages(["norms"]), plain.encode_passages(["norms"]))


def test_tokens_are_counted_with_the_passage_s_prefix_and_never_cut_off(
    tiny_model: Path, plain: SentenceTransformerEncoder
) -> None:
    """Every letter is a token here."""
    assert plain.count_tokens(["", "norm", "n" * 60]) == [
        SPECIAL_TOKENS,
        SPECIAL_TOKENS + 4,
        SPECIAL_TOKENS + 60,
    ]
    prefixed = SentenceTransformerEncoder("tiny", tiny_model, "question: ", "say: ")
    assert prefixed.count_tokens(["", "norm"]) == [SPECIAL_TOKENS + 4, SPECIAL_TOKENS + 4 + 4]


def test_max_tokens_is_where_the_model_stops_seeing(plain: SentenceTransformerEncoder) -> None:
    assert plain.max_tokens == MAX_TOKENS
    full = "n" * (MAX_TOKENS - SPECIAL_TOKENS)
    assert same(plain.encode_passages([full]), plain.encode_passages([full + "x"]))
    assert not same(plain.encode_passages([full]), plain.encode_passages([full[:-1] + "x"]))


@pytest.mark.parametrize("role", ["document", "passage"])
def test_unset_prefixes_are_those_of_the_model_s_own_configuration(
    role: str, copy: Path, plain: SentenceTransformerEncoder
) -> None:
    set_prompts(copy, {"query": "ask: ", role: "say: "})
    own = SentenceTransformerEncoder("own", copy)
    assert same(own.encode_question("norms"), plain.encode_question("ask: norms"))
    assert same(own.encode_passages(["norms"]), plain.encode_passages(["say: norms"]))
    assert own.count_tokens(["norm"]) == [SPECIAL_TOKENS + 4 + 4]


def test_a_prefix_that_is_set_empty_overrules_the_model_s_own(
    copy: Path, plain: SentenceTransformerEncoder
) -> None:
    set_prompts(copy, {"query": "ask: ", "document": "say: "})
    none = SentenceTransformerEncoder("none", copy, "", "")
    assert same(none.encode_question("norms"), plain.encode_question("norms"))
    assert same(none.encode_passages(["norms"]), plain.encode_passages(["norms"]))


def test_a_fingerprint_changes_with_weights_configuration_and_prefix(tiny_model: Path, copy: Path) -> None:
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
    }
    assert len(prints) == 6


def test_several_threads_may_encode_at_once(plain: SentenceTransformerEncoder) -> None:
    texts = [letter * 5 for letter in LETTERS]
    with ThreadPoolExecutor(4) as pool:
        vectors = np.concatenate(list(pool.map(plain.encode_question, texts)))
        counts = list(pool.map(plain.count_tokens, [[text] for text in texts]))
    assert np.allclose(vectors, plain.encode_passages(texts), atol=1e-5)
    assert counts == [[SPECIAL_TOKENS + 5]] * 26


def test_a_folder_is_chosen_by_its_path_and_keeps_it_as_its_name(
    tiny_model: Path, plain: SentenceTransformerEncoder
) -> None:
    encoder = load_encoder(str(tiny_model), "", "")
    assert encoder.name == str(tiny_model)
    assert same(encoder.encode_question("norms"), plain.encode_question("norms"))


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "modules.json"])
def test_a_model_that_does_not_load_is_named_at_first_use(name: str, copy: Path) -> None:
    (copy / name).write_bytes(b"\x10\x00 broken")
    encoder = SentenceTransformerEncoder("broken", copy)
    with pytest.raises(EncoderUnavailable) as refused:
        encoder.encode_question("norms")
    assert f"The model in {copy} does not load" in refused.value.message
    assert "NORMQA_ENCODER" in refused.value.hint
