"""The package as a wheel, outside the checkout."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from tests.conftest import ROOT, SEED


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The python of a new environment with the wheel in it; the packages it needs are those of the tests."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "src", "web"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, source / name)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    # Hatchling stands in the test environment, so that building needs no network.
    build = ["wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(source)]
    subprocess.run([*pip, *build], check=True)
    [wheel] = folder.glob("normqa-*.whl")
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    python = folder / "venv" / "bin" / "python"
    subprocess.run([*pip, "--python", str(python), "install", "--no-deps", str(wheel)], check=True)
    [site] = (folder / "venv").glob("lib/python*/site-packages")
    # The environment's own normqa comes first on the path, so the tests' one cannot stand in for it.
    (site / "packages.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return python


def test_the_wheel_builds_asks_and_carries_its_pages_from_a_folder_of_its_own(
    installed: Path, tmp_path: Path
) -> None:
    (tmp_path / "corpus").mkdir()
    shutil.copy(SEED, tmp_path / "corpus")
    environment = {"PATH": os.environ["PATH"], "NORMQA_ENCODER": "hashing", "NORMQA_RERANKER": "none"}

    def run(*command: str) -> str:
        done = subprocess.run(
            [str(installed), *command],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    where = run("-c", "import normqa.serve.pages.pages as p; print(p.__file__); print(p.WEB)").splitlines()
    site = str(installed.parents[1])
    assert all(path.startswith(site) for path in where)
    assert (Path(where[1]) / "templates" / "base.html").is_file()
    assert (Path(where[1]) / "static" / "style.css").is_file()

    run("-m", "normqa", "build")
    answer = json.loads(
        run("-m", "normqa", "ask", "the establishment of hotlines for communication", "--json")
    )
    assert answer["quotes"][0]["text"].startswith("6. Confidence-building measures")
