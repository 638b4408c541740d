"""Question vectors are cached."""

import numpy as np

from normqa.datatypes import EmbeddedText
from normqa.models.caching import CACHED_QUESTIONS, CachingEncoder
from normqa.models.hashing import HashingEncoder


def test_repeated_question_is_encoded_once() -> None:
    encoder = HashingEncoder()
    caching = CachingEncoder(encoder)
    first, second = caching.encode_question("Why?"), caching.encode_question("Why?")
    assert np.array_equal(first, second)
    assert encoder.encoded == 1
    caching.encode_question("How?")
    assert encoder.encoded == 2


def test_cache_is_bounded() -> None:
    encoder = HashingEncoder(8)
    caching = CachingEncoder(encoder)
    for number in range(CACHED_QUESTIONS + 1):
        caching.encode_question(str(number))
    caching.encode_question("0")
    assert encoder.encoded == CACHED_QUESTIONS + 2


def test_everything_else_is_delegated() -> None:
    encoder = HashingEncoder()
    caching = CachingEncoder(encoder)
    texts = [EmbeddedText("Norms."), EmbeddedText("Norms.")]
    assert (caching.name, caching.fingerprint) == (encoder.name, encoder.fingerprint)
    assert caching.max_tokens == encoder.max_tokens
    assert caching.count_tokens(["Norms guide."]) == encoder.count_tokens(["Norms guide."])
    assert caching.knows("norms") is encoder.knows("norms")
    assert caching.encode_passages(texts).passages.shape == (2, encoder.encode_question("x").shape[1])
    assert encoder.encoded == 3, "passages are not cached"
