"""Hand what a large reader has learnt on to one of fewer layers, which is faster.

The small one starts from every second layer of the large one and learns to give the same scores and the same
states after each of its layers (Jiao et al. 2020, arXiv:1909.10351). Labels aren't needed.

Usage: python -m reader.distil --pairs FILE --teacher DIR --tokenizer FILE --out DIR [--layers 6]
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, huber_loss

from reader.data.batches import Batch, batches, encode
from reader.model import LARGEST, Reader, among, load_reader
from reader.train import BATCH_TOKENS, DEVICE, begin, read_all_pairs, train

LAYERS, RATE = 6, 1e-4
ANSWER_WEIGHT, RELEVANCE_WEIGHT = 0.1, 0.1
"""Weights of the distances between scores, beside the cross-entropy and the distance between states."""


def main() -> None:
    """Train, or go on from the last saved step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--teacher", type=Path, required=True, help="folder of a trained reader")
    parser.add_argument("--tokenizer", type=Path, required=True)
    given = begin(parser, LAYERS, RATE)
    teacher = load_reader(given.teacher / "state.pt", LARGEST)
    teacher.eval().requires_grad_(False)
    student = smaller(teacher, given.layers)
    tokenizer = Tokenizer.from_file(str(given.tokenizer))
    pairs = encode(read_all_pairs(given.pairs), tokenizer)
    steps = batches(pairs, BATCH_TOKENS, given.seed)
    train(student.to(DEVICE), steps, given.out, given.rate, Distillation(teacher.to(DEVICE)))


def smaller(teacher: Reader, layers: int) -> Reader:
    """Return a reader with evenly spaced layers of the teacher, the last one among them."""
    student = Reader(layers)
    kept = taught(layers)
    weights = teacher.state_dict().items()
    student.load_state_dict({new: value for name, value in weights if (new := among(kept, name))})
    return student


def taught(layers: int) -> Sequence[int]:
    """Return the layer of the teacher that each layer of the student follows."""
    step = LARGEST // layers
    return range(step - 1, LARGEST, step)


class Distillation:
    """The loss of a student that follows a teacher."""

    def __init__(self, teacher: Reader) -> None:
        self._teacher = teacher

    def __call__(self, student: Reader, batch: Batch) -> Tensor:
        """Return the mean loss of a batch: the distance between scores and between states."""
        with torch.no_grad():
            wanted, aims = self._teacher.scores_and_states(batch)
        scores, states = student.scores_and_states(batch)
        read = batch.attention_mask.bool()
        distances = []
        for state, layer in zip(states, taught(len(states)), strict=True):
            aim = aims[layer][read].float()
            distances.append(((state[read].float() - aim) ** 2).mean() / aim.var())
        relevance, answer = scores.float().unbind(1)
        wanted_relevance, wanted_answer = wanted.float().unbind(1)
        return (
            binary_cross_entropy_with_logits(answer, wanted_answer.sigmoid())
            + ANSWER_WEIGHT * huber_loss(answer, wanted_answer, delta=2.0)
            + RELEVANCE_WEIGHT * huber_loss(relevance, wanted_relevance, delta=2.0)
            + torch.stack(distances).mean()
        )


if __name__ == "__main__":
    main()
