"""Pages of another origin, with a policy that forbids all but what the widget needs."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit


@dataclass(frozen=True)
class Host:
    """A running server of such pages.

    Attributes:
        origin: Its origin.
        other_origin: The same pages, at another origin.
    """

    origin: str
    other_origin: str

    @staticmethod
    def page(server: str, markup: str) -> str:
        """Return path and query of a page with some markup and the script of a server."""
        return f"/?{urlencode({'server': server, 'markup': markup})}"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        if not query:
            self.send_error(404)
            return
        [server], [markup] = query["server"], query["markup"]
        policy = (
            f"default-src 'none'; script-src {server}/embed.js; connect-src {server}/ask; frame-src {server};"
            " require-trusted-types-for 'script'; trusted-types 'none'"
        )
        page = (
            '<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Wiki</title>'
            f'<script src="{server}/embed.js" defer></script></head>'
            f"<body><main><h1>Wiki</h1>{markup}</main></body></html>"
        )
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def hosting() -> Iterator[Host]:
    """Serve the pages in a thread."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield Host(*(f"http://{name}:{server.server_port}" for name in ("127.0.0.1", "localhost")))
        finally:
            server.shutdown()
            thread.join()
