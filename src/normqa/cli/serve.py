"""The command ``normqa serve``."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from normqa.cli.options import CorpusOption, IndexOption, open_service
from normqa.errors import CorpusMissing, IndexFault, InvalidSettings, NormqaError, NothingUsable

if TYPE_CHECKING:
    from normqa.index.backend import GenerationManifest
    from normqa.serve.refresh.follow import Follower
    from normqa.service import Service


def serve(
    host: Annotated[
        str | None,
        typer.Option("--host", metavar="ADDRESS", help="Address to serve on. [default: 127.0.0.1]"),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", metavar="PORT", help="Port to serve on; 0 picks a free port. [default: 8000]"),
    ] = None,
    no_build: Annotated[
        bool, typer.Option("--no-build", help="Serve the index as it is, even if stale.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Rebuild the index when a file of the corpus is saved.")
    ] = False,
    workers: Annotated[
        int | None, typer.Option("--workers", metavar="N", help="Number of server processes. [default: 1]")
    ] = None,
    follow: Annotated[
        str | None,
        typer.Option(
            "--follow",
            metavar="SOURCE",
            help="Build nothing, and answer from the newest build that normqa export has written: a file, a"
            " folder of such files, or the URL of one.",
        ),
    ] = None,
    log_format: Annotated[
        str | None,
        typer.Option(
            "--log-format", metavar="FORMAT", help="json logs a line for each request. [default: text]"
        ),
    ] = None,
    corpus: CorpusOption = None,
    index: IndexOption = None,
) -> None:
    """Serve the chat page and the HTTP API.

    Builds the index first if it is missing or stale.
    """
    from normqa.cli import output
    from normqa.serve.server import bind, run

    service = open_service(
        corpus=corpus,
        index=index,
        host=host,
        port=port,
        workers=workers,
        log_format=log_format,
        follow=follow,
    )
    if watch and service.settings.follow:
        raise InvalidSettings(
            "A server cannot both watch a corpus and follow a build.", "Leave out one of them."
        )
    settings = service.settings
    listener = bind(settings.host, settings.port)
    follower = _follower(service, settings.follow) if settings.follow else None
    if follower:
        follower.look()
    elif not no_build:
        build_if_stale(service)
    output.info(f"Loading the encoder {settings.encoder} and the reranker {settings.reranker} …")
    service.warm_up()
    try:
        output.info(f"Loaded {output.plural(service.generation().manifest.documents, 'document')}.")
    except NormqaError as error:
        output.error(error)
    stop = threading.Event()
    if watch:
        _watch(service, settings.corpus, stop)
    if follower:
        arguments = stop, settings.follow_seconds
        threading.Thread(target=follower.run, args=arguments, name="follow", daemon=True).start()
        output.info(f"Following {settings.follow}.")
    address, bound_port = listener.getsockname()[:2]
    host_name = f"[{address}]" if ":" in address else address
    output.info(f"Serving on http://{host_name}:{bound_port} (press Ctrl+C to stop)")
    run(settings, service, listener)
    stop.set()


def build_if_stale(service: "Service") -> None:
    """Build the index if it is stale; report a failure and go on, as an older index may still answer."""
    from normqa.cli import output
    from normqa.cli.build_output import BuildProgress, show_build

    try:
        if service.is_rolled_back():
            output.info("The index was rolled back and is served as it is; normqa build ends the rollback.")
            return
        with BuildProgress() as progress:
            built = service.build(progress=progress)
        show_build(built)
    except (IndexFault, CorpusMissing, NothingUsable) as error:
        output.error(error)


def _watch(service: "Service", corpus: Path, stop: threading.Event) -> None:
    """Rebuild after every change of the corpus, in a thread."""
    from normqa.cli import output
    from normqa.cli.build_output import show_build
    from normqa.serve.refresh.watch import watch

    if not corpus.is_dir():
        raise CorpusMissing(
            f"There is no corpus folder {corpus} to watch.", "Create it, or leave out --watch."
        )
    arguments = service, corpus, stop, show_build, output.error
    threading.Thread(target=watch, args=arguments, name="watch", daemon=True).start()
    output.info(f"Watching {corpus} for changes.")


def _follower(service: "Service", source: str) -> "Follower":
    from normqa.cli import output
    from normqa.serve.refresh.follow import Follower

    def show(manifest: "GenerationManifest") -> None:
        output.info(f"Imported generation {manifest.generation}, built at {manifest.built_at}.")

    return Follower(service, source, show, output.error)
