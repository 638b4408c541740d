"""Run a mean-pooling sentence-transformers model in ONNX format, without torch."""

import threading
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
from pydantic import BaseModel, ConfigDict

from normqa.datatypes import EmbeddedText
from normqa.models.onnx.session import MODEL, TOKENIZER, OnnxSession, load_tokenizer
from normqa.models.pooling import pool_sentences, unit
from normqa.models.protocols import Advance, Encoded, Vectors
from normqa.models.vocabulary import is_whole
from normqa.models.weights import ENCODER, check_sha256, file_sha256, loading

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

METADATA = "metadata.json"

_BATCH_TOKENS = 2048
"""Maximum tokens per batch. Larger batches no longer fit the processor's caches."""


class OnnxMetadata(BaseModel):
    """Metadata of an encoder, and the checksums of its weights and tokenizer.

    Attributes:
        model: Sha256 of the model file.
        tokenizer: Sha256 of the tokenizer file.
        max_tokens: Maximum tokens per text, special tokens included.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str
    tokenizer: str
    max_tokens: int
    question_prefix: str
    passage_prefix: str

    @classmethod
    def describe(cls, folder: Path, max_tokens: int, question_prefix: str, passage_prefix: str) -> Self:
        """Compute the checksums of the files in a folder."""
        return cls(
            model=file_sha256(folder / MODEL, ENCODER),
            tokenizer=file_sha256(folder / TOKENIZER, ENCODER),
            max_tokens=max_tokens,
            question_prefix=question_prefix,
            passage_prefix=passage_prefix,
        )

    def write(self, folder: Path) -> None:
        """Write the metadata beside the files that it describes."""
        (folder / METADATA).write_text(self.model_dump_json(indent=1) + "\n", encoding="utf-8")


class OnnxEncoder:
    """Encoder whose vectors are the mean of a text's token states. Safe to use from any thread.

    Model and tokenizer are loaded at first use. Their checksums are verified by the constructor and then.

    Args:
        name: Setting that selects this encoder.
        folder: Contains :data:`MODEL`, :data:`TOKENIZER` and :data:`METADATA`.
        question_prefix: Overrides the prefix in the metadata.
        passage_prefix: Overrides the prefix in the metadata.
        threads: Threads per run. None lets onnxruntime choose.

    Raises:
        EncoderUnavailable: If a file is missing, corrupted or not such a model.
    """

    def __init__(
        self,
        name: str,
        folder: Path,
        question_prefix: str | None = None,
        passage_prefix: str | None = None,
        threads: int | None = None,
    ) -> None:
        self.name = name
        self._folder = folder
        self._threads = threads
        self._lock = threading.Lock()
        with loading(folder, ENCODER):
            metadata = OnnxMetadata.model_validate_json((folder / METADATA).read_bytes())
        self._sha256 = {MODEL: metadata.model, TOKENIZER: metadata.tokenizer}
        check_sha256(folder, self._sha256, ENCODER)
        self.max_tokens = metadata.max_tokens
        self._question_prefix = metadata.question_prefix if question_prefix is None else question_prefix
        self._passage_prefix = metadata.passage_prefix if passage_prefix is None else passage_prefix
        self.fingerprint = (
            f"onnx {metadata.model} {metadata.tokenizer} tokens={metadata.max_tokens}"
            f" question={self._question_prefix!r} passage={self._passage_prefix!r}"
        )

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count the tokens of passages, the passage prefix and special tokens included."""
        prefixed = [self._passage_prefix + text for text in texts]
        return [len(tokens) for tokens in self._counter.encode_batch_fast(prefixed)]

    def knows(self, word: str) -> bool:
        """Return whether the vocabulary holds a word whole."""
        _, tokenizer = self._loaded
        return is_whole(word, tokenizer.encode(f" {word}", add_special_tokens=False).tokens)

    def encode_passages(self, texts: Sequence[EmbeddedText], advance: Advance = lambda _: None) -> Encoded:
        """Encode passages and the sentences in them.

        Sentences are pooled from the token states of their passage: their vectors reflect the context and
        need no second pass. Texts of equal length run together, so nothing is padded.
        """
        session, tokenizer = self._loaded
        prefix, dimension = self._passage_prefix, session.dimension
        passages = np.empty((len(texts), dimension), dtype=np.float32)
        sentences = [np.empty((0, dimension), dtype=np.float32)] * len(texts)
        tokens = tokenizer.encode_batch([prefix + embedded.text for embedded in texts])
        for batch in _equal_length_batches(tokens):
            for i, states in zip(batch, session.run([tokens[i] for i in batch])[0], strict=True):
                spans = [span.shifted(len(prefix)) for span in texts[i].sentences]
                passages[i] = unit(states.mean(axis=0, keepdims=True))[0]
                sentences[i] = pool_sentences(states, np.asarray(tokens[i].offsets, dtype=np.int64), spans)
            advance(len(batch))
        return Encoded(passages, np.concatenate(sentences) if texts else passages)

    def encode_question(self, text: str) -> Vectors:
        """Encode a question. Shape (1, dimension)."""
        session, tokenizer = self._loaded
        return unit(session.run([tokenizer.encode(self._question_prefix + text)])[0].mean(axis=1))

    @property
    def _loaded(self) -> "tuple[OnnxSession, Tokenizer]":
        with self._lock:
            return self._session, self._tokenizer

    @cached_property
    def _session(self) -> OnnxSession:
        check_sha256(self._folder, self._sha256, ENCODER)
        return OnnxSession(self._folder / MODEL, ENCODER, self._threads)

    @cached_property
    def _tokenizer(self) -> "Tokenizer":
        check_sha256(self._folder, self._sha256, ENCODER)
        return load_tokenizer(self._folder, ENCODER, self.max_tokens)

    @cached_property
    def _counter(self) -> "Tokenizer":
        check_sha256(self._folder, self._sha256, ENCODER)
        return load_tokenizer(self._folder, ENCODER)


def _equal_length_batches(tokens: "Sequence[Encoding]") -> Iterator[list[int]]:
    """Group the indexes of texts of equal token count, longest first."""
    lengths = [len(text) for text in tokens]
    batch: list[int] = []
    for i in sorted(range(len(lengths)), key=lambda i: lengths[i], reverse=True):
        if batch and (lengths[i] != lengths[batch[0]] or (len(batch) + 1) * lengths[i] > _BATCH_TOKENS):
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch
