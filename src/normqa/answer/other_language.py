"""Tell whether a question is in another language than the documents."""

from collections.abc import Iterable

from normqa.datatypes import Document
from normqa.sentences.function_words import FUNCTION_WORDS
from normqa.sentences.language import detect_language, document_language

_ENGLISH_WORDS = 2
"""Minimum function words of a question that is plainly English."""

_QUESTION_WORDS = {
    "da": "hvad hvem hvilke hvilken hvilket hvordan hvorfor hvornår",
    "de": "wann warum was welche welchem welchen welcher welches wem wen wer weshalb wie wieso wieviel wo",
    "es": "cuál cuáles cuándo cuánto cuántos cómo dónde quién quiénes qué",
    "fr": "combien comment où pourquoi quand quel quelle quelles quels qui quoi",
    "it": "chi dove perché quale quali quando quanti quanto",
    "nl": "hoe hoeveel waar waarom wanneer welk welke wie",
    "pl": "dlaczego gdzie ile jak jaka jaki jakie kiedy kto która które który",
    "pt": "onde quais qual quando quantos quem",
    "sv": "hur när vad varför vem vilka vilken vilket",
}
"""Words that open a question, by language. Short questions have few other function words."""


def is_other_language(question: str, documents: Iterable[Document]) -> bool:
    """Return whether a question is plainly in a language that none of the documents is in.

    Args:
        question: As it was asked.
        documents: The documents that come closest.
    """
    language = detect_language(question)
    asked_in = {language}
    if language == "en" and not _is_plainly_english(question):
        asked_in = _languages_of_question_word(question)
    languages = {document_language(document) for document in documents}
    return bool(asked_in and languages) and asked_in.isdisjoint(languages)


def _is_plainly_english(question: str) -> bool:
    words = set(question.lower().replace("?", " ").split())
    return len(words & FUNCTION_WORDS["en"]) >= _ENGLISH_WORDS


def _languages_of_question_word(question: str) -> set[str]:
    """Return the languages that have the first word of a question as a question word."""
    first = next(iter(question.lower().split()), "").strip("¿¡?!.,")
    return {language for language, words in _QUESTION_WORDS.items() if first in words.split()}
