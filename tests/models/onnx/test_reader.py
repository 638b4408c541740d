"""Readers in ONNX format: a model written here that returns what it sees at its marks."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from onnx import TensorProto, helper
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit

from normqa.errors import RerankerUnavailable
from normqa.models.load import load_reranker, warm_up
from normqa.models.onnx.reader import MARK, MAX_TOKENS, READER, OnnxReader
from normqa.models.protocols import Reading, UnitScore

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", MARK, "who", "wades", "birds", "herons", "ducks"]


def echo() -> bytes:
    """Return a model that scores a mark by its place and by the number of tokens of the whole text."""
    texts = [
        helper.make_tensor_value_info(name, TensorProto.INT64, [1, "tokens"])
        for name in ("input_ids", "attention_mask", "token_type_ids")
    ]
    marks = helper.make_tensor_value_info("marks", TensorProto.INT64, ["marks"])
    scores = helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["marks", 2])
    nodes = [
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("ReduceSum", ["mask"], ["tokens"], axes=[1], keepdims=1),
        helper.make_node("Cast", ["marks"], ["place"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["place"], ["places"], axes=[1]),
        helper.make_node("Mul", ["places", "tokens"], ["product"]),
        helper.make_node("Concat", ["places", "product"], ["scores"], axis=1),
    ]
    graph = helper.make_graph(nodes, "echo", [*texts, marks], [scores])
    return bytes(
        helper.make_model(
            graph, ir_version=8, opset_imports=[helper.make_opsetid("", 12)]
        ).SerializeToString()
    )


def write(folder: Path, words: list[str] = WORDS) -> Path:
    """Write a reader whose tokenizer knows a few words."""
    folder.mkdir(exist_ok=True)
    (folder / "model.onnx").write_bytes(echo())
    (folder / READER).write_text("{}", encoding="utf-8")
    tokenizer = Tokenizer(WordLevel({word: n for n, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = WhitespaceSplit()
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


@pytest.fixture
def reader(tmp_path: Path) -> OnnxReader:
    return OnnxReader("tiny", write(tmp_path / "tiny"))


def test_every_unit_is_scored_at_its_mark(reader: OnnxReader) -> None:
    # [CLS] who wades [SEP] birds MARK herons MARK ducks wades [SEP]: 11 tokens, marks at 5 and 7
    found = reader.read_passages("who wades", [Reading("birds", ("herons", "ducks wades"))])
    assert found == [[UnitScore(5, 5 * 11), UnitScore(7, 7 * 11)]]


def test_readings_do_not_depend_on_each_other(reader: OnnxReader) -> None:
    readings = [Reading("birds", ("herons",)), Reading("", ("ducks", "herons wades"))]
    alone = [reader.read_passages("who", [reading])[0] for reading in readings]
    assert reader.read_passages("who", readings) == alone


def test_units_that_do_not_fit_are_read_apart_below_the_same_heading(reader: OnnxReader) -> None:
    long = "herons " * (MAX_TOKENS // 2)
    first, second = reader.read_passages("who", [Reading("birds", (long, long))])[0]
    assert first == second
    assert first.relevance == len(["[CLS]", "who", "[SEP]", "birds"])


def test_unit_longer_than_the_limit_is_cut(reader: OnnxReader) -> None:
    (score,) = reader.read_passages("who", [Reading("", ("herons " * 1000,))])[0]
    assert score.answer == score.relevance * MAX_TOKENS


def test_long_question_and_heading_leave_room_for_units(reader: OnnxReader) -> None:
    scores = reader.read_passages("who " * 5000, [Reading("birds " * 5000, ("herons", "ducks"))])[0]
    assert scores[0].answer < scores[0].relevance * MAX_TOKENS


def test_reading_without_units_has_no_scores(reader: OnnxReader) -> None:
    assert reader.read_passages("who", [Reading("birds", ())]) == [[]]


def test_no_reading_needs_no_model(tmp_path: Path) -> None:
    folder = write(tmp_path / "tiny")
    (folder / "model.onnx").write_bytes(b"broken")
    assert OnnxReader("broken", folder).read_passages("who", []) == []


def test_folder_with_a_reader_file_loads_as_reader(tmp_path: Path) -> None:
    model = load_reranker(str(write(tmp_path / "tiny")))
    assert isinstance(model, OnnxReader)
    warm_up(model)


def test_fingerprint_changes_with_the_weights(tmp_path: Path) -> None:
    folder = write(tmp_path / "tiny")
    before = OnnxReader("tiny", folder).fingerprint
    (folder / "model.onnx").write_bytes(b"other")
    assert OnnxReader("tiny", folder).fingerprint != before


def test_tokenizer_without_the_mark_is_refused(tmp_path: Path) -> None:
    reader = OnnxReader("tiny", write(tmp_path / "tiny", ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]))
    with pytest.raises(RerankerUnavailable, match="does not know"):
        reader.read_passages("who", [Reading("", ("herons",))])


def test_threads_may_read_at_once(reader: OnnxReader) -> None:
    readings = [Reading("birds", ("herons", "ducks"))]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: reader.read_passages("who", readings), range(8)))
    assert all(scores == found[0] for scores in found)
