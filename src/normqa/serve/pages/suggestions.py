"""The questions that a first visit offers: some that the documents say they answer."""

from normqa.datatypes import Metadata
from normqa.index.passages import PassageStore

OFFERED = 5


def suggested_questions(store: PassageStore) -> list[str]:
    """A question of each of a few documents that are spread over the corpus; the same for the same corpus."""
    candidates = list(dict.fromkeys(first for _, about in store.metadata() if (first := _first(about))))
    count = min(OFFERED, len(candidates))
    return [candidates[place * len(candidates) // count] for place in range(count)]


def _first(about: Metadata) -> str | None:
    """The first question that a document has; a title that asks one is one too."""
    asking = about.title if about.title and about.title.endswith("?") else None
    return about.questions[0] if about.questions else asking
