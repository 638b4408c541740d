"""Bytes become canonical characters, or are refused with a reason."""

import codecs
import random
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from normqa.load.problem import LoadError
from normqa.load.text.decode import decode
from normqa.text.canonical import normalise

FRENCH = (
    "L'été dernier, les États ont signé un accord à Genève. Où est-ce que ça mène?"
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


SHORT_TEXTS = {
    "English": "The café’s “terrace” costs €5 – no dogs. | It’s 20 °C – bring a hat. | The fee is £40. | "
    "Don’t feed the ducks. | § 4 applies to members’ dogs. | “Stop”, she said… and left. | Price: 30 €",
    "French": "La réunion a lieu à midi. | Ça va très bien, merci. | Fermé le lundi | Où est-ce que ça mène?"
    " | Le garçon a mangé une pêche.",
    "German": "Der Zürcher | Die Straße ist gesperrt. | Öffnungszeiten: täglich | Übung macht den Meister. | "
    "Ausländische Gäste zahlen die Gebühr.",
    "Spanish": "¿Dónde está la estación? | La niña comió piña. | Mañana no hay clases. | ¡Atención!",
    "Portuguese": "A reunião será amanhã às dez. | Não é permitido fumar. | O pão e o café são grátis.",
    "Swedish": "Öppet året runt | Färjan går från Göteborg på lördagar. | Barnen åker gratis på söndagar.",
    "Italian": "Lunedì è libero | La città è chiusa al traffico. | Perché il caffè costa più di prima?",
    "Polish": "Zażółć gęślą jaźń. | Opłata wynosi pięćdziesiąt złotych. | Sklep jest otwarty w każdą sobotę.",
    "Czech": "Vlak odjíždí každý den v devět hodin. | Poplatek činí padesát korun. | Příliš žluťoučký kůň",
    "Russian": "Вход свободный | Музей закрыт по понедельникам. | Вода в колодце холодная.",
    "Japanese": "料金は五百円です。 | 犬を連れて入らないでください。 | Webサイトでも予約できます。",
    "Korean": "요금은 오천 원입니다. | 개를 데리고 들어오지 마십시오. | 박물관은 월요일에 문을 닫습니다.",
    "Chinese": "费用是五十元。 | 请勿带狗入内。 | 博物馆星期一闭馆。",
}
WESTERN = ["cp1252", "latin-1"]
ENCODINGS = {
    "English": ["cp1252"],
    "French": [*WESTERN, "mac-roman"],
    "German": WESTERN,
    "Spanish": WESTERN,
    "Portuguese": WESTERN,
    "Swedish": [*WESTERN, "mac-roman"],
    "Italian": WESTERN,
    "Polish": ["cp1250", "iso8859-2", "cp852"],
    "Czech": ["cp1250", "iso8859-2"],
    "Russian": ["cp1251", "koi8-r", "iso8859-5"],
    "Japanese": ["shift_jis", "euc_jp"],
    "Korean": ["euc_kr"],
    "Chinese": ["gb18030"],
}


@pytest.mark.parametrize(
    ("language", "encoding"), [(name, e) for name, own in ENCODINGS.items() for e in own]
)
def test_short_texts_are_read_in_the_encodings_of_their_language(language: str, encoding: str) -> None:
    for text in SHORT_TEXTS[language].split(" | "):
        for source in (text, f"# Notice\n\nThe next line is another one.\n\n{text}\n\nThat was it.\n"):
            assert decode(source.encode(encoding)).text == source


def test_a_text_longer_than_the_sample_is_guessed_wherever_the_sample_ends() -> None:
    for shift in range(4):
        text = "a" * shift + JAPANESE * 400
        assert decode(text.encode("shift_jis")).text == text


@pytest.mark.parametrize(
    ("before", "stray", "read"),
    [
        ("Die Brücke über die Spree wurde 1901 gebaut.", b"Der Z\xfcrcher", "Der Zürcher"),
        ("Größe", b"\x93quoted\x94", "“quoted”"),
        ("博物館は月曜日に休みです。", b"caf\xe9 \x80", "café €"),
        ("Η είσοδος είναι δωρεάν.", b"\x8d", "\N{REPLACEMENT CHARACTER}"),  # noqa: RUF001 - no cp1252 either
        ("Zeile für Zeile…", "für".encode()[:2], "fÃ"),  # cut off inside a character
    ],
)
def test_stray_bytes_in_utf_8_are_read_as_cp1252(before: str, stray: bytes, read: str) -> None:
    for mark in (b"", codecs.BOM_UTF8):
        decoded = decode(mark + f"{before}\r\n{before}\r\n".encode() + stray + f"\n{before}".encode())
        assert decoded.text == f"{before}\n{before}\n{read}\n{before}"
        assert decoded.stray_lines == (3,)
        assert decoded.guessed is None


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
