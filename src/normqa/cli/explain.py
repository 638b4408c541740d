"""The output of ``normqa ask --explain``: why a question was answered or refused."""

from collections.abc import Iterator

from normqa.answer.explain import ExplainedCandidate, ExplainedSearch, Explanation
from normqa.cli.output import one_line, plural, write

_MAX_TEXT = 200
"""Characters of a candidate that are shown."""


def show_explanation(explanation: Explanation) -> None:
    """Write the outcome, then every search with what it found, read and scored."""
    answer = explanation.answer
    needed = f"an answer needs {explanation.min_confidence:.2f}"
    lines = [
        f"Question     {one_line(answer.question)}",
        f"Outcome      {answer.reason or 'answered'}, {plural(len(answer.quotes), 'quote')}",
        f"Searched as  {one_line(answer.searched_as)}",
        f"Confidence   {_number(answer.confidence)} ({answer.band}); {needed}",
    ]
    for number, search in enumerate(explanation.searches, 1):
        lines += ["", f"Search {number}: {one_line(search.text)}", *_search(search)]
    write("\n".join(lines) + "\n")


def _search(search: ExplainedSearch) -> Iterator[str]:
    searched = f"{plural(search.passages_searched, 'passage')} searched"
    yield f"  {search.reason or 'answers'}, confidence {_number(search.confidence)}, {searched}"
    if search.log_odds:
        parts = (f"{name} {part:+.2f}" for name, part in search.log_odds.items() if part)
        yield f"  log-odds {sum(search.log_odds.values()):+.2f}: {', '.join(parts)}"
    yield f"  Found and read: {plural(len(search.hits), 'passage')}"
    for number, hit in enumerate(search.hits, 1):
        passage = hit.passage
        section = f" ({one_line(' › '.join(passage.heading_path))})" if passage.heading_path else ""
        place = f"[{passage.span.start}, {passage.span.end})"
        yield f"  {number:>3}. {hit.score:.4f}  {one_line(passage.document_id)} {place}{section}"
    yield f"  Scored: {plural(len(search.candidates), 'candidate')}"
    for number, candidate in enumerate(search.candidates, 1):
        yield from _candidate(number, candidate)


def _candidate(number: int, explained: ExplainedCandidate) -> Iterator[str]:
    candidate, signals = explained.candidate, explained.candidate.signals
    kind = "list or table" if candidate.listing else "sentence"
    marks = [
        *(["quoted"] if explained.is_quoted else []),
        *([] if explained.is_confident else ["below the minimum"]),
    ]
    mark = f"  ({', '.join(marks)})" if marks else ""
    confidence = _number(candidate.confidence)
    yield f"  {number:>3}. {kind}, score {signals.score:.2f}, confidence {confidence}{mark}"
    yield f"       {_short(one_line(candidate.text))}"
    figures = {
        "passage": signals.passage,
        "similarity": signals.similarity,
        "coverage": signals.coverage,
        "relevance": signals.relevance,
        "answer": signals.answer,
    }
    shown = [f"{name} {value:.2f}" for name, value in figures.items() if value is not None]
    shown += ["defines the term"] if signals.defines else []
    shown += [f"does not mention {', '.join(map(one_line, signals.absent))}"] if signals.absent else []
    place = f"{one_line(candidate.document.id)} [{candidate.span.start}, {candidate.span.end})"
    yield f"       {place}: {', '.join(shown)}"


def _short(text: str) -> str:
    return text if len(text) <= _MAX_TEXT else f"{text[: _MAX_TEXT - 1]}…"


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.2f}"
