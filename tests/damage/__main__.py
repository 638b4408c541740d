"""Kill processes and change files of indexes, and check what must still hold.

python -m tests.damage kills 1000
python -m tests.damage flips 0
python -m tests.damage writes 200
"""

import argparse
import logging
import os
import sys

from tests.damage import flips, kills, writes

KINDS = {"kills": kills.run, "flips": flips.run, "writes": writes.run}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.damage", description=__doc__)
    parser.add_argument("kind", choices=list(KINDS))
    parser.add_argument("trials", type=int, help="how many; with flips, 0 makes all of them")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    logging.disable()
    os.environ["RUST_BACKTRACE"] = "0"
    sys.exit(not KINDS[options.kind](options.trials, options.seed))
