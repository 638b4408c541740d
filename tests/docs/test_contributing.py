"""Files for contributors."""

import re

import yaml

from tests.conftest import ROOT
from tests.docs.pages import PAGES


def test_hooks_run_the_commands_of_make_check() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipe = re.search(r"^check:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    assert recipe
    commands = [line.strip().replace("$(BIN)", ".venv/bin") for line in recipe[1].splitlines()]
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [hook["entry"] for hook in config["repos"][0]["hooks"]] == commands


def test_paths_named_for_contributors_exist() -> None:
    paths = re.findall(r"`((?:src|tests)/[^`]*)`", PAGES["CONTRIBUTING.md"])
    assert len(paths) > 5
    assert all((ROOT / path).exists() for path in paths), paths


def test_license_is_apache_2() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License\n                           Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
