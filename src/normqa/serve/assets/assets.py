"""Static files at addresses that name their content, compressed once."""

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_STYLES = "pages.css"
_JOINED = {_STYLES: ("style.css", "source.css", "print.css")}
"""Files that a page loads in one request, although each is about one thing."""

_A_YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class _Asset:
    body: bytes
    compressed: bytes
    media_type: str
    etag: str


class Assets:
    """The static files, read when the server starts.

    The address of a file contains a hash of all files, so browsers keep it for a year. Modules import each
    other from the same folder, so their addresses change together.

    Args:
        folder: Folder of the files.
    """

    def __init__(self, folder: Path) -> None:
        bodies = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix in _TYPES}
        for name, parts in _JOINED.items():
            bodies[name] = b"\n".join(bodies[part] for part in parts)
        self._assets = {name: _asset(name, body) for name, body in bodies.items()}
        etags = "".join(asset.etag for asset in self._assets.values())
        self.version = hashlib.sha256(etags.encode()).hexdigest()[:12]

    @property
    def folder(self) -> str:
        """Address of the folder, below the root of the server."""
        return f"/static/{self.version}"

    def routes(self) -> APIRouter:
        """Return the route of the files, with and without the hash."""
        router = APIRouter(include_in_schema=False)

        @router.get("/static/{path:path}")
        async def static(request: Request, path: str) -> Response:
            """Return a static file."""
            version, _, name = path.rpartition("/")
            if "/" in version:
                raise HTTPException(404)
            if not version:
                return self.reply(request, name)
            # Another version is an older or newer server behind the same address.
            return self.reply(request, name, _A_YEAR if version == self.version else "no-cache")

        return router

    def reply(self, request: Request, name: str, cache: str | None = None) -> Response:
        """Return a file, or that it is unchanged.

        Args:
            request: Says which encodings and which version the browser has.
            name: Name of the file.
            cache: How to keep it; None says nothing about it.

        Raises:
            HTTPException: If there is no such file.
        """
        asset = self._assets.get(name)
        if asset is None:
            raise HTTPException(404)
        headers = {"ETag": asset.etag, "Vary": "Accept-Encoding"}
        if cache:
            headers["Cache-Control"] = cache
        if knows(request, asset.etag):
            return Response(status_code=304, headers=headers)
        if accepts_gzip(request.headers.get("Accept-Encoding", "")):
            headers["Content-Encoding"] = "gzip"
            return Response(asset.compressed, headers=headers, media_type=asset.media_type)
        return Response(asset.body, headers=headers, media_type=asset.media_type)


def knows(request: Request, etag: str) -> bool:
    """Return whether a browser has what an ETag names."""
    return etag in request.headers.get("If-None-Match", "")


def accepts_gzip(header: str) -> bool:
    """Return whether the header ``Accept-Encoding`` accepts gzip."""
    for coding in header.lower().split(","):
        name, _, weight = (part.strip() for part in coding.partition(";"))
        if name in {"gzip", "*"} and weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}:
            return True
    return False


def _asset(name: str, body: bytes) -> _Asset:
    digest = hashlib.sha256(body).hexdigest()[:16]
    return _Asset(body, gzip.compress(body, 9, mtime=0), _TYPES[Path(name).suffix], f'"{digest}"')
