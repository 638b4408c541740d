"""Questions to offer under an answer or a refusal."""

from dataclasses import dataclass

from normqa.datatypes import Answer
from normqa.serve.pages.conversation import Conversation
from normqa.serve.pages.corpus.known_questions import KnownQuestions
from normqa.snapshot import Snapshot
from normqa.text.canonical import canonical_line

MAX_OFFERED = 3


@dataclass(frozen=True, slots=True)
class Offers:
    """Questions to offer.

    Attributes:
        spelling: The question of a refusal with its typos corrected, if it was searched exactly as written.
            Others are searched with their typos corrected, unless that finds nothing related.
        nearest: For a refusal, the nearest questions that the documents are known to answer; none if nothing
            related was found.
        related: For an answer, the nearest known questions that other quotes answer.
    """

    spelling: Conversation | None
    nearest: tuple[Conversation, ...]
    related: tuple[Conversation, ...]

    @classmethod
    def of(
        cls, conversation: Conversation, answer: Answer, snapshot: Snapshot, known: KnownQuestions
    ) -> "Offers":
        """Return what to offer under an answer.

        Args:
            conversation: The question as it was asked.
            answer: The answer.
            snapshot: The snapshot that answered.
            known: Questions that the documents are known to answer.
        """
        if answer.reason is None:
            shown = "\n".join(quote.text for quote in answer.quotes)
            related = known.related(answer.searched_as, shown, MAX_OFFERED)
            return cls(None, (), tuple(map(conversation.asking, related)))
        spelled = _spelled(answer, snapshot) if conversation.exact else None
        nearest = known.nearest(spelled or answer.searched_as, MAX_OFFERED) if answer.near_misses else []
        return cls(
            conversation.asking(spelled) if spelled else None, tuple(map(conversation.asking, nearest)), ()
        )


def _spelled(answer: Answer, snapshot: Snapshot) -> str | None:
    """Return the question with its typos corrected; None if there is none."""
    if snapshot.generation is None:
        return None
    question = canonical_line(answer.question)
    corrected = snapshot.pipeline().correct(question)
    return corrected if corrected != question else None
