"""The command ``normqa eval``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from normqa.cli.options import open_service
from normqa.cli.quality.figures import show_figures
from normqa.cli.quality.options import LimitOption, WorkOption
from normqa.errors import BelowFloors, InvalidRequest

if TYPE_CHECKING:
    from normqa.build.progress import Progress
    from normqa.evaluate.figures.results import EvaluationResult
    from normqa.service import Service
    from normqa.settings import Settings


class Scope(StrEnum):
    """Where ``--qa`` searches a question: all documents, or only the document that it was written for."""

    CORPUS = "corpus"
    DOCUMENT = "document"


_ONE_OF = "Give one of --beir DIR, --qa DIR, --turns DIR, --gold FILE, --qa-text FILE or --files DIR."


@dataclass(frozen=True, slots=True)
class _Measured:
    """What an evaluation measured.

    Attributes:
        name: Name of the collection.
        result: The figures.
        parameters: Options that determine the figures, for the results file.
        failures: Questions about the corpus that failed.
        failing: Floors that the figures of a gold set do not reach, by name.
    """

    name: str
    result: "EvaluationResult"
    parameters: dict[str, object]
    failures: tuple[str, ...] = ()
    failing: Mapping[str, float] = field(default_factory=dict)


def evaluate(
    beir: Annotated[
        Path | None,
        typer.Option("--beir", metavar="DIR", help="Measure the ranking of documents on a BEIR collection."),
    ] = None,
    qa: Annotated[
        Path | None,
        typer.Option(
            "--qa", metavar="DIR", help="Measure quotes and refusals on a collection with marked answers."
        ),
    ] = None,
    turns: Annotated[
        Path | None,
        typer.Option("--turns", metavar="DIR", help="Measure follow-up questions on a set of conversations."),
    ] = None,
    gold: Annotated[
        Path | None,
        typer.Option(
            "--gold",
            metavar="FILE",
            help="Measure on a gold set about the corpus; fail below its floors.json.",
        ),
    ] = None,
    qa_text: Annotated[
        Path | None,
        typer.Option(
            "--qa-text",
            metavar="FILE",
            help="Measure on questions about the corpus whose answers must contain decisive words.",
        ),
    ] = None,
    files: Annotated[
        Path | None,
        typer.Option(
            "--files",
            metavar="DIR",
            help="Measure how well files are read, against NAME.txt beside each; fail below floors.json.",
        ),
    ] = None,
    split: Annotated[
        str, typer.Option("--split", metavar="NAME", help="With --beir: name of the split of judgements.")
    ] = "test",
    scope: Annotated[
        Scope,
        typer.Option("--scope", help="With --qa: search all documents, or only the question's own document."),
    ] = Scope.CORPUS,
    hold_out: Annotated[
        float,
        typer.Option(
            "--hold-out",
            min=0,
            max=0.9,
            metavar="SHARE",
            help="With --qa: share of titles to leave out of the index.",
        ),
    ] = 0.0,
    small: Annotated[
        bool,
        typer.Option("--small", help="With --qa: ask small corpora of about 5, 50 and 500 of its passages."),
    ] = False,
    limit: LimitOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
    report: Annotated[
        Path | None,
        typer.Option(
            "--report",
            metavar="FILE",
            help="With --qa: write curves and the worst questions to this HTML file.",
        ),
    ] = None,
    work: WorkOption = None,
    index: Annotated[
        str | None,
        typer.Option(
            "--index",
            metavar="INDEX",
            help="Build in this folder, Milvus Lite file or Milvus database; replace what is there.",
        ),
    ] = None,
    corpus: Annotated[
        Path | None,
        typer.Option(
            "--corpus",
            metavar="DIR",
            help="With --gold and --qa-text: folder of documents. [default: corpus]",
        ),
    ] = None,
) -> None:
    """Measure retrieval, quotes, refusals, follow-ups or loaders."""
    from normqa.answer.models import Models
    from normqa.cli import output
    from normqa.cli.build_output import BuildProgress
    from normqa.evaluate.figures.results import save_result
    from normqa.settings import read_settings
    from normqa.storage.open import open_home

    if sum(option is not None for option in (beir, qa, turns, gold, qa_text, files)) != 1:
        raise InvalidRequest("Exactly one collection or gold set can be measured.", _ONE_OF)
    if report and not qa:
        raise InvalidRequest("--report works only with --qa.", "Leave out --report, or give --qa DIR.")
    if small and (not qa or hold_out or scope is Scope.DOCUMENT or index):
        raise InvalidRequest(
            "--small works only with --qa and without --hold-out, --scope document and --index.",
            "Leave out --small, or the others.",
        )
    settings = read_settings()
    work = work or settings.cache_folder / "evaluations"
    home = open_home(read_settings(index=index)) if index else None
    with BuildProgress() as progress:
        if gold:
            measured = _measure_gold(gold, corpus, index or work / "gold", progress)
        elif qa_text:
            measured = _measure_decisive_words(qa_text, corpus, index or work / "gold", progress)
        elif files:
            measured = _measure_files(files, settings, progress)
        elif beir:
            from normqa.evaluate.ranking import evaluate_beir

            result = evaluate_beir(beir, split, limit, Models.load(settings), work, progress, home)
            measured = _Measured(beir.resolve().name, result, {"beir": str(beir), "split": split})
        elif qa and small:
            from normqa.evaluate.small_corpora import evaluate_small_corpora

            models = Models.load(settings)
            result = evaluate_small_corpora(qa, limit, settings.min_confidence, models, work, progress)
            measured = _Measured(qa.resolve().name, result, {"qa": str(qa), "small": small})
        elif qa:
            from normqa.evaluate.answering import QaOptions, evaluate_qa

            options = QaOptions(scope is Scope.DOCUMENT, hold_out, limit, settings.min_confidence)
            result = evaluate_qa(qa, options, Models.load(settings), work, progress, home)
            parameters: dict[str, object] = {"qa": str(qa), "scope": scope.value, "hold_out": hold_out}
            measured = _Measured(qa.resolve().name, result, parameters)
        elif turns:
            from normqa.evaluate.turns import evaluate_turns

            models = Models.load(settings)
            result = evaluate_turns(turns, limit, models, settings.min_confidence, work, progress, home)
            measured = _Measured(turns.resolve().name, result, {"turns": str(turns)})
    parameters = {"limit": limit, **_decisive(settings), **measured.parameters}
    parameters |= {"index": index} if index else {}
    path = save_result(measured.result, measured.name, parameters, work, report)
    show_figures(measured.result.figures, measured.result.intervals, as_json=as_json)
    output.info(f"Results saved to {path}.")
    _report_failures(measured)


def _measure_gold(gold: Path, corpus: Path | None, index: str | Path, progress: "Progress") -> _Measured:
    from normqa.evaluate.gold import evaluate_gold, failing_floors, read_floors, read_gold

    questions, floors = read_gold(gold), read_floors(gold)
    service = _build_corpus(corpus, index, progress)
    found = evaluate_gold(questions, service, service.settings.min_confidence, progress)
    failing = failing_floors(found.result.figures, floors.floors)
    return _Measured(gold.stem, found.result, {"gold": str(gold)}, found.failures, failing)


def _measure_decisive_words(
    path: Path, corpus: Path | None, index: str | Path, progress: "Progress"
) -> _Measured:
    from normqa.evaluate.decisive_words import evaluate_decisive_words, read_decisive_questions

    questions = read_decisive_questions(path)
    service = _build_corpus(corpus, index, progress)
    found = evaluate_decisive_words(questions, service, progress)
    return _Measured(path.stem, found.result, {"qa_text": str(path)}, found.failures)


def _build_corpus(corpus: Path | None, index: str | Path, progress: "Progress") -> "Service":
    """Return a service over an index of the corpus."""
    service = open_service(corpus=corpus, index=index)
    service.build(progress=progress)
    return service


def _measure_files(folder: Path, settings: "Settings", progress: "Progress") -> _Measured:
    from normqa.evaluate.files import evaluate_files

    found = evaluate_files(folder, settings.max_file_bytes, progress)
    name = folder.resolve().name
    return _Measured(name, found.result, {"files": str(folder)}, found.failures, found.failing)


def _report_failures(measured: _Measured) -> None:
    """Print the questions or files that failed, and raise if a figure is below its floor."""
    from normqa.cli import output

    for failure in measured.failures:
        output.info(f"failed: {failure}")
    if measured.failing:
        figures = ", ".join(f"{name} (floor {floor})" for name, floor in measured.failing.items())
        raise BelowFloors(
            f"Below the floor: {figures}.", "See what failed above. Only lower a floor by hand."
        )


def _decisive(settings: "Settings") -> dict[str, object]:
    """Return the settings that determine the figures."""
    names = {"encoder", "question_prefix", "passage_prefix", "reranker", "calibration", "min_confidence"}
    return settings.model_dump(mode="json", include=names)
