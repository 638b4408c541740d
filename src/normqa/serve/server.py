"""Run the web server, in one process or several."""

import multiprocessing
import os
import signal
import socket
import sys
import threading
from contextlib import nullcontext
from functools import partial

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from normqa.answer.models import Models
from normqa.serve.app import create_app
from normqa.serve.errors import PortInUse
from normqa.serve.limits.connections import LimitedConnection, backlog
from normqa.serve.limits.log import limit_repetitions
from normqa.serve.observe.json_log import configure_logging
from normqa.serve.observe.shared import shared_figures
from normqa.service import Service
from normqa.settings import Settings

GRACE_SECONDS = 10
"""At shutdown, requests that are being answered have this time to end."""

START_SECONDS = 60
"""Time that a worker has to start, models included, and to respond to its supervisor."""


def bind(host: str, port: int) -> socket.socket:
    """Listen on an address, before anything slow starts.

    Raises:
        PortInUse: If the address is in use or unavailable.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            # Clients that connect during the build wait, and a second server fails at once.
            listener.listen()
        except OSError:
            listener.close()
            raise
    except (OSError, UnicodeError) as error:  # an invalid host name raises UnicodeError
        reason = error.strerror if isinstance(error, OSError) else error
        raise PortInUse(
            f"{host}:{port} cannot be served on ({reason}).", "Choose another address with --host and --port."
        ) from None
    return listener


def run(settings: Settings, service: Service, listener: socket.socket) -> None:
    """Serve until the process is stopped.

    SIGTERM and SIGINT end the server after the requests that are being answered. SIGHUP replaces the workers
    one after another. A single process has no workers: in a terminal, which has been closed, SIGHUP ends it;
    elsewhere it goes on.

    Args:
        settings: Number of worker processes, and the settings of each.
        service: Answers if there is only one process. Workers open their own.
        listener: The socket that requests arrive on.
    """
    several = settings.workers > 1
    config = uvicorn.Config(
        partial(_application, settings) if several else create_app(settings, service),
        factory=several,
        http=LimitedConnection,
        ws="none",
        backlog=backlog(),
        workers=settings.workers,
        log_config=None if settings.log_format == "json" else uvicorn.config.LOGGING_CONFIG,
        log_level="warning",
        lifespan="on",
        server_header=False,
        proxy_headers=False,  # the application reads them
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_worker_healthcheck=START_SECONDS,
    )
    configure_logging(settings)
    limit_repetitions()
    if several:
        with shared_figures() if settings.metrics_token else nullcontext():
            if settings.metrics_token:
                _count_builds(service)
            Multiprocess(config, [listener]).run()
        return
    server = uvicorn.Server(config)
    if signal.getsignal(signal.SIGHUP) == signal.SIG_DFL:
        signal.signal(signal.SIGHUP, lambda *_: _hang_up(server))
    server.run(sockets=[listener])


def _count_builds(service: Service) -> None:
    """Count the builds of this process, which has workers, among the figures of the workers."""
    from normqa.serve.observe.metrics import Metrics  # noqa: PLC0415 - the folder exists by now

    service.on_build = Metrics(service).built


def _hang_up(server: uvicorn.Server) -> None:
    if sys.stdin and sys.stdin.isatty():
        server.should_exit = True


def _application(settings: Settings) -> FastAPI:
    """Return the application of a worker."""
    threading.Thread(target=_stop_with_supervisor, daemon=True).start()
    configure_logging(settings)
    limit_repetitions()
    service = Service(settings, Models.load(settings))
    service.warm_up()
    return create_app(settings, service)


def _stop_with_supervisor() -> None:
    """End this worker when its supervisor has died, or else it would keep the port."""
    supervisor = multiprocessing.parent_process()
    if supervisor:
        supervisor.join()
        os.kill(os.getpid(), signal.SIGTERM)
