"""Models are exported once, compared to themselves, and then run without torch."""

import json
import logging
import shutil
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normqa.datatypes import EmbeddedText, Span
from normqa.errors import EncoderUnavailable
from normqa.models.exported import MIN_COSINE, ExportedEncoder
from normqa.models.onnx.encoder import METADATA
from normqa.models.onnx.session import MODEL, TOKENIZER
from normqa.models.sentence_transformer import SentenceTransformerEncoder


@pytest.fixture
def model(tiny_model: Path) -> SentenceTransformerEncoder:
    """The tiny model with both prefixes."""
    return SentenceTransformerEncoder("tiny", tiny_model, "ask: ", "say: ")


@pytest.fixture
def cache(model: SentenceTransformerEncoder, exports: Path, tmp_path: Path) -> Path:
    """A cache of this test's own that contains the export."""
    ExportedEncoder(model, exports).encode_question("norms")
    return Path(shutil.copytree(exports, tmp_path / "cache"))


@pytest.fixture
def no_loading(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail where the model itself is loaded."""
    monkeypatch.setattr(SentenceTransformerEncoder, "_load", lambda *_, **__: pytest.fail("loaded"))


def exports_in(cache: Path) -> list[Path]:
    return sorted(path for path in cache.iterdir() if path.is_dir())


@settings(max_examples=25)
@given(texts=st.lists(st.text(alphabet="ab cdé.?北\n", max_size=40), min_size=1, max_size=8))
def test_export_gives_the_vectors_and_counts_of_its_model(
    model: SentenceTransformerEncoder, exports: Path, texts: list[str]
) -> None:
    """Including sentences, and texts beyond the token limit."""
    export = ExportedEncoder(model, exports)
    embedded = [EmbeddedText(text, (Span(0, len(text)), Span(len(text) // 2, len(text)))) for text in texts]
    one, other = export.encode_passages(embedded), model.encode_passages(embedded)
    assert (one.passages * other.passages).sum(axis=1).min() >= MIN_COSINE
    assert (one.sentences * other.sentences).sum(axis=1).min() >= MIN_COSINE
    assert (export.encode_question(texts[0]) @ model.encode_question(texts[0]).T).item() >= MIN_COSINE
    assert export.count_tokens(texts) == model.count_tokens(texts)
    assert (export.name, export.max_tokens) == (model.name, model.max_tokens)


def test_first_use_exports_and_says_so(
    model: SentenceTransformerEncoder, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ExportedEncoder(model, tmp_path).encode_question("norms")
    [folder] = exports_in(tmp_path)
    assert sorted(path.name for path in folder.iterdir()) == sorted([METADATA, MODEL, TOKENIZER])
    assert caplog.messages == ["Exporting the encoder tiny to ONNX. This happens once."]


def test_what_a_killed_export_left_is_removed(model: SentenceTransformerEncoder, tmp_path: Path) -> None:
    for name in (".export-killed", ".export-of-another-model"):
        (tmp_path / name / "export").mkdir(parents=True)
    ExportedEncoder(model, tmp_path).encode_question("norms")
    assert len(exports_in(tmp_path)) == 1


def test_folder_of_exports_is_private(model: SentenceTransformerEncoder, tmp_path: Path) -> None:
    ExportedEncoder(model, tmp_path / "cache" / "encoders").encode_question("norms")
    assert stat.S_IMODE((tmp_path / "cache" / "encoders").stat().st_mode) == 0o700


@pytest.mark.usefixtures("no_loading")
def test_later_uses_load_the_export(
    cache: Path,
    tiny_model: Path,
    exports: Path,
    model: SentenceTransformerEncoder,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.clear()
    again = ExportedEncoder(SentenceTransformerEncoder("again", tiny_model, "ask: ", "say: "), cache)
    expected = ExportedEncoder(model, exports).encode_question("norms")
    assert np.array_equal(again.encode_question("norms"), expected)
    assert caplog.records == []


def test_export_runs_without_torch(
    model: SentenceTransformerEncoder, tiny_model: Path, tmp_path: Path, exports: Path
) -> None:
    ExportedEncoder(model, exports).encode_question("norms")
    shutil.copytree(exports, tmp_path / "encoders")
    program = (
        "import sys; from pathlib import Path; from normqa.models.load import load_encoder\n"
        "for name in ('torch', 'transformers', 'sentence_transformers'): sys.modules[name] = None\n"
        f"encoder = load_encoder({str(tiny_model)!r}, Path({str(tmp_path)!r}), 'ask: ', 'say: ')\n"
        "encoder.encode_question('norms')\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_concurrent_first_uses_export_once(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two threads of one encoder, and two encoders as in two processes: their locks are on the file."""
    loaded, together = list[str](), threading.Barrier(4)
    load = SentenceTransformerEncoder.load_for_export

    def count(model: SentenceTransformerEncoder) -> object:
        loaded.append(model.name)
        return load(model)

    def first_use(encoder: ExportedEncoder) -> object:
        together.wait()
        return encoder.encode_question("norms")

    monkeypatch.setattr(SentenceTransformerEncoder, "load_for_export", count)
    one, other = (
        ExportedEncoder(SentenceTransformerEncoder(name, tiny_model, "", ""), tmp_path) for name in ("a", "b")
    )
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(first_use, [one, one, other, other]))
    assert len(loaded) == 1
    assert len(exports_in(tmp_path)) == 1


def test_fingerprint_tells_the_export_from_the_model(model: SentenceTransformerEncoder, cache: Path) -> None:
    """So vectors of one are never reused as vectors of the other."""
    export = ExportedEncoder(model, cache)
    assert export.fingerprint.startswith("onnx ")
    assert model.fingerprint.startswith("sentence-transformers ")


@pytest.mark.usefixtures("no_loading")
def test_fingerprint_of_an_export_loads_no_model(
    cache: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("normqa.models.onnx.encoder.OnnxSession", lambda *_: pytest.fail("opened"))
    encoder = ExportedEncoder(SentenceTransformerEncoder("x", tiny_model, "ask: ", "say: "), cache)
    assert "question='ask: ' passage='say: '" in encoder.fingerprint


def test_prefixes_have_their_own_exports(
    model: SentenceTransformerEncoder, tiny_model: Path, cache: Path
) -> None:
    before = len(exports_in(cache))
    other = SentenceTransformerEncoder("tiny", tiny_model, "ask: ", "tell: ")
    fingerprints = {ExportedEncoder(encoder, cache).fingerprint for encoder in (model, other, model)}
    assert len(fingerprints) == 2
    assert len(exports_in(cache)) == before + 1


def test_damaged_export_is_replaced_with_a_warning(
    model: SentenceTransformerEncoder, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    vector = ExportedEncoder(model, tmp_path).encode_question("norms")
    [folder] = exports_in(tmp_path)
    with (folder / TOKENIZER).open("ab") as file:
        file.write(b"\n")
    caplog.clear()
    assert np.array_equal(ExportedEncoder(model, tmp_path).encode_question("norms"), vector)
    warning = caplog.records[0]
    assert "tokenizer.json is corrupted: checksum mismatch" in warning.getMessage()
    assert "It will be exported again." in warning.getMessage()
    assert warning.levelno == logging.WARNING
    assert exports_in(tmp_path) == [folder]
    caplog.clear()
    ExportedEncoder(model, tmp_path).encode_question("norms")
    assert caplog.records == []


def test_model_that_cannot_be_exported_runs_itself_and_says_so(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Also in later processes, which do not try again."""
    folder = Path(shutil.copytree(tiny_model, tmp_path / "model"))
    config = folder / "1_Pooling" / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"pooling_mode": "cls"}))
    model = SentenceTransformerEncoder("first", folder, "", "")
    encoder = ExportedEncoder(model, tmp_path / "cache")
    assert np.array_equal(encoder.encode_question("norms"), model.encode_question("norms"))
    assert encoder.fingerprint == model.fingerprint
    encoder.encode_question("again")
    reason = "The encoder first cannot be exported (it does not use mean pooling"
    slower = "). It runs on sentence-transformers, which is slower."
    assert caplog.messages[1:] == [reason + slower]
    assert exports_in(tmp_path / "cache") == []
    caplog.clear()
    monkeypatch.setattr(SentenceTransformerEncoder, "load_for_export", lambda _: pytest.fail("tried again"))
    assert ExportedEncoder(model, tmp_path / "cache").fingerprint == model.fingerprint
    [message] = caplog.messages
    assert message.startswith(f"{reason}; delete {tmp_path / 'cache'}")
    assert message.endswith(f".failed to try again{slower}")


@pytest.mark.parametrize("error", [ImportError("no onnx"), MemoryError("no memory"), OSError("no space")])
def test_failure_that_is_no_fault_of_the_model_is_tried_again(
    error: Exception,
    model: SentenceTransformerEncoder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(_: object) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(SentenceTransformerEncoder, "load_for_export", fail)
        assert ExportedEncoder(model, tmp_path).fingerprint == model.fingerprint
    assert f"cannot be exported ({error})" in caplog.text
    assert ExportedEncoder(model, tmp_path).fingerprint.startswith("onnx ")


def test_export_with_other_vectors_is_not_used(
    model: SentenceTransformerEncoder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """No cosine exceeds 1.1."""
    monkeypatch.setattr("normqa.models.exported.MIN_COSINE", 1.1)
    encoder = ExportedEncoder(model, tmp_path)
    assert np.array_equal(encoder.encode_question("norms"), model.encode_question("norms"))
    assert "its vectors differ, cosine 1.0000" in caplog.text
    assert exports_in(tmp_path) == []


def test_unwritable_cache_falls_back_to_the_model(
    model: SentenceTransformerEncoder, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "cache").write_text("a file")
    encoder = ExportedEncoder(model, tmp_path / "cache")
    assert np.array_equal(encoder.encode_question("norms"), model.encode_question("norms"))
    assert "cannot be exported" in caplog.text


def test_broken_model_is_an_error(tiny_model: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = Path(shutil.copytree(tiny_model, tmp_path / "model"))
    (folder / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(EncoderUnavailable, match="cannot be loaded"):
        ExportedEncoder(SentenceTransformerEncoder("x", folder), tmp_path / "cache").encode_question("norms")
    assert caplog.records == []
