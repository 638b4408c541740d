"""The models that answer a question, and the calibration that holds for them."""

from dataclasses import dataclass

from normqa.answer.confidence import SHIPPED, Calibration, CalibrationFile
from normqa.models.caching import CachingEncoder
from normqa.models.encoder import Encoder
from normqa.models.encoders import load_encoder
from normqa.models.reranker import Reranker
from normqa.models.rerankers import load_reranker
from normqa.settings import Settings


@dataclass(frozen=True, slots=True)
class Models:
    """The models that answer a question.

    Attributes:
        encoder: Turns the question into a vector.
        reranker: Scores the likely sentences; None ranks them by retrieval alone.
        calibration: Holds for these two; None where none does.
    """

    encoder: Encoder
    reranker: Reranker | None
    calibration: Calibration | None

    @classmethod
    def of(cls, encoder: Encoder, reranker: Reranker | None, calibrations: CalibrationFile) -> "Models":
        """The models, with the calibration that holds for them."""
        fingerprint = reranker.fingerprint if reranker else None
        return cls(encoder, reranker, calibrations.for_models(encoder.fingerprint, fingerprint))

    @classmethod
    def load(cls, settings: Settings) -> "Models":
        """The models that the settings name. They load their weights at first use.

        Raises:
            InvalidSettings: If the calibration cannot be read.
            ModelUnavailable: If a model does not exist.
        """
        encoder = load_encoder(
            settings.encoder,
            settings.cache_folder,
            settings.question_prefix,
            settings.passage_prefix,
            settings.device,
        )
        calibrations = CalibrationFile.read(settings.calibration or SHIPPED)
        return cls.of(CachingEncoder(encoder), load_reranker(settings.reranker), calibrations)
