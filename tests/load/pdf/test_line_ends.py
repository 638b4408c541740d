"""Lines are joined as their script asks for."""

from normqa.datatypes import Metadata
from normqa.load.pdf.pdf import read_pdf
from tests.files.pdfs import broken_anywhere, font_of
from tests.load.pdf.files import pdf

CHINESE = "博物馆每天早上九点开门晚上六点关门星期一不开放请在下午五点之前购买门票并带好证件"
KOREAN = "박물관은 월요일을 제외하고 날마다 아침에 문을 열며 표는 다섯 시까지 입구에서 살 수 있습니다."


def load(content: str, words: str) -> str:
    return read_pdf("doc", pdf(content, **font_of(words)), Metadata()).document.text


def test_lines_of_chinese_have_no_blank_between_them() -> None:
    assert load(broken_anywhere(CHINESE, 20), CHINESE) == CHINESE


def test_words_of_korean_that_lines_break_stay_whole() -> None:
    assert load(broken_anywhere(KOREAN, 18), KOREAN) == KOREAN


def test_words_of_korean_stay_apart_where_the_file_keeps_no_blanks_at_line_ends() -> None:
    first, second = KOREAN[:22], KOREAN[23:43]
    assert KOREAN[22] == " "
    lines = broken_anywhere(first, 22, font_of=KOREAN) + broken_anywhere(second, 22, y=684, font_of=KOREAN)
    assert load(lines, KOREAN) == f"{first} {second}"
