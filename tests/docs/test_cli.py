"""docs/cli.md: every command with its help."""

import re
import subprocess
import sys
from functools import cache

import pytest

from tests.conftest import ROOT
from tests.docs.pages import PAGES, section

PROGRAM = """
import sys
from normqa.cli.main import main

for command in sys.argv[1:]:
    sys.argv = ["normqa", *command.split(), "--help"]
    try:
        main()
    except SystemExit as end:
        assert not end.code
    print(end="\\0")
"""
"""Prints the help of the program for the argument ``""``, and of the commands that the others name."""


def _print(*commands: str) -> dict[str, str]:
    """Return what ``normqa COMMAND --help`` prints in 80 columns, by command, from one process."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *commands],
        capture_output=True,
        text=True,
        check=True,
        env={"COLUMNS": "80", "PYTHONPATH": str(ROOT / "src")},
    )
    *pages, rest = done.stdout.split("\0")
    assert rest == ""
    return dict(zip(commands, map(str.strip, pages), strict=True))


PROGRAM_HELP = _print("")[""]
HELP = re.findall(r"^  ([a-z][a-z-]+)  ", PROGRAM_HELP.partition("Commands:")[2], re.MULTILINE)
"""The names of all commands."""
GROUPS = {"keys": ["add", "list", "revoke"]}
"""The commands that have commands of their own."""


@cache
def _help_of_commands() -> dict[str, str]:
    return _print(*HELP, *(f"{group} {command}" for group in GROUPS for command in GROUPS[group]))


def printed_help(*command: str) -> str:
    """Return the help of a command."""
    return _help_of_commands()[" ".join(command)]


def options_of(command: str) -> set[str]:
    """Return the options that the help of a command lists."""
    return set(re.findall(r"^  (--[a-z-]+)", printed_help(*command.split()), re.MULTILINE))


def test_help_of_the_program_is_shown() -> None:
    assert f"```text\n{PROGRAM_HELP}\n```" in PAGES["docs/cli.md"]


def test_there_are_commands() -> None:
    assert {"ask", "build", "eval", "lint", "serve", "verify-index"} <= set(HELP)
    assert re.findall(r"^## normqa (\S+)$", PAGES["docs/cli.md"], re.MULTILINE)


@pytest.mark.parametrize("command", HELP)
def test_help_of_every_command_is_shown_under_its_heading(command: str) -> None:
    assert f"```text\n{printed_help(command)}\n```" in section("docs/cli.md", f"## normqa {command}")


@pytest.mark.parametrize(("group", "command"), [(group, one) for group in GROUPS for one in GROUPS[group]])
def test_help_of_every_command_in_a_group_is_shown_under_its_heading(group: str, command: str) -> None:
    assert f"  {command}  " in printed_help(group)
    shown = section("docs/cli.md", f"### normqa {group} {command}")
    assert f"```text\n{printed_help(group, command)}\n```" in shown
