"""Errors of HTTP requests and of the server's socket."""

from collections.abc import Sequence
from pathlib import Path

from normqa.errors import InvalidRequest, NormqaError


class Unauthorised(NormqaError):
    """A request to an administration address without a valid token or session."""

    code = "unauthorised"

    def __init__(self) -> None:
        super().__init__(
            "This address requires the administrator's token.",
            "Sign in at /admin, or send the header `Authorization: Bearer TOKEN`.",
        )


class MetricsTokenRequired(Unauthorised):
    """A request for the metrics without their token."""

    code = "metrics_token_required"

    def __init__(self) -> None:
        NormqaError.__init__(
            self,
            "This address requires the token of the metrics.",
            "Send the header `Authorization: Bearer TOKEN` with the token in the setting metrics_token.",
        )


class TooManyAttempts(NormqaError):
    """Too many wrong tokens from one address.

    Args:
        seconds: Seconds until the next attempt is accepted.
    """

    code = "too_many_attempts"

    def __init__(self, seconds: int) -> None:
        super().__init__(
            "Too many wrong tokens were sent from this address.", f"Try again in {seconds} seconds."
        )
        self.seconds = seconds


class ForeignOrigin(NormqaError):
    """A change that a page of another origin requested."""

    code = "foreign_origin"

    def __init__(self) -> None:
        super().__init__(
            "The request was sent by a page of another origin.",
            "Use the pages of this server. Behind a proxy, pass on the headers Host and X-Forwarded-Proto.",
        )


class AccessDenied(NormqaError):
    """A request that its sender may not make."""

    code = "access_denied"


class KeyRequired(AccessDenied):
    """A request without a key to a server that requires one."""

    code = "key_required"

    def __init__(self) -> None:
        super().__init__(
            "This server requires an API key.",
            "Send the header `Authorization: Bearer KEY`. The administrator issues keys.",
        )


class UnknownKey(AccessDenied):
    """A request with a key that does not exist or was revoked."""

    code = "unknown_key"

    def __init__(self) -> None:
        super().__init__(
            "The API key of the request is unknown or was revoked.", "Ask the administrator for another key."
        )


class ScopeMissing(AccessDenied):
    """A request with a key that does not allow it.

    Args:
        missing: Scopes that it would need.
    """

    code = "scope_missing"

    def __init__(self, missing: Sequence[str]) -> None:
        scopes = ", ".join(missing)
        super().__init__(
            f"The API key of the request does not have the scope that this address needs: {scopes}.",
            "Ask the administrator for a key with that scope.",
        )


class KeysUnusable(NormqaError):
    """The file of API keys cannot be read or written."""

    code = "keys_unusable"

    def __init__(self, message: str) -> None:
        super().__init__(message, "Check the file and its permissions, or restore it from a backup.")


class KeyNameTaken(InvalidRequest):
    """A new key with the name of another one."""

    code = "key_name_taken"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"There already is a key with the name {name!r}.",
            "Choose another name, or revoke that key first.",
        )


class UnknownKeyName(NormqaError):
    """A name that no key has."""

    code = "unknown_key_name"

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no key with the name {name!r}.", "normqa keys list shows every key.")


class QuestionLogUnusable(NormqaError):
    """The file of the question log cannot be read or written.

    Args:
        path: The file.
        cause: What the system or SQLite reports.
    """

    code = "question_log_unusable"

    def __init__(self, path: Path, cause: Exception) -> None:
        self.reason = cause.strerror if isinstance(cause, OSError) and cause.strerror else str(cause)
        super().__init__(
            f"The question log {path} cannot be used ({self.reason}).",
            "Free space on its disk, check its permissions, or move the file away to begin a new log.",
        )


class AnswerNotLogged(NormqaError):
    """A rating of an answer that the question log does not have."""

    code = "answer_not_logged"

    def __init__(self) -> None:
        super().__init__(
            "This answer can no longer be rated.", "Ask the question again to rate its new answer."
        )


class RateLimited(NormqaError):
    """More requests of one client than the limit allows.

    Args:
        seconds: Seconds until the next request is accepted.
    """

    code = "rate_limited"

    def __init__(self, seconds: int) -> None:
        super().__init__("This client has sent too many requests.", f"Try again in {seconds} seconds.")
        self.seconds = seconds


class ForeignClient(NormqaError):
    """A page of an origin that is not allowed, which connects to the MCP server."""

    code = "foreign_origin"

    def __init__(self) -> None:
        super().__init__(
            "The request was sent by a page of another origin.",
            "An administrator can add the origin to the setting cors_origins.",
        )


class PortInUse(NormqaError):
    """The address to serve on is in use or unavailable."""

    code = "port_in_use"


class Overloaded(NormqaError):
    """More questions wait than the server accepts."""

    code = "overloaded"

    def __init__(self) -> None:
        super().__init__(
            "Too many questions are waiting for an answer.",
            "Try again after the seconds in the header Retry-After. An administrator can raise max_waiting.",
        )


class QuoteChanged(NormqaError):
    """A quote of a document whose text has changed since."""

    code = "quote_changed"

    def __init__(self, document_id: str) -> None:
        super().__init__(
            f"The text of the document {document_id!r} is not the one that was quoted.",
            "Ask the question again.",
        )


class ConversationTooLong(InvalidRequest):
    """A conversation with more questions than one download contains."""

    code = "conversation_too_long"

    def __init__(self, most: int) -> None:
        super().__init__(
            f"The conversation is too long to download at once: {most} earlier questions fit.",
            "Leave out the oldest questions, which are the first `after` parameters of the address.",
        )


class BriefTooLong(InvalidRequest):
    """A brief that is longer than an address can be.

    Args:
        size: What is too long, with the limit.
    """

    code = "brief_too_long"

    def __init__(self, size: str) -> None:
        super().__init__(
            f"The brief is too long: {size}.",
            "Go back in your browser and shorten your notes, or split the brief into two.",
        )
