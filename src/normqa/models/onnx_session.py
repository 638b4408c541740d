"""A transformer in ONNX with its tokenizer, run by onnxruntime. Nothing here imports torch."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from normqa.models.weights import ModelSpec, loading

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

MODEL = "model.onnx"
TOKENIZER = "tokenizer.json"


class OnnxModel:
    """An open model. It is safe to use from any thread.

    Args:
        folder: Holds :data:`MODEL` and :data:`TOKENIZER`.
        role: What it is for.

    Raises:
        ModelUnavailable: If the files are no such model.
    """

    def __init__(self, folder: Path, role: ModelSpec) -> None:
        import onnxruntime  # noqa: PLC0415 - what is slow to import is imported where it is used

        self._folder = folder
        self._role = role
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        with loading(folder, role):
            self._session = onnxruntime.InferenceSession(
                str(folder / MODEL), options, providers=["CPUExecutionProvider"]
            )
        self._inputs = {each.name for each in self._session.get_inputs()}

    def tokenizer(self, max_tokens: int | None = None) -> "Tokenizer":
        """Its tokenizer, which pads nothing, whatever its file says, and cuts at so many tokens or nowhere.

        Raises:
            ModelUnavailable: If the file holds none.
        """
        from tokenizers import Tokenizer  # noqa: PLC0415

        with loading(self._folder, self._role):
            tokenizer = Tokenizer.from_file(str(self._folder / TOKENIZER))
        tokenizer.no_padding()
        if max_tokens is None:
            tokenizer.no_truncation()
        else:
            tokenizer.enable_truncation(max_tokens)
        return tokenizer

    @property
    def dimension(self) -> int:
        """Of the last axis of what it gives."""
        return int(self._session.get_outputs()[0].shape[-1])

    def run(self, texts: Sequence["Encoding"]) -> NDArray[np.float32]:
        """What it gives for texts of one length in tokens, shape (texts, ...)."""
        given = {
            "input_ids": [each.ids for each in texts],
            "attention_mask": [each.attention_mask for each in texts],
            "token_type_ids": [each.type_ids for each in texts],
        }
        feed = {name: np.array(ids, dtype=np.int64) for name, ids in given.items() if name in self._inputs}
        return np.asarray(self._session.run(None, feed)[0])
