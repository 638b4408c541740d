"""The command ``normqa mcp``."""

import threading
from typing import TYPE_CHECKING, Annotated

import typer

from normqa.cli.options import CorpusOption, IndexOption, open_service
from normqa.cli.serve import build_if_stale
from normqa.errors import ExtraMissing, IndexMissing, NormqaError

if TYPE_CHECKING:
    from normqa.service import Service
    from normqa.snapshot import Snapshot


def mcp(
    no_build: Annotated[
        bool, typer.Option("--no-build", help="Serve the index as it is, even if stale.")
    ] = False,
    corpus: CorpusOption = None,
    index: IndexOption = None,
) -> None:
    """Serve the documents to an assistant over MCP.

    The assistant starts this command and talks to it on stdin and stdout. The
    index is built in the background if it is missing or stale.
    """
    from normqa.extras import MCP

    MCP.require("normqa mcp", ExtraMissing)

    from anyio import run

    from normqa.serve.limits.queue import QuestionQueue
    from normqa.serve.mcp.server import DocumentServer
    from normqa.serve.question_log.log import QuestionLog
    from normqa.serve.queued import QueuedSnapshots

    service = open_service(corpus=corpus, index=index)
    # The assistant ends the process at any time, so nothing may wait for the thread.
    preparing = threading.Thread(target=_prepare, args=(service, no_build), name="prepare", daemon=True)
    preparing.start()

    settings = service.settings
    question_log = QuestionLog.of(settings)

    def current() -> "Snapshot":
        try:
            snapshot = service.current()
            return question_log.watch(snapshot) if question_log else snapshot
        except IndexMissing:
            if not preparing.is_alive():
                raise
            raise IndexMissing(
                "The index is being built for the first time.", "Ask again in a minute."
            ) from None

    snapshots = QueuedSnapshots(settings, QuestionQueue.of(settings), current)
    run(DocumentServer(snapshots, settings).run_stdio_async)


def _prepare(service: "Service", no_build: bool) -> None:
    """Load the models and build the index, and report problems on stderr."""
    from normqa.cli import output

    try:
        service.warm_up()
        if not no_build:
            build_if_stale(service)
    except NormqaError as error:
        output.error(error)
