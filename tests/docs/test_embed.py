"""docs/embed.md: what to paste, and the attributes of the widget."""

import re

from tests.conftest import ROOT
from tests.docs.pages import PAGES, code_blocks, names

SCRIPT = (ROOT / "web" / "static" / "embed.js").read_text(encoding="utf-8")


def test_what_to_paste_are_two_lines_and_a_frame_without_scripts() -> None:
    widget, frame = code_blocks("docs/embed.md", "html")
    assert len(widget.splitlines()) == 2
    assert re.findall(r"<norm-qa server=", widget)
    assert "allow-scripts" not in frame
    assert "/embed" in frame


def test_table_lists_the_attributes() -> None:
    read = re.findall(r'(?:get|has)Attribute\("(\w+)"\)', SCRIPT)
    assert {*names(PAGES["docs/embed.md"], "attribute")} == {*read}


def test_quoted_labels_are_those_of_the_widget() -> None:
    assert "*Continue on the full page*" in PAGES["docs/embed.md"]
    for label in ("Continue on the full page", "Ask the documents"):
        assert f'"{label}"' in SCRIPT
