"""Heads on lower layers of a reader, which estimate its scores.

Reading goes on with the next layers only where the estimate is promising (Soldaini and Moschitti 2020,
arXiv:2005.02534).
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu

from reader.data.batches import Batch
from reader.model import HEAD, HEADS, HIDDEN, saved_weights

EXITS = (2, 4)
"""Layers below each head."""

EXTREME = 13.0
"""Scores beyond this are as good as this."""


class Head(nn.Module):  # type: ignore[misc]  # torch's types are not followed
    """A layer that only the first token passes through, with its relevance and log-odds of an answer."""

    def __init__(self) -> None:
        super().__init__()
        self.query = nn.Linear(HIDDEN, HIDDEN)
        self.key = nn.Linear(HIDDEN, HIDDEN, bias=False)
        self.value = nn.Linear(HIDDEN, HIDDEN)
        self.attended = nn.Linear(HIDDEN, HIDDEN)
        self.normal = nn.LayerNorm(HIDDEN)
        self.wide = nn.Linear(HIDDEN, HIDDEN)
        self.narrow = nn.Linear(HIDDEN, HIDDEN)
        self.last_normal = nn.LayerNorm(HIDDEN)
        self.scores = nn.Linear(HIDDEN, 2)
        blocks = torch.eye(HEADS).repeat_interleave(HEAD, dim=1)
        self.register_buffer("blocks", blocks, persistent=False)

    def forward(self, states: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return the estimates of every pair, shape (pairs, 2).

        Only one token asks. So its query is multiplied with the weights of the keys, not every token, and the
        weights of the values with what was attended to. The result is the same.

        Args:
            states: After the layers below, shape (pairs, tokens, hidden).
            mask: Whether a token belongs to the pair, shape (pairs, 1, tokens).
        """
        query = self.query(states[:, :1]) * self.blocks
        chances = query @ self.key.weight @ states.transpose(1, 2) / HEAD**0.5
        if mask is not None:
            chances = chances.masked_fill(~mask, float("-inf"))
        attended = (self.value(chances.softmax(-1) @ states) * self.blocks).sum(1)
        first = self.normal(states[:, 0] + self.attended(attended))
        return self.scores(self.last_normal(first + self.narrow(gelu(self.wide(first)))))


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
    mask = batch.attention_mask.bool()[:, None]
    return torch.stack(
        [head(states[layers].detach(), mask) for layers, head in zip(EXITS, heads, strict=True)]
    )


def targets(batch: Batch) -> Tensor:
    """Return what estimates and scores of recorded pairs should be, shape (pairs, 2)."""
    return torch.stack([batch.relevance, batch.labels], dim=1).clamp(-EXTREME, EXTREME)


def load_heads(state: Path) -> nn.ModuleList:
    """Return the heads with the weights that a training saved."""
    saved = saved_weights(state)
    heads = new_heads()
    heads.load_state_dict(
        {name.removeprefix("heads."): value for name, value in saved.items() if name.startswith("heads.")}
    )
    return heads
