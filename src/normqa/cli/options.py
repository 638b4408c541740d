"""What the commands share: their options, and a service as the settings want it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from normqa.service import Service
    from normqa.settings import Settings

CorpusOption = Annotated[Path | None, typer.Option("--corpus", help="Folder of documents. [default: corpus]")]
IndexOption = Annotated[
    Path | None, typer.Option("--index", help="Folder of what is built. [default: index]")
]


def open_service(**given: Any) -> "tuple[Service, Settings]":  # noqa: ANN401 - one value of its own type a setting
    """A service, and the settings that it was opened with.

    Args:
        **given: Settings from the command line; those that are None count as not given.

    Raises:
        InvalidSettings: If a setting is unknown or unusable.
        ModelUnavailable: If there is no such model.
    """
    from normqa.answer.models import Models  # noqa: PLC0415 - what is slow to import is imported where it is used
    from normqa.service import Service  # noqa: PLC0415
    from normqa.settings import read_settings  # noqa: PLC0415

    settings = read_settings(**given)
    return Service(settings, Models.load(settings)), settings
