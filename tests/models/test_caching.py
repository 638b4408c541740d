"""What is asked again is not encoded again."""

import numpy as np

from normqa.datatypes import EmbeddedText
from normqa.models.caching import QUESTIONS_KEPT, CachingEncoder
from normqa.models.hashing import HashingEncoder


def test_a_question_that_is_asked_again_is_not_encoded_again() -> None:
    encoder = HashingEncoder()
    remembering = CachingEncoder(encoder)
    first, second = remembering.encode_question("Why?"), remembering.encode_question("Why?")
    assert np.array_equal(first, second)
    assert encoder.encoded == 1
    remembering.encode_question("How?")
    assert encoder.encoded == 2


def test_only_the_last_questions_are_remembered() -> None:
    encoder = HashingEncoder(8)
    remembering = CachingEncoder(encoder)
    for number in range(QUESTIONS_KEPT + 1):
        remembering.encode_question(str(number))
    remembering.encode_question("0")
    assert encoder.encoded == QUESTIONS_KEPT + 2


def test_all_else_is_what_the_encoder_does() -> None:
    encoder = HashingEncoder()
    remembering = CachingEncoder(encoder)
    texts = [EmbeddedText("Norms."), EmbeddedText("Norms.")]
    assert (remembering.name, remembering.fingerprint) == (encoder.name, encoder.fingerprint)
    assert remembering.max_tokens == encoder.max_tokens
    assert remembering.count_tokens(["Norms guide."]) == encoder.count_tokens(["Norms guide."])
    assert remembering.encode_passages(texts).passages.shape == (2, encoder.encode_question("x").shape[1])
    assert encoder.encoded == 3, "passages are never remembered here"
