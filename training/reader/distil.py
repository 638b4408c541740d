"""Teach a narrower reader, and heads on its lower layers, what the whole reader says of texts.

The targets are what reader.data.record wrote (Hinton et al. 2015, arXiv:1503.02531). The heads learn beside
the reader, which doesn't change for them.

Usage: python -m reader.distil --state DIR/state.pt --pairs FILE --tokenizer FILE --out DIR
"""

import argparse
from collections.abc import Iterable
from pathlib import Path

from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, huber_loss

from reader.data.batches import Batch
from reader.heads import estimates, layer_states, load_heads, new_heads, targets
from reader.model import Reader, load_reader
from reader.train import DEVICE, begin, steps_of, train

RATE = 4e-5

HEAD_RATE = 15.0
"""How much faster the heads learn."""

DISTANCE_WEIGHT = 0.1
"""Weight of the distance between scores, beside the cross-entropy of the answer."""


def main() -> None:
    """Train, or go on from the last saved step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--state", type=Path, required=True, help="state of the narrower reader")
    parser.add_argument("--heads", type=Path, help="state of the heads to start from; default: new heads")
    parser.add_argument("--tokenizer", type=Path, required=True)
    given = begin(parser, RATE)
    steps = steps_of(given.pairs, given.tokenizer, given.seed)
    pupil = Pupil(load_reader(given.state), load_heads(given.heads) if given.heads else new_heads())
    train(pupil.to(DEVICE), steps, given.out, given.rate, distance)


class Pupil(Reader):
    """A reader with heads on its lower layers.

    Args:
        reader: Its weights are where it starts.
        heads: One for each exit.
    """

    def __init__(self, reader: Reader, heads: nn.ModuleList) -> None:
        super().__init__(reader.widths)
        self.load_state_dict(reader.state_dict())
        self.heads = heads

    def parts(self) -> Iterable[tuple[nn.Module, float]]:
        """Return the parts that learn, with the factor of their rate."""
        return [(self.bert, 1.0), (self.relevance, 1.0), (self.answer, 1.0), (self.heads, HEAD_RATE)]

    def estimates_and_scores(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return the estimates of every head, shape (heads, pairs, 2), and the scores, shape (pairs, 2)."""
        states = layer_states(self.bert, batch)
        return estimates(self.heads, states, batch), self.scores_of(states[-1][:, 0])


def distance(pupil: Pupil, batch: Batch) -> Tensor:
    """Return the mean distance of a batch to what the whole reader says, of estimates and of scores."""
    wanted = targets(batch)
    found, scores = (given.float() for given in pupil.estimates_and_scores(batch))
    answer = binary_cross_entropy_with_logits(scores[:, 1], wanted[:, 1].sigmoid())
    guessed = len(found) * huber_loss(found, wanted.expand_as(found), delta=2.0)
    return answer + DISTANCE_WEIGHT * huber_loss(scores, wanted, delta=2.0) + guessed


if __name__ == "__main__":
    main()
