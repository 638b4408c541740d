"""Bytes become canonical characters, or are refused with a reason."""

import codecs
import random
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from normqa.load.decode import decode
from normqa.load.problem import LoadError
from normqa.text import normalise

FRENCH = (
    "L'été dernier, les États ont signé un accord à Genève. Où est-ce que ça mène? "
    "Les mesures de confiance entre États réduisent le risque de malentendus."
)
SPANISH = "El año próximo habrá una reunión en España sobre la cooperación internacional."
GERMAN = "Größe und Übermaß: Außerdem müssen Verträge geschlossen werden."
RUSSIAN = "Государства должны вести переговоры об общих правилах кибербезопасности. Меры доверия важны."  # noqa: RUF001
GREEK = "Τα κράτη πρέπει να διαπραγματευτούν κοινούς κανόνες για την κυβερνοασφάλεια."  # noqa: RUF001
POLISH = "Państwa powinny negocjować wspólne zasady bezpieczeństwa. Środki budowy zaufania są ważne."
JAPANESE = "国家はサイバーセキュリティに関する共通の規則について交渉すべきである。"


def test_utf_8_is_read_as_it_is_and_nothing_is_guessed() -> None:
    decoded = decode("Größe, 国家, 👍\n".encode())
    assert decoded.text == "Größe, 国家, 👍\n"
    assert decoded.guessed is None


def test_an_empty_file_is_empty_text() -> None:
    assert decode(b"").text == ""


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_a_byte_order_mark_decides_and_is_removed(mark: bytes, encoding: str) -> None:
    decoded = decode(mark + "Größe 国家 👍\r\nend".encode(encoding))
    assert decoded.text == "Größe 国家 👍\nend"
    assert decoded.guessed is None


@pytest.mark.parametrize(
    ("mark", "rest"),
    [
        (codecs.BOM_UTF16_LE, b"a"),  # half a code unit
        (codecs.BOM_UTF16_BE, b"\xd8\x00"),  # half a surrogate pair
        (codecs.BOM_UTF32_LE, b"\xff\xff\xff\xff"),  # beyond Unicode
        (codecs.BOM_UTF8, b"caf\xe9"),  # Latin-1 after all
    ],
)
def test_bytes_that_contradict_their_byte_order_mark_are_refused(mark: bytes, rest: bytes) -> None:
    with pytest.raises(LoadError, match=r"^it has the mark of (utf-\S+) but is not \1; save it as UTF-8$"):
        decode(mark + rest)


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", FRENCH),
        ("latin-1", SPANISH),
        ("latin-1", GERMAN),
        ("cp1251", RUSSIAN),
        ("cp1253", GREEK),
        ("cp1250", POLISH),
        ("shift_jis", JAPANESE),
    ],
)
def test_the_encoding_of_other_text_is_guessed_and_reported(encoding: str, text: str) -> None:
    decoded = decode(text.encode(encoding))
    assert decoded.text == text
    assert decoded.guessed is not None
    assert text.encode(encoding).decode(decoded.guessed) == text


@pytest.mark.parametrize("word", ["café", "Straße", "naïve"])
def test_a_single_western_word_is_not_taken_for_utf_16(word: str) -> None:
    assert decode(word.encode("cp1252")).text == word


@pytest.mark.parametrize(
    "raw",
    [
        b"text\0text",
        "UTF-16 without a mark".encode("utf-16-le"),
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0",
        b"PK\x03\x04\x14\0\0\0\x08\0",
        random.Random(0).randbytes(4096),
        bytes(random.Random(1).choices(range(1, 256), k=4096)),
    ],
    ids=["NUL", "UTF-16", "PNG", "ZIP", "random", "random without NUL"],
)
def test_binary_is_refused(raw: bytes) -> None:
    with pytest.raises(LoadError, match="it is a binary file"):
        decode(raw)


@pytest.mark.parametrize(("raw", "text"), [(b"a\r\nb\rc\n\r", "a\nb\nc\n\n"), (b"a\r\r\nb", "a\n\nb")])
def test_every_newline_becomes_a_line_feed(raw: bytes, text: str) -> None:
    assert decode(raw).text == text


@pytest.mark.parametrize(
    ("apart", "composed"),
    [
        ("e\u0301", "\u00e9"),
        ("\u1112\u1161\u11ab", "\ud55c"),
        ("\u212b", "\u00c5"),
        ("q\u0323\u0307", "q\u0323\u0307"),
    ],
)
def test_characters_are_composed(apart: str, composed: str) -> None:
    assert decode(apart.encode()).text == composed


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")))
@example("\r\n\r")
@example("e\u0301\r\u0301")
def test_any_utf_8_text_is_kept_up_to_newlines_and_composition(text: str) -> None:
    text = text.removeprefix("\ufeff")
    decoded = decode(text.removeprefix("\ufeff").encode())
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    assert unicodedata.normalize("NFD", decoded.text) == unicodedata.normalize("NFD", lines)
    assert decoded.guessed is None


@given(st.binary(max_size=300))
def test_any_bytes_give_canonical_text_or_are_refused(raw: bytes) -> None:
    try:
        text = decode(raw).text
    except LoadError:
        return
    assert "\0" not in text
    assert "\r" not in text
    assert unicodedata.is_normalized("NFC", text)
    text.encode()  # holds no lone surrogate


@given(st.text())
def test_canonical_text_is_stable(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
