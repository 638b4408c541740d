"""Which documents a reader may see: those for everybody, and those for the reader's groups."""

from collections import OrderedDict
from collections.abc import Collection, Mapping
from fnmatch import fnmatchcase

from normqa.index.backend import Backend, DocumentStore

MAX_VIEWS = 64
"""Combinations of groups whose documents are known at once."""


class Audiences:
    """The documents of a store that are not for everybody.

    The front matter of a document names groups, and so does every rule whose pattern matches its id. A reader
    needs one group of the front matter, if it names any, and one of each such rule.

    Args:
        store: The documents.
        rules: Groups by pattern, such as ``hr/*``, which is compared with an id with and without ``.md``.
    """

    def __init__(self, store: DocumentStore, rules: Mapping[str, Collection[str]]) -> None:
        self._store = store
        self._needed: dict[str, list[frozenset[str]]] = {}
        for document_id, metadata in store.metadata():
            named = [metadata.audience] if metadata.audience else []
            needed = [
                *named,
                *(groups for pattern, groups in rules.items() if _matches(document_id, pattern)),
            ]
            if needed:
                self._needed[document_id] = list(map(frozenset, needed))
        self._groups = frozenset(
            group for needed in self._needed.values() for groups in needed for group in groups
        )

    def relevant(self, groups: Collection[str]) -> frozenset[str]:
        """Return those of the groups that some document is for: readers who share them see the same."""
        return self._groups & frozenset(groups)

    def shown_to(self, groups: Collection[str]) -> frozenset[str] | None:
        """Return the ids of the documents that a reader in these groups may see; None if these are all."""
        mine = frozenset(groups)
        hidden = {
            document_id
            for document_id, needed in self._needed.items()
            if any(mine.isdisjoint(groups) for groups in needed)
        }
        return frozenset(self._store.document_ids()) - hidden if hidden else None


class AudienceViews:
    """A generation as the readers of each combination of groups see it.

    Args:
        generation: The whole generation.
        rules: Groups by pattern of the id; see :class:`Audiences`.
    """

    def __init__(self, generation: Backend, rules: Mapping[str, Collection[str]]) -> None:
        self._whole = generation
        self._audiences = Audiences(generation.store, rules)
        self._views: OrderedDict[frozenset[str], Backend] = OrderedDict()

    def shown_to(self, groups: Collection[str]) -> Backend:
        """Return the generation with the documents that a reader in these groups may see."""
        relevant = self._audiences.relevant(groups)
        if relevant not in self._views:
            only = self._audiences.shown_to(relevant)
            self._views[relevant] = self._whole if only is None else self._whole.showing(only)
            if len(self._views) > MAX_VIEWS:
                self._views.popitem(last=False)
        self._views.move_to_end(relevant)
        return self._views[relevant]


def _matches(document_id: str, pattern: str) -> bool:
    return fnmatchcase(document_id, pattern) or fnmatchcase(f"{document_id}.md", pattern)
