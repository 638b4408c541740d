"""``audience`` in front matter: what cannot be read is shown to nobody."""

import pytest

from normqa.load.text.front_matter import read_metadata, split_front_matter


@pytest.mark.parametrize(
    ("yaml", "groups"),
    [
        ("audience: hr", ("hr",)),
        ("audience: [hr, board]", ("hr", "board")),
        ("audience:\n- hr\n- no", ("hr", "no")),
        ("title: x", ()),
        ("title: The audience of the play", ()),
    ],
)
def test_groups_are_read(yaml: str, groups: tuple[str, ...]) -> None:
    metadata, notes = read_metadata(yaml, "it")
    assert (metadata.audience, notes) == (groups, ())


@pytest.mark.parametrize(
    "yaml",
    [
        "audience:",
        "audience: []",
        "audience: {hr: yes}",
        "audience: [{a: b}]",
        'audience: "\\u0001"',
        "audience: [hr",
        "audience: *hr",
        "title: [x\naudience: ]",
        "Audience: hr",
        '"audience" : hr\n"audience": []',
        "{audience: }",
    ],
)
def test_groups_that_cannot_be_read_are_nobody_and_reported(yaml: str) -> None:
    metadata, notes = read_metadata(yaml, "it")
    assert metadata.audience == ("",)
    assert "it has no usable value for `audience`, so servers show the document to nobody" in notes


def test_audience_costs_nothing_else() -> None:
    found = split_front_matter("---\ntitle: Zoo\naudience: {a: b}\n---\nThe pelican.\n")
    assert (found.metadata.title, found.body) == ("Zoo", "The pelican.\n")
