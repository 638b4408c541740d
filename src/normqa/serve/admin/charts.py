"""Bar charts of passages by document and topic."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from normqa.index.passages import PassageStore
from normqa.schema.documents import document_href

MAX_BARS = 20


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart.

    Attributes:
        label: Document title or topic.
        href: Address of the document, if the bar is about one.
        count: Number of passages.
        percent: Length of the bar, relative to the longest.
    """

    label: str
    href: str | None
    count: int
    percent: float


@dataclass(frozen=True, slots=True)
class Chart:
    """The longest bars, in descending order.

    Attributes:
        bars: At most :data:`MAX_BARS` bars.
        omitted: Number of bars that are not shown.
    """

    bars: tuple[Bar, ...]
    omitted: int


@dataclass(frozen=True, slots=True)
class PassageCharts:
    """The passages of a generation by topic and by document.

    Attributes:
        topics: A passage counts once for every topic of its document.
        documents: Passages by document.
        without_topic: Number of passages in documents without a topic.
    """

    topics: Chart
    documents: Chart
    without_topic: int


def passage_charts(store: PassageStore) -> PassageCharts:
    """Count the passages of every document and topic."""
    titles, documents, topics = dict[str, str](), Counter[str](), Counter[str]()
    for summary in store.summaries():
        titles[summary.id] = summary.title
        documents[summary.id] = summary.passages
        topics.update(dict.fromkeys(summary.metadata.topics or [""], summary.passages))
    without_topic = topics.pop("", 0)
    return PassageCharts(
        topics=_chart(topics, lambda topic: (topic, None)),
        documents=_chart(documents, lambda document_id: (titles[document_id], document_href(document_id))),
        without_topic=without_topic,
    )


def _chart(counts: Mapping[str, int], label: Callable[[str], tuple[str, str | None]]) -> Chart:
    longest = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MAX_BARS]
    most = max((count for _, count in longest), default=0) or 1
    bars = (Bar(*label(name), count, round(100 * count / most, 1)) for name, count in longest)
    return Chart(tuple(bars), len(counts) - len(longest))
