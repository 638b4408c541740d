"""An answer as a page shows it."""

from typing import TYPE_CHECKING

import pytest

from normqa.datatypes import Document, Metadata, Quote, Span
from normqa.load.markup.markdown import load_markdown
from normqa.serve.pages.answer_view import MAX_CONTEXT, AnswerView, ShownQuote, show_quote
from tests.conftest import asking, covering_models
from tests.serve.conftest import Built

if TYPE_CHECKING:
    from normqa.service import Service

DOCUMENT = load_markdown(
    "a", "First one. Second one.\n\n# Middle\n\nThird one. Fourth one. Fifth one.\n\nLast one.\n", Metadata()
)


def _shown(quote: Quote, document: Document = DOCUMENT) -> ShownQuote:
    return show_quote(quote, 1, "Why?", [], document)


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("Fourth one.", "First one. Second one.\n\nMiddle\n\nThird one.", "Fifth one.\n\nLast one."),
        ("First one.", "", "Second one.\n\nMiddle\n\nThird one. Fourth one. Fifth one."),
        ("Third one. Fourth one. Fifth one.", "First one. Second one.\n\nMiddle", "Last one."),
        ("Last one.", "Third one. Fourth one. Fifth one.", ""),
    ],
)
def test_context_is_the_rest_of_the_paragraph_and_its_neighbours(text: str, before: str, after: str) -> None:
    start = DOCUMENT.text.index(text)
    shown = _shown(DOCUMENT.quote(Span(start, start + len(text))))
    assert shown.context == (before, after)


def test_context_has_a_maximum_length() -> None:
    document = load_markdown("a", f"{'x' * 3000} middle {'y' * 3000}", Metadata())
    shown = _shown(document.quote(Span(3001, 3007)), document)
    assert shown.context == ("x" * (MAX_CONTEXT - 1), "y" * (MAX_CONTEXT - 1))


def test_further_quotes_are_collapsed(built: Built) -> None:
    text = "\n\n".join(
        f"# Part {name}\n\nThe pelican {name}." for name in ("eats", "dives", "sleeps", "swims")
    )
    service: Service = built({"a.md": text})
    snapshot = service.current()
    [group] = AnswerView.of(snapshot.ask(asking("pelican", 6)), 3, snapshot).groups
    assert [quote.number for quote in group.first + group.more] == [1, 2, 3, 4]
    assert len(group.first) == 3


def test_sides_of_a_comparison_share_the_visible_quotes(built: Built) -> None:
    files = {
        "a.md": "# Pelicans\n\nThe pelican eats.\n\n# Sleep\n\nThe pelican sleeps.\n",
        "b.md": "# Herons\n\nThe heron eats.\n\n# Sleep\n\nThe heron sleeps.\n",
    }
    service: Service = built(files, covering_models())
    snapshot = service.current()
    answer = snapshot.ask(asking("How do the pelican and the heron differ?", 6))
    groups = AnswerView.of(answer, 3, snapshot).groups
    assert [(group.title, len(group.first), len(group.more)) for group in groups] == [
        ("Pelicans", 1, 1),
        ("Herons", 1, 1),
    ]


def test_lead_in_of_a_list_has_no_number(built: Built) -> None:
    service: Service = built({"a.md": "Birds that dive:\n\n- The gannet.\n- The puffin.\n"})
    snapshot = service.current()
    view = AnswerView.of(snapshot.ask(asking("Which birds dive?")), 3, snapshot)
    assert view.lead_in
    assert view.lead_in.body.text == "Birds that dive:"
    assert [quote.number for quote in view.groups[0].first] == [1, 2]
