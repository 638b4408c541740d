"""The commands that measure: ``normqa eval`` and ``normqa calibrate``."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from normqa.answer.models import Models
from normqa.cli.options import CorpusOption, open_service
from normqa.errors import BelowFloors, InvalidRequest

if TYPE_CHECKING:
    from normqa.settings import Settings


class Scope(StrEnum):
    """Where a question is searched: everywhere, or in the documents that it belongs to."""

    CORPUS = "corpus"
    DOCUMENT = "document"


WorkOption = Annotated[
    Path | None, typer.Option("--work", help="Folder of what is built. [default: in the setting cache]")
]
LimitOption = Annotated[
    int | None, typer.Option("--limit", min=1, help="Ask only so many questions, drawn with seed 0.")
]
_ONE_WAY = "Give one of --beir DIR, --qa DIR, --turns DIR and --gold FILE."


def evaluate(
    beir: Annotated[
        Path | None, typer.Option("--beir", help="Judged collection in BEIR's layout: how documents rank.")
    ] = None,
    qa: Annotated[
        Path | None, typer.Option("--qa", help="Collection with marked answers: quotes and refusals.")
    ] = None,
    turns: Annotated[
        Path | None, typer.Option("--turns", help="Collection of conversations: follow-up questions.")
    ] = None,
    gold: Annotated[
        Path | None, typer.Option("--gold", help="Gold set about the corpus; fails under its floors.json.")
    ] = None,
    split: Annotated[str, typer.Option("--split", help="With --beir: which judgements.")] = "test",
    scope: Annotated[
        Scope, typer.Option("--scope", help="With --qa: search everything, or where a question belongs.")
    ] = Scope.CORPUS,
    hold_out: Annotated[
        float, typer.Option("--hold-out", min=0, max=0.9, help="With --qa: share of titles not indexed.")
    ] = 0.0,
    limit: LimitOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
    report: Annotated[
        Path | None, typer.Option("--report", help="With --qa: write curves and the worst questions as HTML.")
    ] = None,
    work: WorkOption = None,
    corpus: CorpusOption = None,
) -> None:
    """Measure retrieval, quotes, refusals or follow-ups.

    On a collection that somebody else has judged, or on a gold set.
    """
    from normqa.cli import output, output_build  # noqa: PLC0415 - what is slow to import is imported where it is used
    from normqa.evaluate.results import save_result  # noqa: PLC0415
    from normqa.settings import read_settings  # noqa: PLC0415

    if sum(way is not None for way in (beir, qa, turns, gold)) != 1:
        raise InvalidRequest("What is to be measured?", _ONE_WAY)
    if report and not qa:
        raise InvalidRequest("Only --qa gives a report.", "Leave out --report, or give --qa DIR.")
    settings = read_settings()
    work = work or settings.cache_folder / "evaluations"
    parameters: dict[str, object] = {"limit": limit, **_chosen(settings)}
    with output_build.BuildProgress() as progress:
        if gold:
            from normqa.evaluate.gold import evaluate_gold, failing_floors, read_floors, read_gold  # noqa: PLC0415

            questions, floors = read_gold(gold), read_floors(gold)
            service, settings = open_service(corpus=corpus, index=work / "gold")
            service.build(progress=progress)
            found = evaluate_gold(questions, service, settings.min_confidence, progress)
            name, measured = gold.stem, found.result
            parameters |= {"gold": str(gold)}
        elif beir:
            from normqa.evaluate.ranking import evaluate_beir  # noqa: PLC0415

            models = Models.load(settings)
            name, measured = beir.resolve().name, evaluate_beir(beir, split, limit, models, work, progress)
            parameters |= {"beir": str(beir), "split": split}
        elif qa:
            from normqa.evaluate.answering import QaOptions, evaluate_qa  # noqa: PLC0415

            setup = QaOptions(scope is Scope.DOCUMENT, hold_out, limit, settings.min_confidence)
            name, measured = qa.resolve().name, evaluate_qa(qa, setup, Models.load(settings), work, progress)
            parameters |= {"qa": str(qa), "scope": scope.value, "hold_out": hold_out}
        elif turns:
            from normqa.evaluate.turns import evaluate_turns  # noqa: PLC0415

            name, measured = (
                turns.resolve().name,
                evaluate_turns(turns, limit, Models.load(settings), settings.min_confidence, work, progress),
            )
            parameters |= {"turns": str(turns)}
    kept = save_result(measured, name, parameters, work, report)
    output.show_figures(measured.figures, measured.intervals, as_json=as_json)
    output.say(f"Kept in {kept}.")
    if gold:
        for failure in found.failures:
            output.say(f"missed: {failure}")
        if missed := failing_floors(measured.figures, floors):
            raise BelowFloors(
                "Under its floor: " + ", ".join(f"{name} ({floor})" for name, floor in missed.items()) + ".",
                "See the missed questions above; floors are lowered only by hand.",
            )


def calibrate(
    qa: Annotated[list[Path], typer.Option("--qa", help="Collection with marked answers; may be repeated.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="File of coefficients. [default: the one in use]")
    ] = None,
    limit: LimitOption = None,
    work: WorkOption = None,
) -> None:
    """Fit how sure to be of an answer.

    It holds for the encoder and the reranker in use; other models' coefficients in the file are kept.
    """
    from normqa.answer.confidence import SHIPPED  # noqa: PLC0415
    from normqa.cli import output, output_build  # noqa: PLC0415
    from normqa.evaluate.calibrate import fit, save_calibration  # noqa: PLC0415
    from normqa.settings import read_settings  # noqa: PLC0415

    settings = read_settings()
    with output_build.BuildProgress() as progress:
        calibration = fit(
            qa, limit, Models.load(settings), work or settings.cache_folder / "evaluations", progress
        )
    path = out or settings.calibration or SHIPPED
    save_calibration(calibration, path)
    output.say(f"Fitted on {calibration.questions:,} questions; written to {path}.")


def _chosen(settings: "Settings") -> dict[str, object]:
    """The settings that decide figures."""
    chosen = {
        "encoder",
        "question_prefix",
        "passage_prefix",
        "reranker",
        "calibration",
        "min_confidence",
    }
    return settings.model_dump(mode="json", include=chosen)
