"""A model is exported once, compared with itself, and run without torch ever after."""

import json
import logging
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normqa.datatypes import EmbeddedText, Span
from normqa.errors import EncoderUnavailable
from normqa.models.exported import LEAST_COSINE, ExportedEncoder
from normqa.models.onnx_encoder import ABOUT
from normqa.models.onnx_session import MODEL, TOKENIZER
from normqa.models.sentence_transformer import SentenceTransformerEncoder


@pytest.fixture
def model(tiny_model: Path) -> SentenceTransformerEncoder:
    """With a prefix on either side."""
    return SentenceTransformerEncoder("tiny", tiny_model, "ask: ", "say: ")


def exports(cache: Path) -> list[Path]:
    return sorted(cache.iterdir()) if cache.exists() else []


@settings(max_examples=25)
@given(texts=st.lists(st.text(alphabet="ab cdé.?北\n", max_size=40), min_size=1, max_size=8))
def test_a_twin_gives_the_vectors_and_counts_of_its_model(
    model: SentenceTransformerEncoder, twins: Path, texts: list[str]
) -> None:
    """Those of sentences too, also beyond the limit of tokens."""
    twin = ExportedEncoder(model, twins)
    embedded = [EmbeddedText(text, (Span(0, len(text)), Span(len(text) // 2, len(text)))) for text in texts]
    one, other = twin.encode_passages(embedded), model.encode_passages(embedded)
    assert (one.passages * other.passages).sum(axis=1).min() >= LEAST_COSINE
    assert (one.sentences * other.sentences).sum(axis=1).min() >= LEAST_COSINE
    assert (twin.encode_question(texts[0]) @ model.encode_question(texts[0]).T).item() >= LEAST_COSINE
    assert twin.count_tokens(texts) == model.count_tokens(texts)
    assert (twin.name, twin.fingerprint, twin.max_tokens) == (model.name, model.fingerprint, model.max_tokens)


def test_an_export_is_made_once_and_opened_ever_after(
    model: SentenceTransformerEncoder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    vector = ExportedEncoder(model, tmp_path / "cache").encode_question("norms")
    [folder] = exports(tmp_path / "cache")
    assert sorted(path.name for path in folder.iterdir()) == sorted([ABOUT, MODEL, TOKENIZER])
    monkeypatch.setattr(SentenceTransformerEncoder, "_load", lambda *_, **__: pytest.fail("loaded"))
    again = ExportedEncoder(
        SentenceTransformerEncoder("tiny", model._folder, "ask: ", "say: "), tmp_path / "cache"
    )
    assert np.array_equal(again.encode_question("norms"), vector)
    assert caplog.records == []


def test_a_model_with_an_export_runs_without_torch(
    model: SentenceTransformerEncoder, tiny_model: Path, tmp_path: Path
) -> None:
    ExportedEncoder(model, tmp_path / "encoders").encode_question("norms")
    program = (
        "import sys; from pathlib import Path; from normqa.models.encoders import load_encoder\n"
        f"encoder = load_encoder({str(tiny_model)!r}, Path({str(tmp_path)!r}), 'ask: ', 'say: ')\n"
        "encoder.encode_question('norms')\n"
        "sys.exit(bool({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_prefixes_and_weights_have_exports_of_their_own(
    model: SentenceTransformerEncoder, tiny_model: Path, tmp_path: Path
) -> None:
    others = [
        SentenceTransformerEncoder("tiny", tiny_model, *prefixes) for prefixes in (("", ""), ("ask: ", ""))
    ]
    for each in (model, *others, model):
        ExportedEncoder(each, tmp_path).encode_question("norms")
    assert len(exports(tmp_path)) == 3


def flip_last_byte(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 0xFF
    path.write_bytes(raw)


@pytest.mark.parametrize("name", [ABOUT, MODEL, TOKENIZER])
@pytest.mark.parametrize("damage", [Path.unlink, flip_last_byte, lambda path: path.write_bytes(b"")])
def test_a_damaged_export_is_told_and_made_anew(
    damage: Callable[[Path], object],
    name: str,
    model: SentenceTransformerEncoder,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    vector = ExportedEncoder(model, tmp_path).encode_question("norms")
    [folder] = exports(tmp_path)
    damage(folder / name)
    assert np.array_equal(ExportedEncoder(model, tmp_path).encode_question("norms"), vector)
    [record] = caplog.records
    assert "exported anew" in record.getMessage()
    assert record.levelno == logging.WARNING
    assert exports(tmp_path) == [folder]
    caplog.clear()
    ExportedEncoder(model, tmp_path).encode_question("norms")
    assert caplog.records == []


def pool_by_first_token(folder: Path) -> None:
    config = folder / "1_Pooling" / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"pooling_mode": "cls"}))


def test_a_model_that_cannot_be_exported_runs_as_it_is_and_says_so(
    tiny_model: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = Path(shutil.copytree(tiny_model, tmp_path / "model"))
    pool_by_first_token(folder)
    model = SentenceTransformerEncoder("first", folder, "", "")
    twin = ExportedEncoder(model, tmp_path / "cache")
    assert np.array_equal(twin.encode_question("norms"), model.encode_question("norms"))
    twin.encode_question("again")
    [record] = caplog.records
    assert record.getMessage() == (
        "The encoder first runs on sentence-transformers, which is slower: no export (its vectors are not "
        "the mean of the states of tokens)."
    )
    assert exports(tmp_path / "cache") == []


def test_an_export_that_gives_other_vectors_is_not_used(
    model: SentenceTransformerEncoder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """No cosine is greater than this."""
    monkeypatch.setattr("normqa.models.exported.LEAST_COSINE", 1.1)
    twin = ExportedEncoder(model, tmp_path)
    assert np.array_equal(twin.encode_question("norms"), model.encode_question("norms"))
    assert "it gives other vectors, cosine 1.0000" in caplog.text
    assert exports(tmp_path) == []


def test_where_no_export_can_be_kept_the_model_runs_as_it_is(
    model: SentenceTransformerEncoder, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "cache").write_text("a file")
    twin = ExportedEncoder(model, tmp_path / "cache")
    assert np.array_equal(twin.encode_question("norms"), model.encode_question("norms"))
    assert "no export" in caplog.text


def test_what_is_no_model_is_an_error_and_no_warning(
    tiny_model: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = Path(shutil.copytree(tiny_model, tmp_path / "model"))
    (folder / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(EncoderUnavailable, match="does not load"):
        ExportedEncoder(SentenceTransformerEncoder("x", folder), tmp_path / "cache").encode_question("norms")
    assert caplog.records == []
