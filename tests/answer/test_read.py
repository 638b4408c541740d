"""Which sentences of the hits answer."""

from collections.abc import Sequence

from normqa.answer.read import SENTENCES_A_HIT, Reading, read
from normqa.datatypes import Document, Hit, Span
from tests.answer.reading import a_document, passages

LISTED = "# Norms\n\nStates agree. They differ too.\n\n## Channels\n\n- Hotlines.\n- Meetings.\n"


def by_length(_: str, scored: Sequence[str]) -> list[float]:
    """Longer texts score higher."""
    return [len(text) / 1000 for text in scored]


def hits(*documents: Document) -> list[Hit]:
    return [Hit(passage, 1.0) for document in documents for passage in passages(document)]


def said(found: Sequence[Reading]) -> list[str]:
    return [reading.span.of(reading.document.text) for reading in found]


def test_every_sentence_item_and_row_is_scored_with_the_headings_above_it() -> None:
    document = a_document(f"{LISTED}\n| A | B |\n|---|---|\n| 1 | 2 |\n")
    asked: list[tuple[str, list[str]]] = []

    def note(question: str, scored: Sequence[str]) -> list[float]:
        asked.append((question, list(scored)))
        return [0.5] * len(scored)

    found = read("Which?", hits(document), {"doc": document}.__getitem__, note)
    assert asked == [
        (
            "Which?",
            [
                "States agree.",
                "They differ too.",
                "Channels\nChannels",
                "Channels\nHotlines.",
                "Channels\nMeetings.",
                "Channels\nA\tB",
                "Channels\n1\t2",
            ],
        )
    ]
    assert len(found) == 7


def test_the_best_come_first() -> None:
    document = a_document(LISTED)
    found = read("", hits(document), {"doc": document}.__getitem__, by_length)
    assert said(found) == ["Hotlines.", "Meetings.", "Channels", "They differ too.", "States agree."]
    assert [reading.score for reading in found] == [
        len("Channels\nHotlines.") / 1000,
        len("Channels\nMeetings.") / 1000,
        len("Channels\nChannels") / 1000,
        len("They differ too.") / 1000,
        len("States agree.") / 1000,
    ]


def test_equal_scores_go_by_document_and_then_by_place() -> None:
    documents = {name: a_document("One here. Two here.", name) for name in ("b", "a")}
    found = read("", hits(*documents.values()), documents.__getitem__, lambda _, scored: [0.5] * len(scored))
    assert [(reading.document.id, reading.span.start) for reading in found] == [
        ("a", 0),
        ("a", 10),
        ("b", 0),
        ("b", 10),
    ]


def test_no_more_sentences_are_scored_than_five_a_hit_those_of_the_first_hits_first() -> None:
    long = a_document(" ".join(f"Sentence {word} stands here." for word in "abcdefghijklmnop"), "long")
    short = a_document("One sentence.", "short")
    documents = {"long": long, "short": short}
    last = read("", hits(long, short), documents.__getitem__, by_length)
    first = read("", hits(short, long), documents.__getitem__, by_length)
    assert (len(hits(long)), len(hits(short))) == (1, 1)
    assert SENTENCES_A_HIT == 5
    assert len(last) == len(first) == 2 * 5
    assert {reading.document.id for reading in last} == {"long"}
    assert [reading.document.id for reading in first].count("short") == 1


def test_no_hits_give_no_readings() -> None:
    documents: dict[str, Document] = {}
    assert read("", [], documents.__getitem__, by_length) == []


def test_a_reading_keeps_the_passage_it_was_found_in() -> None:
    document = a_document(LISTED)
    for reading in read("", hits(document), {"doc": document}.__getitem__, by_length):
        assert reading.span in reading.passage.span
        assert reading.span in reading.passage.sentences
        assert reading.span in Span(0, len(document.text))
