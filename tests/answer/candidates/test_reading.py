"""Reading of promising sentences, by pairs and in the passages around them."""

from collections.abc import Sequence

import pytest

from normqa.answer.candidates.candidate import Candidate
from normqa.answer.candidates.reading import QUESTION_READ, read_listings, read_sentences
from normqa.errors import RerankerUnavailable
from normqa.models.protocols import Reading, UnitScore
from tests.answer.documents import a_document, candidates

TEXT = "Herons wade. Ducks dive. Terns fly. Gulls call. Owls hunt."


class Reader:
    """A reader that gives a unit its length and its number, and records what it read."""

    name = fingerprint = "reader"

    def __init__(self, answer: float | None = None) -> None:
        self.read: list[Reading] = []
        self.questions: list[str] = []
        self._answer = answer

    def read_passages(self, question: str, readings: Sequence[Reading]) -> list[list[UnitScore]]:
        self.read += readings
        self.questions.append(question)
        return [
            [
                UnitScore(len(unit), float(number) if self._answer is None else self._answer)
                for number, unit in enumerate(reading.units)
            ]
            for reading in readings
        ]


OPENINGS = ("Herons", "Ducks", "Terns", "Gulls", "Owls")


def texts(candidates: Sequence[Candidate]) -> list[str]:
    return [candidate.text for candidate in candidates]


def test_reader_sees_one_sentence_on_either_side_of_the_promising_ones() -> None:
    sentences = candidates(a_document(TEXT), *OPENINGS)
    reader = Reader()
    read_sentences("Who dives?", [sentences[1]], sentences, reader)
    assert [reading.units for reading in reader.read] == [("Herons wade.", "Ducks dive.", "Terns fly.")]


def test_all_sentences_that_were_read_are_candidates() -> None:
    sentences = candidates(a_document(TEXT), *OPENINGS)
    found = read_sentences("Who flies?", [sentences[2]], sentences, Reader())
    assert texts(found) == ["Ducks dive.", "Terns fly.", "Gulls call."]
    assert [candidate.signals.answer for candidate in found] == [0, 1, 2]


def test_sentences_between_promising_ones_are_read_with_them() -> None:
    sentences = candidates(a_document(TEXT), *OPENINGS)
    reader = Reader()
    read_sentences("Who?", [sentences[4], sentences[0]], sentences, reader)
    assert [len(reading.units) for reading in reader.read] == [5]


def test_whole_list_is_read_as_one_unit() -> None:
    (first,) = candidates(a_document(TEXT), *OPENINGS[:1])
    reader = Reader()
    (found,) = read_listings("Who?", [(first, "Birds:\nherons\nducks")], reader)
    assert reader.read == [Reading(first.headings, ("Birds:\nherons\nducks",))]
    assert found.signals.answer == 0


def test_reader_sees_plain_letters_and_the_start_of_a_long_question() -> None:
    sentences = candidates(a_document("The ﬁrst heron wades."), "The")
    reader = Reader()
    read_sentences("ﬁ" * QUESTION_READ * 2, sentences, sentences, reader)
    assert reader.read[0].units == ("The first heron wades.",)
    assert reader.questions == ["fi" * QUESTION_READ]


def test_scores_that_are_no_numbers_are_refused() -> None:
    sentences = candidates(a_document(TEXT), *OPENINGS)
    with pytest.raises(RerankerUnavailable, match="not finite"):
        read_sentences("Who?", sentences, sentences, Reader(answer=float("nan")))
