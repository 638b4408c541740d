"""Teach a narrower reader, and heads on its lower layers, what the whole reader says of texts.

The targets are what reader.data.record wrote (Hinton et al. 2015, arXiv:1503.02531). The heads learn beside
the reader, which doesn't change for them.

Usage: python -m reader.distil --state DIR/state.pt --pairs FILE --tokenizer FILE --out DIR
"""

import argparse
from collections.abc import Iterable
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, huber_loss

from reader.data.batches import Batch, batches, encode
from reader.data.pairs import read_pairs
from reader.estimate import EXTREME
from reader.heads import EXITS, Head
from reader.model import Reader, load_reader
from reader.train import BATCH_TOKENS, DEVICE, begin, train

RATE = 4e-5

HEAD_RATE = 15.0
"""How much faster the heads learn."""

DISTANCE_WEIGHT = 0.1
"""Weight of the distance between scores, beside the cross-entropy of the answer."""


def main() -> None:
    """Train, or go on from the last saved step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--state", type=Path, required=True, help="state of the narrower reader")
    parser.add_argument("--tokenizer", type=Path, required=True)
    given = begin(parser, RATE)
    tokenizer = Tokenizer.from_file(str(given.tokenizer))
    parts = [encode(pairs, tokenizer) for pairs in read_pairs(given.pairs)]
    steps = [step for part in parts for step in batches(part, BATCH_TOKENS, given.seed)]
    pupil = Pupil(load_reader(given.state))
    train(pupil.to(DEVICE), steps, given.out, given.rate, distance)


class Pupil(Reader):
    """A reader with heads on its lower layers.

    Args:
        reader: Its weights are where it starts.
    """

    def __init__(self, reader: Reader) -> None:
        super().__init__(reader.widths)
        self.load_state_dict(reader.state_dict())
        self.heads = nn.ModuleList(Head() for _ in EXITS)

    def parts(self) -> Iterable[tuple[nn.Module, float]]:
        """Return the parts that learn, with the factor of their rate."""
        return [(self.bert, 1.0), (self.relevance, 1.0), (self.answer, 1.0), (self.heads, HEAD_RATE)]

    def estimates_and_scores(self, batch: Batch) -> Tensor:
        """Return the estimates of every head and the scores, shape (heads + 1, pairs, 2)."""
        states = self.bert(
            input_ids=batch.input_ids,
            attention_mask=batch.attention_mask,
            token_type_ids=batch.token_type_ids,
            output_hidden_states=True,
        ).hidden_states
        mask = batch.attention_mask.bool()[:, None, None]
        estimates = [
            head(states[layers].detach(), mask) for layers, head in zip(EXITS, self.heads, strict=True)
        ]
        return torch.stack([*estimates, self.scores_of(states[-1][:, 0])])


def distance(pupil: Pupil, batch: Batch) -> Tensor:
    """Return the mean distance of a batch to what the whole reader says, of estimates and of scores."""
    wanted = torch.stack([batch.relevance, batch.labels], dim=1).clamp(-EXTREME, EXTREME)
    *estimates, scores = pupil.estimates_and_scores(batch).float()
    answer = binary_cross_entropy_with_logits(scores[:, 1], wanted[:, 1].sigmoid())
    guessed = torch.stack([huber_loss(estimate, wanted, delta=2.0) for estimate in estimates])
    return answer + DISTANCE_WEIGHT * huber_loss(scores, wanted, delta=2.0) + guessed.sum()


if __name__ == "__main__":
    main()
