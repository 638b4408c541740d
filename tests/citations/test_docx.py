"""The brief as a Word document: opened by other readers, its quotes are word for word."""

import io
import zipfile
from dataclasses import replace

import docx as python_docx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from normqa.citations.brief.brief import Brief
from normqa.citations.brief.docx import docx as brief_docx
from normqa.citations.export import Export
from normqa.datatypes import ContextPart, Metadata, Span
from normqa.load.markup.markdown import load_markdown
from normqa.load.office.word.docx import load_docx
from tests.citations.exports import TEXT, answer, document, export
from tests.conftest import SEED

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
LIST = "Three channels:\n1. Hotlines\n2. Meetings & <letters>\n\tby post  and by hand"


def docx(cited: Export) -> bytes:
    """Return the brief of a conversation as a Word document."""
    return brief_docx(Brief.of_conversation(cited))


def paragraphs(raw: bytes, style: str) -> list[str]:
    """Return the paragraphs of a style, as python-docx reads them."""
    opened = python_docx.Document(io.BytesIO(raw))
    return [each.text for each in opened.paragraphs if each.style and each.style.name == style]


def footnotes(raw: bytes) -> dict[str, str]:
    """Return the text of each footnote by its id."""
    part = python_docx.Document(io.BytesIO(raw)).part.part_related_by(RELATIONSHIP_TYPE.FOOTNOTES)
    notes = etree.fromstring(part.blob)
    return {note.get(f"{W}id", ""): "".join(note.itertext(f"{W}t")).strip() for note in notes}


def test_quotes_are_verbatim_with_a_footnote_each() -> None:
    cited = export(document(text=LIST), document("b"))
    raw = docx(cited)
    assert paragraphs(raw, "Quote") == [LIST, TEXT]
    opened = python_docx.Document(io.BytesIO(raw))
    called = [found.get(f"{W}id") for found in opened.element.iter(f"{W}footnoteReference")]
    assert called == ["1", "2"]
    notes = footnotes(raw)
    assert {*notes} == {"-1", "0", "1", "2"}
    for item in Brief.of_conversation(cited).cited:
        assert notes[str(item.number)] == f"{item.footnote.text} {item.footnote.page}"
    assert "Ada Lovelace and United Nations" in notes["1"]
    assert "under “Birds,”" in notes["1"]


def test_footnote_names_the_printed_page() -> None:
    found = document()
    paged = replace(found, pages=(Span(0, len(found.text)),), page_labels=("xii",))
    assert "xii" in footnotes(docx(export(paged)))["1"]


@pytest.mark.parametrize("text", [TEXT, "1. Hotlines 🐦 and “letters”", "Ü & <b>not bold</b>"])
def test_quotes_are_read_by_our_own_loader(text: str) -> None:
    parsed = load_docx("brief", docx(export(document(text=text))), Metadata())
    assert text in parsed.document.text
    assert parsed.document.title == "What does the pelican eat?"


def test_every_block_of_the_strategies_is_read_by_our_own_loader() -> None:
    found = load_markdown("strategies", SEED.read_text(encoding="utf-8"), Metadata())
    quotes = [found.quote(block.span) for block in found.blocks]
    raw = docx(Export([answer(*quotes)], lambda _: found.text))
    assert paragraphs(raw, "Quote") == [quote.text for quote in quotes]
    read = load_docx("brief", raw, Metadata()).document.text
    assert [quote.text for quote in quotes if quote.text not in read] == []


def is_xml(character: str) -> bool:
    """Whether XML can contain a character."""
    return character in "\n\t" or (character >= " " and character not in "\ufffe\uffff")


@given(st.text(min_size=1, max_size=40))
def test_any_text_that_xml_can_contain_is_kept(text: str) -> None:
    raw = docx(export(document(text=f"a{text}z".replace("\r", " "))))
    [quote] = paragraphs(raw, "Quote")
    expected = "".join(kept if is_xml(kept) else "\ufffd" for kept in f"a{text}z".replace("\r", " "))
    assert quote == expected


def test_same_answers_give_the_same_bytes() -> None:
    assert docx(export(document())) == docx(export(document()))


def test_context_notices_and_refusals_are_shown() -> None:
    cited = export(document(), warning="Files are missing.", reason="related_but_no_answer")
    [answer] = cited.answers
    [quote] = answer.quotes
    near = replace(quote, context=(ContextPart("lead_in", Span(0, 4), "Birds eat:"),))
    raw = docx(replace(cited, answers=[replace(answer, quotes=(), near_misses=(near,))]))
    assert paragraphs(raw, "Notice") == ["Warning: Files are missing."]
    assert paragraphs(raw, "Heading 2") == ["Closest passages, which may not answer the question"]
    assert paragraphs(raw, "Quote Context") == ["Birds eat:"]
    assert "No answer found in these documents." in paragraphs(raw, "Normal")


def test_every_part_is_well_formed_and_named() -> None:
    with zipfile.ZipFile(io.BytesIO(docx(export(document())))) as archive:
        assert archive.testzip() is None
        types = archive.read("[Content_Types].xml").decode()
        for name in archive.namelist():
            etree.fromstring(archive.read(name))
            assert name.endswith(".rels") or name == "[Content_Types].xml" or f'"/{name}"' in types
