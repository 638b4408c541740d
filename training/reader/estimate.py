"""Teach heads on lower layers of a reader to estimate its scores.

Reading goes on with the next layers only where the estimate is promising (Soldaini and Moschitti 2020,
arXiv:2005.02534). The reader itself does not change.

Usage: python -m reader.estimate --pairs FILE --state DIR/state.pt --tokenizer FILE --out DIR
"""

import argparse
from collections.abc import Iterable
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn.functional import huber_loss

from reader.data.batches import Batch, batches, encode
from reader.data.pairs import read_all_pairs
from reader.heads import EXITS, estimates, layer_states, new_heads, targets
from reader.model import Reader, load_reader
from reader.train import BATCH_TOKENS, DEVICE, begin, train

RATE, EPOCHS = 6e-4, 2


def main() -> None:
    """Train, or go on from the last saved step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--state", type=Path, required=True, help="state of the trained reader")
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    given = begin(parser, RATE)
    tokenizer = Tokenizer.from_file(str(given.tokenizer))
    pairs = encode(read_all_pairs(given.pairs), tokenizer)
    steps = [
        step for epoch in range(given.epochs) for step in batches(pairs, BATCH_TOKENS, given.seed + epoch)
    ]
    lower = LowerLayers(load_reader(given.state))
    train(lower.to(DEVICE), steps, given.out, given.rate, distance)


class LowerLayers(nn.Module):  # type: ignore[misc]
    """The lower layers of a reader, which stay as they are, and a head on the layers of each exit."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.bert = reader.bert
        self.bert.encoder.layer = self.bert.encoder.layer[: EXITS[-1]]
        self.bert.requires_grad_(requires_grad=False)
        self.heads = new_heads()

    def parts(self) -> Iterable[tuple[nn.Module, float]]:
        """Return the parts that learn, with the factor of their rate."""
        return [(self.heads, 1.0)]

    def forward(self, batch: Batch) -> Tensor:
        """Return the estimates of every head, shape (heads, pairs, 2)."""
        with torch.no_grad():
            states = layer_states(self.bert, batch)
        return estimates(self.heads, states, batch)


def distance(lower: LowerLayers, batch: Batch) -> Tensor:
    """Return the mean distance between estimates and scores."""
    found = lower(batch).float()
    return huber_loss(found, targets(batch).expand_as(found), delta=2.0)


if __name__ == "__main__":
    main()
