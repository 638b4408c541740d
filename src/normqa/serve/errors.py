"""Errors of HTTP requests and of the server's socket."""

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
    """A change to the index that a page of another origin requested."""

    code = "foreign_origin"

    def __init__(self) -> None:
        super().__init__(
            "The request was sent by a page of another origin.",
            "Use the page at /admin. Behind a proxy, pass on the headers Host and X-Forwarded-Proto.",
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


class ConversationTooLong(InvalidRequest):
    """A conversation with more questions than one download contains."""

    code = "conversation_too_long"

    def __init__(self, most: int) -> None:
        super().__init__(
            f"The conversation is too long to download at once: {most} earlier questions fit.",
            "Leave out the oldest questions, which are the first `after` parameters of the address.",
        )
