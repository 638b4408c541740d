"""Chooses the encoder that the settings name."""

from normqa.embed.encoder import Encoder
from normqa.embed.hashing import HashingEncoder
from normqa.embed.sentence_transformer import SentenceTransformerEncoder
from normqa.weights import ENCODER, find_model


def load_encoder(
    model: str, question_prefix: str | None = None, passage_prefix: str | None = None
) -> Encoder:
    """Opens an encoder.

    Args:
        model: The packaged model's name, a folder, a model id, or ``hashing`` for the one without a model.
        question_prefix: Put before every question; None takes the model's own.
        passage_prefix: Put before every passage, likewise.

    Raises:
        EncoderUnavailable: If there is no such model.
    """
    if model == HashingEncoder.name:
        return HashingEncoder()
    return SentenceTransformerEncoder(model, find_model(model, ENCODER), question_prefix, passage_prefix)
