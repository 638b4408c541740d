"""Runs the web server."""

import socket
from functools import partial

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from normqa.answer.models import Models
from normqa.errors import PortInUse
from normqa.serve.app import create_app
from normqa.service import Service
from normqa.settings import Settings


def bind(host: str, port: int) -> socket.socket:
    """Takes the address to serve on, before anything slow is done.

    Raises:
        PortInUse: If it cannot be had.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            # Whoever comes while the index is being built waits, and a second server fails at once.
            listener.listen()
        except OSError:
            listener.close()
            raise
    except (OSError, UnicodeError) as error:  # a name that no host can have is the latter
        reason = error.strerror if isinstance(error, OSError) else error
        raise PortInUse(
            f"{host}:{port} cannot be served on ({reason}).", "Choose another with --host and --port."
        ) from None
    return listener


def run(settings: Settings, service: Service, listener: socket.socket) -> None:
    """Serves until it is told to stop.

    Args:
        settings: Say too how many processes do it.
        service: What answers where this one does.
        listener: Where requests come in.
    """
    several = settings.workers > 1
    config = uvicorn.Config(
        partial(_application, settings) if several else create_app(settings, service),
        factory=several,
        workers=settings.workers,
        log_level="warning",
        lifespan="off",
        server_header=False,
    )
    if several:
        Multiprocess(config, [listener]).run()
    else:
        uvicorn.Server(config).run(sockets=[listener])


def _application(settings: Settings) -> FastAPI:
    service = Service(settings, Models.load(settings))
    service.warm_up()
    return create_app(settings, service)
