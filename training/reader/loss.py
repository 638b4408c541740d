"""What the reader learns: whether a text answers, and the cross-encoder's relevance."""

from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, huber_loss

from reader.batches import Batch
from reader.model import Reader

RELEVANCE_WEIGHT = 0.1
"""Weight of the distance to the cross-encoder's score, beside the cross-entropy of the answer."""


def reader_loss(reader: Reader, batch: Batch) -> Tensor:
    """Return the mean loss of a batch."""
    scores = reader(batch.input_ids, batch.attention_mask, batch.token_type_ids).float()
    answer = binary_cross_entropy_with_logits(scores[:, 1], batch.labels)
    return answer + RELEVANCE_WEIGHT * huber_loss(scores[:, 0], batch.relevance, delta=2.0)
