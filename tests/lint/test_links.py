"""Linting of links."""

import os

import pytest

from normqa.lint.corpus import lint
from tests.conftest import MAX_FILE_BYTES, WriteCorpus
from tests.lint.conftest import HEAD, Found, Look

OTHER = "## What does *it* eat?\n\nFish.\n\n## Fish & frogs\n\nBoth.\n\n## Nests\n\n## Nests\n\nTwo.\n"


@pytest.mark.parametrize(
    "target",
    [
        "other.md",
        "./other.md",
        "../notes/other.md",
        "../CONTRIBUTING.md#check",
        "../sub/deep.md",
        "../sub",
        "o%74her.md",
        "#food",
        "heron.md#food",
        "other.md#what-does-it-eat",
        "other.md#fish--frogs",
        "other.md#nests",
        "other.md#nests-1",
        "https://example.org/nowhere.md#x",
        "//example.org/nowhere",
        "mailto:heron@example.org",
    ],
)
def test_valid_and_external_links_are_accepted(found: Found, target: str) -> None:
    assert found(f"## Food\n\nSee [this]({target}).\n", notes_other=OTHER, sub_deep="Deep.\n") == []


@pytest.mark.parametrize(
    ("target", "fault"),
    [
        ("others.md", "the file does not exist"),
        ("other", "the file does not exist"),
        ("notes/other.md", "the file does not exist"),
        ("/notes/other.md", "it starts with a slash"),
        ("../../README.md", "it leaves the corpus"),
        ("..%2f../README.md", "it leaves the corpus"),
        ("other.md#nest", "notes/other.md has no such heading"),
        ("other.md#Nests", "notes/other.md has no such heading"),
        ("other.md#nests-2", "notes/other.md has no such heading"),
        ("#nests", "notes/heron.md has no such heading"),
        (f"{'x' * 300}.md", "it is not a valid address"),
    ],
)
@pytest.mark.parametrize("markup", ["[{}](<{}>)", "![{}](<{}>)", "[**{}**][x]\n\n[x]: <{}>"])
def test_broken_link_is_reported_with_line_and_fault(
    found: Found, target: str, fault: str, markup: str
) -> None:
    [(line, rule, what)] = found(f"Fish.\n\nSee {markup.format('this', target)}\n", notes_other=OTHER)
    assert (line, rule) == (3, "link")
    assert what.startswith("broken link '")
    assert what.endswith(f"': {fault}")


def test_link_in_list_or_table_has_the_line_of_its_item_or_row(found: Found) -> None:
    body = "Food:\n\n- [fish](x.md)\n- [frogs](y.md)\n\nMore:\n\n| a |\n|---|\n| [b](z.md) |\n"
    assert [line for line, _, _ in found(body)] == [3, 4, 10]


def test_links_in_code_and_headings_of_text_files_are_ignored(look: Look) -> None:
    body = "Write `[x](y.md)`, or see [a text](plain.txt#here).\n\n    [x](z.md)\n"
    assert look({"a.md": HEAD + body, "plain.txt": HEAD + "Text"}).findings == ()


def test_links_to_pipes_are_not_followed(write_corpus: WriteCorpus) -> None:
    corpus = write_corpus({"a.md": f"{HEAD}## Food\n\nSee [this](pipe#food).\n"})
    for name in ("pipe", "CONTRIBUTING.md"):
        os.mkfifo(corpus / name)
    files = [finding.file for finding in lint(corpus, MAX_FILE_BYTES, ("CONTRIBUTING.md",)).findings]
    assert files == ["CONTRIBUTING.md", "pipe"]
