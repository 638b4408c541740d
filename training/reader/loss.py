"""What the reader learns: whether a text answers, and the cross-encoder's relevance."""

from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, huber_loss

from reader.batches import Batch

RELEVANCE_WEIGHT = 0.2
"""Weight of the distance to the cross-encoder's score, beside the cross-entropy of the answer."""


def reader_loss(scores: Tensor, batch: Batch) -> Tensor:
    """Return the mean loss of a batch. Targets that are not known count nothing.

    Args:
        scores: Relevance and log-odds of an answer, shape (pairs, 2).
        batch: The targets.
    """
    judged, scored = batch.labels.isfinite(), batch.relevance.isfinite()
    loss = scores.sum() * 0.0
    if judged.any():
        loss = loss + binary_cross_entropy_with_logits(scores[judged, 1], batch.labels[judged])
    if scored.any():
        loss = loss + RELEVANCE_WEIGHT * huber_loss(scores[scored, 0], batch.relevance[scored], delta=2.0)
    return loss
