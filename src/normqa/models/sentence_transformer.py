"""Run an encoder on the sentence-transformers library."""

import os
import threading
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from normqa.datatypes import EmbeddedText
from normqa.extras import MODELS
from normqa.models.pooling import pool_sentences, unit
from normqa.models.protocols import Advance, Encoded, Vectors
from normqa.models.vocabulary import is_whole
from normqa.models.weights import ENCODER, digest, loading

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

CPU = "cpu"

_BATCH = 32
_DEFAULT_MAX_TOKENS = 256


class SentenceTransformerEncoder:
    """Encoder of the sentence-transformers library. Safe to use from any thread.

    The library and the weights are loaded at first use, which takes seconds.

    Args:
        name: Setting that selects this encoder.
        folder: Contains the model's files.
        question_prefix: Put before questions. None uses the prefix in the model's configuration.
        passage_prefix: Put before passages. None uses the prefix in the model's configuration.
        device: Torch device.

    Raises:
        EncoderUnavailable: At first use, if the model cannot be loaded or the extra is not installed.
    """

    def __init__(
        self,
        name: str,
        folder: Path,
        question_prefix: str | None = None,
        passage_prefix: str | None = None,
        device: str = CPU,
    ) -> None:
        self.name = name
        self._folder = folder
        self._question_prefix = question_prefix
        self._passage_prefix = passage_prefix
        self._device = device
        # The library's tokenizers are not thread-safe.
        self._lock = threading.RLock()

    @cached_property
    def fingerprint(self) -> str:
        """Digest of the model's files, device and prefixes."""
        return (
            f"sentence-transformers {digest(self._folder, ENCODER)} device={self._device}"
            f" question={self._question_prefix!r} passage={self._passage_prefix!r}"
        )

    @cached_property
    def max_tokens(self) -> int:
        """Maximum tokens per text, special tokens included."""
        return int(self._model.max_seq_length or _DEFAULT_MAX_TOKENS)

    @property
    def question_prefix(self) -> str:
        """Prefix of questions."""
        return self._prefix(self._question_prefix, "query")

    @property
    def passage_prefix(self) -> str:
        """Prefix of passages."""
        return self._prefix(self._passage_prefix, "document", "passage")

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count the tokens of passages, the passage prefix and special tokens included."""
        prefix = self.passage_prefix
        with self._lock:
            tokens = self._model.tokenizer(
                [prefix + text for text in texts], truncation=False, padding=False, verbose=False
            )
        return [len(ids) for ids in tokens["input_ids"]]

    def knows(self, word: str) -> bool:
        """Return whether the vocabulary holds a word whole."""
        with self._lock:
            return is_whole(word, self._model.tokenizer.tokenize(f" {word}"))

    def encode_passages(self, texts: Sequence[EmbeddedText], advance: Advance = lambda _: None) -> Encoded:
        """Encode passages and the sentences in them, texts of similar length together.

        With mean pooling, sentences are pooled from the token states of their passage: their vectors reflect
        the context and need no second pass. Other models encode every sentence on its own.
        """
        order = sorted(range(len(texts)), key=lambda i: len(texts[i].text), reverse=True)
        passages = np.empty((len(texts), self._dimension), dtype=np.float32)
        sentences: list[Vectors] = [np.empty((0, self._dimension), dtype=np.float32)] * len(texts)
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            encoded = self._encode_batch([texts[i] for i in batch])
            for i, passage, own in zip(batch, *encoded, strict=True):
                passages[i], sentences[i] = passage, own
            advance(len(batch))
        return Encoded(passages, np.concatenate(sentences) if sentences else passages)

    def encode_question(self, text: str) -> Vectors:
        """Encode a question. Shape (1, dimension)."""
        return self._encode([self.question_prefix + text])

    def load_for_export(self) -> "SentenceTransformer":
        """Load a copy of the model with eager attention, the only kind that can be exported.

        Raises:
            EncoderUnavailable: If the model cannot be loaded.
            ValueError: If the model does not use mean pooling.
        """
        if not self._pools_by_mean:
            raise ValueError("it does not use mean pooling")
        return self._load(model_kwargs={"attn_implementation": "eager"})

    def _encode_batch(self, texts: Sequence[EmbeddedText]) -> tuple[Vectors, list[Vectors]]:
        """Return passage vectors, and sentence vectors per passage."""
        prefix = self.passage_prefix
        prefixed = [prefix + embedded.text for embedded in texts]
        if not self._pools_by_mean:
            sentences = [[prefix + span.of(text.text) for span in text.sentences] for text in texts]
            vectors = self._encode(prefixed + [sentence for own in sentences for sentence in own])
            ends = len(texts) + np.cumsum([0, *map(len, sentences)])
            return vectors[: len(texts)], [vectors[i:j] for i, j in pairwise(ends)]
        with self._lock:
            outputs = self._model.encode(
                prefixed, prompt="", batch_size=_BATCH, output_value=None, show_progress_bar=False
            )
            offsets = self._model.tokenizer(
                prefixed,
                truncation=True,
                max_length=self._model.max_seq_length,
                return_offsets_mapping=True,
                verbose=False,
            )["offset_mapping"]
        pooled = [
            pool_sentences(
                output["token_embeddings"][output["attention_mask"].bool()].float().numpy(force=True),
                np.asarray(places, dtype=np.int64),
                [span.shifted(len(prefix)) for span in text.sentences],
            )
            for text, output, places in zip(texts, outputs, offsets, strict=True)
        ]
        vectors = np.stack([output["sentence_embedding"].float().numpy(force=True) for output in outputs])
        return unit(vectors), pooled

    def _encode(self, texts: list[str]) -> Vectors:
        with self._lock:
            vectors = self._model.encode(
                texts, prompt="", normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
            )
        return np.ascontiguousarray(vectors, dtype=np.float32)

    @cached_property
    def _dimension(self) -> int:
        return int(self._encode([""]).shape[1])

    @cached_property
    def _pools_by_mean(self) -> bool:
        """Whether a vector is the mean of token states whose character offsets are known."""
        transformer, *others = [type(module).__name__ for module in self._model]
        return (
            transformer == "Transformer"
            and others in (["Pooling"], ["Pooling", "Normalize"])
            and self._model[1].pooling_mode == "mean"
            and bool(self._model.tokenizer.is_fast)
        )

    def _prefix(self, override: str | None, *roles: str) -> str:
        """Return the override, else the prompt that the model's configuration defines for a role."""
        own = (self._model.prompts.get(role) for role in roles)
        return next((prefix for prefix in own if prefix), "") if override is None else override

    @property
    def _model(self) -> "SentenceTransformer":
        with self._lock:
            return self._loaded

    @cached_property
    def _loaded(self) -> "SentenceTransformer":
        return self._load()

    def _load(self, **options: Any) -> "SentenceTransformer":  # noqa: ANN401 - options of the library
        MODELS.require(f"The encoder {self.name!r}", ENCODER.error)
        os.environ["HF_HUB_OFFLINE"] = "1"  # the files are local
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - optional and slow to import
        from transformers.utils.logging import disable_progress_bar  # noqa: PLC0415

        disable_progress_bar()
        with loading(self._folder, ENCODER):
            if digest(self._folder, ENCODER) not in self.fingerprint:
                raise ValueError("its files have changed; start again")
            return SentenceTransformer(
                str(self._folder), local_files_only=True, device=self._device, **options
            )
