"""Answer questions about a folder of documents by quoting them verbatim."""

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from normqa.datatypes import Answer, Citation, Document, Quote
from normqa.errors import NormqaError

if TYPE_CHECKING:
    from os import PathLike

    from normqa.client.client import Client
    from normqa.service import Service

__version__ = version("normqa")

__all__ = ["Answer", "Citation", "Document", "NormqaError", "Quote", "__version__", "connect", "open"]


def open(folder: "str | PathLike[str]", *, build: bool = True, **settings: Any) -> "Service":  # noqa: A001, ANN401
    """Open a folder of documents to ask it questions.

    For the folder that the setting ``corpus`` names, use the same index as the command line and the server.
    Any other folder gets its own index in the cache, unless ``index`` names one.

    Args:
        folder: Folder of documents.
        build: Build the index first if it is missing or stale. A rolled-back index stays as it is.
        **settings: Settings by name, such as ``index`` or ``reranker``. They override the environment and
            ``normqa.toml``.

    Raises:
        InvalidSettings: If a setting is unknown or unusable.
        ModelUnavailable: If a model does not exist.
        CorpusError: If ``build`` is true and the corpus cannot be indexed.
        IndexFault: If ``build`` is true and the index is being built by another process or cannot be written.
    """
    from normqa.answer.models import Models  # noqa: PLC0415 - `import normqa` takes a tenth of a second
    from normqa.service import Service  # noqa: PLC0415
    from normqa.settings import settings_of_folder  # noqa: PLC0415

    chosen = settings_of_folder(folder, **settings)
    service = Service(chosen, Models.load(chosen))
    if build and not service.is_rolled_back():
        service.build()
    return service


def connect(url: str, *, token: str | None = None, timeout: float = 60.0) -> "Client":
    """Return a client of a server, with the verbs of a folder that is opened.

    Args:
        url: Address of the server, such as ``http://127.0.0.1:8000``, with its path prefix.
        token: Administrator's token or API key, if the server requires one.
        timeout: Seconds to wait for a reply.

    Raises:
        InvalidRequest: If the address is not one of HTTP.
    """
    from normqa.client.client import Client  # noqa: PLC0415

    return Client(url, token=token, timeout=timeout)
