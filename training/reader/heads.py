"""Heads on lower layers of a reader, which estimate its scores.

Reading goes on with the next layers only where the estimate is promising (Soldaini and Moschitti 2020,
arXiv:2005.02534).
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu, scaled_dot_product_attention

from reader.data.batches import Batch
from reader.model import HEADS, HIDDEN, saved_weights

EXITS = (2, 4)
"""Layers below each head."""

EXTREME = 13.0
"""Scores beyond this are as good as this."""


class Head(nn.Module):  # type: ignore[misc]  # torch's types are not followed
    """A layer that only the first token passes through, with its relevance and log-odds of an answer."""

    def __init__(self) -> None:
        super().__init__()
        self.query = nn.Linear(HIDDEN, HIDDEN)
        self.key = nn.Linear(HIDDEN, HIDDEN)
        self.value = nn.Linear(HIDDEN, HIDDEN)
        self.attended = nn.Linear(HIDDEN, HIDDEN)
        self.normal = nn.LayerNorm(HIDDEN)
        self.wide = nn.Linear(HIDDEN, HIDDEN)
        self.narrow = nn.Linear(HIDDEN, HIDDEN)
        self.last_normal = nn.LayerNorm(HIDDEN)
        self.scores = nn.Linear(HIDDEN, 2)

    def forward(self, states: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return the estimates of every pair, shape (pairs, 2).

        Args:
            states: After the layers below, shape (pairs, tokens, hidden).
            mask: Whether a token belongs to the pair, shape (pairs, 1, 1, tokens).
        """
        query, key, value = (
            _by_head(project(given))
            for project, given in ((self.query, states[:, :1]), (self.key, states), (self.value, states))
        )
        attended = scaled_dot_product_attention(query, key, value, attn_mask=mask)
        first = self.normal(states[:, 0] + self.attended(attended.transpose(1, 2).flatten(1)))
        return self.scores(self.last_normal(first + self.narrow(gelu(self.wide(first)))))


def _by_head(vectors: Tensor) -> Tensor:
    """Return vectors of shape (pairs, tokens, hidden) as (pairs, heads, tokens, hidden / heads)."""
    return vectors.unflatten(-1, (HEADS, HIDDEN // HEADS)).transpose(1, 2)


def new_heads() -> nn.ModuleList:
    """Return a head for each exit."""
    return nn.ModuleList(Head() for _ in EXITS)


def layer_states(bert: nn.Module, batch: Batch) -> Sequence[Tensor]:
    """Return the states before the first layer and after each, shape (pairs, tokens, hidden)."""
    states: Sequence[Tensor] = bert(
        input_ids=batch.input_ids,
        attention_mask=batch.attention_mask,
        token_type_ids=batch.token_type_ids,
        output_hidden_states=True,
    ).hidden_states
    return states


def estimates(heads: Iterable[nn.Module], states: Sequence[Tensor], batch: Batch) -> Tensor:
    """Return the estimates of every head, shape (heads, pairs, 2). The layers below don't learn from them."""
    mask = batch.attention_mask.bool()[:, None, None]
    return torch.stack(
        [head(states[layers].detach(), mask) for layers, head in zip(EXITS, heads, strict=True)]
    )


def targets(batch: Batch) -> Tensor:
    """Return what estimates and scores of recorded pairs should be, shape (pairs, 2)."""
    return torch.stack([batch.relevance, batch.labels], dim=1).clamp(-EXTREME, EXTREME)


def load_heads(state: Path) -> list[Head]:
    """Return the heads with the weights that a training saved."""
    saved = saved_weights(state)
    heads = new_heads()
    heads.load_state_dict(
        {name.removeprefix("heads."): value for name, value in saved.items() if name.startswith("heads.")}
    )
    return list(heads)
