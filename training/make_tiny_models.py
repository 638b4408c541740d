"""Make the tiny encoder and the tiny reranker of the tests: real tokenizers, random weights.

The encoder behaves like a bag of words: texts that share words are similar. The scores of the reranker mean
nothing, but differ from text to text. Both are deterministic.

Usage: python training/make_tiny_models.py [--to DIR]
"""

import argparse
import re
import string
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import torch
from transformers import BertConfig, BertForSequenceClassification, BertModel, BertTokenizerFast

from normqa.models.exported import write_onnx
from normqa.models.onnx.encoder import OnnxMetadata

ROOT = Path(__file__).parents[1]
WORDS = 800
DIMENSION = 32
ENCODER_TOKENS = 64
RERANKER_TOKENS = 512


def main() -> None:
    """Write both models."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--to", type=Path, default=ROOT / "tests" / "data", metavar="DIR")
    folder = parser.parse_args().to
    tokenizer = make_tokenizer()
    torch.manual_seed(20)

    encoder = BertModel(config(ENCODER_TOKENS, initializer_range=0.02, _attn_implementation="eager"))
    with torch.no_grad():
        encoder.embeddings.position_embeddings.weight *= 0.1  # words count more than their positions
    write(encoder, tokenizer, folder / "tiny-encoder")
    OnnxMetadata.describe(folder / "tiny-encoder", ENCODER_TOKENS, "", "").write(folder / "tiny-encoder")

    reranker = BertForSequenceClassification(
        config(RERANKER_TOKENS, num_labels=1, initializer_range=0.5, _attn_implementation="eager")
    )
    write(Logits(reranker), tokenizer, folder / "tiny-reranker")


class Logits(torch.nn.Module):  # type: ignore[misc]  # torch's types are not followed
    """A cross-encoder that returns its logits where an encoder returns its states."""

    def __init__(self, model: BertForSequenceClassification) -> None:
        super().__init__()
        self.model = model
        self.config = model.config

    def forward(self, **inputs: torch.Tensor) -> SimpleNamespace:
        """Return the logits, shape (texts, 1)."""
        return SimpleNamespace(last_hidden_state=self.model(**inputs).logits)


def make_tokenizer() -> BertTokenizerFast:
    """Make a WordPiece tokenizer that knows the commonest words of the shipped corpus, and all letters."""
    texts = [path.read_text(encoding="utf-8").lower() for path in sorted((ROOT / "corpus").rglob("*.md"))]
    counts = Counter(re.findall(r"[a-z0-9]{2,}", "\n".join(texts)))
    letters = string.ascii_lowercase + string.digits
    known = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *string.punctuation]
    known += [f"##{letter}" for letter in letters]
    words = sorted(counts, key=lambda word: (-counts[word], word))
    return BertTokenizerFast(vocab={token: i for i, token in enumerate([*known, *words][:WORDS])})


def config(max_tokens: int, **options: object) -> BertConfig:
    """Return the configuration of a model of two layers."""
    return BertConfig(
        vocab_size=WORDS,
        hidden_size=DIMENSION,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=DIMENSION,
        max_position_embeddings=max_tokens,
        **options,
    )


def write(model: torch.nn.Module, tokenizer: BertTokenizerFast, folder: Path) -> None:
    """Export a model into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    write_onnx(model, tokenizer, folder)


if __name__ == "__main__":
    main()
