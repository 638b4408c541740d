"""A tiny sentence-transformers model and a cache for its exports."""

from pathlib import Path

import pytest

LETTERS = "abcdefghijklmnopqrstuvwxyz"
DIMENSION = 32
MAX_TOKENS = 24


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of one layer with random weights, whose tokens are single letters."""
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


@pytest.fixture(scope="session")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache of exports."""
    return tmp_path_factory.mktemp("exports")
