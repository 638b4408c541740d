"""Questions to suggest on a first visit."""

from normqa.datatypes import Metadata
from normqa.index.passages import PassageStore

MAX_SUGGESTIONS = 5


def suggested_questions(store: PassageStore) -> list[str]:
    """Return questions from documents spread evenly over the corpus; the same for the same corpus."""
    first_questions = (_first_question(about) for _, about in store.metadata())
    candidates = list(dict.fromkeys(question for question in first_questions if question))
    count = min(MAX_SUGGESTIONS, len(candidates))
    return [candidates[place * len(candidates) // count] for place in range(count)]


def _first_question(about: Metadata) -> str | None:
    """Return the first example question of a document, or its title if that is a question."""
    title = about.title if about.title and about.title.endswith("?") else None
    return about.questions[0] if about.questions else title
