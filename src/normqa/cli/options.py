"""Options that several commands share, and the service that they open."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from normqa.service import Service

CorpusOption = Annotated[
    Path | None, typer.Option("--corpus", metavar="DIR", help="Folder of documents. [default: corpus]")
]
IndexOption = Annotated[
    str | None, typer.Option("--index", metavar="DIR", help="Folder of the index. [default: index]")
]


def open_service(**given: Any) -> "Service":  # noqa: ANN401 - each setting has its own type
    """Open the corpus and the index of the settings.

    Args:
        **given: Settings from the command line; None counts as not given.

    Raises:
        InvalidSettings: If a setting is unknown or unusable.
        ModelUnavailable: If a model does not exist.
    """
    from normqa.answer.models import Models
    from normqa.service import Service
    from normqa.settings import read_settings

    settings = read_settings(**given)
    return Service(settings, Models.load(settings))
