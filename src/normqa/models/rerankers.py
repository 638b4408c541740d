"""Chooses the reranker that the settings name."""

from normqa.models.cross_encoder import CrossEncoderReranker
from normqa.models.onnx_reranker import OnnxReranker
from normqa.models.onnx_session import MODEL
from normqa.models.reranker import Reranker
from normqa.models.weights import RERANKER, find_model

NONE = "none"


def load_reranker(model: str) -> Reranker | None:
    """Opens a reranker.

    Args:
        model: The packaged model's name, a folder with an ONNX file or of the sentence-transformers library,
            the id of such a model, or ``none``.

    Returns:
        None where none is wanted: sentences are then ranked by what retrieval knows of them.

    Raises:
        RerankerUnavailable: If there is no such model.
    """
    if model == NONE:
        return None
    folder = find_model(model, RERANKER)
    return (OnnxReranker if (folder / MODEL).is_file() else CrossEncoderReranker)(model, folder)
