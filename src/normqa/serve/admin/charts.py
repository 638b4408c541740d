"""Bar charts of passages by topic, and by folder or document."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import takewhile

from normqa.index.backend import DocumentStore
from normqa.schema.documents import document_href

MAX_BARS = 20

TOP_FOLDER = "(top folder)"
"""Label of the documents that are in no folder."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart.

    Attributes:
        label: Document title, folder or topic.
        href: Address of the document, if the bar is about one.
        count: Number of passages.
        percent: Length of the bar, relative to the longest.
        documents: Number of documents, if the bar is about several.
    """

    label: str
    href: str | None
    count: int
    percent: float
    documents: int | None = None


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
    """The passages of a generation by topic, folder and document.

    Attributes:
        topics: A passage counts once for every topic of its document.
        folders: Passages and documents by folder, without bars if all documents are in one.
        documents: Passages by document.
        without_topic: Number of passages in documents without a topic.
    """

    topics: Chart
    folders: Chart
    documents: Chart
    without_topic: int


def passage_charts(store: DocumentStore) -> PassageCharts:
    """Count the passages of every document, folder and topic."""
    titles, documents, topics = dict[str, str](), Counter[str](), Counter[str]()
    for summary in store.summaries():
        titles[summary.id] = summary.title
        documents[summary.id] = summary.passages
        topics.update(dict.fromkeys(summary.metadata.topics or [""], summary.passages))
    without_topic = topics.pop("", 0)
    return PassageCharts(
        topics=_chart(topics, lambda topic: (topic, None)),
        folders=_folder_chart(documents),
        documents=_chart(documents, lambda document_id: (titles[document_id], document_href(document_id))),
        without_topic=without_topic,
    )


def _folder_chart(documents: Mapping[str, int]) -> Chart:
    """Count by the first folder in which ids differ."""
    paths = {document_id: document_id.split("/")[:-1] for document_id in documents}
    shared = sum(1 for _ in takewhile(lambda parts: len(set(parts)) == 1, zip(*paths.values(), strict=False)))
    folders = {document_id: "/".join(path[: shared + 1]) for document_id, path in paths.items()}
    sizes, passages = Counter(folders.values()), Counter[str]()
    for document_id, count in documents.items():
        passages[folders[document_id]] += count
    if len(passages) <= 1:
        return Chart((), 0)
    return _chart(passages, lambda folder: (folder or TOP_FOLDER, None), sizes)


def _chart(
    counts: Mapping[str, int],
    label: Callable[[str], tuple[str, str | None]],
    documents: Mapping[str, int] | None = None,
) -> Chart:
    sizes = documents or {}
    longest = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MAX_BARS]
    most = max((count for _, count in longest), default=0) or 1
    bars = (
        Bar(*label(name), count, round(100 * count / most, 1), sizes.get(name)) for name, count in longest
    )
    return Chart(tuple(bars), len(counts) - len(longest))
