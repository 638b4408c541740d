"""Kill processes and change files of indexes, and check what must still hold.

python -m tests.damage kills 1000
python -m tests.damage flips 0
"""

import argparse
import logging
import os
import sys

from tests.damage import flips, kills

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.damage", description=__doc__)
    parser.add_argument("kind", choices=["kills", "flips"])
    parser.add_argument("trials", type=int, help="number of kills, or of flipped bits; 0 flips every byte")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    logging.disable()
    os.environ["RUST_BACKTRACE"] = "0"
    run = kills.run if options.kind == "kills" else flips.run
    sys.exit(not run(options.trials, options.seed))
