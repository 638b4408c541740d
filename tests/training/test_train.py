"""The loop that trains."""

from collections.abc import Iterable
from pathlib import Path

import pytest
import torch
from reader import train
from reader.data.batches import Batch, encode
from reader.data.pairs import Pair
from tokenizers import Tokenizer
from torch import Tensor, nn

from normqa.models.onnx.session import TOKENIZER
from normqa.models.weights import RERANKER, find_model

PAIRS = encode(
    [Pair("Who wrote it?", "Experts wrote it.", label, 0.0) for label in (0.0, 1.0, 1.0)],
    Tokenizer.from_file(str(find_model(RERANKER.packaged, RERANKER) / TOKENIZER)),
)


class Line(nn.Module):  # type: ignore[misc]  # torch's types are not followed
    def __init__(self) -> None:
        super().__init__()
        self.line = nn.Linear(1, 1)

    def parts(self) -> Iterable[tuple[nn.Module, float]]:
        return [(self, 1.0)]


@pytest.mark.parametrize(("half", "kind"), [(True, torch.bfloat16), (False, torch.float32)])
def test_matrices_are_multiplied_in_bf16_only_where_that_is_fast(
    half: bool, kind: torch.dtype, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train, "HALF", half)
    seen = []

    def loss_of(line: Line, batch: Batch) -> Tensor:
        found: Tensor = line.line(batch.labels[:, None])
        seen.append(found.dtype)
        return (found.float() - batch.labels[:, None]).pow(2).mean()

    train.train(Line().to(train.DEVICE), [PAIRS], tmp_path, train.RATE, loss_of)
    assert seen == [kind]


def test_training_goes_on_from_its_last_saved_step(tmp_path: Path) -> None:
    seen = []

    def loss_of(line: Line, batch: Batch) -> Tensor:
        seen.append(len(batch.labels))
        return line.line(batch.labels[:, None]).float().pow(2).mean()

    train.train(Line().to(train.DEVICE), [PAIRS[:1], PAIRS[:2]], tmp_path, train.RATE, loss_of)
    train.train(Line().to(train.DEVICE), [PAIRS[:1], PAIRS[:2], PAIRS], tmp_path, train.RATE, loss_of)
    assert seen == [1, 2, 3]
