"""How the passages are spread over documents and topics, as bars to look at."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from normqa.index.passages import PassageStore
from normqa.schema.documents import document_href

MOST = 20
"""So many bars are drawn."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar.

    Attributes:
        label: What it stands for.
        href: Where the label leads.
        count: How many passages.
        percent: Its length, of the longest.
    """

    label: str
    href: str | None
    count: int
    percent: float


@dataclass(frozen=True, slots=True)
class Bars:
    """The longest bars, the longest first.

    Attributes:
        bars: They.
        left_out: How many there are besides.
    """

    bars: tuple[Bar, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class Spread:
    """Where the passages of a generation are.

    Attributes:
        topics: The longest bars of topics. A passage counts for each topic of its document.
        documents: The longest bars of documents.
        without_topic: How many passages are of documents without a topic.
    """

    topics: Bars
    documents: Bars
    without_topic: int


def spread(store: PassageStore) -> Spread:
    """Counts the passages of every document and topic."""
    metadata = list(store.metadata())
    passages = store.passages_of([document_id for document_id, _ in metadata])
    documents, topics = Counter[str](), Counter[str]()
    for (document_id, about), own in zip(metadata, passages, strict=True):
        documents[document_id] = len(own)
        topics.update(dict.fromkeys(about.topics or [""], len(own)))
    without_topic = topics.pop("", 0)
    return Spread(
        topics=_bars(topics, lambda topic: (topic, None)),
        documents=_bars(documents, lambda name: (store.document(name).title, document_href(name))),
        without_topic=without_topic,
    )


def _bars(counts: Mapping[str, int], named: Callable[[str], tuple[str, str | None]]) -> Bars:
    longest = sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:MOST]
    most = max((count for _, count in longest), default=0) or 1
    bars = (Bar(*named(name), count, round(100 * count / most, 1)) for name, count in longest)
    return Bars(tuple(bars), len(counts) - len(longest))
