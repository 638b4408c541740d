"""The tree of errors that normqa raises deliberately.

NormqaError
├── InvalidRequest        a question, span or option that breaks a stated rule
├── InvalidSettings       an unknown or unusable setting
├── DeadlineExceeded      answering takes longer than allowed
├── Abandoned             nobody waits for the answer any more
├── UnknownDocument       the open generation has no document with that id
├── UnknownPage           the document has no picture of that page
├── OriginalChanged       the file of a document is not the one that was indexed
├── PageNotDrawn          a page cannot be drawn within the limits
├── CorpusError
│   ├── CorpusMissing     the corpus folder does not exist
│   ├── NothingUsable     no file of the corpus contains text
│   └── StrictBuild       files were skipped or their encoding guessed, and the build is strict
├── Unauthorised, ForeignOrigin, PortInUse, Overloaded, QuoteChanged    in ``normqa.serve.errors``
├── OutputNotWritable     a report or a file of figures cannot be written
├── ArchiveUnusable       an exported generation is missing, damaged or no export
├── ArchiveOutdated       an exported generation is older than the current one
├── CollectionUnusable    a judged collection is missing or malformed
├── BelowFloors           a measured figure is below its floor
├── ClusterUnavailable    the cluster for a build cannot be reached, or its machines differ
├── ExtraMissing          an optional dependency is not installed
├── ModelUnavailable      a model is missing, has the wrong digest, or fails to load
│   ├── EncoderUnavailable
│   └── RerankerUnavailable
├── IndexFault
│   ├── IndexMissing      nothing has been built yet
│   ├── IndexCorrupt      files of a generation are missing, changed or inconsistent
│   ├── UnknownGeneration the index folder has no generation with that name
│   ├── IndexBusy         another process is building
│   ├── IndexNotWritable  the index folder cannot be written
│   ├── NotAnIndex        the index folder contains something else
│   ├── NoTemporaryFolder no temporary folder can be written, and opening an index needs one
│   ├── EncoderMismatch   another encoder built the index
│   ├── IndexUnavailable  the server of the index does not respond
│   └── IndexNotPortable  the index cannot be exported or imported
└── Misquote              a quote differs from its slice of the document; nothing is shown

Every error has a ``message`` (what happened, and to what), a ``hint`` (what to do) and a stable ``code``.
"""

from typing import ClassVar


class NormqaError(Exception):
    """What went wrong, and what to do about it.

    Args:
        message: One sentence: what happened, and to what.
        hint: One sentence: what to do.
    """

    code: ClassVar[str] = "error"

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle without calling the constructor, whose parameters differ from class to class."""
        return _restored, (type(self), self.args), self.__dict__


def _restored(kind: type[NormqaError], args: tuple[object, ...]) -> NormqaError:
    error = kind.__new__(kind)
    error.args = args
    return error


class InvalidRequest(NormqaError):
    """A question, span or option that breaks a stated rule.

    Args:
        message: What is invalid.
        hint: What to do.
        faults: Every invalid field with what is wrong with it; empty if no field is to blame.
    """

    code = "invalid"

    def __init__(self, message: str, hint: str, faults: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(message, hint)
        self.faults = faults


class InvalidSettings(NormqaError):
    """An unknown or unusable setting."""

    code = "invalid_settings"


class DeadlineExceeded(NormqaError):
    """Answering takes longer than allowed."""

    code = "deadline_exceeded"

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"The answer was not ready within {seconds:g} seconds, so normqa stopped working on it.",
            "Try again when there is less load, or ask a shorter question without earlier ones.",
        )


class Abandoned(NormqaError):
    """Nobody waits for the answer any more."""

    code = "abandoned"

    def __init__(self) -> None:
        super().__init__("The client left before the answer was ready.", "Ask again.")


class UnknownDocument(NormqaError):
    """The open generation has no document with that id."""

    code = "unknown_document"

    def __init__(self, document_id: str) -> None:
        super().__init__(f"There is no document {document_id!r}.", "The list of documents shows every id.")


class UnknownPage(NormqaError):
    """The document has no picture of that page."""

    code = "unknown_page"

    def __init__(self, document_id: str, page: str) -> None:
        super().__init__(
            f"The document {document_id!r} has no picture of page {page!r}.",
            "Only PDF files have pictures of their pages, which are numbered from 1.",
        )


class OriginalChanged(NormqaError):
    """The file of a document is not the one that was indexed."""

    code = "original_changed"

    def __init__(self, message: str) -> None:
        super().__init__(message, "Run normqa build, then open the document again.")


class PageNotDrawn(NormqaError):
    """A page cannot be drawn within the limits."""

    code = "page_not_drawn"

    def __init__(self, message: str) -> None:
        super().__init__(message, "Open the original file instead.")


class CorpusError(NormqaError):
    """The corpus cannot be indexed."""

    code = "corpus"


class CorpusMissing(CorpusError):
    """The corpus folder does not exist."""

    code = "no_corpus"


class NothingUsable(CorpusError):
    """No file of the corpus contains text."""

    code = "nothing_usable"


class StrictBuild(CorpusError):
    """Files were skipped or their encoding guessed, and the build is strict."""

    code = "strict"


class CollectionUnusable(NormqaError):
    """A judged collection is missing or malformed."""

    code = "collection_unusable"


class OutputNotWritable(NormqaError):
    """A report or a file of figures cannot be written."""

    code = "output_not_writable"


class ArchiveUnusable(NormqaError):
    """An exported generation is missing, damaged or no export."""

    code = "archive_unusable"

    def __init__(self, message: str) -> None:
        super().__init__(message, "Export it again with normqa export, and copy the whole file.")


class ArchiveOutdated(NormqaError):
    """An exported generation is older than the current one."""

    code = "archive_outdated"

    def __init__(self, name: str, newest: str) -> None:
        super().__init__(
            f"The exported generation {name} is older than {newest}, which was current here.",
            "Export a newer one, or roll back with normqa import.",
        )


class BelowFloors(NormqaError):
    """A measured figure is below its floor."""

    code = "below_floors"


class ClusterUnavailable(NormqaError):
    """The cluster for a build cannot be reached, or its machines differ."""

    code = "cluster_unavailable"


class ExtraMissing(NormqaError):
    """An optional dependency is not installed."""

    code = "extra_missing"


class ModelUnavailable(NormqaError):
    """A model is missing, has the wrong digest, or fails to load."""

    code = "model_unavailable"


class EncoderUnavailable(ModelUnavailable):
    """The encoder, which turns texts into vectors."""

    code = "encoder_unavailable"


class RerankerUnavailable(ModelUnavailable):
    """The reranker, which scores sentences against a question."""

    code = "reranker_unavailable"


class IndexFault(NormqaError):
    """The index cannot be used."""

    code = "index"


class IndexMissing(IndexFault):
    """Nothing has been built yet."""

    code = "no_index"


class IndexCorrupt(IndexFault):
    """Files of a generation are missing, changed or inconsistent."""

    code = "index_corrupt"


class UnknownGeneration(IndexFault):
    """The index folder has no generation with that name."""

    code = "unknown_generation"

    def __init__(self, message: str) -> None:
        super().__init__(message, "normqa generations lists the generations that are kept.")


class IndexBusy(IndexFault):
    """Another process is building."""

    code = "index_busy"


class IndexNotWritable(IndexFault):
    """The index folder cannot be written."""

    code = "index_not_writable"


class NotAnIndex(IndexFault):
    """The index folder contains something else."""

    code = "not_an_index"


class NoTemporaryFolder(IndexFault):
    """No temporary folder can be written, and opening an index needs one."""

    code = "no_temporary_folder"


class EncoderMismatch(IndexFault):
    """Another encoder built the index."""

    code = "encoder_mismatch"


class IndexUnavailable(IndexFault):
    """The server of the index does not respond."""

    code = "index_unavailable"


class IndexNotPortable(IndexFault):
    """The index cannot be exported or imported."""

    code = "index_not_portable"


class Misquote(NormqaError):
    """A quote differs from its slice of the document; nothing is shown."""

    code = "misquote"
