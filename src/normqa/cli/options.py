"""What the commands share: their options, and a service as the settings want it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from normqa.answer.pipeline import Models
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
    from normqa.settings import read_settings  # noqa: PLC0415 - what is slow to import is imported where it is used

    settings = read_settings(**given)
    return service_of(settings), settings


def service_of(settings: "Settings") -> "Service":
    """A service as the settings want it.

    Raises:
        InvalidSettings: If the calibration cannot be read.
        ModelUnavailable: If there is no such model.
    """
    from normqa.service import Service  # noqa: PLC0415

    return Service(
        settings.corpus,
        settings.index,
        open_models(settings),
        settings.max_file_bytes,
        settings.keep_generations,
        settings.exact_limit,
        settings.exclude,
    )


def open_models(settings: "Settings") -> "Models":
    """The models that the settings name.

    Raises:
        InvalidSettings: If the calibration cannot be read.
        ModelUnavailable: If there is no such model.
    """
    from normqa.answer.confidence import SHIPPED, CalibrationFile  # noqa: PLC0415
    from normqa.answer.pipeline import Models  # noqa: PLC0415
    from normqa.models.caching import CachingEncoder  # noqa: PLC0415
    from normqa.models.encoders import load_encoder  # noqa: PLC0415
    from normqa.models.rerankers import load_reranker  # noqa: PLC0415

    return Models.of(
        CachingEncoder(
            load_encoder(
                settings.encoder,
                settings.cache_folder,
                settings.question_prefix,
                settings.passage_prefix,
                settings.device,
            )
        ),
        load_reranker(settings.reranker),
        CalibrationFile.read(settings.calibration or SHIPPED),
    )
