"""The README is true: its commands, settings, help, links and layout."""

import json
import re
import subprocess
import sys

import pytest
from fastapi.testclient import TestClient

from normqa.settings import Settings
from tests.conftest import ROOT, hashing_models

README = (ROOT / "README.md").read_text(encoding="utf-8")


def _written(default: object) -> str:
    if isinstance(default, tuple):
        return json.dumps(default)
    return "" if default is None else str(default)


def _help(*arguments: str) -> str:
    command = [sys.executable, "-m", "normqa", *arguments, "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={"COLUMNS": "80"})
    return done.stdout


def test_help_in_the_readme_is_what_the_command_prints() -> None:
    assert _help().strip() in README


def test_every_setting_stands_in_the_readme_with_its_default_and_meaning() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (?:`(.*)`|unset) \| (.*) \|$", README, re.MULTILINE)
    expected = [
        (name, _written(field.default), field.description) for name, field in Settings.model_fields.items()
    ]
    assert [row for row in rows if row[0] in Settings.model_fields] == expected


def test_every_make_target_that_the_readme_names_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"\bmake (\w+)", README)) - {"and"}:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


@pytest.mark.parametrize(
    "command", sorted(set(re.findall(r"\bnormqa (ask|build|serve|status|verify)\b(?!-)", README)))
)
def test_every_command_that_the_readme_names_takes_corpus_and_index(command: str) -> None:
    told = _help(command)
    assert "--corpus" in told
    assert "--index" in told


@pytest.mark.parametrize("command", ["generations", "rollback", "verify-index"])
def test_a_command_about_builds_stands_in_the_readme_and_takes_an_index_but_no_corpus(command: str) -> None:
    assert re.search(rf"\bnormqa {command}\b", README)
    told = _help(command)
    assert "--index" in told
    assert "--corpus" not in told


def test_lint_stands_in_the_readme_and_takes_a_corpus_but_no_index() -> None:
    assert re.search(r"\bnormqa lint\b", README)
    told = _help("lint")
    assert "--corpus" in told
    assert "--index" not in told


def test_every_option_that_the_readme_names_exists() -> None:
    commands = re.findall(r"^  ([a-z][a-z-]+)  ", _help(), re.MULTILINE)
    told = "".join(map(_help, commands))
    told += "".join(path.read_text(encoding="utf-8") for path in (ROOT / "benchmarks").glob("*.py"))
    for option in set(re.findall(r"\B--[a-z][a-z-]+", README)):
        assert option in told, option


def test_every_path_of_the_layout_exists() -> None:
    layout = README.partition("## How the code is laid out")[2]
    paths = re.findall(r"^\| `([^`]+)` \|", layout, re.MULTILINE)
    assert len(paths) > 10
    for path in paths:
        assert (ROOT / path).exists(), path


def test_every_module_is_in_the_layout() -> None:
    layout = README.partition("## How the code is laid out")[2]
    for path in (ROOT / "src" / "normqa").iterdir():
        if not path.name.startswith("_") and path.suffix in {"", ".py"}:
            assert path.name in layout, path.name


def test_every_route_that_the_readme_names_exists() -> None:
    from normqa.serve.app import create_app
    from normqa.service import Service
    from normqa.settings import read_settings

    settings = read_settings(admin_token="x" * 16)
    service = Service(settings, hashing_models())
    app = create_app(settings, service)
    paths = app.openapi()["paths"]
    routes = {
        (method.upper(), path.replace("{document_id}", "{id}")) for path in paths for method in paths[path]
    }
    named = set(re.findall(r"^\| `(GET|POST) (/[^`]*)` \|", README, re.MULTILINE))
    assert named - {("GET", "/openapi.json")} == routes
    for path in set(re.findall(r"/admin/\w+", README)):
        assert TestClient(app).post(path).status_code in {401, 405}, path


def test_links_and_pictures_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).is_file(), target
