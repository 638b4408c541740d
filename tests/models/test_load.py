"""Settings select encoders and rerankers."""

import subprocess
import sys
from pathlib import Path

import pytest

from normqa.errors import EncoderUnavailable, ModelUnavailable, RerankerUnavailable
from normqa.models.cross_encoder import CrossEncoderReranker
from normqa.models.exported import ExportedEncoder
from normqa.models.hashing import HashingEncoder
from normqa.models.load import load_encoder, load_reranker, warm_up
from normqa.models.onnx.cascade import CascadeReranker
from normqa.models.onnx.encoder import OnnxEncoder
from normqa.models.onnx.reranker import OnnxReranker
from normqa.models.sentence_transformer import SentenceTransformerEncoder
from normqa.models.weights import ENCODER, RERANKER
from tests.conftest import TINY_ENCODER

EXTRA_HINT = (
    "Run pip install 'normqa[models]'. For the smaller CPU build of torch, first run"
    " pip install torch --index-url https://download.pytorch.org/whl/cpu."
)


@pytest.fixture
def no_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide torch, as in an installation without the extra."""
    monkeypatch.setitem(sys.modules, "torch", None)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A folder that looks like a sentence-transformers model."""
    folder = tmp_path / "model"
    folder.mkdir()
    for name in ("config.json", "modules.json", "model.safetensors"):
        (folder / name).write_text(name)
    return folder


def test_hashing_selects_no_model() -> None:
    assert isinstance(load_encoder("hashing", Path("unused")), HashingEncoder)


def test_none_selects_no_reranker() -> None:
    assert load_reranker("none") is None


def test_defaults_run_on_onnxruntime() -> None:
    encoder, reranker = load_encoder(ENCODER.packaged, Path("unused")), load_reranker(RERANKER.packaged)
    assert isinstance(encoder, OnnxEncoder)
    assert isinstance(reranker, CascadeReranker)
    assert (encoder.name, reranker.name) == (ENCODER.packaged, RERANKER.packaged)


def test_onnx_folder_runs_on_onnxruntime(tmp_path: Path) -> None:
    encoder = load_encoder(str(TINY_ENCODER), Path("unused"))
    assert isinstance(encoder, OnnxEncoder)
    assert encoder.name == str(TINY_ENCODER)
    for name in ("model.onnx", "tokenizer.json", "config.json", "model.safetensors"):
        (tmp_path / name).write_text(name)
    reranker = load_reranker(str(tmp_path))
    assert isinstance(reranker, OnnxReranker)
    assert reranker.name == str(tmp_path)


def test_sentence_transformers_encoder_is_exported(model: Path) -> None:
    assert isinstance(load_encoder(str(model), Path("unused")), ExportedEncoder)


def test_other_device_runs_on_sentence_transformers(model: Path) -> None:
    for setting in (str(model), ENCODER.packaged):
        encoder = load_encoder(setting, Path("unused"), device="cuda")
        assert isinstance(encoder, SentenceTransformerEncoder)
        assert "device=cuda" in encoder.fingerprint


def test_sentence_transformers_reranker_is_not_exported(model: Path) -> None:
    reranker = load_reranker(str(model))
    assert isinstance(reranker, CrossEncoderReranker)
    assert reranker.name == str(model)


def test_reranker_without_tokenizer_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"model")
    with pytest.raises(RerankerUnavailable, match=r"tokenizer\.json cannot be read") as refused:
        load_reranker(str(tmp_path))
    assert refused.value.hint == RERANKER.hint


@pytest.mark.usefixtures("no_extra")
def test_missing_extra_is_named_with_its_command(model: Path, tmp_path: Path) -> None:
    """By every setting that needs it, and before anything is downloaded."""

    def device() -> object:
        return load_encoder(ENCODER.packaged, tmp_path, device="cuda")

    def encoder_folder() -> object:
        return load_encoder(str(model), tmp_path).encode_question("norms")

    def encoder_id() -> object:
        return load_encoder("somebody/encoder", tmp_path)

    def reranker_folder() -> object:
        reranker = load_reranker(str(model))
        assert reranker
        warm_up(reranker)
        return reranker

    def reranker_id() -> object:
        return load_reranker("somebody/reranker")

    expected: dict[str, type[ModelUnavailable]] = {
        "The device 'cuda'": EncoderUnavailable,
        f"The encoder {str(model)!r}": EncoderUnavailable,
        "The model 'somebody/encoder'": EncoderUnavailable,
        f"The reranker {str(model)!r}": RerankerUnavailable,
        "The model 'somebody/reranker'": RerankerUnavailable,
    }
    calls = (device, encoder_folder, encoder_id, reranker_folder, reranker_id)
    for (purpose, error), call in zip(expected.items(), calls, strict=True):
        with pytest.raises(error) as refused:
            call()
        assert refused.value.message == f"{purpose} needs the optional dependencies normqa[models]."
        assert refused.value.hint == EXTRA_HINT


def test_fingerprints_of_defaults_import_nothing_slow() -> None:
    """An index that is up to date loads no model."""
    program = (
        "import sys; from pathlib import Path; from normqa.models.load import load_encoder, load_reranker;"
        f"load_encoder({ENCODER.packaged!r}, Path('unused')).fingerprint;"
        f"load_reranker({RERANKER.packaged!r}).fingerprint;"
        "sys.exit(bool({'torch', 'sentence_transformers', 'onnxruntime', 'tokenizers'}"
        " & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
