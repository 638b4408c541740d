"""The words of a text as the lexical index sees them."""

from normqa.index.analyzer import LANGUAGE, QUESTION_WORDS, analyzer_fingerprint, tokenize


def test_words_are_lower_case_stemmed_in_order_and_repeated() -> None:
    text = "Treaties bind; a TREATY binds. Café naïve"
    assert tokenize(text) == ("treati", "bind", "treati", "bind", "cafe", "naiv")


def test_question_words_are_stop_words() -> None:
    assert tokenize(" ".join(QUESTION_WORDS)) == ()


def test_the_fingerprint_names_language_and_stop_words() -> None:
    used = analyzer_fingerprint()
    assert used == analyzer_fingerprint(LANGUAGE, QUESTION_WORDS)
    others = {analyzer_fingerprint("german"), analyzer_fingerprint(stop_words=QUESTION_WORDS[1:])}
    assert len({used, *others}) == 3
