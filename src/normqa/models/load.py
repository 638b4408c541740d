"""Load the encoder and the reranker that the settings select."""

from pathlib import Path

from normqa.extras import MODELS
from normqa.models.cross_encoder import CrossEncoderReranker
from normqa.models.exported import ExportedEncoder
from normqa.models.hashing import HashingEncoder
from normqa.models.onnx.cascade import PARTS, CascadeReranker
from normqa.models.onnx.encoder import METADATA, OnnxEncoder
from normqa.models.onnx.reranker import OnnxReranker
from normqa.models.onnx.session import MODEL
from normqa.models.protocols import Encoder, Reranker
from normqa.models.sentence_transformer import CPU, SentenceTransformerEncoder
from normqa.models.weights import ENCODER, ORIGINAL_ENCODER, RERANKER, find_model

NO_RERANKER = "none"


def warm_up(model: Reranker) -> None:
    """Load the weights of a model.

    Raises:
        ModelUnavailable: If they cannot be loaded.
    """
    model.scores("warm up", ["warm up"])


def load_encoder(
    model: str,
    cache: Path,
    question_prefix: str | None = None,
    passage_prefix: str | None = None,
    device: str = CPU,
    threads: int | None = None,
) -> Encoder:
    """Load an encoder.

    Args:
        model: Name of the default model, a folder, a model id, or ``hashing`` for no model.
        cache: Folder of exported models.
        question_prefix: Put before questions. None uses the prefix that the model defines.
        passage_prefix: Put before passages. None uses the prefix that the model defines.
        device: ``cpu`` for onnxruntime, or a torch device for sentence-transformers.
        threads: Threads per run of onnxruntime. None lets onnxruntime choose.

    Raises:
        EncoderUnavailable: If the model does not exist or needs an extra that is not installed.
    """
    if model == HashingEncoder.name:
        return HashingEncoder()
    prefixes = question_prefix, passage_prefix
    if device != CPU:
        MODELS.require(f"The device {device!r}", ENCODER.error)
        folder = find_model(model, ORIGINAL_ENCODER)
        return SentenceTransformerEncoder(model, folder, *prefixes, device)
    folder = find_model(model, ENCODER)
    if (folder / METADATA).is_file():
        return OnnxEncoder(model, folder, *prefixes, threads)
    return ExportedEncoder(SentenceTransformerEncoder(model, folder, *prefixes), cache / "encoders", threads)


def load_reranker(model: str, threads: int | None = None) -> Reranker | None:
    """Load a reranker.

    Args:
        model: Name of the default model, a folder with an ONNX or a sentence-transformers model, a model id,
            or ``none``.
        threads: Texts that are read at once. None is one for every core.

    Returns:
        None for ``none``: sentences are then ranked by their retrieval scores alone.

    Raises:
        RerankerUnavailable: If the model does not exist or needs an extra that is not installed.
    """
    if model == NO_RERANKER:
        return None
    folder = find_model(model, RERANKER)
    if (folder / PARTS[0]).is_file():
        return CascadeReranker(model, folder, threads)
    if (folder / MODEL).is_file():
        return OnnxReranker(model, folder, threads)
    return CrossEncoderReranker(model, folder)
