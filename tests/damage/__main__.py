"""Damage indexes in every way, and check what must still hold: ``python -m tests.damage kills 1000``."""

import argparse
import logging
import sys

from tests.damage.kills import DEEDS, kill


def main() -> int:
    """Run the trials that the arguments name, print figures, and return 1 if something was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.damage", description=__doc__)
    parser.add_argument("kind", choices=["kills"])
    parser.add_argument("trials", type=int)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    logging.disable()
    wrong = False
    for number, deed in enumerate(DEEDS):
        share = (options.trials + number) // len(DEEDS)
        killed = kill(deed, share, options.seed)
        print(f"{killed.deed}: {killed.kills} kills, {killed.in_time} in time, {len(killed.faults)} faults")
        for fault in killed.faults:
            print(f"  {fault}")
        wrong = wrong or bool(killed.faults)
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
