"""What a page shows of an answer."""

from typing import TYPE_CHECKING

import pytest

from normqa.datatypes import Metadata, Quote, Span
from normqa.errors import UnknownDocument
from normqa.load.markdown import load_markdown
from normqa.serve.pages.answer_view import MOST_AROUND, AnswerView, show
from tests.conftest import asking, covering_models
from tests.serve.conftest import Built

if TYPE_CHECKING:
    from normqa.service import Service

DOCUMENT = load_markdown(
    "a", "First one. Second one.\n\n# Middle\n\nThird one. Fourth one. Fifth one.\n\nLast one.\n", Metadata()
)


def _quote(text: str) -> Quote:
    start = DOCUMENT.text.index(text)
    return DOCUMENT.quote(Span(start, start + len(text)))


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("Fourth one.", "First one. Second one.\n\nMiddle\n\nThird one.", "Fifth one.\n\nLast one."),
        ("First one.", "", "Second one.\n\nMiddle\n\nThird one. Fourth one. Fifth one."),
        ("Third one. Fourth one. Fifth one.", "First one. Second one.\n\nMiddle", "Last one."),
        ("Last one.", "Third one. Fourth one. Fifth one.", ""),
    ],
)
def test_around_a_quote_stand_its_own_and_the_neighbouring_paragraphs(
    text: str, before: str, after: str
) -> None:
    [shown] = show("Why?", [_quote(text)], lambda _: DOCUMENT)
    assert shown.around == (before, after)


def test_so_much_around_a_quote_is_shown_and_no_more() -> None:
    document = load_markdown("a", f"{'x' * 3000} middle {'y' * 3000}", Metadata())
    [shown] = show("Why?", [document.quote(Span(3001, 3007))], lambda _: document)
    assert shown.around == ("x" * (MOST_AROUND - 1), "y" * (MOST_AROUND - 1))


def test_nothing_is_shown_around_a_quote_whose_document_has_changed_meanwhile() -> None:
    def gone(document_id: str) -> None:
        raise UnknownDocument(document_id)

    other = load_markdown("a", DOCUMENT.text + "More.", Metadata())
    assert show("Why?", [_quote("Last one.")], lambda _: other)[0].around == ("", "")
    assert show("Why?", [_quote("Last one.")], gone)[0].around == ("", "")  # type: ignore[arg-type]


def test_the_first_quotes_are_shown_at_once_and_the_others_to_whoever_asks(built: Built) -> None:
    text = "\n\n".join(
        f"# Part {name}\n\nThe pelican {name}." for name in ("eats", "dives", "sleeps", "swims")
    )
    service: Service = built({"a.md": text})
    shown = AnswerView.of(service.ask(asking("pelican", 6)), 3, service.document)
    [group] = shown.groups
    assert [quote.number for quote in group.first + group.more] == [1, 2, 3, 4]
    assert len(group.first) == 3


def test_the_sides_of_a_comparison_share_what_is_shown_at_once(built: Built) -> None:
    files = {
        "a.md": "# Pelicans\n\nThe pelican eats.\n\n# Sleep\n\nThe pelican sleeps.\n",
        "b.md": "# Herons\n\nThe heron eats.\n\n# Sleep\n\nThe heron sleeps.\n",
    }
    service: Service = built(files, covering_models())
    answer = service.ask(asking("How do the pelican and the heron differ?", 6))
    groups = AnswerView.of(answer, 3, service.document).groups
    assert [(group.title, len(group.first), len(group.more)) for group in groups] == [
        ("Pelicans", 1, 1),
        ("Herons", 1, 1),
    ]


def test_what_introduces_a_list_has_no_number(built: Built) -> None:
    service: Service = built({"a.md": "Birds that dive:\n\n- The gannet.\n- The puffin.\n"})
    shown = AnswerView.of(service.ask(asking("Which birds dive?")), 3, service.document)
    assert shown.lead_in
    assert shown.lead_in.body.text == "Birds that dive:"
    assert [quote.number for quote in shown.groups[0].first] == [1, 2]
