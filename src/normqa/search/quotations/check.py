"""Verify a text and everything that it quotes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from normqa.search.occurrences import skeleton
from normqa.search.quotations.find import Quotation, quotations, unwrap
from normqa.search.verify import Match, Verification, verify

MATCHES_OF_QUOTATION = 10
"""Maximum number of matches that are reported of each quotation in a text."""

NEAREST_UP_TO = 5000
"""Characters up to which the nearest place is sought for a text that does not appear."""

Texts = Callable[[Iterable[str] | None], Iterable[tuple[str, str]]]
"""Returns ids and canonical texts of the documents with the given ids, or of all documents."""


@dataclass(frozen=True, slots=True)
class CheckedText:
    """A text, and where it appears.

    Attributes:
        found: Whether and where the documents contain it.
        nearest: The place that resembles it most, if the documents do not contain it.
    """

    found: Verification
    nearest: Match | None = None

    @property
    def is_found(self) -> bool:
        """Whether the documents contain it, apart from what its status allows."""
        return self.found.status != "not_found"


@dataclass(frozen=True, slots=True)
class Check:
    """The result for a text that may quote.

    Attributes:
        whole: The text as a whole, or the quote in it if it consists of one.
        quotations: Its quotations, in order; empty if the text as a whole appears or consists of one.
    """

    whole: CheckedText
    quotations: tuple[tuple[Quotation, CheckedText], ...] = ()

    @property
    def parts(self) -> list[CheckedText]:
        """The quotations, or the text as a whole if it has none."""
        return [checked for _, checked in self.quotations] or [self.whole]


def verify_whole(text: str, texts: Texts) -> Verification:
    """Find a text as it is or, if less differs then, the quote that it consists of."""
    found = verify(text, partial(texts, None))
    if found.is_verbatim or (inside := unwrap(text)) is None:
        return found
    return min(verify(inside, partial(texts, None)), found, key=lambda found: found.distance)


def check(text: str, texts: Texts, nearest: Callable[[str], Match | None]) -> Check:
    """Verify a text or, if it does not appear, what it quotes.

    Args:
        text: In canonical form.
        texts: Reads the documents.
        nearest: Returns the place in the documents that resembles a text most.
    """

    def checked(found: Verification) -> CheckedText:
        is_sought = found.status == "not_found" and len(found.text) <= NEAREST_UP_TO
        return CheckedText(found, nearest(found.text) if is_sought else None)

    whole = verify_whole(text, texts)
    quoted = [] if whole.matches or unwrap(text) else quotations(text)
    if not quoted:
        return Check(checked(whole))
    found = map(checked, _verify_all([quotation.text for quotation in quoted], texts))
    return Check(CheckedText(whole), tuple(zip(quoted, found, strict=True)))


def _verify_all(sought: Sequence[str], texts: Texts) -> Iterable[Verification]:
    """Verify texts in the documents that contain their letters, which are found for all texts at once."""
    wanted = list(map(skeleton, sought))
    ids: list[list[str]] = [[] for _ in sought]
    for document_id, canonical in texts(None):
        letters = skeleton(canonical)
        for own, text in zip(ids, wanted, strict=True):
            if text in letters:
                own.append(document_id)
    for own, text in zip(ids, sought, strict=True):
        yield verify(text, partial(texts, own), MATCHES_OF_QUOTATION)
