"""Every error that normqa raises on purpose.

NormqaError
├── InvalidRequest        a question, span or option that breaks a stated rule
├── Unauthorised          an administrator's request without the token
├── ForeignOrigin         an administrator's request that another page has sent
├── InvalidSettings       an unknown or unusable setting
├── PortInUse             the address to serve on is taken
├── UnknownDocument       no document of that id in the open generation
├── CorpusError
│   ├── CorpusMissing     the corpus folder is not there
│   ├── NothingUsable     no file of the corpus gave any text
│   ├── CorpusUnsettled   a file changes all the time while it is read
│   └── StrictBuild       files were left out or guessed at, and ``--strict`` forbids it
├── OutputNotWritable     a report or a file of figures cannot be written
├── CollectionUnusable    a judged collection is missing or not in its layout
├── BelowFloors           a figure has fallen under its floor
├── ModelUnavailable      a model cannot be found, is not the one expected, or will not load
│   ├── EncoderUnavailable
│   └── RerankerUnavailable
├── IndexFault
│   ├── IndexMissing      nothing has been built yet
│   ├── IndexCorrupt      files of a generation are missing, changed, or do not belong together
│   ├── UnknownGeneration no generation of that name stands in the index folder
│   ├── IndexBusy         another process is building
│   ├── IndexNotWritable  the index folder cannot be written
│   ├── NoTemporaryFolder an index cannot be opened for want of a folder to list its parts in
│   └── EncoderMismatch   the index was built by another encoder
└── Misquote              a quote differs from its slice of the document; nothing is then shown

Each carries a ``message`` (what, and where), a ``hint`` (the way out) and a stable ``code``.
"""

from typing import ClassVar


class NormqaError(Exception):
    """What went wrong, and the way out of it.

    Args:
        message: One sentence that says what is wrong and where.
        hint: One sentence that says what to do, with the command where there is one.
    """

    code: ClassVar[str] = "error"

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class InvalidRequest(NormqaError):
    """A question, span or option that breaks a stated rule."""

    code = "invalid"


class Unauthorised(NormqaError):
    """An administrator's request without the token."""

    code = "unauthorised"

    def __init__(self) -> None:
        super().__init__(
            "This address asks for the administrator's token.",
            "Enter it at /admin, or send it as the header `Authorization: Bearer TOKEN`.",
        )


class ForeignOrigin(NormqaError):
    """An administrator's request that another page has sent."""

    code = "foreign_origin"

    def __init__(self) -> None:
        super().__init__(
            "The request does not come from this server's own page.",
            "Use the page at /admin; a proxy before it must pass on Host and X-Forwarded-Proto.",
        )


class InvalidSettings(NormqaError):
    """An unknown or unusable setting."""

    code = "invalid_settings"


class PortInUse(NormqaError):
    """The address to serve on is taken or not ours."""

    code = "port_in_use"


class UnknownDocument(NormqaError):
    """No document of that id in the open generation."""

    code = "unknown_document"

    def __init__(self, document_id: str) -> None:
        super().__init__(f"There is no document {document_id!r}.", "GET /documents lists every document.")


class CorpusError(NormqaError):
    """The corpus cannot be built from."""

    code = "corpus"


class CorpusMissing(CorpusError):
    """The corpus folder is not there."""

    code = "no_corpus"


class NothingUsable(CorpusError):
    """No file of the corpus gave any text."""

    code = "nothing_usable"


class CorpusUnsettled(CorpusError):
    """A file changes all the time while it is read."""

    code = "corpus_unsettled"


class StrictBuild(CorpusError):
    """Files were left out or guessed at, and ``--strict`` forbids it."""

    code = "strict"


class CollectionUnusable(NormqaError):
    """A judged collection is missing or not in its layout."""

    code = "collection_unusable"


class OutputNotWritable(NormqaError):
    """A report or a file of figures cannot be written."""

    code = "output_not_writable"


class BelowFloors(NormqaError):
    """A figure has fallen under its floor."""

    code = "below_floors"


class ModelUnavailable(NormqaError):
    """A model cannot be found, is not the one expected, or will not load."""

    code = "model_unavailable"


class EncoderUnavailable(ModelUnavailable):
    """The model that turns texts into vectors."""

    code = "encoder_unavailable"


class RerankerUnavailable(ModelUnavailable):
    """The model that scores sentences against a question."""

    code = "reranker_unavailable"


class IndexFault(NormqaError):
    """The index cannot be used."""

    code = "index"


class IndexMissing(IndexFault):
    """Nothing has been built yet."""

    code = "no_index"


class IndexCorrupt(IndexFault):
    """Files of a generation are missing, changed, or do not belong together."""

    code = "index_corrupt"


class UnknownGeneration(IndexFault):
    """No generation of that name stands in the index folder."""

    code = "unknown_generation"

    def __init__(self, message: str) -> None:
        super().__init__(message, "normqa generations lists them.")


class IndexBusy(IndexFault):
    """Another process is building."""

    code = "index_busy"


class IndexNotWritable(IndexFault):
    """The index folder cannot be written."""

    code = "index_not_writable"


class NoTemporaryFolder(IndexFault):
    """An index cannot be opened for want of a folder to list its parts in."""

    code = "no_temporary_folder"


class EncoderMismatch(IndexFault):
    """The index was built by another encoder."""

    code = "encoder_mismatch"


class Misquote(NormqaError):
    """A quote differs from its slice of the document; nothing is then shown."""

    code = "misquote"
