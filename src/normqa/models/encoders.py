"""Chooses the encoder that the settings name."""

from pathlib import Path

from normqa.models.encoder import Encoder
from normqa.models.exported import ExportedEncoder
from normqa.models.hashing import HashingEncoder
from normqa.models.sentence_transformer import SentenceTransformerEncoder
from normqa.models.weights import ENCODER, find_model

CPU = "cpu"
"""The device that needs no sentence-transformers where the model has an ONNX twin."""


def load_encoder(
    model: str,
    cache: Path,
    question_prefix: str | None = None,
    passage_prefix: str | None = None,
    device: str = CPU,
) -> Encoder:
    """Opens an encoder.

    Args:
        model: The packaged model's name, a folder, a model id, or ``hashing`` for the one without a model.
        cache: Folder of what is exported once and kept.
        question_prefix: Put before every question; None takes the model's own.
        passage_prefix: Put before every passage, likewise.
        device: Where sentence-transformers runs it; on :data:`CPU`, onnxruntime does if it can.

    Raises:
        EncoderUnavailable: If there is no such model.
    """
    if model == HashingEncoder.name:
        return HashingEncoder()
    encoder = SentenceTransformerEncoder(
        model, find_model(model, ENCODER), question_prefix, passage_prefix, device
    )
    return ExportedEncoder(encoder, cache / "encoders") if device == CPU else encoder
