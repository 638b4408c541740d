"""An answer as a page shows it."""

from typing import TYPE_CHECKING

import pytest

from normqa.datatypes import Document, Metadata, Quote, Span
from normqa.load.markup.markdown import load_markdown
from normqa.serve.pages.views.answer import AnswerView
from normqa.serve.pages.views.quote import MAX_CONTEXT, ShownQuote, show_quote
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
    view = AnswerView.of(snapshot.ask(asking("pelican", 6)), 3, snapshot)
    assert [quote.number for quote in view.quotes] == [1, 2, 3, 4]
    assert view.lead
    assert view.lead.number == 1
    assert [len(group.first) for group in view.also] == [2]
    assert (len(view.more), view.more_count) == (1, 1)


def test_sides_of_a_comparison_share_the_visible_quotes(built: Built) -> None:
    files = {
        "a.md": "# Pelicans\n\nThe pelican eats.\n\n# Sleep\n\nThe pelican sleeps.\n",
        "b.md": "# Herons\n\nThe heron eats.\n\n# Sleep\n\nThe heron sleeps.\n",
    }
    service: Service = built(files, covering_models())
    snapshot = service.current()
    answer = snapshot.ask(asking("How do the pelican and the heron differ?", 6))
    view = AnswerView.of(answer, 3, snapshot)
    assert [(side.title, len(side.first), len(side.more)) for side in view.sides] == [
        ("The pelican", 1, 1),
        ("The heron", 1, 1),
    ]
    assert (view.lead, view.also, view.more) == (None, (), ())


def test_further_quotes_of_a_document_follow_each_other(built: Built) -> None:
    files = {
        "a.md": "# Eats\n\nThe pelican eats herring.\n\n# Sleeps\n\nThe pelican sleeps.\n",
        "b.md": "# Dives\n\nThe pelican dives.\n\n# Swims\n\nThe pelican swims.\n",
    }
    service: Service = built(files)
    snapshot = service.current()
    view = AnswerView.of(snapshot.ask(asking("pelican", 4)), 4, snapshot)
    documents = [quote.body.document.id for quote in view.quotes[1:]]
    assert len(view.also) == len(set(documents)) == 2
    assert documents == sorted(documents, key=documents.index)
    assert [quote.number for quote in view.quotes] == [1, 2, 3, 4]
    assert all(f"quote={quote.body.start}-" in quote.source for quote in view.quotes)


def test_lead_in_of_a_list_has_no_number(built: Built) -> None:
    service: Service = built({"a.md": "Birds that dive:\n\n- The gannet.\n- The puffin.\n"})
    snapshot = service.current()
    view = AnswerView.of(snapshot.ask(asking("Which birds dive?")), 3, snapshot)
    assert view.lead_in
    assert view.lead_in.body.text == "Birds that dive:"
    assert [quote.number for quote in view.items] == [1, 2]
    assert view.unnumbered == (view.lead_in,)
    own = f"quote={view.lead_in.body.start}-"
    assert all(own not in item.source for item in view.items), "item 1 of 2 is the first of two neighbours"
