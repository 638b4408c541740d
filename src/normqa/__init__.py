"""Answer questions about a folder of documents by quoting them, word for word."""

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from normqa.datatypes import Answer, Citation, Document, Quote
from normqa.errors import NormqaError

if TYPE_CHECKING:
    from pathlib import Path

    from normqa.service import Service

__version__ = version("normqa")

__all__ = ["Answer", "Citation", "Document", "NormqaError", "Quote", "__version__", "open"]


def open(folder: "str | Path", *, build: bool = True, **settings: Any) -> "Service":  # noqa: A001, ANN401
    """Open a folder of documents to ask it questions.

    Args:
        folder: Folder of documents.
        build: Build the index first where it is missing or stale.
        **settings: Any setting by its name, such as ``index`` or ``reranker``; the environment and
            ``normqa.toml`` supply the others.

    Raises:
        InvalidSettings: If a setting is unknown or unusable.
        ModelUnavailable: If a model does not exist.
        CorpusError: If ``build`` is set and there is nothing to build from.
    """
    from normqa.answer.models import Models  # noqa: PLC0415 - `import normqa` stays fast
    from normqa.service import Service  # noqa: PLC0415
    from normqa.settings import read_settings  # noqa: PLC0415

    chosen = read_settings(corpus=folder, **settings)
    service = Service(chosen, Models.load(chosen))
    if build and not service.is_rolled_back():
        service.build()
    return service
