"""Cross-encoders run on sentence-transformers, with tiny models of random weights."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from normqa.errors import RerankerUnavailable
from normqa.models.cross_encoder import CrossEncoderReranker

LETTERS = "abcdefghijklmnopqrstuvwxyz"
TEXTS = ["herons wade", "otters", "herons wade in the mud of the river", ""]


def make_model(folder: Path, labels: int) -> Path:
    """Write a model of one layer whose tokens are single letters."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *LETTERS, *(f"##{c}" for c in LETTERS)]
    BertTokenizerFast(vocab={token: number for number, token in enumerate(tokens)}).save_pretrained(folder)
    torch.manual_seed(20)
    config = BertConfig(
        vocab_size=len(tokens),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
        num_labels=labels,
        initializer_range=0.5,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("models") / "tiny", labels=1)


@pytest.fixture
def tiny(tiny_model: Path) -> CrossEncoderReranker:
    return CrossEncoderReranker("tiny", tiny_model)


def relevances(reranker: CrossEncoderReranker, question: str, *texts: str) -> list[float]:
    return [score.relevance for score in reranker.scores(question, texts)]


@pytest.fixture
def copy(tiny_model: Path, tmp_path: Path) -> Path:
    """A copy of the tiny model that a test may change."""
    return Path(shutil.copytree(tiny_model, tmp_path / "copy"))


def test_score_does_not_depend_on_the_other_texts(tiny: CrossEncoderReranker) -> None:
    """Scores keep the order of the texts, and all differ."""
    together = relevances(tiny, "who wades", *TEXTS)
    alone = [relevances(tiny, "who wades", text)[0] for text in TEXTS]
    assert together == pytest.approx(alone, abs=1e-5)
    assert len({round(score, 4) for score in together}) == len(TEXTS)


def test_score_depends_on_the_question(tiny: CrossEncoderReranker) -> None:
    assert relevances(tiny, "who wades", TEXTS[0]) != pytest.approx(
        relevances(tiny, "where", TEXTS[0]), abs=1e-4
    )


def test_scores_are_plain_numbers(tiny: CrossEncoderReranker) -> None:
    assert [type(score) for score in relevances(tiny, "who wades", *TEXTS[:2])] == [float, float]


def test_no_texts_load_no_model(tmp_path: Path) -> None:
    assert CrossEncoderReranker("none", tmp_path).scores("who wades", []) == []


def test_threads_may_score_at_once(tiny: CrossEncoderReranker) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda text: relevances(tiny, "who wades", text)[0], TEXTS * 4))
    assert found == pytest.approx(relevances(tiny, "who wades", *TEXTS) * 4, abs=1e-5)


def test_fingerprint_ignores_the_folder(tiny_model: Path, copy: Path) -> None:
    before = CrossEncoderReranker("tiny", tiny_model).fingerprint
    (copy / "README.md").write_text("beside the point")
    assert CrossEncoderReranker("copy", copy).fingerprint == before


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json"])
def test_fingerprint_depends_on_every_file(name: str, tiny_model: Path, copy: Path) -> None:
    before = CrossEncoderReranker("tiny", tiny_model).fingerprint
    (copy / name).write_bytes((copy / name).read_bytes() + b"\n")
    assert CrossEncoderReranker("tiny", copy).fingerprint != before


def test_model_with_several_labels_is_refused(tmp_path: Path) -> None:
    folder = make_model(tmp_path / "three", labels=3)
    with pytest.raises(RerankerUnavailable) as refused:
        CrossEncoderReranker("three", folder).scores("who wades", TEXTS)
    assert f"{folder} returns 3 labels" in refused.value.message
    assert refused.value.hint == "Set NORMQA_RERANKER to another model."


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json"])
def test_broken_file_is_named_at_first_use(name: str, copy: Path) -> None:
    (copy / name).write_bytes(b"\x10\x00 broken")
    reranker = CrossEncoderReranker("broken", copy)
    with pytest.raises(RerankerUnavailable) as refused:
        reranker.scores("who wades", TEXTS)
    assert f"The model in {copy} cannot be loaded" in refused.value.message
    assert "\n" not in refused.value.message
    assert refused.value.hint == "Check NORMQA_RERANKER."
