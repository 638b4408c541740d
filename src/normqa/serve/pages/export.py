"""A conversation to take along: every question and its quotes, with their places and hashes."""

import re
from collections.abc import Iterable, Sequence
from typing import Annotated

from pydantic import Field

from normqa.datatypes import NEAR_MISSES_HEADING, Answer, Quote
from normqa.schema.answers import AnswerBody
from normqa.schema.documents import Body

_MARKUP = re.compile(r"[\\`*_\[\]<>#|~&]|^(?=[-+=]|\d+[.)])", re.MULTILINE)
"""What Markdown would read as markup: these characters, and what opens a list or underlines a heading."""

_NUMBER = re.compile(r"^\\(\d+)([.)])", re.MULTILINE)


class ConversationBody(Body):
    """The answers of a conversation."""

    conversation: Annotated[list[AnswerBody], Field(description="Oldest first.")]

    @classmethod
    def of(cls, answers: Iterable[Answer]) -> "ConversationBody":
        """The answers as JSON."""
        return cls(conversation=[AnswerBody.of(answer) for answer in answers])


def as_markdown(answers: Sequence[Answer]) -> bytes:
    """The answers as Markdown that shows every quote word for word."""
    parts = [part for answer in answers for part in _answer(answer)]
    return ("\n\n".join(parts) + "\n").encode()


def _answer(answer: Answer) -> Iterable[str]:
    yield f"## {_text(' '.join(answer.question.split()))}"
    if answer.was_rewritten:
        yield f"Searched as: {_text(answer.searched_as)}"
    if answer.refusal:
        yield answer.refusal
    if answer.near_misses:
        yield f"{NEAR_MISSES_HEADING}:"
    for quote in answer.quotes + answer.near_misses:
        yield _quote(quote)
    if answer.built_at:
        yield f"From the index of {answer.built_at} ({answer.generation})."


def _quote(quote: Quote) -> str:
    place = f"{quote.citation.document_id}, characters {quote.span.start} to {quote.span.end}"
    lines = [
        *_text(quote.text).split("\n"),
        "",
        f"— {_text(str(quote.citation))} {_text(place)}, SHA-256 {quote.sha256}",
    ]
    return "\n".join(f"> {line}".rstrip() for line in lines)


def _text(text: str) -> str:
    """Text as Markdown that reads as it stands."""
    escaped = _MARKUP.sub(lambda found: f"\\{found[0]}", text)
    return _NUMBER.sub(r"\1\\\2", escaped)
