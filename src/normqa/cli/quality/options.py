"""Options that ``normqa eval`` and ``normqa calibrate`` share."""

from pathlib import Path
from typing import Annotated

import typer

WorkOption = Annotated[
    Path | None,
    typer.Option(
        "--work",
        metavar="DIR",
        help="Folder for indexes and results. [default: evaluations in the cache folder]",
    ),
]
LimitOption = Annotated[
    int | None,
    typer.Option("--limit", min=1, metavar="N", help="Ask a random sample of this many questions (seed 0)."),
]
