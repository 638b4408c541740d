"""The page to show in a frame of another page: a form and the answer, without scripts."""

from base64 import b64encode
from hashlib import sha256

from fastapi import Request
from fastapi.responses import Response
from markupsafe import Markup

from normqa.datatypes import Answer
from normqa.schema.answers import AnswerBody
from normqa.schema.errors import ErrorBody
from normqa.serve.pages.pages import WEB, Pages

PATH = "/embed"


class EmbeddedPage:
    """Renders the page, with headers that let only pages of some origins show it.

    Args:
        pages: Renders templates.
        origins: The setting ``embed_origins``.
    """

    def __init__(self, pages: Pages, origins: tuple[str, ...]) -> None:
        self._pages = pages
        # Inside the page, because a sandboxed frame may load no file of this origin.
        self._style = (WEB / "static" / "embed.css").read_text(encoding="utf-8")
        ancestors = " ".join(origins) or "'none'"
        digest = b64encode(sha256(self._style.encode()).digest()).decode()
        self._headers = {
            "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self';"
            f" base-uri 'none'; frame-ancestors {ancestors}",
            "Cross-Origin-Resource-Policy": "cross-origin" if origins else "same-origin",
        }

    def form(self, request: Request) -> Response:
        """Render the form."""
        return self._render(request)

    def answer(self, request: Request, answer: Answer) -> Response:
        """Render the form and an answer."""
        return self._render(request, answer=answer, body=AnswerBody.of(answer))

    def error(self, request: Request, error: ErrorBody, status: int) -> Response:
        """Render the form and an error."""
        return self._render(request, status, error=error)

    def _render(
        self,
        request: Request,
        status: int = 200,
        *,
        answer: Answer | None = None,
        body: AnswerBody | None = None,
        error: ErrorBody | None = None,
    ) -> Response:
        reply = self._pages.render(
            request,
            "embed.html",
            None,
            status,
            style=Markup(self._style),  # noqa: S704 - a file of this program
            question=request.query_params.get("q", ""),
            answer=answer,
            body=body,
            error=error,
        )
        reply.headers.update(self._headers)
        return reply
