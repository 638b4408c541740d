"""Cross-encoders in ONNX format: models that count tokens, and the tiny one."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from normqa.errors import RerankerUnavailable
from normqa.models.onnx.reranker import OnnxReranker
from normqa.models.protocols import PairScore
from normqa.models.weights import RERANKER
from tests.conftest import TINY_RERANKER
from tests.models.onnx.models import COUNTS_COLUMNS, with_labels, write

QUESTION = "How many states have ratified the treaty?"
ANSWERING = "By 2023 the treaty had been ratified by 68 states."
UNRELATED = "Herons wade in shallow water and wait for fish."
RELATED = (
    "The treaty deals with crimes that are done through computers, and with how evidence of them is shared."
)


def relevances(reranker: OnnxReranker, question: str, *texts: str) -> list[float]:
    return [score.relevance for score in reranker.scores(question, texts)]


@pytest.fixture
def tiny(tmp_path: Path) -> OnnxReranker:
    return OnnxReranker("tiny", write(tmp_path / "tiny"))


def test_score_is_the_output_of_the_model(tiny: OnnxReranker) -> None:
    """One, three and no words, and one [SEP]."""
    assert relevances(tiny, "who wades", "herons", "herons wade here", "") == [1 + 1, 3 + 1, 0 + 1]


def test_no_texts_load_no_model(tmp_path: Path) -> None:
    assert OnnxReranker("broken", write(tmp_path / "model", b"broken")).scores("who wades", []) == []


def test_pair_is_not_padded(tmp_path: Path) -> None:
    """[CLS] two words [SEP] text [SEP], whatever the tokenizer's file says about padding."""
    tiny = OnnxReranker("tiny", write(tmp_path / "tiny", COUNTS_COLUMNS))
    found = relevances(tiny, "who wades", "herons", "herons wade in mud")
    assert found == [1 + 2 + 1 + 1 + 1, 1 + 2 + 1 + 4 + 1]


def test_pair_is_truncated_at_512_tokens(tmp_path: Path) -> None:
    """Whatever the tokenizer's file says about truncation."""
    tiny = OnnxReranker("tiny", write(tmp_path / "tiny", COUNTS_COLUMNS))
    assert relevances(tiny, "who", "herons " * 507) == [1 + 1 + 1 + 507 + 1]
    assert relevances(tiny, "who", "herons " * 508) == [1 + 1 + 1 + 508 + 1]
    assert relevances(tiny, "who", "herons " * 509) == [512]
    assert relevances(tiny, "who", "herons " * 5000) == [512]


def test_threads_may_score_at_once(tiny: OnnxReranker) -> None:
    texts = ["herons " * count for count in range(40)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda text: relevances(tiny, "who wades", text), texts))
    assert found == [[count + 1] for count in range(40)]


def test_fingerprint_ignores_the_folder(tmp_path: Path) -> None:
    first, copy = write(tmp_path / "first"), write(tmp_path / "copy")
    before = OnnxReranker("first", first).fingerprint
    assert OnnxReranker("copy", copy).fingerprint == before
    (copy / "README.md").write_text("beside the point")
    assert OnnxReranker("copy", copy).fingerprint == before


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_fingerprint_depends_on_every_file(name: str, tmp_path: Path) -> None:
    folder = write(tmp_path / "tiny")
    before = OnnxReranker("tiny", folder).fingerprint
    (folder / name).write_bytes((folder / name).read_bytes() + b"\n")
    assert OnnxReranker("tiny", folder).fingerprint != before


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_file_that_changes_before_it_is_loaded_is_refused(name: str, tmp_path: Path) -> None:
    folder = write(tmp_path / "tiny")
    reranker = OnnxReranker("tiny", folder)
    (folder / name).write_bytes((folder / name).read_bytes() + b"\n")
    with pytest.raises(RerankerUnavailable, match=f"{name} is corrupted: checksum mismatch"):
        reranker.scores("who wades", ["a b"])


def test_fingerprint_tells_the_files_apart(tmp_path: Path) -> None:
    folder = write(tmp_path / "tiny")
    before = OnnxReranker("tiny", folder).fingerprint
    (folder / "model.onnx").rename(folder / "aside")
    (folder / "tokenizer.json").rename(folder / "model.onnx")
    (folder / "aside").rename(folder / "tokenizer.json")
    assert OnnxReranker("tiny", folder).fingerprint != before


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_missing_file_is_named(name: str, tmp_path: Path) -> None:
    folder = write(tmp_path / "tiny")
    (folder / name).unlink()
    with pytest.raises(RerankerUnavailable) as refused:
        OnnxReranker("tiny", folder)
    assert str(folder / name) in refused.value.message
    assert refused.value.hint == RERANKER.hint


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_broken_file_is_named_at_first_use(name: str, tmp_path: Path) -> None:
    folder = write(tmp_path / "tiny")
    (folder / name).write_bytes(b"\x10\x00 broken")
    reranker = OnnxReranker("tiny", folder)
    with pytest.raises(RerankerUnavailable) as refused:
        reranker.scores("who wades", ["herons"])
    assert f"The model in {folder} cannot be loaded" in refused.value.message
    assert "\n" not in refused.value.message
    assert refused.value.hint == "Check NORMQA_RERANKER."


def test_first_output_is_relevance_and_second_the_log_odds_of_an_answer(tmp_path: Path) -> None:
    folder = write(tmp_path / "tiny", with_labels(2))
    assert OnnxReranker("tiny", folder).scores("who wades", ["herons wade"]) == [PairScore(3, 3)]
    assert OnnxReranker("tiny", write(folder)).scores("who wades", ["herons wade"]) == [PairScore(3)]


def test_model_with_more_labels_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "tiny", with_labels(3))
    with pytest.raises(RerankerUnavailable) as refused:
        OnnxReranker("tiny", folder).scores("who wades", ["herons", "herons wade", "mud"])
    assert f"{folder} returns 3 numbers per text" in refused.value.message
    assert refused.value.hint == "Set NORMQA_RERANKER to another model."


def test_thread_count_does_not_change_a_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    scores = {
        tuple(OnnxReranker("x", TINY_RERANKER, threads).scores(QUESTION, [ANSWERING, UNRELATED, RELATED]))
        for threads in (1, 2, 4, None)
    }
    assert len(scores) == 1
    assert len(set(*scores)) == 3
