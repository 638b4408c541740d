"""The loop that trains. It imports torch and transformers, which takes long, so only these tests do."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from normqa.models.onnx.session import TOKENIZER
from normqa.models.weights import RERANKER, find_model

if TYPE_CHECKING:
    from reader.data.batches import Batch, Tokens
    from torch import Tensor


def line() -> Any:
    from reader.train import DEVICE
    from torch import nn

    class Line(nn.Linear):  # type: ignore[misc]  # torch's types are not followed
        def parts(self) -> Iterable[tuple[nn.Module, float]]:
            return [(self, 1.0)]

    return Line(1, 1).to(DEVICE)


def tokens() -> "list[Tokens]":
    from reader.data.batches import encode
    from reader.data.pairs import Pair
    from tokenizers import Tokenizer

    pairs = [Pair("Who wrote it?", "Experts wrote it.", label, 0.0) for label in (0.0, 1.0, 1.0)]
    folder = find_model(RERANKER.packaged, RERANKER)
    return encode(pairs, Tokenizer.from_file(str(folder / TOKENIZER)))


@pytest.mark.parametrize(("half", "kind"), [(True, "torch.bfloat16"), (False, "torch.float32")])
def test_matrices_are_multiplied_in_bf16_only_where_that_is_fast(
    half: bool, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reader import train

    monkeypatch.setattr(train, "HALF", half)
    seen = []

    def loss_of(line: Any, batch: "Batch") -> "Tensor":
        found: Tensor = line(batch.labels[:, None])
        seen.append(str(found.dtype))
        return (found.float() - batch.labels[:, None]).pow(2).mean()

    train.train(line(), [tokens()], tmp_path, train.RATE, loss_of)
    assert seen == [kind]


def test_training_goes_on_from_its_last_saved_step(tmp_path: Path) -> None:
    from reader.train import RATE, train

    pairs = tokens()
    seen = []

    def loss_of(line: Any, batch: "Batch") -> "Tensor":
        seen.append(len(batch.labels))
        found: Tensor = line(batch.labels[:, None])
        return found.float().pow(2).mean()

    train(line(), [pairs[:1], pairs[:2]], tmp_path, RATE, loss_of)
    train(line(), [pairs[:1], pairs[:2], pairs], tmp_path, RATE, loss_of)
    assert seen == [1, 2, 3]
