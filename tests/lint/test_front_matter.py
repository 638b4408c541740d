"""Linting of front matter."""

import pytest

from tests.lint.conftest import HEAD, Look


def _found(look: Look, head: str) -> list[tuple[int, str, str]]:
    linted = look({"a.md": f"{head}Herons eat fish.\n"})
    return [(finding.line, finding.rule, finding.what) for finding in linted.findings]


LISTS = ["topics", "references", "questions"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *((key, value) for key in ("title", "date", "source", *LISTS) for value in (None, "", " ''")),
        *((key, " []") for key in LISTS),
    ],
)
def test_missing_or_empty_key_is_reported(look: Look, key: str, value: str | None) -> None:
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
def test_date_must_be_a_year_month_or_day(look: Look, date: str, is_one: bool) -> None:
    expected = [] if is_one else [(4, "front-matter", "`date` is not a year, month or day")]
    assert _found(look, HEAD.replace("2024-05-01", date)) == expected


def test_list_may_be_one_string_and_contains_only_strings(look: Look) -> None:
    assert _found(look, HEAD.replace('["On herons, 1900"]', "On herons")) == []
    what = "`references` has an entry that is not text; put it in quotation marks"
    found = _found(look, HEAD.replace('["On herons, 1900"]', "[{On herons: 1900}]"))
    assert [finding for finding in found if finding[1] == "front-matter"] == [(6, "front-matter", what)]


def test_unknown_topic_is_reported_with_the_closest_one(look: Look) -> None:
    linted = look({"a.md": HEAD.replace("[birds]", "[birds, bird-sing, stars]") + "Herons sing.\n"})
    assert [(finding.line, finding.what, finding.hint) for finding in linted.findings] == [
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
def test_any_topic_is_allowed_if_the_guide_lists_none(look: Look, guide: str) -> None:
    files = {"a.md": HEAD.replace("birds", "anything") + "Herons sing.\n", "CONTRIBUTING.md": guide}
    assert look(files).findings == ()
