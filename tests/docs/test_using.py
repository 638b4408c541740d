"""docs/using.md: labels and keys of the page."""

import re

from tests.conftest import ROOT
from tests.docs.pages import PAGES, names

PAGE = PAGES["docs/using.md"]


def test_quoted_labels_appear_on_the_page() -> None:
    templates = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "web").rglob("*.html"))
    labels = {label for label in re.findall(r'"([A-Z][^"]*)"', PAGE) if not label.endswith("?")}
    assert {"Show context", "Documents", "Link to these quotes"} <= labels
    assert all(label in templates for label in labels), labels


def test_keys_are_the_keys_of_the_script() -> None:
    script = (ROOT / "web" / "static" / "keys.js").read_text(encoding="utf-8")
    keys = re.findall(r'^  \["(.+?)", "', script, re.MULTILINE)
    assert len(keys) > 5
    assert names(PAGE, "key") == keys
