"""What reference managers read from the exports is what the documents state."""

# ruff: noqa: RUF001 - pylatexenc reads the circumflex as a modifier letter

import json
from dataclasses import replace
from typing import Any

import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from citeproc import (
    Citation,
    CitationItem,
    CitationStylesBibliography,
    CitationStylesStyle,
    Locator,
    formatter,
)
from citeproc.source.json import CiteProcJSON
from hypothesis import given
from hypothesis import strategies as st
from pylatexenc.latex2text import LatexNodes2Text

from normqa.citations.bibtex import bibtex
from normqa.citations.csl import csl_json
from normqa.citations.export import Export
from normqa.citations.formats import FORMATS
from normqa.citations.ris import ris
from tests.citations.exports import TEXT, answer, document, export, quote
from tests.citations.readable import readable

ODD = "TY  - BOOK\nER  - \n@misc{x, a} \\ ~^_#$ “”<b>"
SEPARATED = " ".join(ODD.split())


def _bibtex(text: str) -> list[dict[str, str]]:
    library = parse_string(text)
    assert library.failed_blocks == []
    plain = LatexNodes2Text(keep_braced_groups=False).latex_to_text
    return [
        {"key": entry.key, **{field.key: plain(field.value).replace("ˆ", "^") for field in entry.fields}}
        for entry in library.entries
    ]


def test_rispy_reads_every_field() -> None:
    [entry] = rispy.loads(ris(export(document())))
    assert entry["type_of_reference"] == "ELEC"
    assert entry["authors"] == ["Lovelace, Ada", "United Nations"]
    assert (entry["title"], entry["secondary_title"], entry["publisher"]) == ("Zoo", "Field notes", "The Zoo")
    assert (entry["year"], entry["date"]) == ("2023", "2023/05/01/")
    assert (entry["urls"], entry["language"]) == (["https://zoo.example/notes"], "en")
    assert entry["section"] == "Birds"
    assert entry["notes"][0].startswith(f"“{' '.join(TEXT.split())}” (zoo, characters 0 to ")


def test_bibtexparser_reads_every_field() -> None:
    [entry] = _bibtex(bibtex(export(document())))
    assert entry["author"] == "Lovelace, Ada and United Nations"
    assert (entry["title"], entry["howpublished"], entry["publisher"]) == ("Zoo", "Field notes", "The Zoo")
    assert (entry["year"], entry["month"], entry["day"]) == ("2023", "5", "1")
    assert (entry["url"], entry["language"]) == ("https://zoo.example/notes", "en")
    assert entry["note"].startswith(f"“{' '.join(TEXT.split())}” (zoo, characters 0 to ")


@pytest.mark.filterwarnings("ignore:The following arguments for Reference are unsupported")
def test_citeproc_cites_an_item_with_its_locator() -> None:
    items: Any = json.loads(csl_json(export(document())))
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    bibliography = CitationStylesBibliography(style, CiteProcJSON(items), formatter.plain)
    locator = Locator(items[0]["label"], items[0]["locator"])
    citation = Citation([CitationItem(items[0]["id"], locator=locator)])
    bibliography.register(citation)
    assert "Lovelace" in str(bibliography.cite(citation, lambda _: None))
    [entry] = map(str, bibliography.bibliography())
    assert "Lovelace, A. and United Nations" in entry
    assert "2023" in entry
    assert "https://zoo.example/notes" in entry


def test_printed_page_is_the_locator() -> None:
    found = quote(document())
    printed = replace(found, citation=replace(found.citation, page=7, page_label="iv"))
    on_page = Export([answer(printed)], lambda _: TEXT)
    [item] = json.loads(csl_json(on_page))
    assert (item["label"], item["locator"]) == ("page", "iv")
    assert rispy.loads(ris(on_page))[0]["start_page"] == "iv"
    assert _bibtex(bibtex(on_page))[0]["pages"] == "iv"


@pytest.mark.parametrize(
    "odd",
    [
        {"title": ODD},
        {"authors": (ODD, "A, B, C", "and", "{")},
        {"publisher": ODD, "source": "}"},
        {"date": "Spring 2021"},
        {"date": "0000-00"},
        {"url": "javascript:alert(1)"},
        {"url": "https://zoo.example/{a}?b=%20#~"},
        {"language": "x\ny"},
    ],
)
def test_odd_metadata_stays_in_its_field(odd: dict[str, Any]) -> None:
    cited = export(document(**odd), document("other"))
    records = rispy.loads(ris(cited))
    assert [record["id"] for record in records] == ["zoo#0-42", "other#0-42"]
    entries = _bibtex(bibtex(cited))
    assert [entry["key"] for entry in entries] == ["zoo-0-42", "other-0-42"]
    items = json.loads(csl_json(cited))
    for each in (records[1], entries[1], items[1]):
        assert each["title"] == "Zoo"
    if "title" in odd:
        assert records[0]["title"] == " ".join(ODD.split())
        assert entries[0]["title"].replace(" ", "") == SEPARATED.replace(" ", "")
        assert items[0]["title"] == ODD
    if "authors" in odd:
        assert len(records[0]["authors"]) == 4
        assert all("literal" in author for author in items[0]["author"])
    if odd.get("date") == "Spring 2021":
        assert items[0]["issued"] == {"literal": "Spring 2021"}
        assert entries[0]["year"] == "Spring 2021"
    if odd.get("url", "").startswith("javascript"):
        assert "javascript" not in "".join(FORMATS[name].render(cited).decode() for name in ("ris", "bibtex"))
        assert "URL" not in items[0]


@given(st.text(max_size=20).map(lambda text: f"x{text}x"), st.text(max_size=20), st.text(max_size=10))
def test_any_text_gives_one_readable_record(text: str, title: str, author: str) -> None:
    cited = export(document(text=text.replace("\0", ""), title=title or "T", authors=(author,)))
    assert (
        len(rispy.loads(ris(cited))) == len(_bibtex(bibtex(cited))) == len(json.loads(csl_json(cited))) == 1
    )


def test_bibtex_keys_are_unique() -> None:
    cited = export(document("a b"), document("a-b"), document("検証"), document("証検"))
    assert [entry["key"] for entry in _bibtex(bibtex(cited))] == [
        "a-b-0-42",
        "a-b-0-42-2",
        "document-0-42",
        "document-0-42-2",
    ]


def test_a_quote_of_two_answers_is_one_record() -> None:
    one = quote(document())
    cited = Export([answer(one), answer(one)], lambda _: TEXT)
    assert len(json.loads(csl_json(cited))) == len(rispy.loads(ris(cited))) == 1


def test_notices_of_the_index_travel_with_each_record() -> None:
    cited = export(document(), rolled_back=True, warning="Files are missing.")
    for name in FORMATS:
        if name not in {"json", "web-annotation"}:
            text = readable(name, FORMATS[name].render(cited))
            assert "Files are missing." in text, name
            assert "rolled back" in text, name
