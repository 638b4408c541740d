"""Draw how builds and questions grow with the corpus, from the figures of ``benchmarks/scale.py``.

Usage: python benchmarks/plot.py FOLDER/scale.json GROWTH.svg
"""

import argparse
import json
from pathlib import Path

import matplotlib as mpl
from matplotlib import pyplot

PANELS = {
    "Build, seconds": {"build_seconds": "build"},
    "One question, milliseconds": {
        "ask_default": "answer, default",
        "ask": "answer, no reranker",
        "search": "search",
        "dense": "dense",
        "lexical": "lexical",
    },
}
"""Figures of each panel, with their labels."""


def main() -> None:
    """Write the drawing."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("figures", type=Path)
    parser.add_argument("drawing", type=Path)
    given = parser.parse_args()
    figures = json.loads(given.figures.read_text(encoding="utf-8"))
    rows = [row for row in figures if "passages" in row and "milvus" not in row]
    mpl.rcParams["svg.hashsalt"] = "normqa"  # the same figures give the same file
    figure, axes = pyplot.subplots(1, len(PANELS), figsize=(10, 4), layout="constrained")
    for axis, (title, lines) in zip(axes, PANELS.items(), strict=True):
        for name, label in lines.items():
            axis.loglog([row["passages"] for row in rows], [row[name] for row in rows], "o-", label=label)
        axis.set(title=title, xlabel="passages")
        axis.grid(visible=True, alpha=0.3)
        axis.legend(frameon=False)
    figure.savefig(given.drawing, metadata={"Date": None})


if __name__ == "__main__":
    main()
