"""The command line: parse, hand to the service, show.

Exit codes: 0 done (also when nothing was found), 1 failed (also ``verify`` that found nothing), 2 usage.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from normqa.errors import (
    BelowFloors,
    CorpusMissing,
    IndexFault,
    InvalidRequest,
    InvalidSettings,
    NormqaError,
    NothingUsable,
)

if TYPE_CHECKING:
    from normqa.embed import Encoder
    from normqa.service import Service
    from normqa.settings import Settings

app = typer.Typer(
    name="normqa",
    help="Answers questions about a folder of documents by quoting them, word for word.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

CorpusOption = Annotated[Path | None, typer.Option("--corpus", help="Folder of documents. [default: corpus]")]
IndexOption = Annotated[
    Path | None, typer.Option("--index", help="Folder of what is built. [default: index]")
]


@app.command()
def build(
    full: Annotated[bool, typer.Option("--full", help="Build although nothing has changed.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Build nothing if any file is left out or read with a guess.")
    ] = False,
    corpus: CorpusOption = None,
    index: IndexOption = None,
) -> None:
    """Build the index from the corpus.

    A running server takes it up by itself.
    """
    from normqa import console  # noqa: PLC0415 - what is slow to import is imported where it is used

    service, _ = _service(corpus=corpus, index=index)
    with console.BuildProgress() as progress:
        report = service.build(full=full, strict=strict, progress=progress)
    console.show_build(report)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="What to look for, in plain words.")],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print exactly the body that POST /ask answers.")
    ] = False,
    top_k: Annotated[
        int | None, typer.Option("--top-k", help="Most quotes of an answer. [default: 3]")
    ] = None,
    corpus: CorpusOption = None,
    index: IndexOption = None,
) -> None:
    """Ask a question and be quoted."""
    from normqa import console  # noqa: PLC0415
    from normqa.serve.answer_body import AnswerBody  # noqa: PLC0415
    from normqa.serve.requests import AskRequest  # noqa: PLC0415

    asked = AskRequest.parse({"question": question, "top_k": top_k})
    service, settings = _service(corpus=corpus, index=index)
    answer = service.ask(asked.question, top_k=asked.top_k or settings.top_k)
    if as_json:
        console.write(AnswerBody.of(answer).to_json())
    else:
        console.show_answer(answer)


@app.command()
def serve(
    host: Annotated[
        str | None, typer.Option("--host", help="Address to serve on. [default: 127.0.0.1]")
    ] = None,
    port: Annotated[int | None, typer.Option("--port", help="Port to serve on. [default: 8000]")] = None,
    no_build: Annotated[bool, typer.Option("--no-build", help="Serve the index as it is.")] = False,
    corpus: CorpusOption = None,
    index: IndexOption = None,
) -> None:
    """Serve the web chat and the HTTP interface.

    Builds the index first if it is missing or stale.
    """
    from normqa import console  # noqa: PLC0415
    from normqa.serve.run import bind, run  # noqa: PLC0415

    service, settings = _service(corpus=corpus, index=index, host=host, port=port)
    listener = bind(settings.host, settings.port)
    if not no_build:
        _build_for_serving(service)
    console.say(f"Loading the encoder {settings.encoder} …")
    service.warm_up()
    try:
        documents = len(service.generation().manifest.documents)
        console.say(f"Loaded {documents} document{'' if documents == 1 else 's'}.")
    except NormqaError as error:
        console.complain(error)
    address, bound_port = listener.getsockname()[:2]
    console.say(
        f"Serving on http://{f'[{address}]' if ':' in address else address}:{bound_port} (Ctrl+C stops)"
    )
    run(settings, service, listener)


@app.command()
def status(corpus: CorpusOption = None, index: IndexOption = None) -> None:
    """Show which index is in force, and how the corpus differs."""
    from normqa import console  # noqa: PLC0415

    service, _ = _service(corpus=corpus, index=index)
    console.show_status(service.status())


@app.command()
def verify(
    text: Annotated[str, typer.Argument(help="A text that may stand in the documents.")],
    corpus: CorpusOption = None,
    index: IndexOption = None,
) -> None:
    """Find a text in the documents, word for word."""
    from normqa import console  # noqa: PLC0415
    from normqa.serve.requests import VerifyRequest  # noqa: PLC0415

    asked = VerifyRequest.parse({"text": text})
    service, _ = _service(corpus=corpus, index=index)
    found = service.verify(asked.text)
    console.show_verification(found)
    if found.status == "not_found":
        raise typer.Exit(1)


@app.command(name="eval")
def evaluate(
    beir: Annotated[
        Path | None, typer.Option("--beir", help="Folder of a judged collection, in BEIR's layout.")
    ] = None,
    gold: Annotated[
        Path | None, typer.Option("--gold", help="Gold set about the corpus; fails under its floors.json.")
    ] = None,
    split: Annotated[str, typer.Option("--split", help="Which judgements of the collection.")] = "test",
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Ask only so many questions, drawn with seed 0.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
    work: Annotated[
        Path | None, typer.Option("--work", help="Folder of what is built. [default: in the user's cache]")
    ] = None,
    corpus: CorpusOption = None,
) -> None:
    """Measure retrieval on a judged collection, or answers on a gold set."""
    from normqa.evaluate.workspace import default_work  # noqa: PLC0415

    if beir and not gold:
        _evaluate_collection(beir, split, limit, work or default_work(), as_json=as_json)
    elif gold and not beir:
        _evaluate_gold(gold, work or default_work(), corpus, as_json=as_json)
    else:
        raise InvalidRequest("What is to be measured?", "Give either --beir DIR or --gold FILE.")


def _evaluate_collection(folder: Path, split: str, limit: int | None, work: Path, *, as_json: bool) -> None:
    from normqa import console  # noqa: PLC0415
    from normqa.evaluate.collection import read_collection  # noqa: PLC0415
    from normqa.evaluate.ranking import evaluate_ranking  # noqa: PLC0415
    from normqa.evaluate.workspace import open_collection  # noqa: PLC0415
    from normqa.settings import read_settings  # noqa: PLC0415

    encoder = _encoder(read_settings())
    collection = read_collection(folder, split)
    with console.BuildProgress() as progress:
        generation = open_collection(collection, encoder, work, progress)
        found = evaluate_ranking(collection, generation, encoder, limit, progress)
    console.show_figures(found.figures, found.intervals, as_json=as_json)


def _evaluate_gold(path: Path, work: Path, corpus: Path | None, *, as_json: bool) -> None:
    from normqa import console  # noqa: PLC0415
    from normqa.evaluate.gold import below, evaluate_gold, read_floors, read_gold  # noqa: PLC0415

    questions, floors = read_gold(path), read_floors(path)
    service, _ = _service(corpus=corpus, index=work / "gold")
    with console.BuildProgress() as progress:
        service.build(progress=progress)
        found = evaluate_gold(questions, service, progress)
    console.show_figures(found.figures, {}, as_json=as_json)
    for failure in found.failures:
        console.say(f"missed: {failure}")
    if missed := below(found.figures, floors):
        raise BelowFloors(
            "Under its floor: " + ", ".join(f"{name} ({floor})" for name, floor in missed.items()) + ".",
            "See the missed questions above; floors are lowered only by hand.",
        )


def main() -> None:
    """Runs the command line; every error that is ours ends in a message and its exit code."""
    try:
        app(prog_name="normqa")
    except NormqaError as error:
        from normqa import console  # noqa: PLC0415

        console.complain(error)
        raise SystemExit(2 if isinstance(error, InvalidRequest | InvalidSettings) else 1) from None


def _service(**given: Any) -> "tuple[Service, Settings]":  # noqa: ANN401 - one value of its own type a setting
    from normqa.service import Service  # noqa: PLC0415
    from normqa.settings import read_settings  # noqa: PLC0415

    settings = read_settings(**given)
    return Service(settings.corpus, settings.index, _encoder(settings), settings.max_file_bytes), settings


def _encoder(settings: "Settings") -> "Encoder":
    from normqa.embed import load_encoder  # noqa: PLC0415

    return load_encoder(settings.encoder, settings.question_prefix, settings.passage_prefix)


def _build_for_serving(service: "Service") -> None:
    """Builds what is missing or stale; what cannot be built is told, and is no reason not to start."""
    from normqa import console  # noqa: PLC0415

    try:
        with console.BuildProgress() as progress:
            report = service.build(progress=progress)
        console.show_build(report)
    except (IndexFault, CorpusMissing, NothingUsable) as error:
        console.complain(error)
