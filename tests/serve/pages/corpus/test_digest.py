"""What the pages know of a corpus is read once."""

import gc
import weakref

from normqa.serve.pages.pages import Pages
from tests.serve.conftest import Built

PELICANS = {"a.md": '---\nquestions: ["What do pelicans eat?"]\n---\nPelicans eat herring.'}
HERONS = {"b.md": '---\nquestions: ["What do herons eat?"]\n---\nHerons eat frogs.'}


def test_documents_of_several_groups_are_read_once(built: Built) -> None:
    """Readers of two groups ask in turn."""
    first, second = (built(files).current() for files in (PELICANS, HERONS))
    pages = Pages(built({}).settings)
    known = [pages.digest(snapshot) for snapshot in (first, second, first, second)]
    assert known[0].known.questions == ("What do pelicans eat?",)
    assert known[1].known.questions == ("What do herons eat?",)
    assert known[:2] == known[2:]


def test_what_is_known_does_not_keep_an_old_generation_open(built: Built) -> None:
    service = built(PELICANS)
    pages = Pages(service.settings)
    old = weakref.ref(service.generation().store)
    pages.digest(service.current())
    (service.settings.corpus / "a.md").write_text(HERONS["b.md"], encoding="utf-8")
    service.build()
    service.current()
    gc.collect()
    assert old() is None
