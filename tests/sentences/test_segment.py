"""Sentences end where a reader ends them, whatever abbreviation is near."""

import pytest

from normqa.datatypes import Document, Metadata, Span
from normqa.load.markup.markdown import load_markdown
from normqa.models.hashing import HashingEncoder
from normqa.sentences.language import detect_language, document_language
from normqa.sentences.segment import sentences
from normqa.split import Splitter
from tests.sentences.cases import CONTINUED, FOREIGN, PAIRS


def cut(text: str, language: str | None = None) -> list[str]:
    return [span.of(text) for span in sentences(text, Span(0, len(text)), language)]


def units(document: Document) -> list[str]:
    splitter = Splitter(HashingEncoder().count_tokens, 256)
    return [unit.of(document.text) for passage in splitter.split(document) for unit in passage.sentences]


@pytest.mark.parametrize("sentence", CONTINUED)
def test_a_sentence_goes_on_after_an_abbreviation(sentence: str) -> None:
    assert cut(f"It rained. {sentence} It stopped.") == ["It rained.", sentence, "It stopped."]


@pytest.mark.parametrize("pair", PAIRS)
def test_a_sentence_may_end_with_an_abbreviation_or_number(pair: str) -> None:
    expected = pair.split("|")
    assert cut(" ".join(expected)) == expected


@pytest.mark.parametrize(("language", "pair"), FOREIGN)
def test_abbreviations_and_ordinals_of_other_languages(language: str, pair: str) -> None:
    expected = pair.split("|")
    assert cut(" ".join(expected), language) == expected


@pytest.mark.parametrize(
    "text",
    [
        "He spoke at 5 p.m. Monday.",
        "It was in a paper, e.g. The Times.",
        "At 5 p.m. Ambassador Roe spoke.",
        "The 5 p.m. Council meeting is open.",
        "See Arts. 3, 4 and App. A shows more.",
        "It is quoted in Add. 1 to Doc. A/70/174.",
        "See Sect. (4) and Para. § 5.",
        "The rule (see Ch.\n3) is old.",
    ],
)
def test_one_sentence(text: str) -> None:
    assert cut(text) == [text]


@pytest.mark.parametrize("tag", ["de", "DE", "de-AT", "de_AT", "De-Latn-DE", "deu", "ger", " de "])
def test_a_language_tag_counts_by_its_first_part(tag: str) -> None:
    document = load_markdown("doc", "Am 3. Advent war es voll.", Metadata(language=tag))
    assert document_language(document) == "de"
    assert units(document) == ["Am 3. Advent war es voll."]


@pytest.mark.parametrize("tag", [None, "", "und", "mul", "Klingon"])
def test_an_unusable_language_is_detected_and_never_stated(tag: str | None) -> None:
    document = load_markdown("doc", "Die Frist endet am 29. Juli 2026.", Metadata(language=tag))
    assert units(document) == ["Die Frist endet am 29. Juli 2026."]
    assert document.metadata.language == tag


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Die Frist endet am 29. Juli 2026.", "de"),
        ("Selon l’art. 5 du code, le délai est de dix jours.", "fr"),
        ("Según la ley, el plazo es de diez días.", "es"),
        ("Secondo la legge, il termine non è prorogabile.", "it"),
        ("Volgens de wet is het niet verboden.", "nl"),
        ("O prazo é curto e não se prorroga com a lei.", "pt"),
        ("Enligt lagen är det inte tillåtet.", "sv"),
        ("Lain mukaan se ei ole kielletty.", "fi"),
        ("Podle zákona to není zakázáno, ale může být.", "cs"),
        ("Zgodnie z ustawą to nie jest zakazane.", "pl"),
        ("A törvény szerint ez nem tilos.", "hu"),
        ("Согласно закону это запрещено.", "ru"),
        ("これは法律です。", "ja"),
        ("The law says so.", "en"),
        ("I am here to die in an art museum.", "en"),
        ("El Salvador, La Paz, Los Angeles, Las Vegas, Le Mans, Die Hard", "en"),
        ("Leonardo da Vinci, Ludwig van Beethoven, Charles de Gaulle", "en"),
        ("Hilary E. Roe, Tel. 12, Fax 13, E-mail: roe@example.org", "en"),
        ("The German for 'the rule is not new' is 'die Regel ist nicht neu'.", "en"),
        ("pump valve hose clamp", "en"),
        ("12.5!", "en"),
        ("", "en"),
    ],
)
def test_only_what_is_plainly_foreign_is_detected_as_such(text: str, language: str) -> None:
    assert detect_language(text) == language


def test_long_texts_without_letters_or_ends_are_cut_without_loss() -> None:
    for pattern in ("12.5! ", "Para. 2 ", "3. ", "no. "):
        text = pattern * 4000
        assert "".join(cut(text)).replace(" ", "") == text.replace(" ", "")
