"""Links, pictures, make targets and commands in every page."""

import re

import pytest

from tests.conftest import ROOT
from tests.docs.pages import PAGES, anchors
from tests.docs.test_cli import GROUPS, HELP, options_of

TOP_LEVEL = {
    *(
        "corpus",
        "src",
        "index",
        "web",
        "tests",
        "pyproject.toml",
        "README.md",
        "benchmarks",
        "docs",
        "training",
    ),
    *("Makefile", "constraints.txt", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md"),
}


@pytest.mark.parametrize("page", PAGES)
def test_links_resolve(page: str) -> None:
    folder = (ROOT / page).parent
    for target in re.findall(r"\]\(([^)\s]+)\)", PAGES[page]):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        linked = (folder / path).resolve() if path else ROOT / page
        assert linked.exists(), target
        if anchor:
            assert anchor in anchors(linked.relative_to(ROOT).as_posix()), target


def test_every_page_of_docs_is_linked_from_the_readme() -> None:
    for page in PAGES:
        assert page in {"README.md", "index/README.md"} or f"]({page})" in PAGES["README.md"], page


@pytest.mark.parametrize("page", PAGES)
def test_make_targets_exist(page: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"(?:`|^)make ([a-z]+)", PAGES[page], re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


@pytest.mark.parametrize("page", sorted(PAGES.keys() - {"CHANGELOG.md"}))
def test_commands_have_their_options(page: str) -> None:
    """Each ``normqa COMMAND --option`` in a page is compared with the help of that command alone."""
    for command, arguments in re.findall(r"normqa ([a-z][a-z-]*)((?: [^`\n|#]*)?)", _code(page)):
        assert command in HELP, command
        if command in GROUPS and arguments.strip():
            command = f"{command} {arguments.split()[0]}"  # noqa: PLW2901 - the command inside the group
        given = re.sub(r'"[^"]*"', "", arguments)
        assert set(re.findall(r"(?<!\S)--[a-z][a-z-]+", given)) <= options_of(command), (command, arguments)


def test_top_level_has_only_what_the_layout_allows() -> None:
    names = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert names - {"normqa.toml"} <= TOP_LEVEL


def _code(page: str) -> str:
    """Return the code of a page: code blocks of commands, and text in backquotes; without printed help."""
    text = re.sub(r"^```text\nUsage.*?^```$", "", PAGES[page], flags=re.MULTILINE | re.DOTALL)
    blocks = re.findall(r"^```(?:sh|ini)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    inline = re.findall(r"`(normqa [a-z][^`\n]*)`", text)
    return "\n".join([*blocks, *inline]).replace("\\\n", " ")
