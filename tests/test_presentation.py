"""Folding replaces what differs only in how it is shown, and nothing else."""

# ruff: noqa: RUF001 - characters that look alike are the point

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from normqa.index.analyzer import tokenize
from normqa.presentation import fold, fold_with_origins

VARIANTS = [
    ("The ﬁre oﬃce, ﬂoor, ﬀ, ﬄ, ﬅ", "The fire office, floor, ff, ffl, st"),
    ("“a” ‘b’ „c‟ «d» ‹e› 5′ 7″", '"a" \'b\' "c" "d" \'e\' 5\' 7"'),
    ("A/RES/70\u2011237 1990\u20131995 \u22125 a\u2010b c\u2014d", "A/RES/70-237 1990-1995 -5 a-b c-d"),
    (
        "so\u00adft zero\u200bwidth join\u2060er \ufeffmark zw\u200dj l\u200er \u2764\ufe0f",
        "soft zerowidth joiner mark zwj lr \u2764",
    ),
    ("5\u00a0%\u202f\u2009\u3000x", "5 %   x"),
    ("Ｆｕｌｌ　ｗｉｄｔｈ １２", "Full width 12"),
    ("H₂O CO₂ x₁₂", "H2O CO2 x12"),
    ("ｶﾞｷﾞﾊﾟ ｼﾝﾌﾞﾝ", "ガギパ シンブン"),
    ("ﺑﺎﺏ ﻻ مـــن", "باب لا من"),
    ("№ Ⅳ … ㎏ ﹣ ﹐", "No IV ... kg - ,"),
    ("𝐁𝐨𝐥𝐝 𝟓", "Bold 5"),
    ("ត្រី\u200bអាំង", "ត្រី អាំង"),
]

KEPT = [
    "10⁶",
    "m²",
    "2020¹",
    "5½",
    "log₂5",
    "10₂",
    "5①",
    "5⒈",
    "¨",
    "´",
    "café",
    "naïve",
    "ª",
    "n.º",
    "™",
    "国",
    "5㋀",
]


@pytest.mark.parametrize(("shown", "plain"), VARIANTS)
def test_variants_fold_to_their_plain_form(shown: str, plain: str) -> None:
    assert fold(shown) == plain
    assert tokenize(shown) == tokenize(plain)


@pytest.mark.parametrize("text", KEPT)
def test_what_differs_in_meaning_stays(text: str) -> None:
    assert fold(text) == text


@pytest.mark.parametrize(
    ("shown", "other"),
    [("10⁶", "106"), ("10⁻⁶", "106"), ("2020¹", "20201"), ("log₂5", "log25"), ("10₂", "102"), ("5①", "51")],
)
def test_raised_and_lowered_digits_are_no_part_of_a_number(shown: str, other: str) -> None:
    assert not set(tokenize(other)) & set(tokenize(shown))


def test_a_power_is_found_however_it_is_written() -> None:
    assert tokenize("10⁶ litres") == tokenize("10^6 litres")


_texts = st.text(
    st.one_of(
        st.sampled_from("ﬁﬃｶﾞﾟ₂₃25⁶½\u00ad\u200b\u2011“’Ｆ㎡ﻻក\u0301 \n"),
        st.characters(exclude_categories=["Cs"]),
    )
)


@given(_texts)
@example("₂" * 50 + "5")
@example("ｶﾞﾞ")
def test_every_folded_character_knows_its_origin(text: str) -> None:
    folded, origins = fold_with_origins(text)
    assert folded == fold(text)
    assert len(origins) == len(folded)
    assert all(0 <= origin.start < origin.end <= len(text) for origin in origins)
    assert [origin.start for origin in origins] == sorted(origin.start for origin in origins)


@given(_texts)
def test_folded_text_stays_as_it_is(text: str) -> None:
    once = fold(text)
    assert fold(once) == once


def test_a_long_run_takes_linear_time() -> None:
    for unit in ("₂", "\u200b", "ｶﾞ", "ﬃ", "\u00ad\u0301"):
        text = unit * 100_000
        assert fold_with_origins(text)[0] == fold(text)
