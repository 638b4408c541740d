"""Verifying a text and what it quotes."""

# ruff: noqa: RUF001 - quotation marks that look alike are the point

from collections.abc import Iterable

import pytest

from normqa.datatypes import Span
from normqa.search.quotations.check import MATCHES_OF_QUOTATION, NEAREST_UP_TO, Check, check
from normqa.search.verify import Match
from tests.conftest import BuildService

DOCUMENTS = {
    "birds": "The pelican eats herring.\n\nIt “rests” at noon. Cyber-security matters.",
    "seas": "The sea is cold. The pelican\neats herring. no no no no no no no no no no no no",
}
NEAREST = Match("birds", Span(0, 25))


def checked(text: str) -> Check:
    def texts(ids: Iterable[str] | None) -> Iterable[tuple[str, str]]:
        return ((name, DOCUMENTS[name]) for name in (DOCUMENTS if ids is None else ids))

    return check(text, texts, lambda _: NEAREST)


def statuses(text: str) -> list[str]:
    return [part.found.status for part in checked(text).parts]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("The pelican eats herring.", "exact"),
        ("“The pelican eats herring.”", "exact"),
        ('"The pelican eats herring."', "exact"),
        ("“The pelican eats herring.”\n— Birds. Notes. http://zoo.example/x", "exact"),
        ("(Fish:)\n“The pelican eats herring.”\n— Birds. http://zoo.example/x", "exact"),
        ("> The pelican eats herring\\.\n>\n> — Birds\\. <http://zoo.example/x>", "exact"),
        ("It “rests” at noon.", "exact"),
        ("«the pelican eats herring»", "case"),
        ("The pelican eats cod.", "not_found"),
        ("“The pelican eats cod.”", "not_found"),
    ],
)
def test_text_is_verified_without_what_is_around_it(text: str, status: str) -> None:
    assert checked(text).whole.found.status == status
    assert checked(text).quotations == ()


def test_every_quotation_of_a_text_is_verified() -> None:
    text = (
        "She says “the pelican eats herring,” and that “cyber security matters”.\n\n"
        "> The sea is warm.\n\nHe says ‘The sea is cold.’"
    )
    assert statuses(text) == ["case", "separators", "not_found", "exact"]
    assert checked(text).whole.found.status == "not_found"
    assert [quotation.span.of(text)[:9] for quotation, _ in checked(text).quotations] == [
        "the pelic",
        "cyber sec",
        "> The sea",
        "The sea i",
    ]


def test_nearest_place_is_of_what_is_not_found() -> None:
    found = checked("“The sea is cold” and “the sea is warm”")
    assert found.whole.nearest is None
    assert [part.nearest for part in found.parts] == [None, NEAREST]
    assert checked("The sea is warm").whole.nearest == NEAREST
    assert checked("warm " * NEAREST_UP_TO).whole.nearest is None


def test_altered_sentence_is_not_found_although_words_in_it_are_quoted_right() -> None:
    assert checked("It “rests” at night.").whole.found.status == "not_found"


def test_matches_of_a_quotation_are_limited() -> None:
    found = checked("A “no” and “herring”")
    assert len(found.parts[0].found.matches) == MATCHES_OF_QUOTATION
    assert len(checked("no").whole.found.matches) == 13


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("The pelican eats cod.", "The pelican eats herring."),
        ("The heron wades in the mud of the bay. It sleeps there.", "The heron wades in mud. It sleeps."),
        ("zzz", None),
    ],
)
def test_nearest_place_has_the_most_similar_sentences(
    build_service: BuildService, text: str, nearest: str | None
) -> None:
    files = {
        "a.md": "# Birds\n\nThe gull cries. The pelican eats herring. It swims.",
        "b.md": "# Herons\n\nFrogs hide. The heron wades in mud. It sleeps. Reeds grow.",
    }
    snapshot = build_service(files).current()
    found = snapshot.check(text).whole
    assert found.found.status == "not_found"
    assert found.nearest is not None
    place = found.nearest.span.of(snapshot.document(found.nearest.document_id).text)
    assert nearest in (place, None)
    parts = found.found.diff(place)
    assert "".join(part.sent for part in parts) == text
    assert "".join(part.document for part in parts) == place


def test_empty_index_has_no_nearest_place(build_service: BuildService) -> None:
    service = build_service({"a.md": "# A\n\nWords."})
    (service.settings.corpus / "a.md").unlink()
    service.build(allow_empty=True)
    assert service.current().check("Words.").whole.nearest is None
