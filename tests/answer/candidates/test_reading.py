"""Reading of promising sentences and lists by a reranker."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from normqa.answer.candidates.candidate import Candidate, Signals
from normqa.answer.candidates.reading import QUESTION_READ, read_listings, read_sentences
from normqa.datatypes import Span
from normqa.errors import RerankerUnavailable
from normqa.models.protocols import PairScore, Ranking
from tests.answer.documents import a_document, candidates

TEXT = "Herons wade. Ducks dive. Terns fly."


class Reranker:
    """Gives a text its number of words and that of its full stops, and records what it read."""

    name = fingerprint = "reranker"

    def __init__(self, answer: float | None = None) -> None:
        self.read: list[str] = []
        self.questions: list[str] = []
        self.rankings: list[Ranking | None] = []
        self._answer = answer

    def scores(self, question: str, texts: Sequence[str], ranking: Ranking | None = None) -> list[PairScore]:
        self.read += texts
        self.rankings.append(ranking)
        self.questions.append(question)
        return [
            PairScore(len(text.split()), text.count(".") if self._answer is None else self._answer)
            for text in texts
        ]


class RelevanceAlone(Reranker):
    """The same, without a second number."""

    def scores(self, question: str, texts: Sequence[str], ranking: Ranking | None = None) -> list[PairScore]:
        return [PairScore(score.relevance) for score in super().scores(question, texts, ranking)]


def referring_back() -> Candidate:
    """Return the second sentence of :data:`TEXT`, read with the first."""
    first, second = candidates(a_document(TEXT), "Herons", "Ducks")
    return replace(second, context=Span(first.span.start, second.span.end))


def test_sentences_are_read_below_their_headings() -> None:
    sentences = candidates(a_document(TEXT), "Herons", "Terns")
    reranker = Reranker()
    read_sentences("Who flies?", sentences, reranker)
    assert reranker.read == [f"{c.headings}\n{c.text}" for c in sentences]


def test_reranker_gets_texts_and_prior_of_each_candidate() -> None:
    """The first sentence is read alone and in its context.

    Priors are twice the sum of .1, .2 and .3, and the bonus of a definition.
    """
    signals = Signals(0.1, 0.2, 0.3)
    plain = replace(referring_back(), signals=signals)
    defining = replace(plain, context=plain.span, signals=replace(signals, defines=True))
    reranker = Reranker()
    read_sentences("Who flies?", [plain, defining], reranker)
    (ranking,) = reranker.rankings
    assert ranking
    assert [list(own) for own in ranking.readings] == [[0, 1], [2]]
    assert ranking.priors == pytest.approx([1.2, 1.2 + 1.5])


def test_candidates_get_both_scores() -> None:
    (found,) = read_sentences("Who?", candidates(a_document(TEXT), "Herons"), Reranker(answer=2.5))
    assert found.signals.answer == 2.5
    assert found.signals.relevance == len(f"{found.headings} Herons wade.".split())


def test_sentence_that_refers_back_gets_the_mean_of_it_alone_and_in_context() -> None:
    alone, together = 1, 2  # full stops
    (found,) = read_sentences("Who?", [referring_back()], Reranker())
    assert found.signals.answer == (alone + together) / 2


def test_reranker_of_relevance_alone_gives_no_log_odds() -> None:
    (found,) = read_sentences("Who?", [referring_back()], RelevanceAlone())
    assert found.signals.answer is None
    assert found.signals.relevance is not None


def test_log_odds_of_one_text_of_two_do_not_count() -> None:
    class Forgetful(Reranker):
        def scores(
            self, question: str, texts: Sequence[str], ranking: Ranking | None = None
        ) -> list[PairScore]:
            first, *others = super().scores(question, texts, ranking)
            return [first, *(PairScore(score.relevance) for score in others)]

    (found,) = read_sentences("Who?", [referring_back()], Forgetful())
    assert found.signals.answer is None


def test_whole_list_is_read_below_its_headings() -> None:
    (first,) = candidates(a_document(TEXT), "Herons")
    reranker = Reranker()
    (found,) = read_listings("Who?", [(first, "Birds:\nherons\nducks")], 1.5, reranker)
    assert reranker.read == [f"{first.headings}\nBirds:\nherons\nducks"]
    assert reranker.rankings == [Ranking([range(1)], [first.signals.prior], 1.5)]
    assert found.signals.answer == 0


def test_plain_letters_and_the_start_of_a_long_question_are_read() -> None:
    sentences = candidates(a_document("The ﬁrst heron wades."), "The")
    reranker = Reranker()
    read_sentences("ﬁ" * QUESTION_READ * 2, sentences, reranker)
    assert reranker.read[0].endswith("The first heron wades.")
    assert reranker.questions == ["fi" * QUESTION_READ]


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_scores_that_are_no_numbers_are_refused(number: float) -> None:
    sentences = candidates(a_document(TEXT), "Herons", "Ducks")
    with pytest.raises(RerankerUnavailable, match="not finite"):
        read_sentences("Who?", sentences, Reranker(answer=number))
