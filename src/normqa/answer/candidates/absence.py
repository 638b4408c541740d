"""Note which names and numbers of a question the best candidates do not mention."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from normqa.answer.candidates.candidate import Candidate
from normqa.search.question.names import absent_names
from normqa.text.canonical import normalise

BEST = 3
"""Candidates that together should mention every name of the question."""


def with_absent_names(
    searched: str, asked: str, candidates: Sequence[Candidate], is_common: Callable[[str], bool]
) -> list[Candidate]:
    """Return the candidates with the names of the question that each of them lacks.

    A candidate mentions a name if its title, headings or context do.

    Args:
        searched: The text that was searched.
        asked: The question and those before it. Words that a search added, such as the long form of an
            acronym, do not count.
        candidates: The candidates.
        is_common: Whether a name appears so often in the documents that it tells nothing, like "Party" in
            contracts.
    """
    asked = normalise(asked)

    def absent(candidate: Candidate) -> tuple[str, ...]:
        names = absent_names(
            searched, f"{candidate.headings}\n{candidate.context.of(candidate.document.text)}"
        )
        return tuple(name for name in names if name in asked and not is_common(name))

    return [
        replace(candidate, signals=replace(candidate.signals, absent=absent(candidate)))
        for candidate in candidates
    ]


def absent_from_best(candidates: Sequence[Candidate]) -> list[str]:
    """Return the names that none of the best candidates mentions.

    Args:
        candidates: Best first, at least one.
    """
    others = [set(candidate.signals.absent) for candidate in candidates[1:BEST]]
    return [name for name in candidates[0].signals.absent if all(name in absent for absent in others)]
