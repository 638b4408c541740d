"""The answer pipeline over tiny indexes, with a fake reranker and its calibration."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import count
from math import exp, log
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normqa.answer.candidates.reading import QUESTION_READ
from normqa.answer.confidence import FAIR, STRONG, Calibration, CalibrationFile
from normqa.answer.models import Models
from normqa.answer.pipeline import NEAR_MISSES, AnswerPipeline, refuse_empty_index
from normqa.answer.question import Question
from normqa.answer.resolve import RELATED
from normqa.answer.searches import BUDGET, SearchCache, cost
from normqa.build.build import build
from normqa.datatypes import Answer, Quote
from normqa.errors import DeadlineExceeded, UnknownDocument
from normqa.index.folder import IndexFolder
from normqa.index.generation import Generation
from normqa.models.hashing import HashingEncoder
from normqa.models.protocols import PairScore
from normqa.search.filters import Filters
from normqa.search.question.fragments import fragment_of
from normqa.timing.deadline import Deadline
from normqa.timing.timer import Timer
from tests.conftest import OPTIONS

SURE, RELATED_ONLY, UNRELATED = 6.0, -1.0, -9.0
"""Scores of the fake reranker; the calibration uses them as log-odds.

They give confidences of 0.998, 0.269 and 0.0001.
"""

FILES = {
    "birds.md": "---\ntopics: [birds]\nsource: Atlas\ndate: 2021-05\n---\n# Birds\n\n"
    "## Herons\n\nHerons wade in mud.\n\n## Storks\n\nStorks nest on roofs.\n",
    "mills.md": "---\ntopics: [mills]\ndate: 1998\n---\n# Tide mills\n\n"
    "## Place\n\nTide mills stand in Brittany.\n\n## Builders\n\nTide mills were built by monks.\n",
    "rivers.md": "---\ntopics: [birds]\n---\n# Rivers\n\n"
    "## Visitors\n\nHerons fish in rivers at dawn.\n\n## Towns\n\nStorks avoid rivers near towns.\n",
    "talks.md": "# Talks\n\nStates have three channels:\n\n1. Hotlines connect capitals.\n"
    "2. Meetings build trust.\n3. Letters take long.\n",
}

Known = Mapping[str, Mapping[str, float]]


class KnowingReranker:
    """Scores sentences by their opening words, separately for every question.

    Attributes:
        asked: Questions, in order.
    """

    name = "knowing"
    fingerprint = "knowing/1"

    def __init__(self, known: Known) -> None:
        self._known = known
        self.asked: list[str] = []

    def scores(self, question: str, texts: Sequence[str], *_: object) -> list[PairScore]:
        self.asked.append(question)
        known = self._known.get(question, {})
        said = [text.rpartition("\n")[2] for text in texts]
        return [
            PairScore(
                next((score for opening, score in known.items() if text.startswith(opening)), UNRELATED)
            )
            for text in said
        ]


def models(known: Known) -> Models:
    """Models whose confidence has the reranker's score as its log-odds."""
    reranker, encoder = KnowingReranker(known), HashingEncoder()
    calibration = Calibration(
        encoder=encoder.fingerprint,
        reranker=reranker.fingerprint,
        intercept=0.0,
        weights={"relevance": 1.0},
        passages=(1, 1),
        fitted_on={},
        questions=0,
    )
    return Models.of(encoder, reranker, CalibrationFile(calibrations=(calibration,)))


def uncalibrated() -> Models:
    return Models(HashingEncoder(), None, None)


def built(folder: Path, files: Mapping[str, str]) -> Generation:
    corpus, index = folder / "corpus", IndexFolder(folder / "index")
    corpus.mkdir()
    for name, text in files.items():
        (corpus / name).write_text(text)
    build(corpus, index, HashingEncoder(), OPTIONS)
    return Generation.open(index, index.current().name)


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    return built(tmp_path_factory.mktemp("files"), FILES)


Ask = Callable[..., Answer]


@pytest.fixture
def ask(generation: Generation) -> Ask:
    """Ask one question with the given scores."""

    def ask(
        question: str,
        known: Known | None = None,
        top_k: int = 3,
        min_confidence: float = 0.3,
        filters: Filters | None = None,
        history: Iterable[str] = (),
    ) -> Answer:
        asked = Question(question, top_k, min_confidence, filters or Filters(), tuple(history))
        pipeline = AnswerPipeline(generation, uncalibrated() if known is None else models(known))
        return pipeline.ask(asked, Timer())

    return ask


def log_odds(confidence: float) -> float:
    return log(confidence / (1 - confidence))


def texts(quotes: Iterable[Quote]) -> list[str]:
    return [quote.text for quote in quotes]


def sources(quotes: Iterable[Quote]) -> list[str]:
    return [quote.citation.document_id for quote in quotes]


WADE = "Where do herons wade?"


def test_answer_has_quotes_and_confidence(ask: Ask, generation: Generation) -> None:
    answer = ask(WADE, {WADE: {"Herons wade": SURE}})
    assert (answer.status, answer.kind, answer.reason) == ("answered", "passages", None)
    assert texts(answer.quotes) == ["Herons wade in mud."]
    assert answer.near_misses == ()
    assert answer.confidence == round(1 / (1 + exp(-SURE)), 4)
    assert answer.band == "strong"
    assert (answer.question, answer.searched_as) == (WADE, WADE)
    assert (answer.generation, answer.built_at) == (generation.name, generation.manifest.built_at)


def test_question_is_searched_on_one_line_and_kept_as_asked(ask: Ask) -> None:
    answer = ask("  Where do\r\n herons   wade? ", {WADE: {"Herons wade": SURE}})
    assert (answer.question, answer.searched_as) == ("  Where do\r\n herons   wade? ", WADE)
    assert texts(answer.quotes) == ["Herons wade in mud."]


@pytest.mark.parametrize(
    ("confidence", "band"),
    [(STRONG, "strong"), (STRONG - 0.01, "fair"), (FAIR, "fair"), (FAIR - 0.01, "weak")],
)
def test_band_follows_the_confidence(confidence: float, band: str, ask: Ask) -> None:
    answer = ask(WADE, {WADE: {"Herons wade": log_odds(confidence)}}, min_confidence=0.0)
    assert answer.confidence == pytest.approx(confidence, abs=1e-9)
    assert (answer.status, answer.band) == ("answered", band)


def test_confidence_below_the_minimum_is_refused(ask: Ask) -> None:
    """Odds of 1 are a confidence of 1/2."""
    assert ask(WADE, {WADE: {"Herons wade": 0.0}}, min_confidence=0.5).status == "answered"
    refused = ask(WADE, {WADE: {"Herons wade": 0.0}}, min_confidence=0.5001)
    assert (refused.status, refused.reason) == ("not_found", "related_but_no_answer")
    assert refused.confidence == 0.5
    assert refused.quotes == ()
    assert texts(refused.near_misses)[0] == "Herons wade in mud."


def test_refusal_has_at_most_three_near_misses_best_first(ask: Ask) -> None:
    question = "Do herons or storks fly over rivers?"
    known = {"Storks avoid": 8.0, "Herons wade": 4.0, "Herons fish": 0.0, "Storks nest": -4.0}
    refused = ask(question, {question: known}, top_k=9, min_confidence=1.0)
    assert refused.reason == "related_but_no_answer"
    assert NEAR_MISSES == 3
    assert texts(refused.near_misses) == [
        "Storks avoid rivers near towns.",
        "Herons wade in mud.",
        "Herons fish in rivers at dawn.",
    ]


def test_unrelated_passages_are_not_shown(ask: Ask) -> None:
    on_the_line = ask(WADE, {WADE: {"Herons wade": log_odds(RELATED)}})
    assert (on_the_line.confidence, on_the_line.reason) == (RELATED, "related_but_no_answer")
    assert texts(on_the_line.near_misses)[0] == "Herons wade in mud."
    under_it = ask(WADE, {WADE: {"Herons wade": log_odds(RELATED - 0.001)}})
    assert (under_it.status, under_it.reason) == ("not_found", "nothing_relevant")
    assert (under_it.quotes, under_it.near_misses) == ((), ())
    assert under_it.confidence == pytest.approx(RELATED - 0.001, abs=1e-4)


def test_only_candidates_with_enough_confidence_are_quoted(ask: Ask) -> None:
    known = {WADE: {"Herons wade": 9.0, "Storks nest": 3.0, "Herons fish": RELATED_ONLY}}
    answer = ask(WADE, known, top_k=9)
    assert texts(answer.quotes) == [
        "Herons wade in mud.",
        "Storks nest on roofs.",
    ]
    assert texts(ask(WADE, known, top_k=1).quotes) == texts(answer.quotes)[:1]


def test_minimum_confidence_of_zero_quotes_any_candidate(ask: Ask) -> None:
    answer = ask(WADE, {WADE: {"Herons wade": UNRELATED}}, top_k=2, min_confidence=0.0)
    assert (answer.status, len(answer.quotes)) == ("answered", 2)


def test_no_calibration_gives_no_confidence(ask: Ask) -> None:
    answer = ask(WADE, min_confidence=1.0)
    assert (answer.status, answer.confidence, answer.band) == ("answered", None, "uncalibrated")
    assert texts(answer.quotes)[0] == "Herons wade in mud."


@pytest.mark.parametrize("question", ["Quux frobnicate blorp?", "What is it?", "?!"])
def test_without_calibration_unknown_words_are_refused(question: str, ask: Ask) -> None:
    refused = ask(question, min_confidence=0.0)
    assert (refused.status, refused.reason) == ("not_found", "nothing_relevant")
    assert (refused.quotes, refused.near_misses) == ((), ())


@pytest.mark.parametrize("question", ["Quux frobnicate herons?", "Brittany", "What is a hotline?"])
def test_without_calibration_one_known_word_is_enough(question: str, ask: Ask) -> None:
    assert ask(question, min_confidence=1.0).status == "answered"


COMPARED = "What is the difference between herons and storks?"
HERONS, STORKS = "What is herons?", "What is storks?"
BOTH = {
    HERONS: {"Herons wade": SURE, "Herons fish": 2.0},
    STORKS: {"Storks avoid": 3.0, "Storks nest": 1.0},
}


def test_comparison_quotes_both_sides_by_document(ask: Ask) -> None:
    """The best quote for herons decides the order of documents; both sides have as many quotes."""
    answer = ask(COMPARED, BOTH, top_k=4)
    assert (answer.status, answer.kind) == ("answered", "comparison")
    assert texts(answer.quotes) == [
        "Herons wade in mud.",
        "Storks nest on roofs.",
        "Storks avoid rivers near towns.",
        "Herons fish in rivers at dawn.",
    ]
    assert sources(answer.quotes) == ["birds", "birds", "rivers", "rivers"]
    assert (answer.question, answer.searched_as) == (COMPARED, f"{HERONS} {STORKS}")


@pytest.mark.parametrize("top_k", [1, 2, 3])
def test_comparison_shares_top_k_between_the_sides(top_k: int, ask: Ask) -> None:
    """Even if top_k is smaller."""
    answer = ask(COMPARED, BOTH, top_k=top_k)
    assert answer.kind == "comparison"
    assert texts(answer.quotes) == ["Herons wade in mud.", "Storks avoid rivers near towns."]


def test_comparison_has_the_confidence_of_its_weaker_side(ask: Ask) -> None:
    assert ask(COMPARED, BOTH).confidence == round(1 / (1 + exp(-3.0)), 4)


@pytest.mark.parametrize("missing", [HERONS, STORKS])
def test_comparison_with_a_missing_side_is_searched_as_a_whole(missing: str, ask: Ask) -> None:
    known = {question: known for question, known in BOTH.items() if question != missing}
    answer = ask(COMPARED, known | {COMPARED: {"Herons fish": SURE}})
    assert (answer.status, answer.kind, answer.searched_as) == ("answered", "passages", COMPARED)
    assert texts(answer.quotes) == ["Herons fish in rivers at dawn."]


def test_comparison_without_answers_is_refused(ask: Ask) -> None:
    refused = ask(COMPARED, {COMPARED: {"Storks nest": RELATED_ONLY}})
    assert (refused.kind, refused.reason) == ("passages", "related_but_no_answer")
    assert texts(refused.near_misses)[0] == "Storks nest on roofs."


def test_without_calibration_a_side_with_an_unknown_name_has_no_answer(ask: Ask) -> None:
    assert ask("What is the difference between herons and quuxes?").kind == "passages"
    assert ask(COMPARED).kind == "comparison"


def test_comparison_is_also_searched_as_it_stands(ask: Ask) -> None:
    """The second sentence names both sides, so it leads although the first one is stronger."""
    question = "What is the difference between storks and rivers?"
    known = {
        question: {"Storks nest": SURE, "Storks avoid": 4.0},
        STORKS: {"Storks nest": 3.0},
        "What is rivers?": {"Herons fish": 2.0},
    }
    answer = ask(question, known)
    assert texts(answer.quotes) == [
        "Storks avoid rivers near towns.",
        "Herons fish in rivers at dawn.",
        "Storks nest on roofs.",
    ]
    assert answer.searched_as == f"{question} {STORKS} What is rivers?"
    assert answer.confidence == round(1 / (1 + exp(-SURE)), 4)


def test_typo_is_corrected_if_that_is_stronger(ask: Ask) -> None:
    typed, meant = "Where do hersons wade?", WADE
    answer = ask(typed, {meant: {"Herons wade": SURE}})
    assert (answer.question, answer.searched_as, answer.status) == (typed, meant, "answered")
    assert ask(typed, {typed: {"Herons wade": 1.0}, meant: {"Herons wade": 0.5}}).searched_as == typed


def test_word_that_the_encoder_knows_is_no_typo(
    generation: Generation, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline = AnswerPipeline(generation, uncalibrated())
    assert pipeline.correct("Where do hersons wade?") == WADE
    monkeypatch.setattr(HashingEncoder, "knows", lambda _, word: word == "hersons")
    assert pipeline.correct("Where do hersons wade?") == "Where do hersons wade?"


def test_correction_that_finds_nothing_related_is_not_used(ask: Ask) -> None:
    typed, meant = "Where do hersons wade?", WADE
    assert ask(typed, {meant: {"Herons wade": -4.0}}).searched_as == typed  # log-odds of .018


def test_other_wording_that_is_less_sure_does_not_replace_the_question(tmp_path: Path) -> None:
    """Its sentence scores higher but lacks a name that the other wording adds."""
    files = {"a.md": "Storks nest in Ghent.", "b.md": "Monks built the mills."}
    sides = "How does the Ghent abbey differ from the one of the monks?"
    plain, completed = "What is the one of the monks?", "What is the one of the monks (Ghent abbey)?"
    known = {
        "What is the Ghent abbey?": {"Storks nest": 3.0},
        plain: {"Monks built": 2.0},
        completed: {"Monks built": 2.5},
    }
    lacking = models(known)
    calibration = lacking.calibration
    assert calibration
    weights = calibration.weights | {"absent_names": -2.0}
    strict = replace(lacking, calibration=calibration.model_copy(update={"weights": weights}))
    answer = AnswerPipeline(built(tmp_path, files), strict).ask(Question(sides, 3, 0.3), Timer())
    assert answer.searched_as.endswith(plain)


def test_exact_question_is_searched_as_typed(generation: Generation) -> None:
    pipeline = AnswerPipeline(generation, models({WADE: {"Herons wade": SURE}}))
    for question in ("Where do hersons wade?", COMPARED, SEVERAL, BUILDERS):
        exact = Question(question, 3, 0.3, history=(PLACE,), exact=True)
        assert pipeline.ask(exact, Timer()).searched_as == question


SEVERAL = "Where do herons wade, and what do storks avoid?"
AVOID = "What do storks avoid?"


def test_parts_are_answered_in_the_order_asked(ask: Ask) -> None:
    answer = ask(SEVERAL, {WADE: {"Herons wade": SURE}, AVOID: {"Storks avoid": 3.0}})
    assert (answer.status, answer.kind) == ("answered", "passages")
    assert texts(answer.quotes) == ["Herons wade in mud.", "Storks avoid rivers near towns."]
    assert [(part.question, part.quotes) for part in answer.parts] == [(WADE, (0,)), (AVOID, (1,))]
    assert answer.searched_as == f"{WADE} {AVOID}"
    assert answer.confidence == answer.parts[1].confidence == round(1 / (1 + exp(-3.0)), 4)


def test_part_without_an_answer_says_so(ask: Ask) -> None:
    answer = ask(SEVERAL, {WADE: {"Herons wade": SURE}})
    assert texts(answer.quotes) == ["Herons wade in mud."]
    assert [part.quotes for part in answer.parts] == [(0,), ()]
    assert f"{AVOID} No answer found." in str(answer)


def test_parts_without_any_answer_are_searched_as_a_whole(ask: Ask) -> None:
    answer = ask(SEVERAL, {SEVERAL: {"Herons fish": SURE}})
    assert (answer.parts, texts(answer.quotes)) == ((), ["Herons fish in rivers at dawn."])


def test_later_part_borrows_the_topic_of_the_first(ask: Ask) -> None:
    answer = ask(
        "Where do tide mills stand and who built them?",
        {PLACE: {"Tide mills stand": SURE}} | {"Who built them? (tide mills)": {"Tide mills were": SURE}},
    )
    assert texts(answer.quotes) == ["Tide mills stand in Brittany.", "Tide mills were built by monks."]
    assert [part.searched_as for part in answer.parts] == [PLACE, "Who built them? (tide mills)"]


def test_absent_names_are_told(ask: Ask) -> None:
    question = "Where did herons wade in 2031?"
    answer = ask(question, {question: {"Herons wade": SURE}})
    assert (answer.absent, answer.unknown) == (("2031",), ("2031",))
    refused = ask(question, {question: {"Herons wade": RELATED_ONLY}})
    assert refused.refusal == "No answer found in these documents. No passage was found that mentions 2031."
    question = "Where do herons wade in Brittany?"
    refused = ask(
        question,
        {question: {"Herons wade": RELATED_ONLY}},
        min_confidence=0.9,
        filters=Filters(topics=("birds",)),
    )
    assert (refused.absent, refused.unknown) == (("Brittany",), ())
    assert refused.absence == "The closest passages do not mention Brittany."


CHANNELS = "Which channels are there?"


def test_list_question_is_answered_by_a_whole_list_despite_top_k(ask: Ask) -> None:
    answer = ask(CHANNELS, {CHANNELS: {"2. Meetings": SURE, "1. Hotlines": 1.0}}, top_k=1)
    assert (answer.status, answer.kind) == ("answered", "list")
    assert texts(answer.quotes) == [
        "States have three channels:",
        "1. Hotlines connect capitals.",
        "2. Meetings build trust.",
        "3. Letters take long.",
    ]


def test_same_candidates_give_no_list_unless_one_is_asked_for(ask: Ask) -> None:
    question = "What connects capitals and builds trust?"
    answer = ask(question, {question: {"2. Meetings": SURE, "1. Hotlines": 1.0}})
    assert answer.kind == "passages"
    assert texts(answer.quotes) == ["2. Meetings build trust.", "1. Hotlines connect capitals."]


def test_weak_second_item_gives_no_list(ask: Ask) -> None:
    answer = ask(CHANNELS, {CHANNELS: {"2. Meetings": SURE}})
    assert (answer.kind, texts(answer.quotes)) == ("passages", ["2. Meetings build trust."])


FISH = "What do herons do?"
FISHING = {FISH: {"Herons wade": SURE, "Herons fish": 3.0}}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), ["birds", "rivers"]),
        (Filters(topics=("birds",)), ["birds", "rivers"]),
        (Filters(documents=("rivers", "talks")), ["rivers"]),
        (Filters(documents=("birds",), topics=("BIRDS",)), ["birds"]),
        (Filters(sources=("atlas",)), ["birds"]),
        (Filters(date_from="2021-05-31"), ["birds", "rivers"]),
        (Filters(date_from="2021-05-31", dated_only=True), ["birds"]),
    ],
)
def test_only_filtered_documents_are_quoted(filters: Filters, expected: list[str], ask: Ask) -> None:
    assert sources(ask(FISH, FISHING, filters=filters).quotes) == expected


def test_question_is_refused_if_its_answer_is_filtered_out(ask: Ask) -> None:
    refused = ask(FISH, FISHING, filters=Filters(topics=("mills",)))
    assert (refused.status, refused.reason) == ("not_found", "nothing_relevant")


@pytest.mark.parametrize("known", [FISHING, None])
def test_empty_selection_finds_nothing(known: Known | None, ask: Ask) -> None:
    refused = ask(FISH, known, filters=Filters(topics=("nobody's",)))
    assert (refused.status, refused.reason) == ("not_found", "nothing_relevant")
    assert refused.near_misses == ()


def test_near_misses_pass_the_filters(ask: Ask) -> None:
    known = {FISH: {"Herons wade": RELATED_ONLY, "Herons fish": RELATED_ONLY}}
    refused = ask(FISH, known, filters=Filters(documents=("rivers",)))
    assert set(sources(refused.near_misses)) == {"rivers"}


def test_both_sides_of_a_comparison_pass_the_filters(ask: Ask) -> None:
    answer = ask(COMPARED, BOTH, filters=Filters(documents=("rivers",)))
    assert (answer.kind, set(sources(answer.quotes))) == ("comparison", {"rivers"})


def test_filter_for_an_unknown_document_is_an_error(ask: Ask) -> None:
    with pytest.raises(UnknownDocument, match="'gone'"):
        ask(FISH, FISHING, filters=Filters(documents=("birds", "gone")))


PLACE, BUILDERS = "Where do tide mills stand?", "Who built them?"


def test_followup_is_searched_with_borrowed_terms(ask: Ask) -> None:
    answer = ask(BUILDERS, history=[PLACE])
    assert answer.question == BUILDERS
    assert answer.searched_as == "Who built them? (tide mills)"
    assert texts(answer.quotes)[0] == "Tide mills were built by monks."


def test_borrowed_terms_last_over_several_followups(ask: Ask) -> None:
    assert ask("And when?", history=[PLACE, BUILDERS]).searched_as == "And when? (tide mills)"


def test_complete_question_borrows_nothing(generation: Generation) -> None:
    """Nor does it cost time: only one question is encoded."""
    encoder = HashingEncoder()
    pipeline = AnswerPipeline(generation, Models(encoder, None, None))
    alone = Question(WADE, 3, 0.3)
    assert pipeline.ask(replace(alone, history=(PLACE, BUILDERS)), Timer()) == pipeline.ask(alone, Timer())
    assert encoder.encoded == 2


def test_followup_without_history_is_searched_as_it_is(generation: Generation) -> None:
    encoder = HashingEncoder()
    answer = AnswerPipeline(generation, Models(encoder, None, None)).ask(Question(BUILDERS, 3, 0.3), Timer())
    assert answer.searched_as == BUILDERS
    assert encoder.encoded == 1


@pytest.mark.parametrize(
    ("question", "confidence", "borrows"),
    [
        ("And who built tide mills?", STRONG, False),
        ("And who built tide mills?", STRONG - 0.01, True),
        (BUILDERS, STRONG, True),
    ],
)
def test_followup_with_a_strong_answer_borrows_nothing_unless_it_refers_back(
    question: str, confidence: float, borrows: bool, generation: Generation
) -> None:
    """Whatever *them* are, some text may answer."""
    given = models({question: {"Tide mills were": log_odds(confidence)}})
    AnswerPipeline(generation, given).ask(Question(question, 3, 0.3, history=(PLACE,)), Timer())
    assert isinstance(given.reranker, KnowingReranker)
    assert given.reranker.asked[:2] == ([question, PLACE] if borrows else [question])


def test_followup_is_searched_as_it_is_if_nothing_can_be_borrowed(ask: Ask) -> None:
    """No document mentions the topic of the previous question."""
    assert ask(BUILDERS, history=["Quux frobnicate blorp?"]).searched_as == BUILDERS


def test_filters_apply_to_earlier_questions(ask: Ask) -> None:
    """Tide mills cannot be borrowed if their document is not searched."""
    answer = ask(BUILDERS, history=[PLACE], filters=Filters(topics=("birds",)))
    assert answer.searched_as == BUILDERS


MONKS, RESOLVED = {"Tide mills were": RELATED_ONLY}, "Who built them? (tide mills)"


@pytest.mark.parametrize(
    ("resolved", "searched_as"), [(SURE, RESOLVED), (RELATED_ONLY, RESOLVED), (UNRELATED, BUILDERS)]
)
def test_rewritten_question_must_be_at_least_as_strong(
    resolved: float, searched_as: str, generation: Generation
) -> None:
    known = {BUILDERS: MONKS, RESOLVED: {"Tide mills were": resolved}, PLACE: {"Tide mills": SURE}}
    asked = Question(BUILDERS, 3, 0.1, history=(PLACE,))
    answer = AnswerPipeline(generation, models(known)).ask(asked, Timer())
    assert answer.searched_as == searched_as
    assert texts(answer.quotes) == ["Tide mills were built by monks."]


def test_terms_come_from_the_previous_question_if_its_quotes_miss_the_topic(
    generation: Generation,
) -> None:
    """The reranker prefers storks as its answer, which share no term with mills."""
    alone = "Who built them? (tide mills stand)"
    known = {PLACE: {"Storks": SURE}, alone: {"Tide mills were": SURE}}
    answer = AnswerPipeline(generation, models(known)).ask(
        Question(BUILDERS, 3, 0.3, history=(PLACE,)), Timer()
    )
    assert (answer.searched_as, texts(answer.quotes)) == (alone, ["Tide mills were built by monks."])


def test_followup_borrows_the_long_form_of_an_acronym(tmp_path: Path) -> None:
    files = {
        "office.md": "# Office\n\nThe Tide Mill Office (TMO) repairs old mills. The TMO sits in Brest.\n"
    }
    known = {"What is the TMO?": {"The Tide": SURE}}
    pipeline = AnswerPipeline(built(tmp_path, files), models(known))
    asked = Question("Where is it?", 3, 0.0, history=("What is the TMO?",))
    assert pipeline.ask(asked, Timer()).searched_as == "Where is it? (Tide Mill Office (TMO))"


def test_sentence_that_refers_back_is_no_proof_that_a_question_stands_alone(tmp_path: Path) -> None:
    files = {
        f"{town}.md": f"# {town} office\n\nThe {town} office is old. Its director is {name}.\n"
        for town, name in (("Lisbon", "Ana"), ("Oslo", "Per"))
    }
    question, previous = "Who is its director?", "How old is the Lisbon office?"
    known = {
        previous: {"The Lisbon": SURE},
        question: {"Its director is Per": 9.0, "The Oslo": 9.0},
        f"{question} (Lisbon office)": {"Its director is Ana": 5.0, "The Lisbon": 5.0},
    }
    pipeline = AnswerPipeline(built(tmp_path, files), models(known))
    answer = pipeline.ask(Question(question, 3, 0.3, history=(previous,)), Timer())
    assert answer.searched_as == f"{question} (Lisbon office)"
    assert set(sources(answer.quotes)) == {"Lisbon"}


def test_fragment_asks_the_previous_question_again(ask: Ask) -> None:
    known = {"Where do storks nest?": {"Storks nest": SURE}, "What about storks?": {"Storks avoid": SURE}}
    answer = ask(
        "And in towns?",
        {"Where do storks avoid rivers in towns?": {"Storks avoid": 3.0}} | known,
        history=["Where do storks avoid rivers in spring?"],
    )
    assert answer.searched_as == "Where do storks avoid rivers in towns?"


SENTENCES = [f"Herons {verb} in the mud of the river." for verb in ("wade", "walk", "stand", "fish", "sleep")]
COPIED = "\n\n".join(f"## Part {n}\n\n{sentence}" for n, sentence in enumerate(SENTENCES))
OTHER = "Late at night a heron may wade through flooded gardens in search of frogs.\n"
WHERE = "Where do herons wade in the mud of the river?"


@pytest.mark.parametrize("copies", [1, 2, 15])
def test_copies_do_not_crowd_out_another_document(copies: int, tmp_path: Path) -> None:
    """Every copy is closer to the question than the other text."""
    files = {f"copy{n:02}.txt": SENTENCES[0] for n in range(copies)} | {"other.txt": OTHER}
    known = {WHERE: {"Herons": 9.0, "Late at night": SURE}}
    answer = AnswerPipeline(built(tmp_path, files), models(known)).ask(Question(WHERE, 3, 0.3), Timer())
    assert sources(answer.quotes) == ["copy00.txt", "other.txt"]


@pytest.mark.parametrize("copies", [1, 2, 3])
def test_copied_sentences_do_not_crowd_out_another_document(copies: int, tmp_path: Path) -> None:
    """All sentences of the copies are closer to the question than the other text."""
    files = {f"copy{n:02}.md": COPIED for n in range(copies)} | {"other.txt": OTHER}
    known = {WHERE: {"Late at night": 9.0, "Herons": 0.0}}
    answer = AnswerPipeline(built(tmp_path, files), models(known)).ask(Question(WHERE, 3, 0.3), Timer())
    assert texts(answer.quotes)[0] == OTHER.strip()
    assert len(set(texts(answer.quotes))) == len(answer.quotes) == 3


def test_answer_does_not_depend_on_earlier_questions(generation: Generation) -> None:
    pipeline = AnswerPipeline(generation, uncalibrated())
    questions = [
        Question(WADE, 3, 0.3),
        Question(COMPARED, 4, 0.3),
        Question(CHANNELS, 1, 0.3),
        Question(BUILDERS, 3, 0.3, history=(PLACE,)),
        Question(FISH, 3, 0.3, Filters(topics=("birds",))),
        Question("Quux?", 3, 0.3),
    ]
    answers = [pipeline.ask(asked, Timer()) for asked in questions]
    assert [pipeline.ask(asked, Timer()) for asked in reversed(questions)] == answers[::-1]
    assert [
        AnswerPipeline(generation, uncalibrated()).ask(question, Timer()) for question in questions
    ] == answers


def test_rank_returns_every_passage_once_up_to_depth(generation: Generation) -> None:
    pipeline = AnswerPipeline(generation, uncalibrated())
    ranked = pipeline.rank("  Where do\nherons wade? ", 99)
    assert {hit.number for hit in ranked} == set(range(generation.manifest.passages))
    assert len(ranked) == generation.manifest.passages
    assert (
        ranked[0].passage.span.of(generation.store.document("birds").text) == "Herons\n\nHerons wade in mud."
    )
    assert pipeline.rank(WADE, 2) == ranked[:2]


def test_reranker_raises_the_passage_with_the_answer(generation: Generation) -> None:
    [best, *_] = AnswerPipeline(generation, models({WADE: {"Storks nest": 99.0}})).rank(WADE, 99)
    assert best.passage.heading_path == ("Storks",)
    assert best.passage.document_id == "birds"


def test_ask_in_detail_returns_the_same_answer_and_its_candidates(generation: Generation) -> None:
    pipeline = AnswerPipeline(generation, models({WADE: {"Herons wade": SURE}}))
    asked = Question(WADE, 3, 0.3)
    found, answer = pipeline.ask_in_detail(asked, Timer())
    assert answer == pipeline.ask(asked, Timer())
    assert (found.searched_as, found.confidence) == (answer.searched_as, answer.confidence)
    best = found.candidates[0]
    assert best.span.of(best.document.text) == "Herons wade in mud."
    assert best.signals.relevance == SURE


def test_timer_receives_every_stage(generation: Generation) -> None:
    """The clock advances by a second per reading, so every stage takes a second."""
    timer = Timer(clock=map(float, count()).__next__)
    AnswerPipeline(generation, uncalibrated()).ask(Question(WADE, 3, 0.3), timer)
    stages = ["filter", "encode", "search", "read", "check"]
    assert list(timer.milliseconds.items()) == [(stage, 1000) for stage in stages]


def test_models_use_the_calibration_for_both_of_them() -> None:
    calibrated = models({})
    assert calibrated.calibration is not None
    known = CalibrationFile(calibrations=(calibrated.calibration,))
    assert Models.of(HashingEncoder(), None, known).calibration is None
    assert Models.of(HashingEncoder(64), calibrated.reranker, known).calibration is None
    assert Models.of(HashingEncoder(), calibrated.reranker, known).calibration is calibrated.calibration


def test_empty_index_is_refused() -> None:
    answer = refuse_empty_index(Question(" Why\tso? ", 3, 0.3))
    assert (answer.status, answer.reason, answer.confidence) == ("not_found", "empty_index", None)
    assert (answer.question, answer.searched_as) == (" Why\tso? ", "Why so?")
    assert (answer.quotes, answer.near_misses, answer.generation, answer.built_at) == ((), (), None, None)


WORDS = ["herons", "storks", "mills", "channels", "which", "are", "the", "they", "vs", "and", "rivers", "é?"]
QUESTIONS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)
OPENINGS = ["Herons wade", "Herons fish", "Storks nest", "2. Meetings", "3. Letters", "Tide mills stand"]


class AnyReranker:
    """Returns drawn scores for any question."""

    name = fingerprint = "any"

    def __init__(self, drawn: Sequence[float]) -> None:
        self._drawn = drawn

    def scores(self, question: str, texts: Sequence[str], *_: object) -> list[PairScore]:
        return [PairScore(self._drawn[(len(text) + len(question)) % len(self._drawn)]) for text in texts]


@given(
    question=QUESTIONS,
    history=st.lists(QUESTIONS, max_size=2).map(tuple),
    drawn=st.lists(st.floats(-12, 12), min_size=1, max_size=5),
    top_k=st.integers(1, 5),
    min_confidence=st.floats(0, 1),
)
def test_any_question_is_answered_or_refused_with_slices(
    generation: Generation,
    question: str,
    history: tuple[str, ...],
    drawn: list[float],
    top_k: int,
    min_confidence: float,
) -> None:
    reranker = AnyReranker(drawn)
    weighted = replace(models({}), reranker=reranker)
    asked = Question(question, top_k, min_confidence, history=history)
    answer = AnswerPipeline(generation, weighted).ask(asked, Timer())
    for quote in answer.quotes + answer.near_misses:
        text = generation.store.document(quote.citation.document_id).text
        assert text[quote.span.start : quote.span.end] == quote.text
        assert quote.answer in quote.span
    assert bool(answer.quotes) == (answer.status == "answered")
    assert not (answer.quotes and answer.near_misses)
    assert answer.confidence is not None
    assert (answer.status == "answered") == (answer.confidence >= min_confidence)
    assert bool(answer.near_misses) == (answer.reason == "related_but_no_answer")
    assert len(answer.near_misses) <= NEAR_MISSES
    assert answer.kind != "passages" or len(answer.quotes) <= top_k
    is_replaced = answer.kind == "comparison" or answer.parts or fragment_of(question)
    assert is_replaced or answer.searched_as.startswith(question)


LEANING = ("And why?", "What about it?", "Is it so?", "Who did that?", "Where was it?", "And when?")


def searches_of(generation: Generation, question: str, history: Sequence[str], top_k: int = 3) -> list[str]:
    """The texts that a question with this history searches, with a reranker that is sure of nothing."""
    unsure = models({})
    AnswerPipeline(generation, unsure).ask(Question(question, top_k, 0.3, history=tuple(history)), Timer())
    assert isinstance(unsure.reranker, KnowingReranker)
    return list(dict.fromkeys(unsure.reranker.asked))  # sentences and lists are read in two calls


@pytest.mark.parametrize("turns", range(21))
@pytest.mark.parametrize("earlier", ["And why?", PLACE, "Tide mills, herons, storks and rivers?" * 50])
@pytest.mark.parametrize("question", ["Is it so?", "What is the difference between it and storks?"])
def test_searches_stay_within_the_budget(
    generation: Generation, question: str, earlier: str, turns: int
) -> None:
    assert sum(map(cost, searches_of(generation, question, [earlier] * turns))) <= BUDGET


def test_budget_shrinks_if_more_sentences_are_read(generation: Generation) -> None:
    """Searches for twenty quotes read 20 sentences and not 12: 5 * 12 / 20 is 3."""
    history = [PLACE, *LEANING]
    assert len(searches_of(generation, BUILDERS, history, top_k=12)) == 5
    assert len(searches_of(generation, BUILDERS, history, top_k=20)) == 3


def test_long_comparison_is_searched_as_a_whole(generation: Generation) -> None:
    long = f"What is the difference between herons {'in mud ' * 50}and storks {'on roofs ' * 50}?"
    assert len(searches_of(generation, long, [])) == 1


def test_reranker_reads_the_beginning_of_a_long_question(generation: Generation) -> None:
    [read] = searches_of(generation, f"{WADE} {'Quux! ' * 300}", [])
    assert read == f"{WADE} {'Quux! ' * 300}"[:QUESTION_READ]


def test_no_text_is_searched_twice(generation: Generation) -> None:
    asked = searches_of(generation, "Is it so?", [PLACE, "Is it so?", "Is it so?"])
    assert len(asked) == len(set(asked))


def test_topic_lasts_longer_than_the_budget(ask: Ask) -> None:
    """Follow-up questions between the topic and the last two questions are skipped."""
    for turns in range(1, len(LEANING) + 1):
        assert "tide mills" in ask(BUILDERS, history=[PLACE, *LEANING[:turns]]).searched_as


def test_long_earlier_question_still_names_the_topic(ask: Ask) -> None:
    long = f"{PLACE} {'Quux frobnicate blorp. ' * 80}"
    assert "tide mills" in ask(BUILDERS, history=[long]).searched_as


def test_turns_of_a_conversation_are_searched_once(generation: Generation) -> None:
    """Each question costs a search as it is, one with confirmed and one with unconfirmed terms."""
    turns = [PLACE, *LEANING, *LEANING, *LEANING]
    questions = [Question(turn, 3, 0.3, history=tuple(turns[:at])) for at, turn in enumerate(turns)]
    unsure, cache = models({}), SearchCache()
    pipeline = AnswerPipeline(generation, unsure)
    together = [pipeline.ask(question, Timer(), cache) for question in questions]
    assert isinstance(unsure.reranker, KnowingReranker)
    assert len(unsure.reranker.asked) == len(set(unsure.reranker.asked)) <= 3 * len(turns)
    assert together == [pipeline.ask(question, Timer()) for question in questions]


def test_passed_deadline_ends_the_work_at_the_next_stage(generation: Generation) -> None:
    readings = iter([0.0, 1.0, 2.0, 3.0, 10.0])
    timer = Timer(deadline=Deadline(5, clock=lambda: next(readings)))
    with pytest.raises(DeadlineExceeded, match="5 seconds") as raised:
        AnswerPipeline(generation, models({})).ask(Question(BUILDERS, 3, 0.3, history=(PLACE,)), timer)
    assert raised.value.code == "deadline_exceeded"
    assert set(timer.milliseconds) == {"filter", "encode", "search"}
