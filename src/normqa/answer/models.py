"""The models that answer questions, and the calibration fitted for them."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from normqa.answer.confidence import SHIPPED, Calibration, CalibrationFile
from normqa.models.caching import CachingEncoder
from normqa.models.load import load_encoder, load_reranker
from normqa.models.protocols import Encoder, Reranker
from normqa.settings import Settings


@dataclass(frozen=True, slots=True)
class Models:
    """The models that answer questions.

    Attributes:
        encoder: Turns the question into a vector.
        reranker: Scores candidate sentences. None ranks them by retrieval alone.
        calibration: Calibration for these models, if there is one.
    """

    encoder: Encoder
    reranker: Reranker | None
    calibration: Calibration | None

    @classmethod
    def of(cls, encoder: Encoder, reranker: Reranker | None, calibrations: CalibrationFile) -> "Models":
        """Combine models with the calibration fitted for them."""
        fingerprint = reranker.fingerprint if reranker else None
        return cls(encoder, reranker, calibrations.for_models(encoder.fingerprint, fingerprint))

    @classmethod
    def load(cls, settings: Settings) -> "Models":
        """Load the models that the settings select. Their weights are loaded at first use.

        Raises:
            InvalidSettings: If the calibration cannot be read.
            ModelUnavailable: If a model does not exist or needs an extra that is not installed.
        """
        threads = threads_per_worker(settings.workers, os.cpu_count() or 1)
        encoder = encoder_loader(settings, threads)()
        calibrations = CalibrationFile.read(settings.calibration or SHIPPED)
        return cls.of(CachingEncoder(encoder), load_reranker(settings.reranker, threads), calibrations)


def encoder_loader(settings: Settings, threads: int | None) -> Callable[[], Encoder]:
    """Return a function that loads the encoder of the settings, here or in another process."""
    return partial(
        load_encoder,
        settings.encoder,
        settings.cache_folder,
        settings.question_prefix,
        settings.passage_prefix,
        settings.device,
        threads,
    )


def threads_per_worker(workers: int, cores: int) -> int | None:
    """Divide the cores among worker processes. None lets a single worker use what its libraries choose."""
    return None if workers == 1 else max(1, cores // workers)
