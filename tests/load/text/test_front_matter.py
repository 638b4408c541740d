"""Metadata is read from front matter, or refused with a reason."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from normqa.datatypes import Metadata
from normqa.load.problem import LoadError
from normqa.load.text.front_matter import MAX_CHARACTERS, FrontMatter, read_front_matter, split_front_matter


def metadata(front_matter: str) -> Metadata:
    return read(front_matter).metadata


def read(front_matter: str) -> FrontMatter:
    return split_front_matter(f"---\n{front_matter}\n---\nBody")


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
    assert split_front_matter(text) == FrontMatter(
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
    assert split_front_matter(text) == FrontMatter(Metadata(), text)


@pytest.mark.parametrize(
    "head", ["---\n---\n", "---\n\n---\n", "---\n# only a comment\n---\n", "---\ntitle:\n---\n"]
)
def test_front_matter_may_be_empty(head: str) -> None:
    assert split_front_matter(head + "Body") == FrontMatter(Metadata(), "Body")


def test_the_body_keeps_its_indentation() -> None:
    assert split_front_matter("---\ntitle: T\n---\n\n    code\n").body == "    code\n"


@pytest.mark.parametrize(
    "text", ["---\ntitle: T\n\nBody\n", "---\n\n# c\n'title': T", "---\nlayout: post\n\nBody"]
)
def test_front_matter_that_is_not_closed_is_refused(text: str) -> None:
    with pytest.raises(LoadError, match="not closed; end it with a line of three hyphens"):
        split_front_matter(text)


@pytest.mark.parametrize(
    "text",
    [
        "---\n",
        "---",
        "---\n\nThe well is forty metres deep.",
        "---\nHello\n---\n\nThe tower stands.",
        "---\nNote: the well, it: is deep.\n\n---\n\nText",
        "---\n- title\n- source\n---\nBody",
        "---\n42\n---\nBody",
        "---\n2015-07-22\n---\nBody",
        "---\n" + "[" * 20_000 + "\n---\nBody",
        "---\n" + "- " * 5_000 + "a\n---\nBody",
        "---\n" + "A long text. " * 10_000 + "\n---\nBody",
    ],
)
def test_a_first_line_of_hyphens_that_opens_no_mapping_is_a_rule(text: str) -> None:
    assert split_front_matter(text) == FrontMatter(Metadata(), text)
    assert read_front_matter(text) == (None, text)


def test_broken_yaml_costs_its_value_and_is_named_with_its_line_in_the_file() -> None:
    found = split_front_matter("---\ntitle: fine\nsource: a: b\nurl: https://un.example\n---\n\nBody")
    assert found.metadata == Metadata(title="fine", url="https://un.example")
    assert found.body == "Body"
    reason = "line 3: mapping values are not allowed here"
    assert found.notes == (f"its front matter is not valid YAML ({reason}); `source` was ignored",)


_BROKEN = [
    "title: [open",
    "title: 'open",
    "\ttitle: T",
    "title: *nowhere",
    "title: \x07",
    'title: "\\UFFFFFFFF"',
    "title: " + "[" * 20_000,
    "title: " + "{a: " * 5_000,
    "title:\n  " + "- " * 5_000 + "a",
]


@pytest.mark.parametrize("broken", _BROKEN)
def test_any_broken_yaml_costs_only_its_value(broken: str) -> None:
    found = read(f"{broken}\nsource: S")
    assert found.metadata == Metadata(source="S")
    assert found.body == "Body"
    [note] = found.notes
    assert note.startswith("its front matter is not valid YAML (")


@pytest.mark.parametrize(
    ("front_matter", "line", "kept"),
    [
        ('publisher: P\ntitle: "open\nsource: S', 3, Metadata(publisher="P", source="S")),
        ('publisher: P\ntitle: "open', 3, Metadata(publisher="P")),
        ("title: T\ntopics: [a,\n  b\nsource: S", 3, Metadata(title="T", source="S")),
        ("source: S\ntitle:T\nurl: u", 3, Metadata(source="S", url="u")),
        ("title:T\nurl: u", 2, Metadata(url="u")),
        ("title: T\njust a line\nurl: u", 3, Metadata(title="T", url="u")),
        ("title: T\n  date: 2021\nurl: u", 3, Metadata(title="T", url="u")),
        ("title: T\n\tdate: 2021\nurl: u", 3, Metadata(title="T", url="u")),
        ("title: >\n  Some\n more\nurl: u", 4, Metadata(url="u")),
        ('topics:\n  - a\n  - "b\n  - c\nurl: u', 4, Metadata(topics=("a", "c"), url="u")),
        ("topics:\n  - a\n  - @b\n  - c\n  - d: [\n", 4, Metadata(topics=("a", "c"))),
        ("  title: T\n  date: '2021\n  url: u", 3, Metadata(title="T", url="u")),
        ("title: T\nsource: a\x07b\nurl: u", 3, Metadata(title="T", url="u")),
        ("audience:\n  - hr\n  - 'board\nurl: u", 4, Metadata(audience=("hr",), url="u")),
    ],
)
def test_slip_costs_its_line_or_value_and_names_the_line(
    front_matter: str, line: int, kept: Metadata
) -> None:
    found = read(front_matter)
    assert found.metadata == kept
    assert found.body == "Body"
    assert f"(line {line}" in found.notes[0]


@pytest.mark.parametrize(
    "slip", ["audience:hr", "audience:\n\t- hr", "audience: 'hr", "title:T\naudience:hr"]
)
def test_audience_that_cannot_be_read_hides_the_document(slip: str) -> None:
    assert read(f"{slip}\nurl: u").metadata == Metadata(audience=("",), url="u")


@given(st.text(alphabet="ab:- \t\n'\"[]{}#>|&*!%@,", max_size=60))
def test_any_front_matter_costs_no_document_and_no_other_key(text: str) -> None:
    found = read(f"publisher: P\n{text}\nsource: S\ntitle: T")
    assert found.body.endswith("Body")


@pytest.mark.parametrize("broken", _BROKEN)
def test_reading_every_value_refuses_broken_yaml(broken: str) -> None:
    with pytest.raises(LoadError, match="its front matter is not valid YAML"):
        read_front_matter(f"---\n{broken}\n---\nBody")


@pytest.mark.parametrize(
    ("value", "key", "reason"),
    [
        ("title: [a, b]", "title", "a list"),
        ("source: {a: b}", "source", "an object"),
        ("language: [en, de]", "language", "a list"),
        ("url: [a, b]", "url", "a list"),
        ("date:\n  created: 2024-01-01", "date", "an object"),
        ("date: 2024-02-30", "date", "no such date"),
        ("date: 2015-13-45", "date", "no such date"),
        ("topics: {a: b}", "topics", "an object"),
        ("questions:\n  What is it?: A norm.", "questions", "an object"),
        ("title: !!python/object:os.system x", "title", "not text"),
        ("title: !!binary aGk=", "title", "not text"),
        ("title: &a [*a]", "title", "a list"),
    ],
)
def test_an_odd_value_costs_that_value_and_is_named_with_its_line(value: str, key: str, reason: str) -> None:
    found = read(f"publisher: P\n{value}\nunknown: {{x: [y]}}")
    assert found.metadata == Metadata(publisher="P")
    note = f"its front matter has an unusable value for `{key}` (line 3: {reason}); it was ignored"
    assert found.notes == (note,)


@pytest.mark.parametrize(
    ("authors", "kept", "line", "reason"),
    [
        ("\n- name: Ada\n  url: https://un.example\n- Bo", ("Bo",), 3, "it contains an object"),
        ("\n- Ada\n# one more\n\n- {Bo: Li}", ("Ada",), 6, "it contains an object"),
        ("[Ada, [Bo]]", ("Ada",), 2, "it contains a list"),
        ("[Ada, null]", ("Ada",), 2, "it contains an empty entry"),
        ("[2024-02-30, 'a\tb', \"c\\x01\"]", ("a b",), 2, "it contains no such date"),
    ],
)
def test_an_odd_entry_of_a_list_costs_that_entry(
    authors: str, kept: tuple[str, ...], line: int, reason: str
) -> None:
    found = read(f"authors: {authors}")
    assert found.metadata == Metadata(authors=kept)
    assert found.notes == (
        f"its front matter has an unusable value for `authors` (line {line}: {reason}); it was ignored",
    )


@pytest.mark.parametrize(
    "word", ["yes", "no", "NO", "on", "true", "Off", "y", "1e3", "007", "0x1F", "1_000", "="]
)
def test_a_word_that_yaml_takes_for_something_else_is_that_word(word: str) -> None:
    assert read(f"title: {word}\nlanguage: {word}\ntopics: [{word}]") == FrontMatter(
        Metadata(title=word, language=word, topics=(word,)), "Body"
    )


def test_the_last_of_two_equal_keys_counts() -> None:
    assert metadata("title: One\ntitle: Two").title == "Two"


@pytest.mark.parametrize(
    "bomb",
    [
        "a0: &a0 {x: y}\n" + "\n".join(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}" for n in range(1, 60)),
        "a0: &a0 [x, y]\n" + "\n".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)),
    ],
)
def test_aliases_are_never_expanded(bomb: str) -> None:
    """Expanded, the last line would have 2**59 entries."""
    text = f"---\n{bomb}\ntopics: *a59\ntitle: T\n---\nBody"
    assert split_front_matter(text).metadata.title == "T"
    values, _ = read_front_matter(text)
    assert values is not None
    assert values["title"] == "T"


def test_front_matter_that_is_too_long_is_refused() -> None:
    lines = "key: value\n" * (MAX_CHARACTERS // len("key: value\n"))
    assert split_front_matter(f"---\n{lines}---\nBody").body == "Body"
    with pytest.raises(LoadError, match="its front matter has more than 100,000 characters"):
        split_front_matter(f"---\n{lines}{lines}---\nBody")


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
def test_control_characters_and_lone_surrogates_are_ignored(key: str, escape: str) -> None:
    found = read(f'{key}: "a{escape}b"\nsource: S')
    assert found.metadata == Metadata(source="S")
    [note] = found.notes
    assert note.startswith(f"its front matter has an unusable value for `{key}` (line 2: control characters)")


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
        found = read(front_matter)
    except LoadError:
        return
    assert isinstance(found.metadata, Metadata)
    assert found.body.endswith("Body")


_lines = st.text(st.characters(codec="utf-8", categories=["L", "M", "N", "P", "S", "Zs"]), min_size=1)


@given(st.fixed_dictionaries(dict.fromkeys(("title", "source", "url", "publisher", "language"), _lines)))
def test_what_yaml_writes_is_read_back_as_one_line(fields: dict[str, str]) -> None:
    found = metadata(yaml.safe_dump(fields))
    for key, value in fields.items():
        line = getattr(found, key) or ""
        assert "\n" not in line
        assert len(line.split()) == len(value.split())
