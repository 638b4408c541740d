"""docs/deploy/: the files agree with each other, the page and the program."""

import re
import subprocess
import tomllib

import pytest
import yaml

from normqa.settings import Settings, read_settings
from tests.conftest import ROOT
from tests.docs.pages import PAGES
from tests.docs.test_cli import options_of

DEPLOY = ROOT / "docs" / "deploy"
CONTAINERFILE = (DEPLOY / "Containerfile").read_text(encoding="utf-8")


def test_every_file_is_linked() -> None:
    linked = set(re.findall(r"\(deploy/([^)]+)\)", PAGES["docs/deploying.md"]))
    assert {path.name for path in DEPLOY.iterdir()} == linked


def test_unit_is_the_one_on_the_page() -> None:
    assert (
        f"```ini\n{(DEPLOY / 'normqa.service').read_text(encoding='utf-8')}```" in PAGES["docs/deploying.md"]
    )


@pytest.mark.parametrize("name", ["Containerfile", "compose.yaml", "normqa.service"])
def test_options_and_settings_exist(name: str) -> None:
    text = (DEPLOY / name).read_text(encoding="utf-8")
    known = {f"NORMQA_{setting.upper()}" for setting in Settings.model_fields}
    assert set(re.findall(r"NORMQA_[A-Z_]+", text)) <= known
    for line in re.findall(r'"?serve"?[^\n\]]*', text):
        assert set(re.findall(r"--[a-z-]+", line)) <= options_of("serve")


def test_image_is_built_from_files_that_exist() -> None:
    for line in re.findall(r"^COPY (?!--from)(.+)$", CONTAINERFILE, re.MULTILINE):
        for source in line.split()[:-1]:
            assert (ROOT / source).exists(), source


def test_compose_needs_no_writable_root_and_no_rights() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    service = compose["services"]["normqa"]
    assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).samefile(
        DEPLOY / "Containerfile"
    )
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert all(volume.endswith(":ro") or "/index" in volume for volume in service["volumes"])
    assert re.search(r"^USER [1-9]\d*$", CONTAINERFILE, re.MULTILINE)


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_proxy_examples_have_settings_that_work_and_replace_the_headers(name: str) -> None:
    text = (DEPLOY / name).read_text(encoding="utf-8")
    given = re.sub(r"^#\s?", "", "".join(re.findall(r"^#.*\n", text, re.MULTILINE)), flags=re.MULTILINE)
    settings = read_settings(
        **tomllib.loads(re.sub(r", ?\n?(?=[a-z_]+ = )", "\n", given.partition("Settings: ")[2]))
    )
    for header in (settings.user_header, settings.groups_header):
        assert header is not None
        assert re.search(rf"(proxy_set_header|header_up) -?{header}", text)


@pytest.mark.parametrize("script", [DEPLOY / "install.sh", ROOT / ".ci" / "container", ROOT / ".ci" / "run"])
def test_scripts_are_valid(script: object) -> None:
    subprocess.run(["bash", "-n", str(script)], check=True)
