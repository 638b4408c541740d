"""Encoders of the sentence-transformers library."""

import os
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from normqa.embed.encoder import Advance, Vectors
from normqa.embed.weights import digest
from normqa.errors import EncoderUnavailable

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_BATCH = 32
_DEFAULT_MAX_TOKENS = 256


class SentenceTransformerEncoder:
    """A sentence-transformers model in a folder.

    The folder is digested at once; the library and the weights are loaded at first use, which takes seconds.

    Args:
        name: The setting that chose it.
        folder: Where its files are.
        question_prefix: Put before every question; None takes what the model's own configuration says.
        passage_prefix: Put before every passage, likewise.

    Raises:
        EncoderUnavailable: At first use, if the files are no model that the library can load.
    """

    def __init__(
        self, name: str, folder: Path, question_prefix: str | None = None, passage_prefix: str | None = None
    ) -> None:
        self.name = name
        self._folder = folder
        self._question_prefix = question_prefix
        self._passage_prefix = passage_prefix
        # The library's tokenizers are not safe to use from two threads at once.
        self._lock = threading.RLock()

    @cached_property
    def fingerprint(self) -> str:
        """Digest of the model's files, and the prefixes."""
        prefixes = f"question={self._question_prefix!r} passage={self._passage_prefix!r}"
        return f"sentence-transformers {digest(self._folder)} {prefixes}"

    @cached_property
    def max_tokens(self) -> int:
        """Most tokens of a text that the model sees."""
        return int(self._model.max_seq_length or _DEFAULT_MAX_TOKENS)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text as a passage, its prefix and special tokens included."""
        prefix = self._prefix(self._passage_prefix, "document", "passage")
        with self._lock:
            tokens = self._model.tokenizer(
                [prefix + text for text in texts], truncation=False, padding=False, verbose=False
            )
        return [len(ids) for ids in tokens["input_ids"]]

    def encode_passages(self, texts: Sequence[str], advance: Advance = lambda _: None) -> Vectors:
        """Encodes texts to be found, those of like length together."""
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]), reverse=True)
        prefix = self._prefix(self._passage_prefix, "document", "passage")
        parts = []
        for start in range(0, len(order), _BATCH):
            batch = [prefix + texts[i] for i in order[start : start + _BATCH]]
            parts.append(self._encode(batch))
            advance(len(batch))
        if not parts:
            return np.empty((0, self._encode([""]).shape[1]), dtype=np.float32)
        vectors = np.concatenate(parts)
        back = np.empty_like(vectors)
        back[order] = vectors
        return back

    def encode_question(self, text: str) -> Vectors:
        """Encodes one text to search with."""
        return self._encode([self._prefix(self._question_prefix, "query") + text])

    def _encode(self, texts: list[str]) -> Vectors:
        with self._lock:
            vectors = self._model.encode(
                texts, prompt="", normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
            )
        return np.ascontiguousarray(vectors, dtype=np.float32)

    def _prefix(self, chosen: str | None, *roles: str) -> str:
        """The prefix that was chosen, else the one that the model's own configuration gives to a role."""
        own = (self._model.prompts.get(role) for role in roles)
        return next((prefix for prefix in own if prefix), "") if chosen is None else chosen

    @property
    def _model(self) -> "SentenceTransformer":
        with self._lock:
            return self._loaded

    @cached_property
    def _loaded(self) -> "SentenceTransformer":
        os.environ["HF_HUB_OFFLINE"] = "1"  # the files are here; no hub is to be asked about them
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - takes seconds
        from transformers.utils.logging import disable_progress_bar  # noqa: PLC0415

        disable_progress_bar()
        try:
            return SentenceTransformer(str(self._folder), local_files_only=True)
        except Exception as error:  # any library below may object to the files, each in its own way
            reason = str(error).partition("\n")[0]
            raise EncoderUnavailable(
                f"The model in {self._folder} does not load ({reason}).", "Check NORMQA_ENCODER."
            ) from error
