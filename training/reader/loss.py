"""What the reader learns: which unit answers, or that none does, and the teacher's relevance."""

import torch
from torch import Tensor
from torch.nn.functional import huber_loss

from reader.batches import Batch

RELEVANCE_WEIGHT = 0.05
"""Weight of the distance to the teacher, in its log-odds, beside the answer's log-likelihood."""


def reader_loss(scores: Tensor, batch: Batch) -> Tensor:
    """Return the mean loss of a batch.

    The units of a passage and *no answer*, whose score is 0, compete in one softmax, as start and end of a
    span do in Devlin et al. 2019 (arXiv:1810.04805). Several right units share their probability; units whose
    label is unknown only count where no other unit is labelled.

    Args:
        scores: Relevance and answer score per mark, shape (texts, marks, 2).
        batch: The targets.
    """
    answers, relevance = scores[..., 1], scores[..., 0]
    right = batch.labels == 1
    unknown = batch.labels == -1
    unlabelled = batch.answerable & ~right.any(1)
    right = right | (unknown & unlabelled[:, None])
    present = (batch.labels == 0) | right
    nothing = torch.zeros_like(answers[:, :1])
    low = torch.finfo(answers.dtype).min
    total = torch.logsumexp(torch.cat([nothing, answers.masked_fill(~present, low)], 1), 1)
    gained = torch.logsumexp(answers.masked_fill(~right, low), 1)
    likelihood = torch.where(batch.answerable, gained, nothing[:, 0]) - total
    known = batch.relevance.isfinite()
    if not known.any():
        return -likelihood.mean()
    distance = huber_loss(relevance[known], batch.relevance[known], delta=2.0)
    return RELEVANCE_WEIGHT * distance - likelihood.mean()


def at_marks(states: Tensor, marks: Tensor) -> Tensor:
    """Return the scores at the marks: shape (texts, marks, 2)."""
    return states.gather(1, marks[..., None].expand(-1, -1, states.shape[-1]))
