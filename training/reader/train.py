"""Train the reader from open question answering collections.

Usage: python -m reader.train --data DIR --squad DIR --start DIR --teacher FILE --out DIR [--layers 6]
"""

import argparse
import json
import time
from pathlib import Path

import torch
from tokenizers import Tokenizer

from reader.batches import Tokens, batches, collate, encode
from reader.examples import adversarial_examples, general_examples
from reader.loss import reader_loss
from reader.model import Reader, start_from
from reader.pairs import choose_pairs

RATE, WARM_UP, DECAY = 8e-5, 0.06, 0.01
BATCH_TOKENS = 2500
SAVE_EVERY = 200
FLOP_PER_TOKEN_LAYER = 10.6e6
"""Multiplications and additions of training, per token and layer of 384 states."""


def main() -> None:
    """Train, or go on from the last saved step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of training collections")
    parser.add_argument("--squad", type=Path, required=True, help="SQuAD 2.0 collection")
    parser.add_argument("--start", type=Path, required=True, help="folder of a 12-layer cross-encoder")
    parser.add_argument("--teacher", type=Path, required=True, help="JSON of relevance by example id")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--frozen", type=int, default=0, help="lowest layers that do not change")
    parser.add_argument("--last-epochs", type=int, default=1, help="epochs of SQuAD 2.0 alone at the end")
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    torch.manual_seed(given.seed)
    torch.set_num_threads(given.threads)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    tokenizer = Tokenizer.from_file(str(given.start / "tokenizer.json"))
    steps = _steps(given, tokenizer)
    tokens = sum(len(pair) for batch in steps for pair in batch)
    print(
        f"{sum(map(len, steps)):,} pairs, {tokens:,} tokens, {len(steps):,} steps:"
        f" {tokens * FLOP_PER_TOKEN_LAYER * given.layers / 1e12:,.0f} TFLOP",
        flush=True,
    )
    reader = start_from(given.start / "model.onnx", given.layers).to(device)
    reader.freeze(given.frozen)
    train(reader, steps, given.out, given.rate, device)


def _steps(given: argparse.Namespace, tokenizer: Tokenizer) -> list[list[Tokens]]:
    """Return batches of all pairs, then those of SQuAD 2.0 with all its units."""
    relevance = json.loads(given.teacher.read_text())
    examples = [e for e in general_examples(given.data, given.seed) if e.id in relevance]
    examples += adversarial_examples(given.squad, given.seed)
    steps = batches(
        encode(choose_pairs(examples, relevance, given.seed), tokenizer), BATCH_TOKENS, given.seed
    )
    for epoch in range(given.seed + 1, given.seed + 1 + given.last_epochs):
        last = choose_pairs(adversarial_examples(given.squad, epoch), {}, epoch)
        steps += batches(encode(last, tokenizer), BATCH_TOKENS, epoch)
    return steps


def train(reader: Reader, steps: list[list[Tokens]], folder: Path, rate: float, device: str) -> None:
    """Take one step per batch, and save weights and state of the optimiser now and then."""
    folder.mkdir(parents=True, exist_ok=True)
    learnt = [p for p in reader.parameters() if p.requires_grad]
    matrices = [p for p in learnt if p.ndim > 1]
    vectors = [p for p in learnt if p.ndim <= 1]
    groups = [{"params": matrices, "weight_decay": DECAY}, {"params": vectors, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=rate, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _share(step, len(steps)))
    done = 0
    if (saved := folder / "state.pt").exists():
        state = torch.load(saved, map_location=device)
        reader.load_state_dict(state["reader"])
        optimizer.load_state_dict(state["optimizer"])
        schedule.load_state_dict(state["schedule"])
        done = state["done"]
    reader.train()
    started, losses = time.monotonic(), []
    for number, pairs in enumerate(steps[done:], start=done + 1):
        batch = collate(pairs)
        with torch.autocast(device, dtype=torch.bfloat16):
            scores = reader(
                batch.input_ids.to(device), batch.attention_mask.to(device), batch.token_type_ids.to(device)
            )
        loss = reader_loss(scores.float().cpu(), batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learnt, 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        losses.append(float(loss.detach()))
        if number % 20 == 0:
            recent = losses[-100:]
            spent = time.monotonic() - started
            left = spent / (number - done) * (len(steps) - number)
            print(
                f"{number}/{len(steps)} loss {sum(recent) / len(recent):.4f}, {left / 60:.0f} min left",
                flush=True,
            )
        if number % SAVE_EVERY == 0 or number == len(steps):
            parts = {"reader": reader, "optimizer": optimizer, "schedule": schedule}
            state = {name: part.state_dict() for name, part in parts.items()}
            torch.save({**state, "done": number}, saved.with_suffix(".tmp"))
            saved.with_suffix(".tmp").replace(saved)


def _share(step: int, steps: int) -> float:
    """Return the share of the full rate: it rises, then falls linearly to a fiftieth."""
    warm = WARM_UP * steps
    return (step + 1) / warm if step < warm else max(0.02, (steps - step) / (steps - warm))


if __name__ == "__main__":
    main()
