"""Any file is read and split without loss, or refused with a reason."""

from itertools import pairwise
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from normqa.datatypes import Document
from normqa.load.content import Content
from normqa.load.corpus import SourceFile, document_id
from normqa.load.loaded import Loaded
from normqa.load.loaders import parse
from normqa.load.text.decode import decode
from normqa.models.hashing import HashingEncoder
from normqa.split import Splitter
from normqa.text.canonical import normalise
from tests.load.text.test_decode import ENCODINGS, SHORT_TEXTS
from tests.strategies import front_matters, utf_8_with_strays, wild_markdown

names = st.sampled_from(["a.md", "a.markdown", "a.txt", "a"])


def read(name: str, raw: bytes) -> Loaded:
    return parse(SourceFile(Path(name), name, document_id(name), len(raw)), Content(raw))


def nonblank(text: str) -> str:
    return "".join(text.split())


def check_splits_without_loss(document: Document, max_tokens: int) -> None:
    passages = Splitter(HashingEncoder().count_tokens, max_tokens).split(document)
    spans = [passage.span for passage in passages]
    assert all(before.end <= after.start for before, after in pairwise(spans))
    assert nonblank("".join(span.of(document.text) for span in spans)) == nonblank(document.text)
    for passage in passages:
        assert all(sentence in passage.span for sentence in passage.sentences)
        assert all(before.end <= after.start for before, after in pairwise(passage.sentences))


@given(names, st.one_of(wild_markdown.map(str.encode), st.binary(max_size=200)), st.integers(8, 60))
@example("a.md", b"\\[ a\n" * 30, 8)
def test_any_file_is_read_and_split_or_refused(name: str, raw: bytes, max_tokens: int) -> None:
    loaded = read(name, raw)
    if loaded.document is None:
        assert loaded.problem is not None
        assert loaded.problem.skipped
        return
    document = loaded.document
    assert document.text == normalise(document.text)
    blocks = [block.span for block in document.blocks]
    assert all(before.end <= after.start for before, after in pairwise(blocks))
    assert nonblank("".join(span.of(document.text) for span in blocks)) == nonblank(document.text)
    check_splits_without_loss(document, max_tokens)


@given(wild_markdown)
def test_a_plain_text_keeps_every_character(text: str) -> None:
    loaded = read("a.txt", f"A text.\n\n{text}".encode())
    assert loaded.document is not None
    assert loaded.document.text == normalise(f"A text.\n\n{text}")


@given(front_matters)
def test_front_matter_never_costs_the_text(head: str) -> None:
    loaded = read("a.md", f"---\n{head}\n---\n\nThe body.".encode())
    assert loaded.document is not None
    assert loaded.document.text == "The body."


@given(utf_8_with_strays())
def test_utf_8_is_kept_around_stray_bytes(case: tuple[bytes, str]) -> None:
    raw, text = case
    decoded = decode(raw)
    assert decoded.text == normalise(text)
    assert decoded.stray_lines


@given(st.data())
def test_several_sentences_in_an_encoding_of_their_language_are_read_right(data: st.DataObject) -> None:
    language = data.draw(st.sampled_from(sorted(SHORT_TEXTS)))
    encoding = data.draw(st.sampled_from(ENCODINGS[language]))
    own = SHORT_TEXTS[language].split(" | ")
    pieces = data.draw(st.lists(st.sampled_from([*own, "A line in English."]), min_size=1, max_size=6))
    text = "\n".join([*pieces, own[0], own[1]])
    assert decode(text.encode(encoding)).text == text
