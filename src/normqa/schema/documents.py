"""What goes out as JSON. It knows nothing of the web framework."""

from typing import Annotated, Literal
from urllib.parse import quote as percent_encode

from pydantic import BaseModel, ConfigDict, Field

from normqa.datatypes import Document
from normqa.errors import NormqaError
from normqa.schema import examples
from normqa.search.verify import Verification
from normqa.service import Snapshot


class Body(BaseModel):
    """What every JSON body is: frozen, and written with a newline at its end."""

    model_config = ConfigDict(frozen=True)

    def to_json(self) -> bytes:
        """The bytes that are sent, a newline at their end."""
        return self.model_dump_json().encode() + b"\n"


class Named(Body):
    """What names a document."""

    id: Annotated[
        str, Field(description="Its path in the corpus, without a final .md.", examples=["strategies"])
    ]
    title: Annotated[str, Field(description="Its title.", examples=[examples.SOURCE["title"]])]
    source: Annotated[
        str | None, Field(description="The collection it is from.", examples=[examples.SOURCE["source"]])
    ]
    url: Annotated[str | None, Field(description="Where it was published.", examples=[None])]
    date: Annotated[str | None, Field(description="When, ISO 8601 as far as known.", examples=["2023-05-01"])]


class DocumentBody(Named):
    """One document, without its text."""

    authors: Annotated[list[str], Field(description="Who wrote it.", examples=[[]])]
    publisher: Annotated[str | None, Field(description="Who published it.", examples=[None])]
    language: Annotated[str | None, Field(description="Of its text, as a BCP 47 tag.", examples=["en"])]
    topics: Annotated[list[str], Field(description="What it is about.", examples=[["norms"]])]
    questions: Annotated[
        list[str],
        Field(description="Some that it answers.", examples=[["Which strategy uses hotlines?"]]),
    ]
    sha256: Annotated[
        str, Field(description="Of its canonical text in UTF-8.", examples=[examples.QUOTE["sha256"]])
    ]
    characters: Annotated[
        int,
        Field(description="Code points of its canonical text.", examples=[examples.DOCUMENT["characters"]]),
    ]
    href: Annotated[str, Field(description="Its page.", examples=["/documents/strategies"])]
    text_href: Annotated[
        str, Field(description="Its canonical text.", examples=["/documents/strategies/text"])
    ]

    @classmethod
    def of(cls, document: Document) -> "DocumentBody":
        """The document as JSON."""
        href, about = document_href(document.id), document.metadata
        return cls(
            id=document.id,
            title=document.title,
            source=about.source,
            url=about.url,
            date=about.date,
            authors=list(about.authors),
            publisher=about.publisher,
            language=about.language,
            topics=list(about.topics),
            questions=list(about.questions),
            sha256=document.sha256,
            characters=len(document.text),
            href=href,
            text_href=f"{_address(document.id)}/text",
        )


class DocumentsBody(Body):
    """All documents."""

    documents: Annotated[list[DocumentBody], Field(description="By id.", examples=[[examples.DOCUMENT]])]


class MatchBody(Body):
    """One place where a text stands."""

    document: Annotated[str, Field(description="The document's id.", examples=["strategies"])]
    start: Annotated[
        int, Field(description="First code point in the canonical text.", examples=[examples.MATCH["start"]])
    ]
    end: Annotated[int, Field(description="One past the last code point.", examples=[examples.MATCH["end"]])]


class VerifyBody(Body):
    """Whether a text stands in the documents, and where."""

    status: Annotated[
        Literal["exact", "whitespace", "not_found"],
        Field(
            description="``whitespace``: it stands there but for blanks and line breaks.",
            examples=["exact", "whitespace"],
        ),
    ]
    matches: Annotated[
        list[MatchBody],
        Field(description="By document and start; the first 100.", examples=[[examples.MATCH]]),
    ]

    @classmethod
    def of(cls, found: Verification) -> "VerifyBody":
        """The verification as JSON."""
        matches = [
            MatchBody(document=m.document_id, start=m.span.start, end=m.span.end) for m in found.matches
        ]
        return cls(status=found.status, matches=matches)


class HealthBody(Body):
    """What is loaded."""

    status: Annotated[
        Literal["ready", "empty"],
        Field(description="``empty``: the corpus holds no documents.", examples=["ready", "empty"]),
    ]
    generation: Annotated[str | None, Field(description="Its name.", examples=[examples.INDEX["generation"]])]
    built_at: Annotated[
        str | None, Field(description="ISO 8601, UTC.", examples=[examples.INDEX["built_at"]])
    ]
    documents: Annotated[int, Field(description="How many documents.", examples=[1])]
    passages: Annotated[int, Field(description="How many passages.", examples=[3])]
    rolled_back: Annotated[
        bool, Field(description="Whether somebody went back to it by hand.", examples=[False])
    ]
    warning: Annotated[
        str | None,
        Field(description="What is wrong with the index, where not all of it answers.", examples=[None]),
    ]

    @classmethod
    def of(cls, snapshot: Snapshot) -> "HealthBody":
        """The state of the index as JSON; without one the corpus is empty."""
        generation = snapshot.generation
        return cls(
            status="ready" if generation else "empty",
            generation=generation.name if generation else None,
            built_at=generation.manifest.built_at if generation else None,
            documents=generation.documents if generation else 0,
            passages=generation.passages if generation else 0,
            rolled_back=snapshot.rolled_back,
            warning=snapshot.warning,
        )


class ErrorBody(Body):
    """What went wrong, and the way out."""

    code: Annotated[str, Field(description="Stable; for programs.", examples=["invalid"])]
    message: Annotated[str, Field(description="What is wrong.", examples=["question: must not be blank."])]
    hint: Annotated[str, Field(description="What to do.", examples=["Send a JSON object in UTF-8 …"])]

    @classmethod
    def of(cls, error: NormqaError) -> "ErrorBody":
        """The error as JSON."""
        return cls(code=error.code, message=error.message, hint=error.hint)


def document_href(document_id: str) -> str:
    """The path of a document's page, each segment of its id percent-encoded.

    A final slash keeps a document ``x/text`` apart from the text of a document ``x``.
    """
    return _address(document_id) + ("/" if document_id.endswith("/text") else "")


def _address(document_id: str) -> str:
    return "/documents/" + "/".join(percent_encode(segment, safe="") for segment in document_id.split("/"))
