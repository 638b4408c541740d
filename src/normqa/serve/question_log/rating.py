"""Ratings: only who got an answer on a page has the token to rate it with."""

from dataclasses import dataclass

from fastapi import Request

from normqa.serve.middleware.proxy import path_of
from normqa.serve.question_log.row import COMPLAINTS, Complaint, Rating, new_token

_PAGES = {"/", "/embed"}
_RELOAD = {"no-cache", "max-age=0"}
"""What browsers ask of caches when a reader reloads a page."""


@dataclass(frozen=True, slots=True)
class RatingForm:
    """The form that rates an answer.

    Attributes:
        token: Allows the reader to rate the answer.
        given: The rating so far; None at first.
        complaint: Why the answer is unhelpful; None if the reader has given no reason.
    """

    token: str
    given: Rating | None = None
    complaint: Complaint | None = None

    @property
    def choices(self) -> dict[Complaint, str]:
        """Reasons to choose from, with their labels; none if there is nothing more to say."""
        return COMPLAINTS if self.given == "unhelpful" and self.complaint is None else {}


def offer_rating(request: Request) -> RatingForm | None:
    """Return the form to rate the answer to a request; None if it cannot be rated.

    The answer that the request gets next is logged with the token of the form.
    """
    if request.app.state.question_log is None or repeats(request):
        return None
    request.state.rating_token = new_token()
    return RatingForm(request.state.rating_token)


def token_of(request: Request) -> str | None:
    """Return the token that was offered to a request."""
    return getattr(request.state, "rating_token", None)


def repeats(request: Request) -> bool:
    """Whether a request shows answers again: a reader reloads a page, or downloads a conversation."""
    path = path_of(request)
    wanted = {part.strip() for part in request.headers.get("Cache-Control", "").lower().split(",")}
    return path.startswith("/conversation.") or (path in _PAGES and bool(wanted & _RELOAD))
