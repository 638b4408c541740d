"""The command line: parse, hand to the service, show.

Exit codes: 0 done (also when nothing was found), 1 failed (also ``verify`` that found nothing), 2 usage.
"""

import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from normqa.cli.evaluate import calibrate, evaluate
from normqa.cli.lint import lint
from normqa.cli.options import CorpusOption, IndexOption, open_service
from normqa.errors import (
    CorpusMissing,
    IndexFault,
    InvalidRequest,
    InvalidSettings,
    NormqaError,
    NothingUsable,
)

if TYPE_CHECKING:
    from normqa.service import Service

app = typer.Typer(
    name="normqa",
    help="Answers questions about a folder of documents by quoting them, word for word.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.command()
def build(
    full: Annotated[
        bool, typer.Option("--full", help="Build although nothing has changed, and encode all.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Build nothing if any file is left out or read with a guess.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report of every file as JSON.")] = False,
    corpus: CorpusOption = None,
    index: IndexOption = None,
) -> None:
    """Build the index from the corpus.

    A running server takes it up by itself.
    """
    from normqa.cli import output_build  # noqa: PLC0415 - what is slow to import is imported where it is used

    service, _ = open_service(corpus=corpus, index=index)
    with output_build.BuildProgress() as progress:
        built = service.build(full=full, strict=strict, dry_run=dry_run, progress=progress)
    if as_json:
        output_build.write_build(built)
    else:
        output_build.show_build(built)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="What to look for, in plain words.")],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print exactly the body that POST /ask answers.")
    ] = False,
    top_k: Annotated[
        int | None, typer.Option("--top-k", help="Most quotes of an answer. [default: 3]")
    ] = None,
    min_confidence: Annotated[
        float | None, typer.Option("--min-confidence", help="Refuse what is less sure, from 0 to 1.")
    ] = None,
    document: Annotated[
        list[str] | None, typer.Option("--document", help="Search only this document; may be repeated.")
    ] = None,
    topic: Annotated[
        list[str] | None, typer.Option("--topic", help="Search only this topic; may be repeated.")
    ] = None,
    source: Annotated[
        list[str] | None, typer.Option("--source", help="Search only this source; may be repeated.")
    ] = None,
    date_from: Annotated[
        str | None, typer.Option("--from", help="Search only documents of this date or later.")
    ] = None,
    date_to: Annotated[
        str | None, typer.Option("--to", help="Search only documents of this date or earlier.")
    ] = None,
    after: Annotated[
        list[str] | None, typer.Option("--after", help="An earlier question; may be repeated, oldest first.")
    ] = None,
    corpus: CorpusOption = None,
    index: IndexOption = None,
) -> None:
    """Ask a question and be quoted."""
    from normqa.schema.requests import AskRequest  # noqa: PLC0415

    filters = {
        "documents": document or [],
        "topics": topic or [],
        "sources": source or [],
        "date_from": date_from,
        "date_to": date_to,
    }
    asked = AskRequest.parse(
        {
            "question": question,
            "top_k": top_k,
            "min_confidence": min_confidence,
            "filters": filters,
            "history": after or [],
        }
    )
    logging.getLogger("normqa.service").addHandler(logging.NullHandler())  # the answer tells it too
    service, settings = open_service(corpus=corpus, index=index)
    with service.warming_up():
        from normqa.cli import output  # noqa: PLC0415
        from normqa.schema.answers import AnswerBody  # noqa: PLC0415
    answer = service.ask(asked.to_question(settings))
    if as_json:
        output.write(AnswerBody.of(answer).to_json())
    else:
        output.show_answer(answer)


@app.command()
def serve(
    host: Annotated[
        str | None, typer.Option("--host", help="Address to serve on. [default: 127.0.0.1]")
    ] = None,
    port: Annotated[int | None, typer.Option("--port", help="Port to serve on. [default: 8000]")] = None,
    no_build: Annotated[bool, typer.Option("--no-build", help="Serve the index as it is.")] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Build again whenever a file of the corpus is saved.")
    ] = False,
    workers: Annotated[
        int | None, typer.Option("--workers", help="How many processes serve. [default: 1]")
    ] = None,
    corpus: CorpusOption = None,
    index: IndexOption = None,
) -> None:
    """Serve the web chat and the HTTP interface.

    Builds the index first if it is missing or stale.
    """
    from normqa.cli import output  # noqa: PLC0415
    from normqa.serve.server import bind, run  # noqa: PLC0415

    service, settings = open_service(corpus=corpus, index=index, host=host, port=port, workers=workers)
    listener = bind(settings.host, settings.port)
    if not no_build:
        _build_for_serving(service)
    output.say(f"Loading the encoder {settings.encoder} and the reranker {settings.reranker} …")
    service.warm_up()
    try:
        documents = service.generation().manifest.documents
        output.say(f"Loaded {documents} document{'' if documents == 1 else 's'}.")
    except NormqaError as error:
        output.complain(error)
    stop = threading.Event()
    if watch:
        _start_watching(service, settings.corpus, stop)
    address, bound_port = listener.getsockname()[:2]
    output.say(
        f"Serving on http://{f'[{address}]' if ':' in address else address}:{bound_port} (Ctrl+C stops)"
    )
    run(settings, service, listener)
    stop.set()


@app.command()
def status(corpus: CorpusOption = None, index: IndexOption = None) -> None:
    """Show which index is in force, and how the corpus differs."""
    from normqa.cli import output_build  # noqa: PLC0415

    service, _ = open_service(corpus=corpus, index=index)
    output_build.show_status(service.status())


@app.command()
def verify(
    text: Annotated[str, typer.Argument(help="A text that may stand in the documents.")],
    corpus: CorpusOption = None,
    index: IndexOption = None,
) -> None:
    """Find a text in the documents, word for word."""
    from normqa.cli import output  # noqa: PLC0415
    from normqa.schema.requests import VerifyRequest  # noqa: PLC0415

    asked = VerifyRequest.parse({"text": text})
    service, _ = open_service(corpus=corpus, index=index)
    found = service.verify(asked.text)
    output.show_verification(found)
    if found.status == "not_found":
        raise typer.Exit(1)


@app.command()
def generations(
    as_json: Annotated[bool, typer.Option("--json", help="Print them with their reports as JSON.")] = False,
    index: IndexOption = None,
) -> None:
    """List the builds that stand, the newest first."""
    from normqa.cli import output_build  # noqa: PLC0415
    from normqa.index import history  # noqa: PLC0415
    from normqa.index.folder import IndexFolder  # noqa: PLC0415

    found = history.generations(IndexFolder(_index_folder(index)))
    if as_json:
        output_build.write_generations(found)
    else:
        output_build.show_generations(found)


@app.command()
def rollback(
    generation: Annotated[
        str | None, typer.Argument(help="Which build to go back to. [default: the one before]")
    ] = None,
    index: IndexOption = None,
) -> None:
    """Go back to an older build.

    Its answers say that it was rolled back to, until the next build.
    """
    from normqa.cli import output  # noqa: PLC0415

    service, _ = open_service(index=index)
    manifest = service.roll_back(generation)
    output.say(f"Generation {manifest.generation} of {manifest.built_at} is in force.")


@app.command(name="verify-index")
def verify_index(index: IndexOption = None) -> None:
    """Compare every byte of the builds with what was written."""
    from normqa.cli import output, output_build  # noqa: PLC0415
    from normqa.index import history  # noqa: PLC0415
    from normqa.index.folder import IndexFolder  # noqa: PLC0415

    folder = IndexFolder(_index_folder(index))
    found = history.generations(folder, whole=True)
    if not found:
        output.write("There is no index yet.\n")
        return
    output_build.show_generations(found)
    folder.current()  # the pointer too may be damaged
    if any(past.fault for past in found):
        raise typer.Exit(1)


app.command()(lint)
app.command(name="eval")(evaluate)
app.command()(calibrate)


def main() -> None:
    """Runs the command line; every error that is ours ends in a message and its exit code."""
    try:
        app(prog_name="normqa")
    except NormqaError as error:
        from normqa.cli import output  # noqa: PLC0415

        output.complain(error)
        raise SystemExit(2 if isinstance(error, InvalidRequest | InvalidSettings) else 1) from None


def _index_folder(index: Path | None) -> Path:
    from normqa.settings import read_settings  # noqa: PLC0415

    return read_settings(index=index).index


def _build_for_serving(service: "Service") -> None:
    """Builds what is missing or stale; what cannot be built is told, and is no reason not to start."""
    from normqa.cli import output, output_build  # noqa: PLC0415

    try:
        if service.is_rolled_back():
            output.say("The index was rolled back and is served as it is; normqa build ends that.")
            return
        with output_build.BuildProgress() as progress:
            built = service.build(progress=progress)
        output_build.show_build(built)
    except (IndexFault, CorpusMissing, NothingUsable) as error:
        output.complain(error)


def _start_watching(service: "Service", corpus: Path, stop: threading.Event) -> None:
    """Builds after every change of the corpus, beside the server."""
    from normqa.cli import output, output_build  # noqa: PLC0415
    from normqa.serve.watch import watch  # noqa: PLC0415

    if not corpus.is_dir():
        raise CorpusMissing(f"There is no corpus folder {corpus} to watch.", "Make it, or leave out --watch.")
    given = service, corpus, stop, output_build.show_build, output.complain
    threading.Thread(target=watch, args=given, name="watch", daemon=True).start()
    output.say(f"Watching {corpus}.")
