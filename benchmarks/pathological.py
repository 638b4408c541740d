"""Measure how the building time of hostile files grows with their size.

Every file repeats one piece, and is built alone with the hashing encoder and without a reranker. The time is
CPU time without that of the kernel, which depends on the disk. Linear growth means that a file of twice the
size takes at most twice the time.

Usage: python benchmarks/pathological.py [--limit SECONDS] [--only NAME ...]
"""

import argparse
import resource
import signal
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from normqa.build.build import BuildOptions, build
from normqa.errors import NormqaError
from normqa.index.folder import IndexFolder
from normqa.models.hashing import HashingEncoder

SENTENCE = "The committee of the town publishes a yearly report on its wells, and every member may read it. "
LINE = SENTENCE.strip() + "\n"
PARAGRAPH = SENTENCE * 5 + "\n\n"
OPTIONS = BuildOptions(max_file_bytes=50_000_000, keep=1)
RUNS = 3

FILES: dict[str, tuple[str, int, Callable[[int], str]]] = {
    "numbers without a letter": (".txt", 4_000, lambda n: "12.5! " * n),
    "dots": (".txt", 4_000, lambda n: "... " * n),
    "unclosed comments": (".md", 5_000, lambda n: "Text.\n\n" + "<!-- " * n),
    "200 kB of unclosed comments": (".md", 50_000, lambda n: "Text.\n\n" + "<!--" * n),
    "one line of prose": (".txt", 57_000 // len(SENTENCE), lambda n: SENTENCE * n),
    "one line of prose, 233 kB": (".txt", 233_000 // len(SENTENCE), lambda n: SENTENCE * n),
    "hard-wrapped prose, 800 kB": (".txt", 800_000 // len(LINE), lambda n: LINE * n),
    "hard-wrapped prose, 800 kB, Markdown": (".md", 800_000 // len(LINE), lambda n: LINE * n),
    "paragraphs, 1 MB": (".md", 1_000_000 // len(PARAGRAPH), lambda n: PARAGRAPH * n),
    "no blanks, 1 MB": (".txt", 1_000_000, lambda n: "a" * n),
    "nested quotes": (".md", 40, lambda n: "> " * n + "text"),
    "nested lists": (".md", 20, lambda n: "".join(f"{'  ' * depth}- item\n" for depth in range(n))),
    "open emphasis": (".md", 5_000, lambda n: "*a **b_" * n),
    "open brackets": (".md", 100, lambda n: "[a ![b " * n),
    "paragraphs of open brackets": (".md", 50, lambda n: ("[a " * 100 + "\n\n") * n),
    "links in links": (".md", 2_000, lambda n: "[a](" * n),
    "open code": (".md", 300, lambda n: "".join("`" * length + " " for length in range(n))),
    "open mathematics": (".md", 4_000, lambda n: "$$ a \\( b \\[\n" * n),
    "struck text": (".md", 4_000, lambda n: "<del>a ~~b " * n),
    "rows": (".md", 4_000, lambda n: "|a|b|\n|-|-|\n" + "|c|d|\n" * n),
    "columns": (".md", 1_000, lambda n: "\n".join(("|a" * n, "|-" * n, "|c" * n))),
    "footnotes": (".md", 1_000, lambda n: "".join(f"a[^{i}]\n\n[^{i}]: b\n\n" for i in range(n))),
    "headings": (".md", 4_000, lambda n: "# a\n\nb\n\n" * n),
    "front matter": (".md", 4_000, lambda n: "---\n" + "title: a\n" * n + "---\ntext"),
}
"""Suffix, number of pieces of the smaller file, and text of a file with so many pieces, by name."""


class _TimeoutError(Exception):
    """A build took longer than the limit."""


def main() -> None:
    """Print a row of a table for every kind of file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--limit", type=int, default=60, help="CPU seconds after which a build is stopped")
    parser.add_argument("--only", nargs="*", default=list(FILES))
    given = parser.parse_args()
    signal.signal(signal.SIGVTALRM, _stop)
    print("| file | size, kB | seconds | twice the size | growth |\n|---|---|---|---|---|")
    for name in given.only:
        suffix, pieces, text = FILES[name]
        short, long = (
            statistics.median(_built(f"a{suffix}", text(number), given.limit) for _ in range(RUNS))
            for number in (pieces, 2 * pieces)
        )
        _show(name, len(text(pieces)), short, long)
    if given.only == list(FILES):
        ten = _built("a.md", PARAGRAPH * (10_000_000 // len(PARAGRAPH)), 10 * given.limit)
        one = _built("a.md", PARAGRAPH * (1_000_000 // len(PARAGRAPH)), given.limit)
        print(f"\n10 MB take {ten:.1f} s, 1 MB takes {one:.2f} s: {ten / one:.1f} times as long")


def _show(name: str, size: int, short: float, long: float) -> None:
    growth = f"{long / short:.1f}" if long < float("inf") else ""
    print(f"| {name} | {size / 1000:.0f} | {short:.2f} | {long:.2f} | {growth} |", flush=True)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise _TimeoutError


def _built(name: str, text: str, limit: int) -> float:
    """Return the CPU seconds of a build; infinity if it is stopped."""
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        (corpus / name).write_text(text, encoding="utf-8")
        signal.setitimer(signal.ITIMER_VIRTUAL, limit)
        start = resource.getrusage(resource.RUSAGE_SELF).ru_utime
        try:
            build(corpus, IndexFolder(Path(folder) / "index"), HashingEncoder(), OPTIONS)
        except _TimeoutError:
            return float("inf")
        except NormqaError as error:
            print(f"{name}: {error}")
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        return resource.getrusage(resource.RUSAGE_SELF).ru_utime - start


if __name__ == "__main__":
    main()
