"""Small corpora sampled from a collection."""

from normqa.datatypes import Metadata
from normqa.evaluate.questions import JudgedQuestion, QuestionSet
from normqa.evaluate.small_corpora import CORPORA, small_corpora
from normqa.load.text.plain_text import load_text

DOCUMENTS = tuple(load_text(f"d{n:03}", f"Heron {n} wades.", Metadata()) for n in range(100))
QUESTIONS = tuple(
    JudgedQuestion(f"q{n:03}", f"Does heron {n} wade?", True, (), (f"d{n:03}",), has_filter=False)
    for n in range(100)
)
COLLECTION = QuestionSet("herons", DOCUMENTS, QUESTIONS)


def test_sizes_that_need_the_whole_collection_are_left_out() -> None:
    sizes = [len(corpus.documents) for corpus in small_corpora(COLLECTION, None)]
    assert sizes == [5] * CORPORA[5] + [50] * CORPORA[50]


def test_half_of_the_questions_belong_to_the_documents() -> None:
    for corpus in small_corpora(COLLECTION, None):
        ids = {document.id for document in corpus.documents}
        inside = sum(question.documents[0] in ids for question in corpus.questions)
        assert 2 * inside == len(corpus.questions) == 2 * len(ids)


def test_limit_is_shared_by_the_corpora_of_a_size() -> None:
    asked = [len(corpus.questions) for corpus in small_corpora(COLLECTION, 160)]
    assert asked == [160 // CORPORA[5]] * CORPORA[5] + [160 // CORPORA[50]] * CORPORA[50]


def test_the_same_corpora_are_drawn_every_time() -> None:
    assert list(small_corpora(COLLECTION, 9)) == list(small_corpora(COLLECTION, 9))
