"""What the reader learns: whether a text answers, with which words, and the cross-encoder's relevance."""

from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, huber_loss

from reader.data.batches import Batch
from reader.model import Reader

RELEVANCE_WEIGHT = 0.1
"""Usual weight of the distance to the cross-encoder's score, beside the cross-entropy of the answer."""

WORDS_WEIGHT = 0.2
"""Weight of the cross-entropy of first and last token of the answer."""


def reader_loss(reader: Reader, batch: Batch, relevance_weight: float = RELEVANCE_WEIGHT) -> Tensor:
    """Return the mean loss of a batch."""
    scores, words = reader.scores_and_words(batch)
    scores = scores.float()
    answer = binary_cross_entropy_with_logits(scores[:, 1], batch.labels)
    relevance = huber_loss(scores[:, 0], batch.relevance, delta=2.0)
    ends = cross_entropy(words.transpose(1, 2).flatten(0, 1), batch.answers.flatten(), reduction="sum")
    return answer + relevance_weight * relevance + WORDS_WEIGHT * ends / batch.answers.numel()
