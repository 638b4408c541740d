"""The command ``normqa calibrate``."""

from pathlib import Path
from typing import Annotated

import typer

from normqa.cli.quality.options import LimitOption, WorkOption


def calibrate(
    qa: Annotated[
        list[Path], typer.Option("--qa", metavar="DIR", help="Collection with marked answers. Repeatable.")
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="File to write. [default: the calibration file in use]"),
    ] = None,
    limit: LimitOption = None,
    keep: Annotated[
        list[str] | None,
        typer.Option("--keep", metavar="FEATURE", help="Keep the weight of a feature in use. Repeatable."),
    ] = None,
    rescale: Annotated[
        bool, typer.Option("--rescale", help="Keep all weights in use, times one factor that is fitted.")
    ] = False,
    work: WorkOption = None,
) -> None:
    """Fit answer confidence for the models in use.

    The file keeps its calibrations for other encoders and rerankers.
    """
    from normqa.answer.confidence import SHIPPED
    from normqa.answer.models import Models
    from normqa.cli import output
    from normqa.cli.build_output import BuildProgress
    from normqa.evaluate.calibrate import fit, save_calibration
    from normqa.settings import read_settings

    settings = read_settings()
    work = work or settings.cache_folder / "evaluations"
    with BuildProgress() as progress:
        calibration = fit(qa, limit, Models.load(settings), work, progress, keep or (), rescale=rescale)
    path = out or settings.calibration or SHIPPED
    save_calibration(calibration, path)
    output.info(f"Fitted on {output.plural(calibration.questions, 'question')}; written to {path}.")
