"""Styles of writers, Web Annotations, the brief, and the names of formats."""

import json
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normqa.citations.annotation import web_annotations
from normqa.citations.brief.brief import Brief
from normqa.citations.brief.page import brief_page
from normqa.citations.export import Export
from normqa.citations.formats import EXTENSIONS, FORMATS, FormatName
from normqa.citations.page_metadata import highwire_tags, schema_org
from normqa.citations.reference import Author, date_parts
from normqa.citations.styles import STYLES, in_style
from tests.citations.exports import TEXT, document, export
from tests.serve.markup import Page

QUOTED = f"“{TEXT}”"


def brief(cited: Export) -> str:
    """Return the brief of a conversation as a page."""
    return brief_page(Brief.of_conversation(cited))


def test_names_and_extensions_are_those_of_the_formats() -> None:
    assert list(FORMATS) == list(get_args(FormatName))
    assert len(EXTENSIONS) == len(FORMATS)


@pytest.mark.parametrize(
    ("style", "in_text", "source"),
    [
        (
            "apa",
            "(Lovelace & United Nations, 2023, Birds section)",
            (
                "Lovelace, A., & United Nations. (2023, May 1). Zoo. Field notes. The Zoo."
                " https://zoo.example/notes"
            ),
        ),
        (
            "mla",
            "(Lovelace and United Nations, sec. “Birds”)",
            "Lovelace, Ada, and United Nations. “Zoo.” Field notes, The Zoo, 1 May 2023, zoo.example/notes.",
        ),
        (
            "chicago",
            (
                "(Ada Lovelace and United Nations, “Zoo,” Field notes, The Zoo, May 1, 2023, under “Birds,”"
                " https://zoo.example/notes.)"
            ),
            (
                "Lovelace, Ada, and United Nations. “Zoo.” Field notes. The Zoo, May 1, 2023."
                " https://zoo.example/notes."
            ),
        ),
    ],
)
def test_styles_cite_each_quote_and_list_the_sources(style: str, in_text: str, source: str) -> None:
    text = in_style(STYLES[style], export(document()))
    assert text == (
        f"What does the pelican eat?\n\n{QUOTED} {in_text}\n\n{STYLES[style].heading}\n\n{source}\n"
    )


@pytest.mark.parametrize(
    ("style", "in_text", "source"),
    [
        ("apa", "(“Why?”, n.d., Birds section)", "Why? (n.d.)."),
        ("mla", "(“Why?”, sec. “Birds”)", "“Why?”"),
        ("chicago", "(“Why?” under “Birds.”)", "“Why?”"),
    ],
)
def test_missing_metadata_is_left_out(style: str, in_text: str, source: str) -> None:
    bare = document(
        title="Why?",
        authors=(),
        date=None,
        source=None,
        publisher=None,
        url=None,
        language=None,
        references=(),
    )
    text = in_style(STYLES[style], export(bare))
    assert f"{QUOTED} {in_text}\n" in text
    assert text.endswith(f"{STYLES[style].heading}\n\n{source}\n")


@pytest.mark.parametrize(
    ("name", "family", "given"),
    [
        ("Lovelace, Ada", "Lovelace", "Ada"),
        ("van der Berg, Jan", "van der Berg", "Jan"),
        ("O’Neil, A. B.", "O’Neil", "A. B."),
        ("Ada Lovelace", "Ada Lovelace", ""),
        ("United Nations", "United Nations", ""),
        ("Acme, Inc.", "Acme, Inc.", ""),
        ("Ministry of Defence, Japan", "Ministry of Defence, Japan", ""),
        ("Smith, Jones, Brown", "Smith, Jones, Brown", ""),
        ("Group 77, UN", "Group 77, UN", ""),
        ("Lovelace,", "Lovelace,", ""),
    ],
)
def test_only_inverted_names_are_taken_apart(name: str, family: str, given: str) -> None:
    assert Author.parse(name) == Author(family, given)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("2021", (2021,)),
        ("2021-05", (2021, 5)),
        ("2021-05-31T10:00Z", (2021, 5, 31)),
        ("May", ()),
        (None, ()),
    ],
)
def test_dates_are_known_as_far_as_they_are_stated(text: str | None, parts: tuple[int, ...]) -> None:
    assert date_parts(text) == parts


@given(st.text(min_size=1, max_size=30).map(lambda text: f"a{text}z"))
def test_annotations_select_the_quote_in_both_counts(text: str) -> None:
    found = document(text=text.replace("\0", "x"))
    page = json.loads(web_annotations(export(found)))
    [item] = page["items"]
    by_text, by_place = item["target"]["selector"]
    assert found.text[by_place["start"] : by_place["end"]] == by_text["exact"]
    units = found.text.encode("utf-16-le")[2 * by_place["utf16Start"] : 2 * by_place["utf16End"]]
    assert units.decode("utf-16-le") == by_text["exact"]


def test_annotations_name_the_text_and_the_page_of_the_quote() -> None:
    [item] = json.loads(web_annotations(export(document("a b/c"))))["items"]
    assert item["id"] == f"https://norms.example/q/documents/a%20b/c?start=0&end={len(TEXT)}"
    assert item["target"]["source"]["id"] == "https://norms.example/q/documents/a%20b/c/text"
    assert item["body"][0]["value"] == "What does the pelican eat?"


def test_brief_has_a_footnote_per_quote_and_escapes_everything() -> None:
    page = Page(brief(export(document(title="<script>x</script>"), document("b"))).encode())
    assert page.one("main").text.count("The pelican eats") == 2
    notes = page.one("ol").text
    assert "<script>x</script>" in notes
    assert notes.count("SHA-256") == 2
    assert "References: Babbage, Charles. On birds" in notes
    assert f"https://norms.example/q/documents/zoo?start=0&end={len(TEXT)}" in notes


def test_brief_of_a_refusal_marks_near_misses() -> None:
    refused = export(document(), reason="related_but_no_answer")
    one = refused.answers[0]
    near = replace(refused, answers=[replace(one, quotes=(), near_misses=one.quotes)])
    text = Page(brief(near).encode()).one("main").text
    assert "No answer found in these documents." in text
    assert "Closest passages, which may not answer the question" in text
    assert json.loads(FORMATS["csl-json"].render(near)) == []


def test_page_metadata_states_what_the_document_states() -> None:
    found = document(date="2023-05")
    assert highwire_tags(found) == [
        ("citation_title", "Zoo"),
        ("citation_author", "Lovelace, Ada"),
        ("citation_author", "United Nations"),
        ("citation_publication_date", "2023/05"),
        ("citation_journal_title", "Field notes"),
        ("citation_publisher", "The Zoo"),
        ("citation_language", "en"),
        ("citation_public_url", "https://zoo.example/notes"),
        ("citation_keywords", "birds; seals"),
    ]
    about = schema_org(found, None)
    assert (about["name"], about["author"]) == ("Zoo", ["Ada Lovelace", "United Nations"])
    assert about["datePublished"] == "2023-05"
    assert "url" not in about
