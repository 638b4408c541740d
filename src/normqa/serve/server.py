"""Run the web server, in one process or several."""

import socket
from functools import partial

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from normqa.answer.models import Models
from normqa.serve.app import create_app
from normqa.serve.errors import PortInUse
from normqa.service import Service
from normqa.settings import Settings


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

    Args:
        settings: Number of worker processes, and the settings of each.
        service: Answers if there is only one process. Workers open their own.
        listener: The socket that requests arrive on.
    """
    several = settings.workers > 1
    config = uvicorn.Config(
        partial(_application, settings) if several else create_app(settings, service),
        factory=several,
        workers=settings.workers,
        log_level="warning",
        lifespan="off",
        server_header=False,
        proxy_headers=False,  # the application reads them
    )
    if several:
        Multiprocess(config, [listener]).run()
    else:
        uvicorn.Server(config).run(sockets=[listener])


def _application(settings: Settings) -> FastAPI:
    service = Service(settings, Models.load(settings))
    service.warm_up()
    return create_app(settings, service)
