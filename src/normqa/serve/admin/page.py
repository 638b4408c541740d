"""The administration page and its sign-in form."""

from typing import Any

from fastapi import Request
from fastapi.responses import Response

from normqa.build.status import Status
from normqa.errors import NormqaError
from normqa.serve.admin.charts import passage_charts
from normqa.serve.errors import ForeignOrigin, RateLimited, TooManyAttempts
from normqa.serve.middleware.proxy import path_of
from normqa.serve.pages.pages import Pages
from normqa.serve.responses import headers_of, status_of
from normqa.serve.snapshot import snapshot_or_error
from normqa.service import Service
from normqa.snapshot import Snapshot

_DONE = {
    "built": "The index was rebuilt.",
    "unchanged": "Nothing changed, so no new index was built.",
    "rolled-back": "The index was rolled back.",
}
"""What the page reports after an action."""


class AdminPage:
    """Renders the page.

    Args:
        service: Compares the index with the corpus and lists generations.
        pages: Renders templates.
    """

    def __init__(self, service: Service, pages: Pages) -> None:
        self._service = service
        self._pages = pages

    def sign_in(self, request: Request, error: NormqaError | None = None) -> Response:
        """Render the sign-in form, with the reason why a request was rejected."""
        return self._page(request, "admin_login.html", error, rejected=_rejected(request, error))

    def questions(self, request: Request, **values: Any) -> Response:  # noqa: ANN401 - of the template
        """Render the question log."""
        return self._page(request, "admin_questions.html", None, **values)

    def explanation(self, request: Request, **values: Any) -> Response:  # noqa: ANN401 - of the template
        """Render why a question was answered or refused."""
        return self._page(request, "admin_explain.html", None, **values)

    def overview(self, request: Request, error: NormqaError | None = None) -> Response:
        """Render the state of the index, with the error of the last action."""
        snapshot = snapshot_or_error(request)
        generation = snapshot.generation if isinstance(snapshot, Snapshot) else None
        generations = self._service.generations()
        index_status, status_error = self._status()
        return self._page(
            request,
            "admin.html",
            error,
            done=None if error else _DONE.get(request.query_params.get("done", "")),
            index_status=index_status,
            status_error=status_error,
            generations=generations,
            last=generations[0] if generations else None,
            charts=passage_charts(generation.store) if generation else None,
        )

    def _status(self) -> tuple[Status | None, NormqaError | None]:
        """Compare index and corpus, or return why that fails."""
        try:
            return self._service.status(), None
        except NormqaError as error:
            return None, error

    def _page(self, request: Request, template: str, error: NormqaError | None, **values: Any) -> Response:  # noqa: ANN401
        status = status_of(error) if error else 200
        snapshot = snapshot_or_error(request)
        reply = self._pages.render(request, template, snapshot, status, error=error, **values)
        reply.headers["Cache-Control"] = "no-store"
        reply.headers.update(headers_of(error) if error else {})
        return reply


def _rejected(request: Request, error: NormqaError | None) -> str | None:
    """Return why the form is shown again."""
    if error is None:
        return None
    if isinstance(error, ForeignOrigin | TooManyAttempts | RateLimited):
        return str(error)
    if path_of(request) == "/admin/login":
        return "Wrong token."
    return "Your session has expired. Nothing was changed."
