"""Quotes and conversations as Markdown that shows every quote word for word."""

import re
from collections.abc import Iterable, Sequence

from normqa.datatypes import NEAR_MISSES_HEADING, Answer, Quote
from normqa.schema.answers import ROLLBACK_NOTICE
from normqa.text.canonical import one_line

_MARKUP = re.compile(r"[\\`*_\[\]<>#|~&]|^(?=[-+=]|\d+[.)])", re.MULTILINE)
"""Characters of inline markup, and line starts that open a list or underline a heading."""

_NUMBER = re.compile(r"^\\(\d+)([.)])", re.MULTILINE)


def escape_markdown(text: str) -> str:
    """Escape a text so that Markdown shows it literally."""
    escaped = _MARKUP.sub(lambda found: f"\\{found[0]}", text)
    return _NUMBER.sub(r"\1\\\2", escaped)


def quote_markdown(quote: Quote, *details: str) -> str:
    """Return a block quote with its citation, below the context that the quote needs, in italics.

    Args:
        quote: The quote.
        *details: Markdown to append to the line of the citation.
    """
    return block_quote(quote, " ".join([f"— {escape_markdown(str(quote.citation))}", *details]))


def block_quote(quote: Quote, source: str) -> str:
    """Return a block quote below the context that the quote needs, in italics.

    Args:
        quote: The quote.
        source: The line that names its source, as Markdown.
    """
    outside = [f"*{escape_markdown(one_line(part.text))}*" for part in quote.context]
    context = [line for part in outside for line in (part, "")]
    lines = [*context, *escape_markdown(quote.text).split("\n"), "", source]
    if quote.citation.references_line:
        lines += ["", escape_markdown(quote.citation.references_line)]
    return "\n".join(f"> {line}".rstrip() for line in lines)


def conversation_markdown(answers: Sequence[Answer]) -> bytes:
    """Return the answers of a conversation, with the place and hash of every quote."""
    parts = [part for answer in answers for part in _answer(answer)]
    return ("\n\n".join(parts) + "\n").encode()


def before_quotes(answer: Answer) -> Iterable[str]:
    """Yield what a reader needs before the quotes: warnings, how it was searched, a refusal, the parts."""
    if answer.warning:
        yield f"Warning: {escape_markdown(answer.warning)}"
    if answer.rolled_back:
        yield f"Warning: {ROLLBACK_NOTICE}"
    if answer.was_rewritten:
        yield f"Searched as: {escape_markdown(answer.searched_as)}"
    if sentence := answer.refusal or answer.absence:
        yield escape_markdown(sentence)
    if answer.parts:
        yield "\n".join(f"- {escape_markdown(str(part))}" for part in answer.parts)
    if answer.near_misses:
        yield f"{NEAR_MISSES_HEADING}:"


def place_of(quote: Quote) -> str:
    """Return the document and the characters of a quote, for readers."""
    return f"{quote.citation.document_id}, characters {quote.span.start} to {quote.span.end}"


def index_line(answer: Answer) -> str | None:
    """Return a sentence about the index that answered; None if there is none."""
    return f"From the index of {answer.built_at} ({answer.generation})." if answer.built_at else None


def _answer(answer: Answer) -> Iterable[str]:
    yield f"## {escape_markdown(one_line(answer.question))}"
    yield from before_quotes(answer)
    for quote in answer.quotes + answer.near_misses:
        yield quote_markdown(quote, f"{escape_markdown(place_of(quote))}, SHA-256 {quote.sha256}")
    yield from filter(None, [answer.rest, index_line(answer)])
