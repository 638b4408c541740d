"""Export sentence-transformers models to ONNX once, and run the export from then on.

The export follows onnxruntime's recipe for transformers: trace the graph, then fuse attention and
normalisation (https://onnxruntime.ai/docs/performance/transformers-optimization.html).
"""

import hashlib
import logging
import shutil
import threading
import warnings
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock

from normqa.datatypes import EmbeddedText, Span
from normqa.errors import EncoderUnavailable
from normqa.models.caching import EncoderWrapper
from normqa.models.onnx.encoder import OnnxEncoder, OnnxMetadata
from normqa.models.onnx.session import MODEL, TOKENIZER
from normqa.models.protocols import Encoder
from normqa.models.sentence_transformer import SentenceTransformerEncoder

MIN_COSINE = 0.9999
"""An export whose vectors are less similar to the model's own is not used."""

_PASSING = (OSError, ImportError, MemoryError)
"""Errors that are no fault of the model: later processes try to export it again."""

_RECIPE = 2
"""Version of the export. A new version exports again."""

_OPSET = 17

_ASIDE = ".export-"
"""Prefix of the folders of unfinished exports."""

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
    """A sentence-transformers model, run by onnxruntime if it can be exported.

    The first use exports the model into a cache, which takes torch and half a minute. Later processes load
    the export without torch. A model that cannot be exported runs on sentence-transformers, and a warning
    says why.

    Args:
        model: Loaded only to export it or to run it.
        cache: Folder of exports, created if missing.
        threads: Threads per run of onnxruntime. None lets onnxruntime choose.

    Raises:
        EncoderUnavailable: At first use, if the model cannot be loaded.
    """

    def __init__(self, model: SentenceTransformerEncoder, cache: Path, threads: int | None = None) -> None:
        self._model = model
        self._cache = cache
        self._threads = threads
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """Setting that selects this encoder."""
        return self._model.name

    @property
    def _encoder(self) -> Encoder:
        with self._lock:
            return self._chosen

    @cached_property
    def _chosen(self) -> Encoder:
        if known := self._open():
            return known
        try:
            self._cache.mkdir(mode=0o700, parents=True, exist_ok=True)
            with FileLock(self._cache / ".lock"):  # another process may be exporting
                return self._open() or self._export()
        except _PASSING as error:
            return self._fall_back(error)

    @cached_property
    def _folder(self) -> Path:
        key = f"{_RECIPE} {self._model.fingerprint} onnxruntime/{version('onnxruntime')}"
        return self._cache / hashlib.sha256(key.encode()).hexdigest()[:32]

    @property
    def _failure(self) -> Path:
        """File with the reason why the model cannot be exported, so that later processes do not try again."""
        return self._folder.with_suffix(".failed")

    def _open(self) -> Encoder | None:
        """Open the cached export, or return None if there is none or it is corrupted."""
        if self._failure.exists():
            reason = self._failure.read_text(encoding="utf-8")
            return self._fall_back(f"{reason}; delete {self._failure} to try again")
        if not self._folder.exists():
            return None
        try:
            return OnnxEncoder(self.name, self._folder, threads=self._threads)
        except EncoderUnavailable as error:
            _log.warning("%s It will be exported again.", error.message)
            return None

    def _export(self) -> Encoder:
        """Export the model, compare the vectors, and only then move the export into the cache."""
        _ = self._model.max_tokens  # raises if the model itself cannot be loaded
        _log.warning("Exporting the encoder %s to ONNX. This happens once.", self.name)
        aside = self._cache / f"{_ASIDE}{self._folder.name}"
        for stale in (self._folder, *self._cache.glob(f"{_ASIDE}*")):  # an export that was killed leaves one
            shutil.rmtree(stale, ignore_errors=True)
        try:
            try:
                export_encoder(self._model, aside)
                check_same_vectors(OnnxEncoder(self.name, aside), self._model)
                aside.rename(self._folder)
            finally:
                shutil.rmtree(aside, ignore_errors=True)
            return OnnxEncoder(self.name, self._folder, threads=self._threads)
        except _PASSING:
            raise
        except Exception as error:  # torch, onnx and onnxruntime raise many types
            reason = str(error).partition("\n")[0]
            self._failure.write_text(reason, encoding="utf-8")
            return self._fall_back(reason)

    def _fall_back(self, reason: object) -> Encoder:
        _log.warning(
            "The encoder %s cannot be exported (%s). It runs on sentence-transformers, which is slower.",
            self.name,
            reason,
        )
        return self._model


def export_encoder(model: SentenceTransformerEncoder, folder: Path) -> None:
    """Write a model in the layout of :class:`~normqa.models.onnx.encoder.OnnxEncoder`.

    Args:
        model: Loaded here.
        folder: Created here.

    Raises:
        EncoderUnavailable: If the model cannot be loaded.
        Exception: Of many types, if the model cannot be exported.
    """
    library = model.load_for_export()
    folder.mkdir()
    write_onnx(library[0].auto_model, library.tokenizer, folder)
    OnnxMetadata.describe(folder, model.max_tokens, model.question_prefix, model.passage_prefix).write(folder)


def check_same_vectors(export: Encoder, model: Encoder) -> None:
    """Compare an export to its model.

    Raises:
        ValueError: If vectors or token counts differ.
    """
    texts = [probe.text for probe in _PROBES]
    vectors = []
    for encoder in (export, model):
        encoded = encoder.encode_passages(_PROBES)
        questions = [encoder.encode_question(text) for text in texts]
        vectors.append(np.concatenate([encoded.passages, encoded.sentences, *questions]))
    cosine = float((vectors[0] * vectors[1]).sum(axis=1).min())
    if cosine < MIN_COSINE:
        raise ValueError(f"its vectors differ, cosine {cosine:.4f}")
    if export.count_tokens(texts) != model.count_tokens(texts):
        raise ValueError("its token counts differ")


def write_onnx(
    transformer: Any,  # noqa: ANN401 - torch is optional
    tokenizer: Any,  # noqa: ANN401 - transformers is optional
    folder: Path,
) -> None:
    """Trace a transformer and write it as :data:`MODEL` with its :data:`TOKENIZER`.

    Args:
        transformer: Model of the transformers library, with eager attention.
        tokenizer: Fast tokenizer of the transformers library.
        folder: Existing folder.

    Raises:
        Exception: Of many types, if the model cannot be exported.
    """
    import torch  # noqa: PLC0415 - optional and slow to import
    from onnxruntime.transformers import optimizer  # noqa: PLC0415 - needs the optional onnx
    from onnxruntime.transformers.fusion_options import FusionOptions  # noqa: PLC0415

    class TokenStates(torch.nn.Module):  # type: ignore[misc]  # torch's types are not followed
        """The transformer with positional inputs and one output."""

        def __init__(self) -> None:
            super().__init__()
            self.transformer = transformer

        def forward(self, *inputs: torch.Tensor) -> Any:  # noqa: ANN401 - torch's own
            return self.transformer(**dict(zip(names, inputs, strict=True))).last_hidden_state

    example = tokenizer(["Norms guide states.", "Why?"], padding=True, return_tensors="pt")
    names = list(example)
    traced = folder / f"traced-{MODEL}"
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # the tracer warns about what comparing the vectors verifies
        torch.onnx.export(
            TokenStates().eval(),
            tuple(example.values()),
            str(traced),
            input_names=names,
            output_names=["states"],
            dynamic_axes={name: {0: "texts", 1: "tokens"} for name in (*names, "states")},
            opset_version=_OPSET,
            dynamo=False,
        )
        options = FusionOptions("bert")
        options.enable_embed_layer_norm = False  # no faster, and it would need a table in single precision
        optimizer.optimize_model(
            str(traced),
            model_type="bert",
            num_heads=transformer.config.num_attention_heads,
            hidden_size=transformer.config.hidden_size,
            optimization_options=options,
        ).save_model_to_file(str(folder / MODEL))
    traced.unlink()
    tokenizer.backend_tokenizer.save(str(folder / TOKENIZER))
