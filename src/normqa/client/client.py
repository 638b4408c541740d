"""Ask a server, as :class:`normqa.service.Service` is asked."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from pydantic import ValidationError

from normqa.client.decode import to_answer, to_metadata, to_verification
from normqa.client.transport import ServerUnavailable, Transport
from normqa.datatypes import Answer, Metadata
from normqa.errors import InvalidRequest
from normqa.schema.answers import AnswerBody
from normqa.schema.body import Body
from normqa.schema.builds import HealthBody, StatusBody
from normqa.schema.documents import DocumentBody, DocumentsBody, document_href, text_href
from normqa.schema.verifications import VerifyBody
from normqa.search.filters import Filters
from normqa.search.verify import Verification

DEFAULT_TIMEOUT = 60.0
"""Seconds to wait for a reply."""

Reply = TypeVar("Reply", bound=Body)


@dataclass(frozen=True)
class RemoteDocument:
    """A document of a server. Its text is fetched when it is first read.

    Attributes:
        id: Id of the document.
        title: Its title.
        sha256: SHA-256 of its canonical text in UTF-8.
        characters: Length of that text in code points.
        metadata: The metadata that it states.
    """

    id: str
    title: str
    sha256: str
    characters: int
    metadata: Metadata
    _fetch: Callable[[], bytes] = field(repr=False, compare=False)

    @cached_property
    def text(self) -> str:
        """The canonical text.

        Raises:
            ServerUnavailable: If the text has changed since the document was listed.
        """
        content = self._fetch()
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise ServerUnavailable(
                f"The text of {self.id!r} has changed since the document was requested.",
                "Request the document again.",
            )
        return content.decode()


class Client:
    """A normqa server. It may be used from several threads.

    Args:
        url: Address of the server, with its path prefix.
        token: Administrator's token or API key, if the server requires one.
        timeout: Seconds to wait for a reply.

    Raises:
        InvalidRequest: If the address is not one of HTTP.
    """

    def __init__(self, url: str, *, token: str | None = None, timeout: float = DEFAULT_TIMEOUT) -> None:
        self._transport = Transport(url, token, timeout)

    def ask(
        self,
        question: str,
        *,
        top_k: int | None = None,
        min_confidence: float | None = None,
        filters: Filters = Filters(),  # noqa: B008 - frozen
        history: Sequence[str] = (),
    ) -> Answer:
        """Answer a question with quotes, or report that no answer was found.

        Args:
            question: In plain words.
            top_k: Maximum quotes of an answer that is not a list. Default: the server's setting.
            min_confidence: Refuse answers with less confidence, from 0 to 1. Default: the server's setting.
            filters: Which documents to search.
            history: Earlier questions, oldest first.

        Raises:
            NormqaError: What the server reports, as the class that has its code.
        """
        if isinstance(history, str):
            raise InvalidRequest("The history is a string.", "Give a list of questions, oldest first.")
        filters.check()
        body = {
            "question": question,
            "top_k": top_k,
            "min_confidence": min_confidence,
            "history": list(history),
            "filters": {
                "documents": list(filters.documents),
                "folders": list(filters.folders),
                "topics": list(filters.topics),
                "sources": list(filters.sources),
                "date_from": filters.date_from,
                "date_to": filters.date_to,
                "dated_only": filters.dated_only,
            },
        }
        return to_answer(self._read(AnswerBody, self._transport.post("/ask", body)))

    def verify(self, text: str) -> Verification:
        """Find a text in the documents, word for word."""
        return to_verification(self._read(VerifyBody, self._transport.post("/verify", {"text": text})))

    def documents(self) -> list[RemoteDocument]:
        """Every document, by id."""
        listed = self._read(DocumentsBody, self._transport.get("/documents"))
        return list(map(self._document, listed.documents))

    def document(self, document_id: str) -> RemoteDocument:
        """One document.

        Raises:
            UnknownDocument: If no document has that id.
        """
        return self._document(self._read(DocumentBody, self._transport.get(document_href(document_id))))

    def health(self) -> HealthBody:
        """The generation that answers questions."""
        return self._read(HealthBody, self._transport.get("/health"))

    def status(self) -> StatusBody:
        """How the corpus differs from the index. It requires the administrator's token."""
        return self._read(StatusBody, self._transport.get("/admin/status"))

    def roll_back(self, name: str) -> HealthBody:
        """Return to an older build. It requires the administrator's token."""
        return self._read(HealthBody, self._transport.post("/admin/rollback", {"generation": name}))

    def _document(self, body: DocumentBody) -> RemoteDocument:
        return RemoteDocument(
            id=body.id,
            title=body.title,
            sha256=body.sha256,
            characters=body.characters,
            metadata=to_metadata(body),
            _fetch=lambda: self._transport.get(text_href(body.id)),
        )

    def _read(self, kind: type[Reply], content: bytes) -> Reply:
        try:
            return kind.model_validate_json(content)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(map(str, first["loc"])) or "the body"
            raise ServerUnavailable(
                f"The reply of the server cannot be read: {place}: {first['msg']}.",
                "Install the version of normqa that the server has.",
            ) from None
