"""Train the reader on pairs of question and text.

Usage: python -m reader.train --pairs FILE --start DIR --out DIR
"""

import argparse
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from reader.data.batches import Batch, Tokens, batches, collate, encode
from reader.data.pairs import read_pairs
from reader.loss import RELEVANCE_WEIGHT, reader_loss
from reader.model import LAYERS, load_reader, start_from

RATE, WARM_UP, DECAY = 4e-5, 0.06, 0.01

BATCH_TOKENS = 2500
SAVE_EVERY = 200
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
HALF = DEVICE == "cuda" or torch.cpu._is_amx_tile_supported()
"""Whether matrices are multiplied in bf16. With AVX2 alone that takes twenty times as long as float32."""

FLOP_PER_TOKEN_LAYER = 10.6e6
"""Multiplications and additions of training, per token and layer of 384 states."""

FORWARD = 1 / 3
"""Share of them in a layer that is kept as it is."""


class Trainable(Protocol):
    """A model that can be trained."""

    def parts(self) -> Iterable[tuple[nn.Module, float]]:
        """Return the parts that learn, with the factor of their rate."""

    def train(self) -> object:
        """Prepare for training."""

    def state_dict(self) -> dict[str, Any]:
        """Return the weights."""

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> object:
        """Take the weights."""


M = TypeVar("M", bound=Trainable)


def main() -> None:
    """Train, or go on from the last saved step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--start", type=Path, required=True, help="folder of a 12-layer cross-encoder")
    parser.add_argument("--continue", dest="state", type=Path, help="state of another training to start from")
    parser.add_argument("--relevance-weight", type=float, default=RELEVANCE_WEIGHT)
    parser.add_argument("--from-layer", type=int, default=0, help="keep embeddings and layers below this one")
    given = begin(parser, RATE)
    steps = steps_of(given.pairs, given.start / "tokenizer.json", given.seed)
    tokens = sum(len(pair) for step in steps for pair in step)
    layers = LAYERS - given.from_layer * (1 - FORWARD)
    print(
        f"{sum(map(len, steps)):,} pairs, {tokens:,} tokens, {len(steps):,} steps:"
        f" {tokens * FLOP_PER_TOKEN_LAYER * layers / 1e12:,.0f} TFLOP",
        flush=True,
    )
    reader = load_reader(given.state) if given.state else start_from(given.start / "model.onnx")
    reader.keep_below(given.from_layer)
    train(
        reader.to(DEVICE),
        steps,
        given.out,
        given.rate,
        partial(reader_loss, relevance_weight=given.relevance_weight),
    )


def begin(parser: argparse.ArgumentParser, rate: float) -> argparse.Namespace:
    """Add the options of every training, read the command line, and set seed and threads.

    Args:
        parser: Has the options of this training alone.
        rate: Default learning rate.
    """
    parser.add_argument("--pairs", type=Path, required=True, help="JSON lines that reader.data.teach wrote")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--rate", type=float, default=rate)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    torch.manual_seed(given.seed)
    torch.set_num_threads(given.threads)
    return given


def steps_of(pairs: Path, tokenizer: Path, seed: int) -> list[list[Tokens]]:
    """Return a batch for each step: those of the first part in random order, then of the next."""
    encoder = Tokenizer.from_file(str(tokenizer))
    parts = [encode(part, encoder) for part in read_pairs(pairs)]
    return [step for part in parts for step in batches(part, BATCH_TOKENS, seed)]


def train(
    reader: M,
    steps: Sequence[Sequence[Tokens]],
    folder: Path,
    rate: float,
    loss_of: Callable[[M, Batch], Tensor],
) -> None:
    """Take one step per batch, and save weights and state of the optimiser now and then."""
    folder.mkdir(parents=True, exist_ok=True)
    learnt = [parameter for part, _ in reader.parts() for parameter in part.parameters()]
    groups = []
    for part, speed in reader.parts():
        matrices = [p for p in part.parameters() if p.ndim > 1]
        vectors = [p for p in part.parameters() if p.ndim <= 1]
        groups.append({"params": matrices, "weight_decay": DECAY, "lr": speed * rate})
        groups.append({"params": vectors, "weight_decay": 0.0, "lr": speed * rate})
    optimizer = torch.optim.AdamW(groups, lr=rate, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _share(step, len(steps)))
    parts = {"reader": reader, "optimizer": optimizer, "schedule": schedule}
    done = 0
    if (saved := folder / "state.pt").exists():
        state = torch.load(saved, map_location=DEVICE)
        for name, part in parts.items():
            part.load_state_dict(state[name])
        done = state["done"]
    reader.train()
    started, losses = time.monotonic(), []
    for number, pairs in enumerate(steps[done:], start=done + 1):
        with torch.autocast(DEVICE, dtype=torch.bfloat16, enabled=HALF):
            loss = loss_of(reader, collate(pairs).to(DEVICE))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learnt, 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        losses.append(float(loss.detach()))
        if number % 20 == 0:
            recent = losses[-100:]
            left = (time.monotonic() - started) / (number - done) * (len(steps) - number)
            print(
                f"{number}/{len(steps)} loss {sum(recent) / len(recent):.4f}, {left / 60:.0f} min left",
                flush=True,
            )
        if number % SAVE_EVERY == 0 or number == len(steps):
            state = {name: part.state_dict() for name, part in parts.items()}
            torch.save({**state, "done": number}, saved.with_suffix(".tmp"))
            saved.with_suffix(".tmp").replace(saved)


def _share(step: int, steps: int) -> float:
    """Return the share of the full rate: it rises, then falls linearly to a fiftieth."""
    warm = WARM_UP * steps
    return (step + 1) / warm if step < warm else max(0.02, (steps - step) / (steps - warm))


if __name__ == "__main__":
    main()
