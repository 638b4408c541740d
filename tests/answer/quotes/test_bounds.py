"""No document makes a quote or a list of any length."""

from collections.abc import Callable

import pytest

from normqa.answer.quotes.bounds import MAX_CHARACTERS, MAX_ITEMS, items_shown, shortened
from normqa.datatypes import Metadata, Span
from normqa.load.text.plain_text import load_text
from normqa.service import Service
from tests.conftest import WriteCorpus

ITEMS = tuple(Span(10 * number, 10 * number + 9) for number in range(1000))


@pytest.mark.parametrize(("best", "first"), [(0, 0), (99, 0), (100, 50), (500, 450), (999, 900)])
def test_items_around_the_best_are_shown(best: int, first: int) -> None:
    shown = items_shown(ITEMS, ITEMS[best])
    assert shown == ITEMS[first : first + MAX_ITEMS]
    assert ITEMS[best] in shown


def test_a_short_list_is_shown_in_full() -> None:
    assert items_shown(ITEMS[:7], ITEMS[3]) == ITEMS[:7]


def test_a_long_quote_ends_with_a_sentence_and_includes_the_answer() -> None:
    document = load_text("a", "The heron wades in mud. " * 1000, Metadata())
    whole = Span(0, len(document.text))
    for start in (0, 240, 12_000):
        answer = Span(start, start + 23)
        span = shortened(document, whole, answer)
        assert answer in span
        assert len(span) <= MAX_CHARACTERS
        assert span.of(document.text).endswith("mud.")


def test_a_long_text_without_sentences_is_cut() -> None:
    document = load_text("a", "x" * 20_000, Metadata())
    span = shortened(document, Span(0, 20_000), Span(0, 0))
    assert len(span) <= MAX_CHARACTERS


def test_a_long_list_says_how_many_items_are_left(
    write_corpus: WriteCorpus, make_service: Callable[..., Service]
) -> None:
    items = "\n".join(f"{number}. Heron {number} wades." for number in range(1, 1001))
    write_corpus({"a.md": f"# Herons\n\nThe herons are:\n\n{items}\n"})
    service = make_service()
    service.build()
    answer = service.ask("What are the herons?")
    assert answer.kind == "list"
    assert len(answer.quotes) == 1 + MAX_ITEMS
    assert answer.items_left == 1000 - MAX_ITEMS
    assert str(answer).endswith("900 more items are in the document.")
