"""The page of the reference and the files of Swagger UI, all from this server."""

from importlib.util import find_spec
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response
from starlette.exceptions import HTTPException

from normqa.serve.middleware.security import HEADERS
from normqa.serve.pages.pages import Pages
from normqa.settings import Settings, is_loopback

_POLICY = "Content-Security-Policy"
# The style sheet of Swagger UI contains its icons as data.
_HEADERS = {_POLICY: HEADERS[_POLICY].replace("img-src 'self'", "img-src 'self' data:")}
_FILES = ("swagger-ui-bundle.js", "swagger-ui.css")


def has_reference(settings: Settings) -> bool:
    """Whether to serve the reference: as the setting says, else only to this machine."""
    return is_loopback(settings.host) if settings.api_reference is None else settings.api_reference


def reference_routes(pages: Pages) -> APIRouter:
    """Return the routes.

    Args:
        pages: Renders templates.
    """
    router = APIRouter(include_in_schema=False)
    folder = _swagger_ui()

    @router.get("/docs")
    def reference(request: Request) -> Response:
        """Show the reference."""
        reply = pages.render(request, "reference.html", None)
        reply.headers.update(_HEADERS)
        return reply

    @router.get("/docs/{name}")
    def file(name: str) -> Response:
        """Return a file of Swagger UI."""
        if name not in _FILES:
            raise HTTPException(404)
        return FileResponse(folder / name)

    return router


def _swagger_ui() -> Path:
    """Return the folder of Swagger UI, which fastapi-offline contains. Nothing of it is imported."""
    spec = find_spec("fastapi_offline")
    [package] = spec.submodule_search_locations if spec and spec.submodule_search_locations else [""]
    return Path(package) / "static"
