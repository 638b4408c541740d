"""The hashing encoder."""

import numpy as np
import pytest

from normqa.datatypes import EmbeddedText, Span
from normqa.models.hashing import HashingEncoder
from normqa.models.protocols import Vectors


def passages(encoder: HashingEncoder, *texts: str) -> Vectors:
    """Vectors of texts without sentences."""
    return encoder.encode_passages([EmbeddedText(text) for text in texts]).passages


def test_vectors_have_unit_length() -> None:
    vectors = passages(HashingEncoder(), "one", "one two", "Überprüfung, 検証!", "a a a a")
    assert vectors.shape == (4, 1024)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 1, 1], abs=1e-6)


def test_text_without_words_gives_zeros() -> None:
    assert not passages(HashingEncoder(), "", " \n").any()


def test_no_word_is_known() -> None:
    assert not HashingEncoder().knows("norms")


def test_no_texts_give_no_rows() -> None:
    encoded = HashingEncoder(dimension=8).encode_passages([])
    assert encoded.passages.shape == encoded.sentences.shape == (0, 8)


def test_sentence_is_encoded_on_its_own() -> None:
    """All sentences of the first text come before those of the second; a text may have none."""
    texts = [
        EmbeddedText("Title: one two. Three.", (Span(7, 15), Span(16, 22))),
        EmbeddedText("none"),
        EmbeddedText("four", (Span(0, 4),)),
    ]
    encoded = HashingEncoder().encode_passages(texts)
    assert (encoded.passages == passages(HashingEncoder(), "Title: one two. Three.", "none", "four")).all()
    assert (encoded.sentences == passages(HashingEncoder(), "one two.", "Three.", "four")).all()


def test_encoders_agree() -> None:
    texts = ["norms of cyberspace", "hotlines", ""]
    assert (passages(HashingEncoder(), *texts) == passages(HashingEncoder(), *texts)).all()


def test_question_is_encoded_like_a_passage() -> None:
    encoder = HashingEncoder()
    assert (encoder.encode_question("Which norms?") == passages(encoder, "Which norms?")).all()


def test_inner_product_is_share_of_common_words() -> None:
    """Two texts of two words with one in common: 1 / (√2 · √2)."""
    first, second, again = passages(HashingEncoder(), "states agree", "States differ", "AGREE states")
    assert float(first @ second) == pytest.approx(1 / 2, abs=1e-6)
    assert float(first @ again) == pytest.approx(1, abs=1e-6)


def test_words_beyond_the_limit_are_ignored() -> None:
    seen, longer = passages(HashingEncoder(max_tokens=2), "one two", "one two three")
    assert (seen == longer).all()


def test_words_and_punctuation_count_as_tokens() -> None:
    assert HashingEncoder().count_tokens(["", "One, two!", "UN GGE 2021"]) == [0, 4, 3]


def test_encoded_texts_are_counted_and_reported() -> None:
    encoder, advances = HashingEncoder(), list[int]()
    encoder.encode_passages([EmbeddedText(text) for text in ("one", "two", "three")], advances.append)
    encoder.encode_question("four")
    assert encoder.encoded == 4
    assert sum(advances) == 3


def test_fingerprint_depends_on_every_parameter() -> None:
    prints = {
        HashingEncoder().fingerprint,
        HashingEncoder(dimension=8).fingerprint,
        HashingEncoder(max_tokens=8).fingerprint,
    }
    assert len(prints) == 3
    assert HashingEncoder().fingerprint == HashingEncoder().fingerprint
