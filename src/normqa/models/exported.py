"""The ONNX twin of a sentence-transformers model: exported once, compared with it, and run in its place.

The export is onnxruntime's own recipe for transformers: a traced graph, whose attention and normalisation are
then fused (https://onnxruntime.ai/docs/performance/transformers-optimization.html).
"""

import hashlib
import logging
import shutil
import tempfile
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

import numpy as np

from normqa.datatypes import EmbeddedText, Span
from normqa.errors import EncoderUnavailable
from normqa.models.encoder import Encoder
from normqa.models.encoder_wrapper import EncoderWrapper
from normqa.models.onnx_encoder import OnnxEncoder
from normqa.models.sentence_transformer import SentenceTransformerEncoder

LEAST_COSINE = 0.9999
"""A twin whose vectors are less like the model's own is not used."""

_PROBES = [
    EmbeddedText(text, (Span(0, 5), Span(5, len(text))))
    for text in (
        "Norms guide states.",
        "Do others agree? Über 100 % differ – “quoted”, ½, naïve and 北京.",
        "A hotline connects the capitals of two states in a crisis. " * 3,
        "Beyond any limit: " + "states build trust in many small steps, " * 60,
    )
]

_log = logging.getLogger(__name__)


class ExportedEncoder(EncoderWrapper):
    """A sentence-transformers model, run by onnxruntime where it can be.

    Its twin lies in a cache, named by what it was made of. Where there is none yet, it is made at first use,
    which takes torch and half a minute. A model that has no twin runs as it is, and a warning says why.

    Args:
        model: Loaded only if it has to be.
        cache: Folder of twins; made if it is not there.

    Raises:
        EncoderUnavailable: At first use, if it is no model that can be loaded.
    """

    def __init__(self, model: SentenceTransformerEncoder, cache: Path) -> None:
        self.name = model.name
        self._model = model
        self._cache = cache

    @property
    def fingerprint(self) -> str:
        """The model's own, for its twin gives the same vectors."""
        return self._model.fingerprint

    @cached_property
    def _encoder(self) -> Encoder:
        made_of = f"{self.fingerprint} onnxruntime/{version('onnxruntime')} torch/{version('torch')}"
        folder = self._cache / hashlib.sha256(made_of.encode()).hexdigest()[:32]
        if folder.exists():
            try:
                return OnnxEncoder(self.name, self.fingerprint, folder)
            except EncoderUnavailable as error:
                _log.warning("%s It is exported anew.", error)
                shutil.rmtree(folder, ignore_errors=True)
        _ = self._model.max_tokens  # fails here if it is no model at all
        try:
            self._make(folder)
            return OnnxEncoder(self.name, self.fingerprint, folder)
        except Exception as error:  # torch, onnx and onnxruntime raise many kinds, and the disk may be full
            reason = str(error).partition("\n")[0]
            _log.warning(
                "The encoder %s runs on sentence-transformers, which is slower: no export (%s).",
                self.name,
                reason,
            )
            return self._model

    def _make(self, folder: Path) -> None:
        """Exports the twin, compares it with the model, and only then gives it its name."""
        self._cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._cache, prefix=".export-") as aside:
            twin = Path(aside) / "twin"
            self._model.export(twin)
            _compare(OnnxEncoder(self.name, self.fingerprint, twin), self._model)
            try:
                twin.rename(folder)
            except OSError:
                if not folder.exists():  # else another process was faster
                    raise


def _compare(twin: Encoder, model: Encoder) -> None:
    """Fails unless the twin gives the vectors that the model gives, and counts the same tokens."""
    texts = [probe.text for probe in _PROBES]
    vectors = []
    for each in (twin, model):
        encoded = each.encode_passages(_PROBES)
        questions = [each.encode_question(text) for text in texts]
        vectors.append(np.concatenate([encoded.passages, encoded.sentences, *questions]))
    cosine = float((vectors[0] * vectors[1]).sum(axis=1).min())
    if cosine < LEAST_COSINE:
        raise ValueError(f"it gives other vectors, cosine {cosine:.4f}")
    if twin.count_tokens(texts) != model.count_tokens(texts):
        raise ValueError("it counts other tokens")
