"""The page for whoever edits the corpus, and the form that asks for the token."""

from typing import Any

from fastapi import Request
from fastapi.responses import Response

from normqa.build.status import Status
from normqa.errors import ForeignOrigin, NormqaError
from normqa.serve.admin.charts import Spread, spread
from normqa.serve.pages.pages import Pages
from normqa.serve.responses import status_of
from normqa.service import Service

_DONE = {
    "built": "The index has been rebuilt.",
    "unchanged": "Nothing had changed, so nothing was built.",
    "rolled-back": "Another build answers from now on.",
}
"""What the page says when it is come back to."""


class AdminPage:
    """Renders the page.

    Args:
        service: What to show.
        pages: What it is rendered like.
    """

    def __init__(self, service: Service, pages: Pages) -> None:
        self._service = service
        self._pages = pages

    def sign_in(self, request: Request, error: NormqaError | None = None) -> Response:
        """The form that asks for the token, and why it did not let anybody in."""
        return self._page(request, "admin_login.html", error, refused=_refused(request, error))

    def overview(self, request: Request, error: NormqaError | None = None) -> Response:
        """How things stand, and what went wrong with what was asked for last."""
        generations = self._service.generations()
        standing, unknown = self._standing()
        return self._page(
            request,
            "admin.html",
            error,
            done=None if error else _DONE.get(request.query_params.get("done", "")),
            standing=standing,
            unknown=unknown,
            generations=generations,
            last=generations[0] if generations else None,
            spread=self._spread(),
        )

    def _standing(self) -> tuple[Status | None, NormqaError | None]:
        """How the index stands against the corpus, or why that cannot be told."""
        try:
            return self._service.status(), None
        except NormqaError as error:
            return None, error

    def _spread(self) -> Spread | None:
        try:
            return spread(self._service.generation().store)
        except NormqaError:
            return None  # the page says why above

    def _page(self, request: Request, template: str, error: NormqaError | None, **values: Any) -> Response:  # noqa: ANN401
        status = status_of(error) if error else 200
        reply = self._pages.render(request, template, status, error=error, **values)
        reply.headers["Cache-Control"] = "no-store"
        return reply


def _refused(request: Request, error: NormqaError | None) -> str | None:
    """Why the form is shown again."""
    if error is None:
        return None
    if isinstance(error, ForeignOrigin):
        return str(error)
    is_wrong = request.url.path == "/admin/login"
    return "That is not the token." if is_wrong else "You are no longer signed in; nothing was done."
