"""Views of a generation that show only some documents."""

from collections.abc import Callable

import pytest

from normqa.errors import UnknownDocument
from normqa.index.backend import Backend
from normqa.index.lexical import LexicalIndex
from normqa.search.audience import Audiences
from normqa.search.filters import Filters, select
from normqa.service import Service
from tests.conftest import WriteCorpus, damage, parts_in_force

FILES = {
    "a.md": "The pelican eats herring.\n",
    "b.md": "---\naudience: [hr]\n---\nThe zebrafish is paid by the Zonal Budget Fund (ZBF).\n\n"
    "The pelican knows.\n",
}


@pytest.fixture
def whole(write_corpus: WriteCorpus, make_service: Callable[..., Service]) -> Backend:
    write_corpus(FILES)
    service = make_service()
    service.build()
    return service.generation()


def test_view_knows_only_its_words(whole: Backend) -> None:
    shown = whole.showing(frozenset({"a"})).lexical
    assert (whole.lexical.contains_term("zebrafish"), shown.contains_term("zebrafish")) == (True, False)
    assert shown.spellings("z") == {}
    assert whole.lexical.long_forms("ZBF") == ["Zonal Budget Fund"]
    assert shown.long_forms("ZBF") == []
    assert shown.spellings("pel") == {"pelican": 1}
    assert whole.lexical.spellings("pel") == {"pelican": 2}
    assert isinstance(shown, LexicalIndex)
    assert shown.size == 1


def test_view_has_only_its_documents(whole: Backend) -> None:
    whole.store.document("b")  # now in the cache
    shown = whole.showing(frozenset({"a"}))
    assert (shown.documents, shown.passages, shown.store.document_ids()) == (1, 1, ["a"])
    for read in (shown.store.document, shown.store.original, shown.store.glyph_map):
        with pytest.raises(UnknownDocument):
            read("b")
    selection = select(Filters(), shown.store)
    assert selection is not None
    assert selection.documents == ("a",)


def test_view_of_nothing_can_be_searched(whole: Backend) -> None:
    nothing = whole.showing(frozenset())
    selection = select(Filters(), nothing.store)
    assert selection is not None
    assert nothing.lexical.search("pelican", 10, selection.documents) == {}
    assert nothing.lexical.spellings("p") == {}


@pytest.mark.parametrize(
    ("rules", "groups", "shown"),
    [
        ({}, (), {"a"}),
        ({}, ("hr",), None),
        ({}, ("",), {"a"}),
        ({"b": ["board"]}, ("hr",), {"a"}),
        ({"b.md": ["board"]}, ("board",), {"a"}),
        ({"b": ["board"]}, ("hr", "board"), None),
        ({"*": ["board"]}, (), set()),
        ({"*": []}, ("hr",), set()),
        ({"A": ["board"]}, (), {"a"}),
    ],
)
def test_every_rule_must_allow_a_document(
    whole: Backend, rules: dict[str, list[str]], groups: tuple[str, ...], shown: set[str] | None
) -> None:
    assert Audiences(whole.store, rules).shown_to(groups) == shown


def test_older_generation_does_not_bring_back_who_may_see_a_document(
    write_corpus: WriteCorpus, make_service: Callable[..., Service]
) -> None:
    """If the newest generation is damaged, an older one answers: not from what was restricted since."""
    write_corpus({"a.md": "The pelican eats herring.\n", "b.md": "The zebrafish sleeps.\n"})
    service = make_service()
    service.build()
    write_corpus({"b.md": "---\naudience: hr\n---\nThe zebrafish sleeps.\n"})
    service.build()
    damage(parts_in_force(service.settings.index_folder)["passages.npy"])
    snapshot = make_service().current(())
    assert snapshot.warning is not None
    assert [document.id for document in snapshot.documents()] == ["a"]
