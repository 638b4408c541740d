"""What logs, metrics and traces say of an answer."""

from normqa.datatypes import Answer


def facts_of_answer(answer: Answer) -> dict[str, str | float | None]:
    """Return what became of a question, without its text."""
    return {
        "outcome": "refused" if answer.reason else "answered",
        "reason": answer.reason,
        "confidence": answer.confidence,
        "generation": answer.generation,
    }
