"""The words of a text as the lexical index knows them."""

from normqa.index.analyzer import terms


def test_terms_are_lower_case_stemmed_in_order_and_repeated() -> None:
    text = "Treaties bind; a TREATY binds. Café naïve"
    assert terms(text) == ("treati", "bind", "treati", "bind", "cafe", "naiv")
