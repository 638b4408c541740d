"""Splitting loses nothing, keeps what fits whole, and never exceeds what the encoder sees."""

# ruff: noqa: RUF001 - full-width letters are meant

from collections.abc import Sequence
from itertools import pairwise

import pytest
import sentencex
from hypothesis import example, given
from hypothesis import strategies as st

from normqa.datatypes import BlockKind, Document, Metadata, Passage, Span
from normqa.load.markup.markdown import load_markdown
from normqa.load.text.plain_text import load_text
from normqa.models.hashing import HashingEncoder
from normqa.presentation import fold_letters
from normqa.sentences.segment import sentences
from normqa.split import Splitter, is_statement, splitter_fingerprint
from normqa.text.canonical import normalise
from tests.conftest import SEED
from tests.markdown_texts import is_trimmed, markdown_texts, plain_texts

count_tokens = HashingEncoder().count_tokens
"""Words and marks of a text; a blank is none."""

WHOLE = {BlockKind.ITEM, BlockKind.ROW, BlockKind.CODE}

metadata = st.builds(
    Metadata,
    title=st.sampled_from([None, "T", "Building norms", "A title that goes on and on and on " * 5]),
    language=st.sampled_from([None, "en", "de", "ar", "zh", "hi", "Klingon"]),
)
documents = st.one_of(
    st.builds(load_markdown, st.just("folder/doc"), markdown_texts, metadata),
    st.builds(load_markdown, st.just("folder/doc"), markdown_texts, metadata),
    st.builds(load_text, st.just("folder/doc.txt"), plain_texts.map(normalise), metadata),
)
limits = st.one_of(st.integers(8, 24), st.integers(8, 120))


def words(number: int, name: str = "w") -> str:
    return " ".join(f"{name}{n}" for n in range(number))


def split(source: str, max_tokens: int, title: str = "Title") -> tuple[Document, list[Passage]]:
    document = load_markdown("doc", source, Metadata(title=title))
    return document, Splitter(count_tokens, max_tokens).split(document)


def texts(document: Document, spans: Sequence[Span]) -> list[str]:
    return [span.of(document.text) for span in spans]


def shown(document: Document, passages: Sequence[Passage]) -> list[str]:
    return texts(document, [passage.span for passage in passages])


def _header(splitter: Splitter, document: Document, passage: Passage) -> str:
    return splitter.embedded_text(document, passage).text.removesuffix(
        fold_letters(passage.span.of(document.text))
    )


def nonblank(text: str) -> str:
    return "".join(text.split())


@given(documents, limits)
def test_passages_ascend_and_cover_every_visible_character(document: Document, max_tokens: int) -> None:
    spans = [passage.span for passage in Splitter(count_tokens, max_tokens).split(document)]
    assert all(before.end <= after.start for before, after in pairwise(spans))
    assert "".join(map(nonblank, texts(document, spans))) == nonblank(document.text)
    assert all(is_trimmed(text) for text in texts(document, spans))


@given(documents, limits)
def test_embedded_text_never_exceeds_the_limit(document: Document, max_tokens: int) -> None:
    splitter = Splitter(count_tokens, max_tokens)
    for passage in splitter.split(document):
        embedded = splitter.embedded_text(document, passage).text
        assert embedded.endswith(fold_letters(passage.span.of(document.text)))
        assert count_tokens([embedded])[0] <= max_tokens or len(passage.span) == 1


@given(documents, limits)
def test_embedded_text_contains_the_sentences_of_the_passage(document: Document, max_tokens: int) -> None:
    splitter = Splitter(count_tokens, max_tokens)
    for passage in splitter.split(document):
        embedded = splitter.embedded_text(document, passage)
        shown = map(fold_letters, texts(document, passage.sentences))
        assert list(shown) == [span.of(embedded.text) for span in embedded.sentences]
        assert len(passage.sentences) == len(embedded.sentences)


@given(documents, limits)
def test_a_passage_belongs_to_one_section(document: Document, max_tokens: int) -> None:
    for passage in Splitter(count_tokens, max_tokens).split(document):
        holding = [section for section in document.sections if passage.span in section.span]
        assert [section.heading_path for section in holding] == [passage.heading_path]
        assert passage.document_id == document.id


@given(documents, limits)
def test_sentences_ascend_inside_their_passage_and_skip_only_names_of_sections(
    document: Document, max_tokens: int
) -> None:
    led = {entry.lead_in for entry in document.lists}
    has_body = any(block.kind is not BlockKind.HEADING for block in document.blocks)
    headings = [
        block.span
        for block in document.blocks
        if block.kind is BlockKind.HEADING and block.span not in led and has_body
        if not is_statement(block.span.of(document.text))
    ]
    for passage in Splitter(count_tokens, max_tokens).split(document):
        assert all(sentence in passage.span for sentence in passage.sentences)
        assert all(before.end <= after.start for before, after in pairwise(passage.sentences))
        assert all(is_trimmed(text) for text in texts(document, passage.sentences))
        without_headings = [
            document.text[offset]
            for offset in range(passage.span.start, passage.span.end)
            if not any(heading.start <= offset < heading.end for heading in headings)
        ]
        assert "".join(map(nonblank, texts(document, passage.sentences))) == nonblank(
            "".join(without_headings)
        )


@given(documents, limits)
def test_an_item_row_or_code_that_fits_is_whole_and_one_sentence(document: Document, max_tokens: int) -> None:
    splitter = Splitter(count_tokens, max_tokens)
    passages = splitter.split(document)
    for block in document.blocks:
        touching = [
            entry
            for entry in passages
            if entry.span.start < block.span.end and block.span.start < entry.span.end
        ]
        header = _header(splitter, document, touching[0])
        if count_tokens([header + block.span.of(document.text)])[0] <= max_tokens:
            [holding] = touching
            assert block.span in holding.span
            assert block.kind not in WHOLE or block.span in holding.sentences


@given(documents, limits)
def test_a_passage_that_starts_in_a_list_knows_its_lead_in(document: Document, max_tokens: int) -> None:
    for passage in Splitter(count_tokens, max_tokens).split(document):
        around = [
            entry
            for entry in document.lists
            if any(item.start <= passage.span.start < item.end for item in entry.items)
        ]
        if around:
            assert (
                passage.lead_in
                == min(around, key=lambda entry: entry.items[-1].end - entry.items[0].start).lead_in
            )


@given(documents, limits)
def test_a_section_is_split_only_if_it_does_not_fit(document: Document, max_tokens: int) -> None:
    splitter = Splitter(count_tokens, max_tokens)
    for one, other in pairwise(splitter.split(document)):
        section = document.section_at(one.span.start)
        if section == document.section_at(other.span.start):
            whole = _header(splitter, document, one) + section.span.of(document.text)
            assert count_tokens([whole])[0] > max_tokens


@given(documents)
def test_without_a_limit_every_section_is_one_passage(document: Document) -> None:
    passages = Splitter(count_tokens, 100_000).split(document)
    assert [(passage.heading_path, passage.span.start) for passage in passages] == [
        (
            section.heading_path,
            next(block.span.start for block in document.blocks if block.span in section.span),
        )
        for section in document.sections
        if section.span.of(document.text).strip()
    ]


def test_blocks_that_fit_stay_together() -> None:
    document, passages = split("# A\n\nOne.\n\nTwo.\n\n- three\n- four\n\n# B\n\nFive.", 100)
    assert shown(document, passages) == ["A\n\nOne.\n\nTwo.\n\nthree\nfour", "B\n\nFive."]
    assert [passage.heading_path for passage in passages] == [("A",), ("B",)]


def test_a_passage_ends_before_a_block_that_does_not_fit() -> None:
    source = f"{words(4)}\n\n{words(3)}\n\n{words(5)}\n\n{words(8)}"
    document, passages = split(source, 9)  # 1 of them goes to the title, so 8 = 4 + 3 + 1 = 5 + 3 = 8
    assert shown(document, passages) == [f"{words(4)}\n\n{words(3)}", words(5), words(8)]


def test_a_block_that_does_not_fit_is_split_between_sentences() -> None:
    document, passages = split("One two three. Four five six. Seven eight nine.", 9)  # 1 + 2 * (3 + 1) = 9
    assert shown(document, passages) == ["One two three. Four five six.", "Seven eight nine."]
    assert [texts(document, passage.sentences) for passage in passages] == [
        ["One two three.", "Four five six."],
        ["Seven eight nine."],
    ]


def test_a_sentence_that_does_not_fit_is_halved_at_spaces() -> None:
    document, passages = split(" ".join(["word"] * 16), 9)  # 1 + 16 / 2 = 9
    assert shown(document, passages) == [" ".join(["word"] * 8)] * 2
    assert [passage.sentences for passage in passages] == [(passage.span,) for passage in passages]


@pytest.mark.parametrize("source", ["!" * 64, "國。" * 32, "a-" * 40 + "a"])
def test_a_text_without_spaces_is_halved_too(source: str) -> None:
    document, passages = split(source, 9)
    assert "".join(shown(document, passages)) == document.text
    assert all(count_tokens([text])[0] <= 8 for text in shown(document, passages))


def test_a_long_run_of_letters_is_split_though_it_is_one_token() -> None:
    source = "x" * 1000
    document, passages = split(source, 9)
    assert "".join(shown(document, passages)) == document.text
    assert max(len(passage.span) for passage in passages) < 9 * 16 + 16  # 16 characters count as a token


def test_an_item_that_does_not_fit_is_split_between_sentences() -> None:
    document, passages = split("- One two three. Four five six. Seven eight nine.\n- Ten.", 9)
    assert shown(document, passages) == ["One two three. Four five six.", "Seven eight nine.\nTen."]
    assert texts(document, passages[1].sentences) == ["Seven eight nine.", "Ten."]


def test_an_item_or_row_of_several_sentences_is_one_sentence() -> None:
    document, [passage] = split(
        "1. One. Two! Three?\n2. Four.\n\n| a. B | c. D |\n|--|--|\n| e. F | g |", 100
    )
    assert texts(document, passage.sentences) == ["1. One. Two! Three?", "2. Four.", "a. B\tc. D", "e. F\tg"]


def test_a_heading_is_a_sentence_only_if_it_introduces_a_list() -> None:
    document, passages = split("# A\n\nOne.\n\n# B\n\n- two\n\n# C", 100)
    assert [texts(document, passage.sentences) for passage in passages] == [["One."], ["B", "two"], []]


def test_every_passage_of_a_long_list_knows_its_lead_in() -> None:
    items = "".join(f"1. {words(6)}\n" for _ in range(5))
    document, passages = split(f"The steps are:\n\n{items}\nThe end is near to all.", 10)  # 1 + 1 + 1 + 6 = 9
    assert shown(document, passages) == [
        "The steps are:",
        *(f"{number}. {words(6)}" for number in range(1, 6)),
        "The end is near to all.",
    ]
    lead_in = Span(0, len("The steps are:"))
    assert [passage.lead_in for passage in passages] == [None, *[lead_in] * 5, None]


def test_the_enclosing_item_introduces_a_nested_list() -> None:
    document, passages = split("The steps are:\n\n- outer a b c d\n  - inner a b c d\n- last a b c d e", 7)
    assert shown(document, passages) == [
        "The steps are:",
        "outer a b c d",
        "inner a b c d",
        "last a b c d e",
    ]
    leads = [passage.lead_in.of(document.text) if passage.lead_in else None for passage in passages]
    assert leads == [None, "The steps are:", "outer a b c d", "The steps are:"]


def test_a_passage_with_lead_in_and_list_knows_the_lead_in() -> None:
    document, [passage] = split("Before.\n\nThe steps are:\n\n- one\n- two", 100)
    assert passage.lead_in is not None
    assert passage.lead_in.of(document.text) == "The steps are:"


def test_title_and_headings_are_embedded_and_not_shown() -> None:
    document, [one, two] = split("# A\n\nOne.\n\n## B\n\nTwo.", 100)
    splitter = Splitter(count_tokens, 100)
    first, second = (splitter.embedded_text(document, entry) for entry in (one, two))
    assert (first.text, first.sentences) == ("Title\nA\nA\n\nOne.", (Span(11, 15),))
    assert (second.text, second.sentences) == ("Title\nA > B\nB\n\nTwo.", (Span(15, 19),))


def test_encoders_read_plain_letters_in_place_of_ligatures() -> None:
    document, [passage] = split("# A ﬂoor\n\nThe ﬁre oﬃce. “Ｙｅｓ”. 10⁶ m².", 100)
    embedded = Splitter(count_tokens, 100).embedded_text(document, passage)
    assert embedded.text == "Title\nA floor\nA floor\n\nThe fire office. “Yes”. 10⁶ m²."
    assert [span.of(embedded.text) for span in embedded.sentences] == [
        "The fire office.",
        "“Yes”.",
        "10⁶ m².",
    ]
    assert texts(document, passage.sentences) == ["The ﬁre oﬃce.", "“Ｙｅｓ”.", "10⁶ m²."]


@pytest.mark.parametrize(
    ("title", "heading", "header"),
    [
        (4, 4, f"{words(4, 't')}\n{words(4, 'h')}\n"),  # 4 + 4 = 16 / 2
        (4, 5, f"{words(5, 'h')}\n"),  # 4 + 5 > 16 / 2
        (99, 8, f"{words(8, 'h')}\n"),
        (4, 9, f"{words(4, 't')}\n"),
        (9, 9, ""),
        (99, 99, ""),
    ],
)
def test_long_titles_and_headings_leave_half_of_the_limit_to_the_passage(
    title: int, heading: int, header: str
) -> None:
    last = words(16 - 8, "p")
    document = load_markdown("doc", f"# {words(heading, 'h')}\n\n{last}", Metadata(title=words(title, "t")))
    splitter = Splitter(count_tokens, 16)
    passage = splitter.split(document)[-1]
    assert passage.span.of(document.text).endswith(last)
    assert _header(splitter, document, passage) == header


def test_the_tokens_that_the_encoder_adds_count_once() -> None:
    def with_special_tokens(texts: Sequence[str]) -> list[int]:
        return [2 + count for count in count_tokens(texts)]

    fitting, longer = (
        load_markdown("doc", f"{words(4)}\n\n{words(count)}", Metadata(title="Title")) for count in (3, 4)
    )
    splitter = Splitter(with_special_tokens, 10)  # 2 + 1 + 4 + 3 = 10
    assert shown(fitting, splitter.split(fitting)) == [f"{words(4)}\n\n{words(3)}"]
    assert shown(longer, splitter.split(longer)) == [words(4), words(4)]


@pytest.mark.parametrize(
    ("blocks", "passages"),
    [
        ([2] * 4, [8]),
        ([2] * 5, [6, 4]),
        ([2] * 9, [6, 6, 6]),
        ([8, 1], [8, 1]),
        ([1, 8], [1, 8]),
        ([3, 3, 3], [6, 3]),
        ([2] * 8 + [1], [6, 6, 5]),
    ],
)
def test_a_long_section_is_split_evenly(blocks: list[int], passages: list[int]) -> None:
    """Nine words fit, one of them the title's, and each passage is nearest to its share of what is left."""
    document = load_text("doc", "\n\n".join(map(words, blocks)), Metadata(title="Title"))
    found = Splitter(count_tokens, 9).split(document)
    assert [len(text.split()) for text in shown(document, found)] == passages


def test_the_strategies_are_seven_sentences_and_two_more() -> None:
    text = SEED.read_text(encoding="utf-8").split("---\n", 2)[2]
    document, passages = split(text, 256)
    units = [unit for passage in passages for unit in texts(document, passage.sentences)]
    assert units == text.strip().split("\n\n")
    assert len(units) == 1 + 7 + 1


_spaced = st.text(
    st.one_of(
        st.sampled_from(
            "A.a 1!?…\n\t\u2028\u2029\u0085\u00a0\u3000\u1680\u200b\u200d)]\"'“”。؟।\x0b\x0c\x1c\x1f\u0301"
        ),
        st.characters(codec="utf-8"),
    )
)


@given(_spaced, _spaced, _spaced, st.sampled_from([None, "en", "de", "zh", "ar", "hi", "ja", "am", "xx"]))
@example("", "A\u2028.", "", "en")  # where sentencex 1.0.32 itself would panic
@example("", "A.\u2028B", "", "en")
@example("", "J.\u2029S. Bach\u3000wrote\u00a0so. Yes.", "", "en")
@example("\U0001f600", "👍. A.\u2028\u2028👍 B.", "x", None)
def test_sentences_lose_no_visible_character(
    before: str, inner: str, after: str, language: str | None
) -> None:
    text, span = before + inner + after, Span(len(before), len(before) + len(inner))
    found = sentences(text, span, language)
    assert "".join(nonblank(entry.of(text)) for entry in found) == nonblank(inner)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert all(entry in span and is_trimmed(entry.of(text)) for entry in found)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Norms matter. States agree! Do they?", ["Norms matter.", "States agree!", "Do they?"]),
        (None, "Norms matter. States agree.", ["Norms matter.", "States agree."]),
        (
            "en",
            "Dr. Roe met Mr. Li, e.g. in May. They agreed.",
            ["Dr. Roe met Mr. Li, e.g. in May.", "They agreed."],
        ),
        ("en", "It rose by 3.5 per cent. Then it fell.", ["It rose by 3.5 per cent.", "Then it fell."]),
        ("en", "1. Norms matter. States agree.", ["1. Norms matter.", "States agree."]),
        ("de", "Das gilt z. B. für Verträge. So ist es.", ["Das gilt z. B. für Verträge.", "So ist es."]),
        ("zh", "国家应当谈判。这很重要。", ["国家应当谈判。", "这很重要。"]),
        ("ar", "هل هذا مهم؟ نعم.", ["هل هذا مهم؟", "نعم."]),
        ("en", "Norms matter.\n\n  States agree.  ", ["Norms matter.", "States agree."]),
        ("en", "One\u3000two. Three\u00a0four.", ["One\u3000two.", "Three\u00a0four."]),
        ("en", "...", ["..."]),
        ("en", " \n ", []),
        ("en", "", []),
    ],
)
def test_sentences_end_where_a_reader_expects(language: str | None, text: str, expected: list[str]) -> None:
    assert [entry.of(text) for entry in sentences(text, Span(0, len(text)), language)] == expected


def test_a_block_of_many_passages_is_cut_into_sentences_once(monkeypatch: pytest.MonkeyPatch) -> None:
    segmented: list[str] = []
    segment = sentencex.segment

    def count(language: str, text: str) -> list[str]:
        segmented.append(text)
        return list(segment(language, text))

    monkeypatch.setattr(sentencex, "segment", count)
    source = " ".join(f"Sentence {number} is short." for number in range(200))
    document, passages = split(source, 24)
    assert len(passages) == 50  # four sentences each
    assert segmented == [document.text]


def test_text_without_letters_is_split_without_loss() -> None:
    text = "12.5! " * 2000
    [only] = sentences(text, Span(0, len(text)))
    assert only.of(text) == text.strip()


def test_the_fingerprint_names_the_sentence_splitter() -> None:
    assert "sentencex/" in splitter_fingerprint()


@pytest.mark.parametrize("heading", ["Hours: 9 to 17", "[1.2.0] - 2024-03-05", "We moved.", "Rent – free"])
def test_heading_that_says_more_than_a_name_is_a_sentence(heading: str) -> None:
    document, [_, passage] = split(f"# A\n\nOne.\n\n## {heading}\n\nTwo.", 100)
    assert texts(document, passage.sentences) == [heading, "Two."]


@pytest.mark.parametrize("heading", ["Added", "Opening hours", "Co-operation", "What is new?"])
def test_heading_that_names_its_section_is_no_sentence(heading: str) -> None:
    document, [_, passage] = split(f"# A\n\nOne.\n\n## {heading}\n\nTwo.", 100)
    assert texts(document, passage.sentences) == ["Two."]
