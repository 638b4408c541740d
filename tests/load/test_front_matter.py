"""Metadata is read from front matter, or refused with a reason."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from normqa.datatypes import Metadata
from normqa.load.front_matter import split_front_matter
from normqa.load.problem import LoadError


def metadata(front_matter: str) -> Metadata:
    return split_front_matter(f"---\n{front_matter}\n---\nBody")[0]


def test_every_field_is_read_and_separated_from_the_body() -> None:
    text = """---
title: Building norms
source: Questions
url: https://un.example/norms
date: 2015-07-22
authors: [Ada Roe, Bo Li]
publisher: United Nations
language: en
topics:
  - norms
  - cyber security
---

# Body

--- is no end.
"""
    assert split_front_matter(text) == (
        Metadata(
            title="Building norms",
            source="Questions",
            url="https://un.example/norms",
            date="2015-07-22",
            authors=("Ada Roe", "Bo Li"),
            publisher="United Nations",
            language="en",
            topics=("norms", "cyber security"),
        ),
        "# Body\n\n--- is no end.\n",
    )


@pytest.mark.parametrize(
    "text", ["", "Body", "\n---\ntitle: T\n---\n", "Body\n\n---\n\ntitle: T\n", "-- -\n", " ---\n"]
)
def test_without_front_matter_everything_is_body(text: str) -> None:
    assert split_front_matter(text) == (Metadata(), text)


@pytest.mark.parametrize(
    "head", ["---\n---\n", "---\n\n---\n", "---\n# only a comment\n---\n", "---\ntitle:\n---\n"]
)
def test_front_matter_may_be_empty(head: str) -> None:
    assert split_front_matter(head + "Body") == (Metadata(), "Body")


def test_the_body_keeps_its_indentation() -> None:
    assert split_front_matter("---\ntitle: T\n---\n\n    code\n")[1] == "    code\n"


@pytest.mark.parametrize("text", ["---\ntitle: T\n\nBody\n", "---\n", "---"])
def test_front_matter_that_is_not_closed_is_refused(text: str) -> None:
    with pytest.raises(LoadError, match="not closed; end it with a line of three hyphens"):
        split_front_matter(text)


def test_broken_yaml_is_refused_with_its_line_in_the_file() -> None:
    with pytest.raises(LoadError, match=r"not valid YAML \(line 3: mapping values are not allowed here\)"):
        split_front_matter("---\ntitle: fine\nsource: a: b\n---\n")


@pytest.mark.parametrize(
    "front_matter",
    [
        "title: [open",
        "title: 'open",
        "\ttitle: T",
        "date: 2015-13-45",
        "title: *nowhere",
        "title: !!python/object:os.system x",
        "? [a]\n: b",
        "title: !!int ''",
        "title: !!bool neither",
        "title: !!timestamp never",
        "title: \x07",
        "[" * 20_000,
        "- " * 5_000 + "a",
    ],
)
def test_any_broken_yaml_is_refused(front_matter: str) -> None:
    with pytest.raises(LoadError, match="its front matter is not valid YAML"):
        metadata(front_matter)


@pytest.mark.parametrize("front_matter", ["- title\n- source", "just words", "42", "2015-07-22"])
def test_anything_but_a_mapping_is_refused(front_matter: str) -> None:
    with pytest.raises(LoadError, match="not a list of `key: value` lines"):
        metadata(front_matter)


@pytest.mark.parametrize(
    ("front_matter", "where"),
    [
        ("title: [a, b]", "title"),
        ("title: true", "title"),
        ("source: {a: b}", "source"),
        ("language: no", "language"),  # YAML reads `no` as false
        ("topics: {a: b}", "topics.0"),
        ("authors: [Ada, [Bo]]", "authors.1"),
        ("authors: [Ada, ]\ntopics: [a, null]", "topics.1"),
        ("title: &a [*a]", "title"),
    ],
)
def test_a_value_of_a_wrong_type_is_refused_by_name(front_matter: str, where: str) -> None:
    with pytest.raises(LoadError, match=f"^its front matter has an unusable value for `{where}`$"):
        metadata(front_matter)


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("2015-07-22", "2015-07-22"),
        ("2015", "2015"),
        ("2015-07", "2015-07"),
        ("July 2015", "July 2015"),
        ("2015-07-22 10:30:00", "2015-07-22T10:30:00"),
        ("2015-07-22T10:30:00Z", "2015-07-22T10:30:00+00:00"),
        ("'2015-13-45'", "2015-13-45"),
    ],
)
def test_a_date_keeps_its_precision(value: str, line: str) -> None:
    assert metadata(f"date: {value}").date == line


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("1984", "1984"),
        ("3.5", "3.5"),
        ("'  spaced \t out '", "spaced out"),
        ("|\n  two\n  lines", "two lines"),
        ("''", None),
        ("'  '", None),
        ("~", None),
        ('"E\\u0301tat"', "\u00c9tat"),
        ('"a\\u2028b"', "a b"),
    ],
)
def test_a_title_is_one_canonical_line_or_none(value: str, line: str | None) -> None:
    assert metadata(f"title: {value}").title == line


@pytest.mark.parametrize("escape", ["\\a", "\\e", "\\0", "\\x01", "\\uD800", "\\uD83D\\uDE00"])
@pytest.mark.parametrize("key", ["title", "url", "authors", "topics"])
def test_control_characters_and_lone_surrogates_are_refused(key: str, escape: str) -> None:
    with pytest.raises(LoadError, match=f"unusable value for `{key}"):
        metadata(f'{key}: "a{escape}b"')


def test_a_single_topic_or_author_needs_no_list() -> None:
    both = metadata("topics: norms\nauthors: 'Roe, Ada'")
    assert both.topics == ("norms",)
    assert both.authors == ("Roe, Ada",)


def test_an_empty_list_is_empty() -> None:
    assert metadata("topics: []\nauthors:") == Metadata()


def test_unknown_keys_are_ignored() -> None:
    others = 'layout: post\nTitle: not this one\n1: one\n2015-07-22: day\nnested: {a: [1, {b: "\\uD800"}]}'
    assert metadata(f"{others}\ntitle: T") == Metadata(title="T")
    assert metadata(f"? 0x{'f' * 5000}\n: too long to be written in digits\ntitle: T") == Metadata(title="T")


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0\r")))
def test_any_front_matter_is_read_or_refused(front_matter: str) -> None:
    try:
        found, body = split_front_matter(f"---\n{front_matter}\n---\nBody")
    except LoadError:
        return
    assert isinstance(found, Metadata)
    assert body.endswith("Body")


_lines = st.text(st.characters(codec="utf-8", categories=["L", "M", "N", "P", "S", "Zs"]), min_size=1)


@given(st.fixed_dictionaries(dict.fromkeys(("title", "source", "url", "publisher", "language"), _lines)))
def test_what_yaml_writes_is_read_back_as_one_line(fields: dict[str, str]) -> None:
    found = metadata(yaml.safe_dump(fields))
    for key, value in fields.items():
        line = getattr(found, key) or ""
        assert "\n" not in line
        assert len(line.split()) == len(value.split())
