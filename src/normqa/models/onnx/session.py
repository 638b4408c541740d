"""Run a transformer in ONNX format with onnxruntime."""

import os
import threading
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from normqa.models.weights import ModelSpec, check_sha256, file_sha256, loading

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

MODEL = "model.onnx"
TOKENIZER = "tokenizer.json"


class OnnxSession:
    """An open model. Safe to use from any thread.

    Args:
        path: The model.
        spec: Kind of model.
        threads: Threads per run. None takes ``OMP_NUM_THREADS``, or lets onnxruntime choose. Results do not
            depend on it.

    Raises:
        ModelUnavailable: If the model cannot be loaded.
    """

    def __init__(self, path: Path, spec: ModelSpec, threads: int | None = None) -> None:
        import onnxruntime  # noqa: PLC0415 - slow to import

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.inter_op_num_threads = 1
        options.intra_op_num_threads = threads or threads_allowed()
        with loading(path.parent, spec):
            self._session = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
        self.inputs = {node.name for node in self._session.get_inputs()}
        self.outputs = [node.name for node in self._session.get_outputs()]

    @property
    def dimension(self) -> int:
        """Size of the last axis of the output."""
        return int(self._session.get_outputs()[0].shape[-1])

    def run(self, texts: Sequence["Encoding"]) -> list[NDArray[np.float32]]:
        """Return the model's outputs for texts of equal token count, shape (texts, ...)."""
        columns = {
            "input_ids": [tokens.ids for tokens in texts],
            "attention_mask": [tokens.attention_mask for tokens in texts],
            "token_type_ids": [tokens.type_ids for tokens in texts],
        }
        return self.feed(
            {name: np.array(ids, dtype=np.int64) for name, ids in columns.items() if name in self.inputs}
        )

    def feed(self, inputs: Mapping[str, NDArray[Any]]) -> list[NDArray[np.float32]]:
        """Return the model's outputs for inputs by name."""
        return [np.asarray(output) for output in self._session.run(None, dict(inputs))]


class OnnxFolder:
    """A folder with models and :data:`TOKENIZER`. Safe to use from any thread.

    Args:
        folder: The folder. Its checksums are taken at once and verified when it is loaded.
        spec: Kind of model.
        models: Names of the models.
        threads: Threads per run. None lets onnxruntime choose.
        max_tokens: Where the tokenizer truncates; None for nowhere.

    Raises:
        ModelUnavailable: If a file is missing or, at first use, cannot be loaded.
    """

    def __init__(
        self,
        folder: Path,
        spec: ModelSpec,
        models: Sequence[str] = (MODEL,),
        threads: int | None = None,
        max_tokens: int | None = None,
    ) -> None:
        self.sha256 = {file: file_sha256(folder / file, spec) for file in (*models, TOKENIZER)}
        self._folder = folder
        self._spec = spec
        self._models = models
        self._threads = threads
        self._max_tokens = max_tokens
        self._lock = threading.Lock()

    def load(self) -> tuple[list[OnnxSession], "Tokenizer"]:
        """Return the models and their tokenizer. They are loaded once."""
        with self._lock:
            return self._loaded

    @cached_property
    def _loaded(self) -> tuple[list[OnnxSession], "Tokenizer"]:
        check_sha256(self._folder, self.sha256, self._spec)
        sessions = [OnnxSession(self._folder / model, self._spec, self._threads) for model in self._models]
        return sessions, load_tokenizer(self._folder, self._spec, self._max_tokens)


def threads_allowed() -> int:
    """Return ``OMP_NUM_THREADS``, which onnxruntime by itself ignores, or 0 if it is not a number."""
    allowed = os.environ.get("OMP_NUM_THREADS", "")
    return int(allowed) if allowed.isdecimal() else 0


def load_tokenizer(folder: Path, spec: ModelSpec, max_tokens: int | None = None) -> "Tokenizer":
    """Load a tokenizer. It never pads, whatever its file says, and truncates only at ``max_tokens``.

    Raises:
        ModelUnavailable: If the tokenizer cannot be loaded.
    """
    from tokenizers import Tokenizer  # noqa: PLC0415 - slow to import

    with loading(folder, spec):
        tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    tokenizer.no_padding()
    if max_tokens is None:
        tokenizer.no_truncation()
    else:
        tokenizer.enable_truncation(max_tokens)
    return tokenizer
