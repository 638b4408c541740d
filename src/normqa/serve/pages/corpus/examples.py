"""Example questions for a first visit."""

from collections.abc import Iterable

from normqa.datatypes import Metadata

MAX_EXAMPLES = 6


def example_questions(documents: Iterable[Metadata]) -> list[str]:
    """Return questions from documents spread evenly over the corpus; the same for the same corpus.

    Editors choose them: the first question in the front matter of a document is its example.
    """
    candidates = list(dict.fromkeys(filter(None, map(_first_question, documents))))
    count = min(MAX_EXAMPLES, len(candidates))
    return [candidates[place * len(candidates) // count] for place in range(count)]


def _first_question(about: Metadata) -> str | None:
    """Return the first example question of a document, or its title if that is a question."""
    title = about.title if about.title and about.title.endswith("?") else None
    return about.questions[0] if about.questions else title
