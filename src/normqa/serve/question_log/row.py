"""What the question log keeps of an answer, and nothing of who asked."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from normqa.datatypes import Answer, Reason

Outcome = Literal["answered"] | Reason
Rating = Literal["helpful", "unhelpful"]
Complaint = Literal["wrong", "incomplete", "outdated", "unclear"]

COMPLAINTS: dict[Complaint, str] = {
    "wrong": "Does not answer the question",
    "incomplete": "Something is missing",
    "outdated": "Out of date",
    "unclear": "Hard to understand",
}
"""Reasons that a reader can give for an unhelpful answer, with their labels."""


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a quote.

    Attributes:
        document: Id of its document.
        start: First code point.
        end: One past the last code point.
        sha256: Hash of the document's text.
    """

    document: str
    start: int
    end: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Row:
    """A question and its outcome.

    Attributes:
        token: Hash of the token that allows a reader to rate the answer; random if no reader can.
        hour: When the question was answered, to the hour, ISO 8601 in UTC.
        question: As it was asked.
        searched_as: As it was searched, which names what a follow-up is about.
        generation: Name of the generation that answered; None if there was none.
        outcome: ``answered``, or why the question was refused.
        confidence: Probability that the quotes answer; None if there is no calibration for the models.
        places: Places of the quotes, best first.
        rating: What the reader thinks of the answer; None without a rating.
        complaint: Why the answer is unhelpful; None if the reader gives no reason.
    """

    token: bytes
    hour: str
    question: str
    searched_as: str
    generation: str | None
    outcome: Outcome
    confidence: float | None
    places: tuple[Place, ...]
    rating: Rating | None = None
    complaint: Complaint | None = None

    @classmethod
    def of(cls, answer: Answer, token: str | None = None) -> "Row":
        """Return the row of an answer.

        Args:
            answer: The answer.
            token: Allows its holder to rate the answer.
        """
        return cls(
            token=hash_of(token or new_token()),
            hour=hour_of(datetime.now(UTC)),
            question=answer.question,
            searched_as=answer.searched_as,
            generation=answer.generation,
            outcome=answer.reason or "answered",
            confidence=answer.confidence,
            places=tuple(
                Place(quote.citation.document_id, quote.span.start, quote.span.end, quote.sha256)
                for quote in answer.quotes
            ),
        )


def new_token() -> str:
    """Return a random token."""
    return secrets.token_urlsafe(16)


def hash_of(token: str) -> bytes:
    """Return the hash of a token, which is all that the file has of it."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def hour_of(moment: datetime) -> str:
    """Return a moment in UTC to the hour."""
    return moment.strftime("%Y-%m-%dT%HZ")


def oldest_hour(days: int) -> str:
    """Return the oldest hour to keep."""
    return hour_of(datetime.now(UTC) - timedelta(days=days))
