"""Names in Milvus, which may contain letters, digits and underscores.

normqa_000042_20261128T101500_000000Z_passages    vectors and words of a generation
normqa_000042_20261128T101500_000000Z_cells       everything else of it
normqa_current                                    alias of the passages of the generation that answers
normqa_newest                                     alias of those of the newest that was ever current
normqa_after_000041_20261127T101500_000000Z       alias of those of the one that is being published after it
"""

import re

CURRENT = "normqa_current"
NEWEST = "normqa_newest"

_COLLECTION = re.compile(r"normqa_(\d{6,})_(\d{8}T\d{6})_(\d{6}Z)_(?:passages|cells)")


def passages_of(generation: str) -> str:
    """Return the name of the collection with the passages of a generation."""
    return f"normqa_{_spelled(generation)}_passages"


def cells_of(generation: str) -> str:
    """Return the name of the collection with the cells of a generation."""
    return f"normqa_{_spelled(generation)}_cells"


def successor_of(generation: str | None) -> str:
    """Return the name of the alias of the generation that is published after another one, or as the first."""
    return f"normqa_after_{_spelled(generation or 'nothing')}"


def generation_of(collection: str) -> str | None:
    """Return the generation that a collection belongs to; None if it is not one of normqa."""
    match = _COLLECTION.fullmatch(collection)
    return f"{match[1]}-{match[2]}.{match[3]}" if match else None


def _spelled(generation: str) -> str:
    return re.sub("[-.]", "_", generation)
