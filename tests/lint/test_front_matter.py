"""A note says of itself what it must."""

import pytest

from tests.lint.conftest import HEAD, Look


def _found(look: Look, head: str) -> list[tuple[int, str, str]]:
    linted = look({"a.md": f"{head}Herons eat fish.\n"})
    return [(each.line, each.rule, each.what) for each in linted.findings]


LISTS = ["topics", "references", "questions"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *((key, value) for key in ("title", "date", "source", *LISTS) for value in (None, "", " ''")),
        *((key, " []") for key in LISTS),
    ],
)
def test_a_key_that_is_missing_or_empty_is_told(look: Look, key: str, value: str | None) -> None:
    lines = HEAD.splitlines(keepends=True)
    [place] = [i for i, line in enumerate(lines) if line.startswith(f"{key}:")]
    lines[place : place + 1] = [] if value is None else [f"{key}:{value}\n"]
    line = 1 if value is None else place + 1
    assert _found(look, "".join(lines)) == [(line, "front-matter", f"`{key}` is missing")]


@pytest.mark.parametrize(
    ("date", "is_one"),
    [
        *((date, True) for date in ("2024", "2024-05", "2024-05-01", "'2024-05-01'")),
        *((date, False) for date in ("May 2024", "1.5.2024", "24", "2024-5-1", "2024-05-01 or so")),
    ],
)
def test_a_date_is_a_year_a_month_or_a_day(look: Look, date: str, is_one: bool) -> None:
    expected = [] if is_one else [(4, "front-matter", "`date` is not a year, month or day")]
    assert _found(look, HEAD.replace("2024-05-01", date)) == expected


def test_a_list_may_be_one_text_and_holds_nothing_else(look: Look) -> None:
    assert _found(look, HEAD.replace('["On herons, 1900"]', "On herons")) == []
    what = "`references` has an entry that is not text; put it in quotation marks"
    assert _found(look, HEAD.replace('["On herons, 1900"]', "[{On herons: 1900}]")) == [
        (6, "front-matter", what)
    ]


def test_a_topic_that_the_guide_does_not_know_is_told_with_the_one_that_is_like_it(look: Look) -> None:
    linted = look({"a.md": HEAD.replace("[birds]", "[birds, bird-sing, stars]") + "Herons sing.\n"})
    assert [(each.line, each.what, each.hint) for each in linted.findings] == [
        (
            3,
            "unknown topic 'bird-sing'",
            "Write 'bird-song', or add the topic to `topics` in CONTRIBUTING.md.",
        ),
        (
            3,
            "unknown topic 'stars'",
            "Choose an existing topic, or add the topic to `topics` in CONTRIBUTING.md.",
        ),
    ]


@pytest.mark.parametrize("guide", ["", "No front matter.\n", "---\ntitle: A guide\n---\nText.\n"])
def test_where_no_guide_names_topics_any_will_do(look: Look, guide: str) -> None:
    files = {"a.md": HEAD.replace("birds", "anything") + "Herons sing.\n", "CONTRIBUTING.md": guide}
    assert look(files).findings == ()
