"""A sentence-transformers model run by onnxruntime: no torch, and ready in half a second."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pydantic import BaseModel, ConfigDict

from normqa.datatypes import EmbeddedText
from normqa.models.encoder import Advance, Encoded, Vectors
from normqa.models.onnx_session import MODEL, OnnxModel
from normqa.models.pooling import pool_sentences, unit
from normqa.models.weights import ENCODER, file_sha256, loading

if TYPE_CHECKING:
    from tokenizers import Encoding

ABOUT = "about.json"


class OnnxMetadata(BaseModel):
    """What is to be known of a model beside its weights and its tokenizer.

    Attributes:
        sha256: Of the model's file.
        max_tokens: Most tokens of a text that it sees, special tokens included.
        question_prefix: Put before every question.
        passage_prefix: Put before every passage.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    sha256: str
    max_tokens: int
    question_prefix: str
    passage_prefix: str


class OnnxEncoder:
    """A model whose vectors are the mean of the states of a text's tokens. It is safe to use from any thread.

    Args:
        name: The setting that chose it.
        fingerprint: Of the model that this was exported from, and of its prefixes.
        folder: Holds :data:`~normqa.models.onnx_session.MODEL`, its tokenizer, and :data:`ABOUT`.

    Raises:
        EncoderUnavailable: If the files are no such model, or not as they were written.
    """

    def __init__(self, name: str, fingerprint: str, folder: Path) -> None:
        self.name = name
        self.fingerprint = fingerprint
        with loading(folder, ENCODER):
            self._metadata = OnnxMetadata.model_validate_json((folder / ABOUT).read_bytes())
            if file_sha256(folder / MODEL, ENCODER) != self._metadata.sha256:
                raise ValueError(f"{MODEL} is not what was written there")
        self._model = OnnxModel(folder, ENCODER)
        self._whole, self._cut = self._model.tokenizer(), self._model.tokenizer(self._metadata.max_tokens)

    @property
    def max_tokens(self) -> int:
        """Most tokens of a text that the model sees."""
        return self._metadata.max_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text as a passage, its prefix and special tokens included."""
        prefix = self._metadata.passage_prefix
        return [len(each) for each in self._whole.encode_batch_fast([prefix + text for text in texts])]

    def encode_passages(self, texts: Sequence[EmbeddedText], advance: Advance = lambda _: None) -> Encoded:
        """Encodes texts to be found, and the sentences in them.

        Sentences are pooled from the states of their tokens in the passage: they know their context, and cost
        no second pass. Texts of one length run together, and nothing is padded.
        """
        prefix = self._metadata.passage_prefix
        dimension = self._model.dimension
        passages = np.empty((len(texts), dimension), dtype=np.float32)
        sentences = [np.empty((0, dimension), dtype=np.float32)] * len(texts)
        tokens = self._cut.encode_batch([prefix + each.text for each in texts])
        for batch in _alike(tokens):
            for i, states in zip(batch, self._model.run([tokens[i] for i in batch]), strict=True):
                spans = [span.shifted(len(prefix)) for span in texts[i].sentences]
                passages[i] = unit(states.mean(axis=0, keepdims=True))[0]
                sentences[i] = pool_sentences(states, np.asarray(tokens[i].offsets, dtype=np.int64), spans)
            advance(len(batch))
        return Encoded(passages, np.concatenate(sentences) if texts else passages)

    def encode_question(self, text: str) -> Vectors:
        """Encodes one text to search with."""
        tokens = self._cut.encode(self._metadata.question_prefix + text)
        return unit(self._model.run([tokens]).mean(axis=1))


_TOKENS_AT_ONCE = 2048
"""So many tokens run together: more of them no longer fit the processor's caches."""


def _alike(tokens: "Sequence[Encoding]") -> Iterator[list[int]]:
    """Places of texts of one length, the longest first, as many as run together well."""
    lengths = [len(each) for each in tokens]
    batch: list[int] = []
    for i in sorted(range(len(lengths)), key=lambda i: lengths[i], reverse=True):
        if batch and (lengths[i] != lengths[batch[0]] or (len(batch) + 1) * lengths[i] > _TOKENS_AT_ONCE):
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch
