"""Places of a document that a conversation cites, and their marks in its text."""

from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import QueryParams

from normqa.datatypes import Metadata, Span
from normqa.load.markup.markdown import load_markdown
from normqa.serve.pages.cited_places import cited_places
from normqa.serve.pages.permalink import QuoteLink
from normqa.serve.pages.text_runs import text_runs
from normqa.serve.pages.views.document import DocumentView, Place

DOCUMENT = load_markdown(
    "zoo", "# Birds\n\nThe pelican eats herring. It dives.\n\n- A gull.\n- A tern.\n", Metadata()
)
LENGTH = len(DOCUMENT.text)
spans = st.tuples(st.integers(0, LENGTH), st.integers(0, LENGTH)).filter(lambda ends: ends[0] < ends[1])


def link(text: str, document_id: str = "zoo", sha256: str = DOCUMENT.sha256[:16]) -> QuoteLink:
    """Return the link to a text of the document."""
    start = DOCUMENT.text.index(text)
    return QuoteLink(Span(start, start + len(text)), sha256, document_id)


def test_places_are_those_of_this_text_in_order() -> None:
    answer = [link("It dives."), link("A gull.", "other"), link("A tern.", sha256="0" * 16)]
    places = cited_places(DOCUMENT, answer, [link("The pelican eats"), link("It dives.")])
    assert [(place.text, place.number) for place in places] == [("The pelican eats", None), ("It dives.", 1)]


@given(st.lists(spans, max_size=5), spans)
def test_runs_are_the_text_and_mark_what_is_cited(
    cited: list[tuple[int, int]], part: tuple[int, int]
) -> None:
    links = [QuoteLink(Span(*ends), DOCUMENT.sha256[:16], "zoo") for ends in cited]
    places = [place.span for place in cited_places(DOCUMENT, links, [])]
    runs = list(text_runs(DOCUMENT, Span(*part), places))
    assert "".join(run.text for run in runs) == Span(*part).of(DOCUMENT.text)
    marked = [piece.is_cited for run in runs for piece in run.pieces for _ in piece.text]
    assert marked == [any(place.start <= at < place.end for place in places) for at in range(*part)]
    anchors = [piece.anchor for run in runs for piece in run.pieces if piece.anchor]
    assert anchors == [f"cited-{place.start}" for place in places if part[0] <= place.start < part[1]]


def test_marked_place_is_not_cited_twice() -> None:
    own, other = link("It dives."), link("A gull.")
    query = QueryParams([("q", "x"), ("quote", str(own)), ("quote", str(other))])
    view = DocumentView.of(DOCUMENT, Place(own.span.start, own.span.end), query)
    assert [view.anchor(place) for place in view.cited] == ["quote", f"cited-{other.span.start}"]
    shown = [
        piece for run in view.before + view.marked + view.after for piece in run.pieces if piece.is_cited
    ]
    assert [piece.text for piece in shown] == ["A gull."]
