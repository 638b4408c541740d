"""Encoders of the sentence-transformers library."""

import os
import threading
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from normqa.datatypes import EmbeddedText
from normqa.models.encoder import Advance, Encoded, Vectors
from normqa.models.pooling import pool_sentences, unit
from normqa.models.weights import ENCODER, digest, loading

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
        device: Where it runs, in torch's words; None leaves that to the library.

    Raises:
        EncoderUnavailable: At first use, if the files are no model that the library can load.
    """

    def __init__(
        self,
        name: str,
        folder: Path,
        question_prefix: str | None = None,
        passage_prefix: str | None = None,
        device: str | None = None,
    ) -> None:
        self.name = name
        self._folder = folder
        self._question_prefix = question_prefix
        self._passage_prefix = passage_prefix
        self._device = device
        # The library's tokenizers are not safe to use from two threads at once.
        self._lock = threading.RLock()

    @cached_property
    def fingerprint(self) -> str:
        """Digest of the model's files, and the prefixes."""
        prefixes = f"question={self._question_prefix!r} passage={self._passage_prefix!r}"
        return f"sentence-transformers {digest(self._folder, ENCODER)} {prefixes}"

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

    def encode_passages(self, texts: Sequence[EmbeddedText], advance: Advance = lambda _: None) -> Encoded:
        """Encodes texts to be found, those of like length together, and the sentences in them.

        Sentences are pooled from the states of their tokens in the passage: they know their context, and cost
        no second pass. A model that makes its vectors in another way than by the mean reads them alone.
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
        """Encodes one text to search with."""
        return self._encode([self._prefix(self._question_prefix, "query") + text])

    def export(self, folder: Path) -> None:
        """Writes the model as ONNX into a folder that is made here.

        Raises:
            EncoderUnavailable: If it is no model that the library can load.
            Exception: Of many kinds, if it is one that cannot be exported.
        """
        from normqa.models.export import export  # noqa: PLC0415

        if not self._pools_by_mean:
            raise ValueError("its vectors are not the mean of the states of tokens")
        export(
            self._load(model_kwargs={"attn_implementation": "eager"}),  # no other attention can be exported
            folder,
            max_tokens=self.max_tokens,
            question_prefix=self._prefix(self._question_prefix, "query"),
            passage_prefix=self._prefix(self._passage_prefix, "document", "passage"),
        )

    def _encode_batch(self, texts: Sequence[EmbeddedText]) -> tuple[Vectors, list[Vectors]]:
        """Vectors of the texts, and of the sentences of each."""
        prefix = self._prefix(self._passage_prefix, "document", "passage")
        whole = [prefix + each.text for each in texts]
        if not self._pools_by_mean:
            alone = [[prefix + span.of(each.text) for span in each.sentences] for each in texts]
            vectors = self._encode(whole + [text for own in alone for text in own])
            ends = len(texts) + np.cumsum([0, *map(len, alone)])
            return vectors[: len(texts)], [vectors[i:j] for i, j in pairwise(ends)]
        with self._lock:
            outputs = self._model.encode(
                whole, prompt="", batch_size=_BATCH, output_value=None, show_progress_bar=False
            )
            offsets = self._model.tokenizer(
                whole,
                truncation=True,
                max_length=self._model.max_seq_length,
                return_offsets_mapping=True,
                verbose=False,
            )["offset_mapping"]
        pooled = [
            pool_sentences(
                output["token_embeddings"][output["attention_mask"].bool()].float().numpy(force=True),
                np.asarray(places, dtype=np.int64),
                [span.shifted(len(prefix)) for span in each.sentences],
            )
            for each, output, places in zip(texts, outputs, offsets, strict=True)
        ]
        return unit(np.stack([o["sentence_embedding"].float().numpy(force=True) for o in outputs])), pooled

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
        """Whether a vector is the mean of the states of tokens whose places in the text are known."""
        transformer, *others = [type(module).__name__ for module in self._model]
        return (
            transformer == "Transformer"
            and others in (["Pooling"], ["Pooling", "Normalize"])
            and self._model[1].pooling_mode == "mean"
            and bool(self._model.tokenizer.is_fast)
        )

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
        return self._load()

    def _load(self, **given: Any) -> "SentenceTransformer":  # noqa: ANN401 - the library's own
        os.environ["HF_HUB_OFFLINE"] = "1"  # the files are here; no hub is to be asked about them
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - takes seconds
        from transformers.utils.logging import disable_progress_bar  # noqa: PLC0415

        disable_progress_bar()
        with loading(self._folder, ENCODER):
            return SentenceTransformer(str(self._folder), local_files_only=True, device=self._device, **given)
