"""Questions in another language than the documents."""

import pytest

from normqa.answer.other_language import is_other_language
from tests.answer.documents import a_document

ENGLISH = a_document("The ferry leaves at nine and it is the only one of the day. It was built by the town.")
GERMAN = a_document("Die Fähre fährt um neun und ist die einzige am Tag. Sie wurde von der Stadt gebaut.")


@pytest.mark.parametrize(
    "question",
    [
        "Wann ist die Fähre von der Stadt gebaut worden?",
        "Quand est-ce que la ville a construit le bateau dans le port?",
        "Wann ist der Hafen gebaut worden?",
        "Quel est le port?",
        "מתי יוצאת המעבורת?",
    ],
)
def test_foreign_question_is_told(question: str) -> None:
    assert is_other_language(question, [ENGLISH])


def test_english_question_to_german_documents_is_told() -> None:
    assert is_other_language("When does the ferry leave the town?", [GERMAN])


@pytest.mark.parametrize("question", ["When does the ferry leave?", "ferry times", "Fähre", "2031?", ""])
def test_same_or_unclear_language_is_not(question: str) -> None:
    assert not is_other_language(question, [ENGLISH])
    assert not is_other_language("Wann ist die Fähre von der Stadt gebaut worden?", [ENGLISH, GERMAN])
    assert not is_other_language(question, [])
