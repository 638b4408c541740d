"""Read the documentation."""

import re

from tests.conftest import ROOT

PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in (
        *ROOT.glob("*.md"),
        *(ROOT / "docs").glob("*.md"),
        *(ROOT / "index").glob("*.md"),
        ROOT / "benchmarks" / "RESULTS.md",
    )
}
"""Every page of the documentation, by its path."""


def section(page: str, heading: str) -> str:
    """Return the text under a heading, up to the next heading of the same level or a higher one."""
    level = len(heading) - len(heading.lstrip("#"))
    [text] = re.findall(
        rf"^{re.escape(heading)}\n(.*?)(?=^#{{1,{level}}} |\Z)", PAGES[page], re.MULTILINE | re.DOTALL
    )
    assert isinstance(text, str)
    return text


def table(text: str, head: str) -> list[tuple[str, ...]]:
    """Return the rows of the first table whose first column has this head."""
    found = re.search(rf"^\| {re.escape(head)} \|.*\n\|[-|]+\|\n((?:\|.*\n?)+)", text, re.MULTILINE)
    assert found, head
    lines = found[1].replace("\\|", "\0").splitlines()
    return [tuple(cell.strip().replace("\0", "|") for cell in line[1:-1].split("|")) for line in lines]


def names(text: str, head: str) -> list[str]:
    """Return the first column of a table, without its backquotes."""
    return [row[0].strip("`") for row in table(text, head)]


def code_blocks(page: str, language: str) -> list[str]:
    """Return the code blocks of a page in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGES[page], re.MULTILINE | re.DOTALL)


def anchors(page: str) -> set[str]:
    """Return the anchors of the headings of a page, as GitHub makes them."""
    prose = re.sub(r"^```.*?^```$", "", PAGES[page], flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.*)$", prose, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
