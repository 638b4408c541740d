"""The wheel works outside the checkout."""

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
    """Interpreter of a new environment with the wheel and the packages of the test environment."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "src", "web"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, source / name)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    # Hatchling is installed, so building needs no network.
    build = ["wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(source)]
    subprocess.run([*pip, *build], check=True)
    [wheel] = folder.glob("normqa-*.whl")
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    python = folder / "venv" / "bin" / "python"
    subprocess.run([*pip, "--python", str(python), "install", "--no-deps", str(wheel)], check=True)
    [site] = (folder / "venv").glob("lib/python*/site-packages")
    # Its own normqa comes first on the path.
    (site / "packages.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return python


def test_wheel_contains_pages_types_and_encoder(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    shutil.copy(SEED, tmp_path / "corpus")
    environment = {"PATH": os.environ["PATH"], "NORMQA_RERANKER": "none"}

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

    package = Path(run("-c", "import normqa; print(normqa.__file__)").strip()).parent
    assert package.is_relative_to(installed.parents[1])
    files = (
        "py.typed",
        "web/templates/base.html",
        "web/static/style.css",
        "models/data/all-MiniLM-L6-v2/LICENSE",
        "models/data/all-MiniLM-L6-v2/README.md",
    )
    assert [name for name in files if not (package / name).is_file()] == []

    run("-m", "normqa", "build")
    answer = json.loads(
        run("-m", "normqa", "ask", "the establishment of hotlines for communication", "--json")
    )
    assert answer["quotes"][0]["text"].startswith("6. Confidence-building measures")
