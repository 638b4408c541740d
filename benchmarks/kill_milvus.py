"""Kill a Milvus server in the middle of requests and of builds.

Every time, the server is started again on the same data, and the service must recover by itself: it is not
ready meanwhile, quotes nothing wrong, and serves the old generation or the new one. Anything else ends the
program with an error. Milvus Lite runs as a server and searches words too; the server of the package
``milvus`` 2.3 searches vectors only. Needs the extra normqa[milvus].

Usage: PYTHONPATH=. python benchmarks/kill_milvus.py {lite,server} [--requests N] [--builds N]
"""

import argparse
import contextlib
import statistics
import tempfile
from pathlib import Path

from tests.milvus.servers import LiteServer, RealServer, Server, without_words
from tests.milvus.test_kill import BUILD, REQUEST, Trial

_VECTORS_ONLY = [("describe_alias", 1), ("query", 1), ("query", 3), ("search", 1)]


def main() -> None:
    """Print what became of each request and build, and the seconds until the service was ready again."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("server", choices=["lite", "server"])
    parser.add_argument("--requests", type=int, default=10)
    parser.add_argument("--builds", type=int, default=10)
    given = parser.parse_args()
    is_lite = given.server == "lite"
    requests = REQUEST if is_lite else _VECTORS_ONLY
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.nullcontext() if is_lite else without_words(),
    ):
        root, seconds = Path(folder), list[float]()
        server: Server = LiteServer(root / "data") if is_lite else RealServer(root / "data")
        try:
            trial = Trial.begin(root, server)
            for turn in range(given.requests):
                method, number = requests[turn % len(requests)]
                result, ready = trial.kill_in_request(method, number)
                seconds.append(ready)
                print(f"request {method:18} {number} {result:36} {ready:6.1f} s", flush=True)
            for turn in range(given.builds):
                method, number = BUILD[turn * len(BUILD) // given.builds]
                result, ready = trial.kill_in_build(f"sleeper{turn}", method, number)
                seconds.append(ready)
                print(f"build   {method:18} {number} {result:36} {ready:6.1f} s", flush=True)
        finally:
            server.kill()
        print(
            f"ready again after a median of {statistics.median(seconds):.1f} s, at most {max(seconds):.1f} s"
        )


if __name__ == "__main__":
    main()
