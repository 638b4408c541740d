"""Quote or refuse."""

PROVISIONAL_MIN_SCORE = 0.2
"""PROVISIONAL, and the only refusal rule there is: a sentence with a lower score is not quoted as an answer.

Half nearness in meaning, half coverage of the question's rare words: unrelated questions reach 0.15 on the
strategy text, and the vaguest related one 0.27. A calibrated probability takes its place.
"""


def answers(score: float) -> bool:
    """Whether a sentence with this score is taken to answer the question."""
    return score >= PROVISIONAL_MIN_SCORE
