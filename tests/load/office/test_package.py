"""A hostile or damaged office file costs itself, and is named with a way out."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from normqa.datatypes import Metadata
from normqa.load.loaded import Parsed
from normqa.load.office.odf.odf import load_odf
from normqa.load.office.package import Package
from normqa.load.office.pptx import load_pptx
from normqa.load.office.word.docx import load_docx
from normqa.load.problem import LoadError
from tests.load.office.files import W, docx, odf, p, pptx, relations, shape, zipped

_DOCUMENT = f'<w:document xmlns:w="{W}"><w:body>{{}}</w:body></w:document>'.format
_SLIDE = pptx(shape("<a:r><a:t>Text.</a:t></a:r>"))


def load(raw: bytes) -> Parsed:
    return load_docx("doc", raw, Metadata())


def _ole(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + stream.encode("utf-16-le") + bytes(100)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "it is empty"),
        (bytes(600), "it is empty"),
        (_ole("EncryptedPackage"), "encrypted; save it again without a password"),
        (_ole("WordDocument"), "Word format from before 2007; save it as .docx"),
        (_ole("PowerPoint Document"), "PowerPoint format from before 2007; save it as .pptx"),
        (_ole("Workbook"), "spreadsheet"),
        (b"{\\rtf1\\ansi Text.}", "RTF format; save it as"),
        (b"<?xml version='1.0'?><office:document/>", "single XML file; save it as"),
        (b"PK\x03\x04 and no more", "damaged"),
        (
            zipped(
                {
                    "_rels/.rels": relations({"r": ("officeDocument", "xl/workbook.xml")}),
                    "xl/workbook.xml": "<workbook/>",
                }
            ),
            "no Word document .its main part is a workbook",
        ),
    ],
)
def test_a_file_in_another_format_is_named(raw: bytes, reason: str) -> None:
    with pytest.raises(LoadError, match=reason):
        load(raw)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ('<!DOCTYPE d [<!ENTITY a "b">]>' + _DOCUMENT(p("&a;")), "declares entities"),
        (
            '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/hostname">]>' + _DOCUMENT(p("&a;")),
            "declares entities",
        ),
        (
            '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">'
            + "".join(
                f'<!ENTITY {name} "{f"&{inner};" * 10}">'
                for inner, name in zip("abcdefgh", "bcdefghi", strict=True)
            )
            + "]>"
            + _DOCUMENT(p("&i;")),
            "entities",
        ),
        (_DOCUMENT("<w:p>" * 100_000 + "</w:p>" * 100_000), "nested too deeply"),
        (_DOCUMENT(p("a"))[:-9], "well-formed"),
        ("", "well-formed"),
    ],
)
def test_hostile_markup_is_refused(document: str, reason: str) -> None:
    with pytest.raises(LoadError, match=reason):
        load(zipped({"word/document.xml": document}))


def test_nothing_external_is_opened(tmp_path: Path) -> None:
    external = f'<!DOCTYPE d SYSTEM "file://{tmp_path}/missing.dtd">' + _DOCUMENT(p("Text."))
    assert load(zipped({"word/document.xml": external})).document.text == "Text."
    # A document type that is opened and is no document type is an error.
    existing = f'<!DOCTYPE d SYSTEM "file://{__file__}">' + _DOCUMENT(p("Text."))
    assert load(zipped({"word/document.xml": existing})).document.text == "Text."


def test_names_of_parts_lead_nowhere_else() -> None:
    raw = zipped({"../../evil.xml": "<a/>", "word/document.xml": _DOCUMENT(p("Text."))})
    assert load(raw).document.text == "Text."
    with pytest.raises(LoadError, match="missing"):
        Package(raw).read("../../../etc/hostname")


def test_a_zip_bomb_is_refused_unread() -> None:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("word/document.xml", "w") as part,
    ):
        for _ in range(210):
            part.write(bytes(1_000_000))
    with pytest.raises(LoadError, match="unpacks to more than"):
        load(out.getvalue())


def test_identifiers_that_occur_twice_do_not_cost_the_document() -> None:
    body = (
        '<text:p xml:id="a">One.</text:p><text:p xml:id="a">Two.</text:p><text:p xml:id="1">Three.</text:p>'
    )
    assert load_odf("doc", odf("text", body), Metadata()).document.text == "One.\n\nTwo.\n\nThree."


@pytest.mark.parametrize(
    ("loader", "raw"),
    [
        (load_docx, zipped({"word/document.xml": _DOCUMENT(p("Text.")), "docProps/core.xml": "<a>"})),
        (load_odf, odf("text", "<text:p>Text.</text:p>", meta="<broken>")),
    ],
)
def test_damaged_metadata_costs_only_itself(
    loader: Callable[[str, bytes, Metadata], Parsed], raw: bytes
) -> None:
    found = loader("doc", raw, Metadata())
    assert found.document.text == "Text."
    assert found.notes == ("its metadata is damaged and was ignored",)


@pytest.mark.parametrize(
    ("loader", "raw", "macro"),
    [
        (load_docx, docx(p("Text.")), "word/vbaProject.bin"),
        (load_pptx, _SLIDE, "ppt/vbaProject.bin"),
        (load_odf, odf("text", "<text:p>Text.</text:p>"), "Basic/Standard/Module1.xml"),
    ],
)
def test_macros_are_reported(
    loader: Callable[[str, bytes, Metadata], Parsed], raw: bytes, macro: str
) -> None:
    out = io.BytesIO(raw)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(macro, "Sub")
    found = loader("doc", out.getvalue(), Metadata())
    assert found.document.text == "Text."
    assert found.notes == ("its macros were not read",)


def test_a_file_without_text_says_what_it_has_instead() -> None:
    with pytest.raises(LoadError, match="contains no text; 1 image was not read"):
        load(docx("<w:p><w:r><w:drawing><a:blip/></w:drawing></w:r></w:p>"))


def test_an_undeclared_prefix_does_not_cost_the_document() -> None:
    assert load(zipped({"word/document.xml": _DOCUMENT(p("Text.") + "<x:odd/>")})).document.text == "Text."
