"""Train the reader from open question answering collections.

Usage: python -m reader.train --data DIR --squad DIR --teacher FILE --out DIR [--layers 6] [--share 1.0]
"""

import argparse
import json
import time
from pathlib import Path

import torch
from tokenizers import Tokenizer

from reader.batches import Tokens, batches, collate, tokenize
from reader.examples import capped, make_examples, rows, squad_rows
from reader.loss import at_marks, reader_loss
from reader.model import Reader, start_from

RATE, WARM_UP, DECAY = 1e-4, 0.06, 0.01
BATCH_TOKENS = 4096
SAVE_EVERY = 200
FLOP_PER_TOKEN_LAYER = 10.6e6
"""Multiplications and additions of training, per token and layer of 384 states."""


def main() -> None:
    """Train, or go on from the last saved step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of training collections")
    parser.add_argument("--squad", type=Path, required=True, help="SQuAD 2.0 collection")
    parser.add_argument("--start", type=Path, required=True, help="folder of a 12-layer cross-encoder")
    parser.add_argument("--teacher", type=Path, help="JSON of relevance by example id")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--share", type=float, default=1.0, help="share of the examples of each source")
    parser.add_argument("--squad-epochs", type=int, default=2)
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    torch.manual_seed(given.seed)
    torch.set_num_threads(given.threads)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    tokenizer = Tokenizer.from_file(str(given.start / "tokenizer.json"))
    steps = batches(_examples(given, tokenizer), BATCH_TOKENS, given.seed)
    tokens = sum(len(e.ids) for batch in steps for e in batch)
    print(
        f"{sum(map(len, steps)):,} examples, {tokens:,} tokens, {len(steps):,} steps:"
        f" {tokens * FLOP_PER_TOKEN_LAYER * given.layers / 1e12:,.0f} TFLOP",
        flush=True,
    )
    reader = start_from(given.start / "model.onnx", given.layers).to(device)
    train(reader, steps, given.out, given.rate, device)


def _examples(given: argparse.Namespace, tokenizer: Tokenizer) -> list[Tokens]:
    teacher = json.loads(given.teacher.read_text()) if given.teacher else {}
    general = [row for row in rows(given.data) if row["split"] == "train"]
    adversarial = [row for row in squad_rows(given.squad) if row["split"] == "train"]
    examples = make_examples(capped(general, given.seed, given.share), given.seed)
    made = tokenize(examples, tokenizer, teacher=teacher)
    for epoch in range(given.squad_epochs):
        made += tokenize(make_examples(adversarial, given.seed + 1 + epoch), tokenizer)
    return made


def train(reader: Reader, steps: list[list[Tokens]], folder: Path, rate: float, device: str) -> None:
    """Take one step per batch, and save weights and state of the optimiser now and then."""
    folder.mkdir(parents=True, exist_ok=True)
    matrices = [p for p in reader.parameters() if p.ndim > 1]
    vectors = [p for p in reader.parameters() if p.ndim <= 1]
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
    for number, examples in enumerate(steps[done:], start=done + 1):
        batch = collate(examples)
        with torch.autocast(device, dtype=torch.bfloat16):
            states = reader(
                batch.input_ids.to(device), batch.attention_mask.to(device), batch.token_type_ids.to(device)
            )
        loss = reader_loss(at_marks(states.float().cpu(), batch.marks), batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
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
