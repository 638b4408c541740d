"""Average the weights of a training and of the one that continued it.

Wortsman et al. 2022, "Model soups" (arXiv:2203.05482): the mean is often better than both, and costs nothing.

Usage: python -m reader.average --state DIR/state.pt --state DIR/state.pt --to DIR/state.pt
"""

import argparse
from pathlib import Path

import torch

from reader.model import saved_weights


def main() -> None:
    """Write the mean."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--state", type=Path, required=True, action="append")
    parser.add_argument("--to", type=Path, required=True)
    given = parser.parse_args()
    states = [saved_weights(path) for path in given.state]
    given.to.parent.mkdir(parents=True, exist_ok=True)
    mean = {name: torch.stack([state[name] for state in states]).mean(dim=0) for name in states[0]}
    torch.save({"reader": mean}, given.to)


if __name__ == "__main__":
    main()
