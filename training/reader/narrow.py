"""Make a reader narrower: leave out the attention heads and neurons that change its scores least.

What to leave out is chosen by how strongly the scores respond to each head and neuron (Kwon et al. 2022,
arXiv:2204.09656). Then the products behind them are fitted again, layer by layer, so that every layer hands
on what it did before as nearly as it can. Neither step needs labels.

Usage: python -m reader.narrow --state DIR/state.pt --pairs FILE --tokenizer FILE --out DIR [--share 0.62]
"""

import argparse
import random
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from reader.data.batches import Batch, Tokens, collate, encode
from reader.data.pairs import read_all_pairs
from reader.heads import EXITS
from reader.model import HEAD, HIDDEN, Reader, Width, load_reader
from reader.train import BATCH_TOKENS

SHARE = 0.62
"""Share of the multiplications in the layers that is left, counted by the texts that read them."""

HEAD_COST, NEURON_COST = 4 * HIDDEN * HEAD, 2 * HIDDEN
"""Multiplications per token."""

READ_ON = (1.0, 0.75, 0.5)
"""Shares of the texts that the layers up to each exit, and those behind the last one, read."""

LAST_COSTS = (0.75, 0.0)
"""Shares of the costs of heads and neurons in the last layer, where only one token passes the products."""

GROUP = 64
"""Neurons that are left out together, as products of round sizes are the fastest."""

LEAST = Width(heads=2, neurons=GROUP)

RELEVANCE_WEIGHT = 0.5
"""Weight of changes of the relevance beside changes of the log-odds of an answer."""

PAIRS = 2000
"""Pairs that show what heads and neurons do."""

RIDGE = 0.02
"""How strongly fitted products are drawn to what they were, in mean variances of what they are given."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The heads and neurons of a layer that are kept, in order."""

    heads: list[int]
    neurons: list[int]

    @property
    def width(self) -> Width:
        """How wide the layer then is."""
        return Width(len(self.heads), len(self.neurons))


@dataclass(frozen=True, slots=True)
class Importance:
    """How much the scores change, squared, without each head or neuron of a layer.

    Attributes:
        heads: Shape (heads,).
        neurons: Shape (neurons,).
    """

    heads: Tensor
    neurons: Tensor


def main() -> None:
    """Write the narrower reader, and print its widths."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--state", type=Path, required=True, help="state of the trained reader")
    parser.add_argument("--pairs", type=Path, required=True, help="JSON lines with texts as they are read")
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--share", type=float, default=SHARE)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    available = read_all_pairs(given.pairs)
    chosen = random.Random(given.seed).sample(available, min(PAIRS, len(available)))
    batches = list(of_one_length(encode(chosen, Tokenizer.from_file(str(given.tokenizer)))))
    reader = load_reader(given.state).eval().requires_grad_(requires_grad=False)
    kept = choose(importances(reader, batches), given.share)
    print(*(f"{layer.width.heads}/{layer.width.neurons}" for layer in kept), flush=True)
    given.out.mkdir(parents=True, exist_ok=True)
    torch.save({"reader": narrowed(reader, kept, batches).state_dict()}, given.out / "state.pt")


def of_one_length(pairs: Iterable[Tokens]) -> Iterator[Batch]:
    """Yield batches without padding."""
    by_length: dict[int, list[Tokens]] = {}
    for pair in pairs:
        by_length.setdefault(len(pair), []).append(pair)
    for length, alike in sorted(by_length.items()):
        size = max(1, BATCH_TOKENS // length)
        for start in range(0, len(alike), size):
            yield collate(alike[start : start + size])


def importances(reader: Reader, batches: Iterable[Batch]) -> list[Importance]:
    """Return the importance of heads and neurons in every layer.

    A head or neuron is taken to count as much as the scores change, to first order, when it vanishes: the
    product of its values with the gradients there, summed over the tokens of a pair, then squared.
    """
    layers = reader.bert.encoder.layer
    sums = [Importance(torch.zeros(width.heads), torch.zeros(width.neurons)) for width in reader.widths]
    for batch in batches:
        scores, seen = _watched(reader, batch)
        for column, weight in ((0, RELEVANCE_WEIGHT), (1, 1.0)):
            gradients = torch.autograd.grad(scores[:, column].sum(), seen, retain_graph=column == 0)
            effects = [
                weight * (values * change).detach().sum(dim=1)
                for values, change in zip(seen, gradients, strict=True)
            ]
            for layer, contexts, neurons in zip(
                sums, effects[: len(layers)], effects[len(layers) :], strict=True
            ):
                layer.heads.add_(contexts.unflatten(-1, (-1, HEAD)).sum(dim=-1).square().sum(dim=0))
                layer.neurons.add_(neurons.square().sum(dim=0))
    return sums


def _watched(reader: Reader, batch: Batch) -> tuple[Tensor, list[Tensor]]:
    """Return the scores, and what the heads of every layer, then its neurons, hand on to the next product."""
    layers = reader.bert.encoder.layer
    products = [layer.attention.output.dense for layer in layers] + [layer.output.dense for layer in layers]
    seen: dict[nn.Module, Tensor] = {}

    def watch(product: nn.Module, given: tuple[Tensor]) -> tuple[Tensor]:
        seen[product] = given[0] if given[0].requires_grad else given[0].detach().requires_grad_()
        return (seen[product],)

    hooks = [product.register_forward_pre_hook(watch) for product in products]
    scores = reader(batch.input_ids, batch.attention_mask, batch.token_type_ids)
    for hook in hooks:
        hook.remove()
    return scores, [seen[product] for product in products]


def choose(importances: Sequence[Importance], share: float) -> list[Kept]:
    """Return what each layer keeps so that at most ``share`` of the multiplications are left.

    Heads, and groups of the least important neurons of a layer, go in the order of importance for their cost.
    What costs nothing stays.
    """
    units = []
    for number, layer in enumerate(importances):
        head_cost, neuron_cost = costs(number, len(importances))
        units += [
            (float(value) / head_cost, head_cost, number, "heads", [head])
            for head, value in enumerate(layer.heads)
        ]
        for group in layer.neurons.argsort().split(GROUP) if neuron_cost else ():
            cost = neuron_cost * len(group)
            units.append((float(layer.neurons[group].sum()) / cost, cost, number, "neurons", group.tolist()))
    left = sum(unit[1] for unit in units)
    most = share * left
    kept = [Kept([*range(len(layer.heads))], [*range(len(layer.neurons))]) for layer in importances]
    for _, cost, number, kind, members in sorted(units, key=lambda unit: unit[0]):
        own = getattr(kept[number], kind)
        if left > most and len(own) - len(members) >= getattr(LEAST, kind):
            own[:] = [member for member in own if member not in members]
            left -= cost
    return kept


def costs(number: int, layers: int) -> tuple[float, float]:
    """Return how many multiplications a head and a neuron of a layer cost per token of all texts."""
    texts = READ_ON[bisect_right(EXITS, number)]
    heads, neurons = LAST_COSTS if number == layers - 1 else (1.0, 1.0)
    return texts * heads * HEAD_COST, texts * neurons * NEURON_COST


def narrowed(reader: Reader, kept: Sequence[Kept], batches: Sequence[Batch]) -> Reader:
    """Keep some heads and neurons of a reader, and fit its products again.

    Args:
        reader: The whole one, without gradients.
        kept: Of each layer.
        batches: Texts to fit the products with, without padding.
    """
    narrow = Reader([layer.width for layer in kept])
    narrow.eval().requires_grad_(requires_grad=False)
    own = narrow.state_dict()
    alike = {name: value for name, value in reader.state_dict().items() if value.shape == own[name].shape}
    narrow.load_state_dict(own | alike)
    aims = [reader.bert.embeddings(batch.input_ids, batch.token_type_ids) for batch in batches]
    states = list(aims)
    for number, (layer, old, new) in enumerate(
        zip(kept, reader.bert.encoder.layer, narrow.bert.encoder.layer, strict=True)
    ):
        _select(layer, old, new)
        only = slice(0, 1 if number == len(kept) - 1 else None)  # scores are read from the first token
        found = [new.attention.self(state)[0][:, only] for state in states]
        wanted = [old.attention.self(aim)[0][:, only] for aim in aims]
        states, aims = ([state[:, only] for state in each] for each in (states, aims))
        states, aims = _fitted(new.attention.output, old.attention.output, (found, wanted), (states, aims))
        found, wanted = (
            [step(state) for state in each]
            for step, each in ((new.intermediate, states), (old.intermediate, aims))
        )
        states, aims = _fitted(new.output, old.output, (found, wanted), (states, aims))
    return narrow


def _select(kept: Kept, old: nn.Module, new: nn.Module) -> None:
    """Copy the weights of the heads and neurons that stay."""
    channels = [HEAD * head + channel for head in kept.heads for channel in range(HEAD)]
    for name in ("query", "key", "value"):
        wide, narrow = getattr(old.attention.self, name), getattr(new.attention.self, name)
        narrow.weight.copy_(wide.weight[channels])
        narrow.bias.copy_(wide.bias[channels])
    new.attention.output.dense.weight.copy_(old.attention.output.dense.weight[:, channels])
    new.intermediate.dense.weight.copy_(old.intermediate.dense.weight[kept.neurons])
    new.intermediate.dense.bias.copy_(old.intermediate.dense.bias[kept.neurons])
    new.output.dense.weight.copy_(old.output.dense.weight[:, kept.neurons])


Each = tuple[list[Tensor], list[Tensor]]
"""Results of the narrow reader and of the whole one, per batch."""


def _fitted(new: nn.Module, old: nn.Module, given: Each, states: Each) -> Each:
    """Fit a product and return the normalised states behind it, and behind the whole reader's."""
    missing = [aim + old.dense(wanted) - state for wanted, state, aim in zip(given[1], *states, strict=True)]
    fit(
        new.dense, torch.cat([_rows(found) for found in given[0]]), torch.cat([_rows(aim) for aim in missing])
    )
    behind = [
        [step(one, state) for one, state in zip(each, own, strict=True)]
        for step, each, own in zip((new, old), given, states, strict=True)
    ]
    return behind[0], behind[1]


def _rows(states: Tensor) -> Tensor:
    return states.flatten(0, -2)


def fit(product: nn.Linear, given: Tensor, wanted: Tensor) -> None:
    """Set weights and bias so that the product of ``given`` is as near ``wanted`` as it can be.

    Args:
        product: Its weights say what it is drawn to.
        given: Shape (rows, inputs).
        wanted: Shape (rows, outputs).
    """
    middle, aim = given.mean(dim=0), wanted.mean(dim=0)
    given, wanted = given - middle, wanted - aim
    covariance = (given.T @ given).double() / len(given)
    covariance += RIDGE * covariance.diagonal().mean() * torch.eye(len(covariance), dtype=torch.double)
    missing = (given.T @ (wanted - given @ product.weight.T)).double() / len(given)
    product.weight += torch.linalg.solve(covariance, missing).T.float()
    product.bias.copy_(aim - product.weight @ middle)


if __name__ == "__main__":
    main()
