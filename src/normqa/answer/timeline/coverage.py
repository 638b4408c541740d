"""Which folders have documents of which years."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from normqa.search.facets import folders_of
from normqa.search.filters import is_in_folder


@dataclass(frozen=True, slots=True)
class Cell:
    """The documents of a folder with a date in a year.

    Attributes:
        folder: One of the folders that narrow the search, or else a folder of the corpus.
        year: The year, of four digits.
        documents: Their ids, in order.
    """

    folder: str
    year: str
    documents: tuple[str, ...]


def coverage(dates: Iterable[tuple[str, str]], folders: Sequence[str]) -> list[Cell]:
    """Return a cell for each folder and year with documents, by folder and year.

    Args:
        dates: Ids of documents, each with a date in ISO 8601.
        folders: The folders that narrow the search.
    """
    found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for document_id, day in dates:
        found[_folder_of(document_id, folders), day[:4]].add(document_id)
    return [Cell(folder, year, tuple(sorted(ids))) for (folder, year), ids in sorted(found.items())]


def _folder_of(document_id: str, folders: Sequence[str]) -> str:
    named = (folder for folder in folders if is_in_folder(document_id, folder))
    return next(named, folders_of(document_id)[0])
